"""A local folder as a source.

Nothing is ever read or deleted through a symbolic link, and a file is deleted only after it was
renamed to a private name and found to be the version that was analysed.
"""

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dancer_pipeline import failpoints
from dancer_pipeline.identity import Upload, file_upload, file_version
from dancer_pipeline.sources.protocol import (
    Deletion,
    Ignored,
    Page,
    SourceChangedError,
    SourceGoneError,
    require_here,
)

PRIVATE_PREFIX = ".dancer-deleting-"


class FolderSource:
    """A local folder; keys are paths relative to it.

    Parameters
    ----------
    folder
        The inbox; made if it is not there.
    settle_s
        A file is listed when nothing has written to it for this long.
    """

    def __init__(self, folder: Path, *, settle_s: float) -> None:
        self._folder = folder
        self._settle_s = settle_s
        folder.mkdir(parents=True, exist_ok=True)

    def page(self, cursor: str | None = None) -> Page:  # noqa: ARG002 - a folder is one page
        """List every settled file of the folder and its subfolders."""
        uploads, ignored = [], []
        for path in self._files(self._folder):
            found = self._look_at(path)
            if isinstance(found, Ignored):
                ignored.append(found)
            elif found is not None:
                uploads.append(found)
        return Page(tuple(uploads), tuple(ignored))

    @contextmanager
    def open(self, upload: Upload) -> Iterator[Path]:
        """Give the file itself, and check before and after that it is still this version."""
        path = self._whereabouts(upload)
        self._check(path, upload)
        yield path
        self._check(path, upload)

    def exists(self, upload: Upload) -> bool:
        """Whether exactly this version is still there."""
        try:
            self._check(self._whereabouts(upload), upload)
        except (SourceGoneError, SourceChangedError):
            return False
        return True

    def delete(self, upload: Upload) -> Deletion:
        """Rename to a private name, verify size, time and inode, then unlink or put back."""
        require_here(upload, str(self._folder))
        path = self._path(upload)
        private = self._private(upload)
        if not private.exists():
            try:
                self._check(path, upload)
                path.rename(private)
            except (SourceGoneError, FileNotFoundError):
                return Deletion.ALREADY_GONE
            except SourceChangedError:
                return Deletion.REPLACED
        if file_version(private.lstat()) != upload.version:
            _put_back(private, path)
            return Deletion.REPLACED
        failpoints.reach("before_unlink")
        private.unlink()
        return Deletion.DELETED

    def metadata(self, upload: Upload) -> Mapping[str, str]:
        """Return nothing, if it is there: people have no place to write anything beside a file."""
        self._check(self._whereabouts(upload), upload)
        return {}

    def _files(self, folder: Path) -> Iterator[Path]:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith(PRIVATE_PREFIX):
                    continue
                is_folder = entry.is_dir(follow_symlinks=False) and entry.name[0] != "."
                if is_folder and os.access(entry.path, os.R_OK | os.X_OK):
                    yield from self._files(Path(entry.path))
                else:
                    yield Path(entry.path)

    def _look_at(self, path: Path) -> Upload | Ignored | None:
        try:
            status = path.lstat()
        except FileNotFoundError:
            return None
        # The kernel's change time: unlike the modification time, no program can set it back.
        if abs(time.time() - status.st_ctime) < self._settle_s:
            return None
        key = path.relative_to(self._folder).as_posix()
        readable = key.encode("utf-8", "backslashreplace").decode()
        upload = file_upload(str(self._folder), readable, status)
        reason = _why_ignored(path.name, status.st_mode, is_readable=readable == key)
        return Ignored(upload, reason) if reason else upload

    def _path(self, upload: Upload) -> Path:
        path = self._folder / upload.key
        inside = path.parent.resolve().is_relative_to(self._folder.resolve())
        if not inside or path.name in ("", ".", ".."):
            raise SourceGoneError(f"{upload.key!r} leads out of the inbox and is never opened")
        return path

    def _private(self, upload: Upload) -> Path:
        return self._folder / f"{PRIVATE_PREFIX}{upload.video_id}-{upload.version}"

    def _whereabouts(self, upload: Upload) -> Path:
        """Return the file's own name, or the private one where a delete was cut short."""
        require_here(upload, str(self._folder))
        path, private = self._path(upload), self._private(upload)
        return private if private.exists() else path

    @staticmethod
    def _check(path: Path, upload: Upload) -> None:
        try:
            status = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            raise SourceGoneError(
                f"{upload.key!r} is not in the inbox any more: upload it again to analyse it"
            ) from None
        if file_version(status) != upload.version or not stat.S_ISREG(status.st_mode):
            raise SourceChangedError(
                f"{upload.key!r} was replaced by another version, which is analysed instead"
            )


def _why_ignored(name: str, mode: int, *, is_readable: bool) -> str | None:
    if name.startswith("."):
        return "a hidden file: rename it without the leading dot to have it analysed"
    if stat.S_ISLNK(mode):
        return "a symbolic link, which is never followed: put the file itself into the inbox"
    if stat.S_ISDIR(mode):
        return "a folder that may not be read: change its permissions"
    if not stat.S_ISREG(mode):
        return "not a regular file"
    if not is_readable:
        return "its name is not valid UTF-8: rename it"
    return None


def _put_back(private: Path, path: Path) -> None:
    """Give a file its name back without overwriting whatever has come in its place."""
    candidates = [path, *(path.with_stem(f"{path.stem} (kept {n})") for n in range(1, 100))]
    for candidate in candidates:
        try:
            os.link(private, candidate)
        except FileExistsError:
            # The same file twice: a kill came between link and unlink.
            if not os.path.samestat(candidate.lstat(), private.lstat()):
                continue
        private.unlink()
        return
    raise FileExistsError(f"{private} could not be given back its name {path.name!r}")
