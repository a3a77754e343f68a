"""Room on the local disk for copies of objects: one private folder for each process.

A process holds a lock on its folder for as long as it lives, so whatever a killed one left behind
is known to be nobody's and goes when the next one starts.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dancer_pipeline.digests import sha256_of

FOLDER_PREFIX = "dancer-scratch-"
LOCK_NAME = "lock"
RESERVE_BYTES = 64 * 2**20
"""What a copy leaves free for everything else that a run writes."""


class ScratchFullError(Exception):
    """There is no room for a copy; the message says how much is missing and what to do."""


@dataclass
class Copy:
    """A finished copy, how many are reading it, and what its bytes must still be."""

    path: Path
    sha256: str
    readers: int = 0


class Scratch:
    """Copies that this process has made, each for as long as it is wanted. Not for threads.

    Parameters
    ----------
    folder
        Where there is room; the system's temporary folder if None. Nothing is touched before the
        first copy.
    """

    def __init__(self, folder: Path | None) -> None:
        self._root = folder or Path(tempfile.gettempdir())
        self._copies: dict[str, Copy] = {}

    @contextmanager
    def copy(self, name: str, size_bytes: int, fetch: Callable[[Path], str]) -> Iterator[Path]:
        """Give a local file; fetch it only if this process has no unchanged copy of it.

        Parameters
        ----------
        name
            Names the content, and is safe as a file's name.
        fetch
            Writes the file and returns the SHA-256 of what it wrote.

        Raises
        ------
        ScratchFullError
        """
        copy = self._unchanged(name) or self._fetched(name, size_bytes, fetch)
        copy.readers += 1
        try:
            yield copy.path
        finally:
            copy.readers -= 1

    def _unchanged(self, name: str) -> Copy | None:
        copy = self._copies.get(name)
        is_unchanged = copy and copy.path.exists() and sha256_of(copy.path) == copy.sha256
        return copy if is_unchanged else None

    def _fetched(self, name: str, size_bytes: int, fetch: Callable[[Path], str]) -> Copy:
        self._drop_unread()
        self._check_room(size_bytes)
        path, partial = self._home / name, self._home / f"{name}.partial"
        try:
            copy = Copy(path, fetch(partial))
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        self._copies[name] = copy
        return copy

    def _drop_unread(self) -> None:
        """Keep one video at a time: all steps of a run read the same, and the next run another."""
        for name in [name for name, copy in self._copies.items() if not copy.readers]:
            self._copies.pop(name).path.unlink(missing_ok=True)

    def _check_room(self, size_bytes: int) -> None:
        free_bytes = shutil.disk_usage(self._home).free
        if size_bytes + RESERVE_BYTES > free_bytes:
            raise ScratchFullError(
                f"{size_bytes:,} bytes do not fit into {self._root}, which has {free_bytes:,} free"
                f" and keeps {RESERVE_BYTES:,} in reserve: make room there, or set DANCER_SCRATCH"
                " to a folder on a larger disk"
            )

    @cached_property
    def _home(self) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        _sweep(self._root)
        while True:
            home = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=self._root))
            if lock := _hold(home):
                weakref.finalize(self, _give_up, home, lock, os.getpid())
                return home


def _hold(home: Path) -> int | None:
    """Lock a folder that was just made; None where a sweep took it for left over in between."""
    try:
        lock = os.open(home / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None
    fcntl.flock(lock, fcntl.LOCK_EX)
    if (home / LOCK_NAME).exists():
        return lock
    os.close(lock)
    return None


def _give_up(home: Path, lock: int, process_id: int) -> None:
    if os.getpid() == process_id:  # a fork of the process ends without taking the folder away
        shutil.rmtree(home, ignore_errors=True)
        os.close(lock)


def _sweep(root: Path) -> None:
    """Remove the folders of processes that are no more; those of other users are theirs."""
    for home in root.glob(f"{FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError):
            if home.is_symlink() or home.stat().st_uid != os.getuid():
                continue
            lock = os.open(home / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(home)
            finally:
                os.close(lock)
