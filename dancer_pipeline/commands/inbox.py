"""What the demo analyses: its samples, the given files, and what an earlier demo left unfinished.

An original is never touched: only copies go into the inbox.
"""

import filecmp
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from dancer_pipeline.commands.dagster_dev import STATE_FOLDER, Dagster
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.identity import Upload, file_upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.settings import Settings
from dancer_pipeline.sources import FolderSource
from dancer_pipeline.states import OPEN_STATES, Row, State

SAMPLES = {
    "sample walk from the side": ("walk", 7, 90.0),
    "sample squats from the front": ("squat", 11, 0.0),
}
"""By name: the movement, its seed and the camera's yaw in degrees."""


def require_readable(files: Iterable[Path]) -> None:
    """Refuse what is no readable file before anything is started; name every one of them."""
    problems = [f"{file} {problem}" for file in files if (problem := _problem(file))]
    if problems:
        raise CommandError("; ".join(problems))


def _problem(file: Path) -> str | None:
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            return "is a folder: name the video files in it"
        if not stat.S_ISREG(mode):
            return "is not a regular file"
        with file.open("rb"):
            return None
    except FileNotFoundError:
        return "does not exist"
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def samples(progress: Callable[[str, int, int], None]) -> Iterator[Path]:
    """Give the two sample videos, a walk and a set of squats, rendered where they are not yet."""
    from dancer_pipeline.synthetic.clip import make_clip
    from dancer_pipeline.synthetic.performance import View

    for name, (movement, seed, yaw_deg) in SAMPLES.items():
        path = STATE_FOLDER / "samples" / f"{name}.mp4"
        if not path.exists():

            def tell(done: int, total: int, name: str = name) -> None:
                progress(name, done, total)

            make_clip(path, movement=movement, seed=seed, view=View(yaw_deg=yaw_deg), progress=tell)
        yield path


def put_into_inbox(file: Path, settings: Settings, ledger: Ledger) -> Upload:
    """Copy a file into the inbox under its own name, whole or not at all; the original stays.

    Where the same bytes wait there already, an earlier demo was interrupted: they are used. Where
    they are there and done with (a bad video is kept), the copy takes their place: a new version.
    """
    inbox = Path(settings.source)
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        path = _place(file, inbox)
        waiting = _waiting(path, inbox, ledger)
        if waiting is None:
            _copy(file, path)
            waiting = _upload(path, inbox)
    except OSError as error:
        raise CommandError(f"{file} could not be copied into {inbox}: {error.strerror}") from error
    return waiting


def leftovers(uploads: Iterable[Upload], settings: Settings, ledger: Ledger) -> list[Upload]:
    """Return what else lies in the inbox or the ledger and will be finished along the way."""
    known = {(it.video_id, it.version) for it in uploads}
    begun = [
        Upload(row.video_id, row.version, row.bucket, row.key, row.size_bytes, row.uploaded_at)
        for row in ledger.rows()
        if not is_finished(row, settings)
    ]
    arrived = ledger.unknown(_inbox(settings).page().uploads)
    return [it for it in (*begun, *arrived) if (it.video_id, it.version) not in known]


def is_finished(row: Row, settings: Settings) -> bool:
    """Whether nothing more will happen to an upload by itself, or not for a long time."""
    if row.report_pending:
        return False
    if row.state is State.ANALYSED:
        is_tried = settings.cleanup == "dry-run" and row.cleanup_attempt > 0
        return settings.cleanup == "off" or is_tried or settings.cleanup_grace_s > 0
    return row.state not in OPEN_STATES


def follow(
    uploads: Sequence[Upload], ledger: Ledger, settings: Settings, dagster: Dagster
) -> Iterator[list[Row | None]]:
    """Yield the uploads' rows about once a second until all are finished.

    An upload without a row has not been noticed yet, or never will be: it was taken away before.
    """
    source = _inbox(settings)
    while True:
        dagster.check()
        rows = [ledger.row(upload.video_id, upload.version) for upload in uploads]
        yield rows
        if all(
            is_finished(row, settings) if row else not source.exists(upload)
            for row, upload in zip(rows, uploads, strict=True)
        ):
            return
        time.sleep(1)


def _inbox(settings: Settings) -> FolderSource:
    return FolderSource(Path(settings.source), settle_s=settings.settle_s)


def _place(file: Path, inbox: Path) -> Path:
    """Return a name that is free, or that of a copy of the same file."""
    name = os.fsencode(file.name).decode("utf-8", "replace").lstrip(".") or "video"
    path, number = inbox / name, 1
    while path.is_symlink() or (path.exists() and not _is_same(file, path)):
        number += 1
        path = (inbox / name).with_stem(f"{Path(name).stem} ({number})")
    return path


def _is_same(file: Path, copy: Path) -> bool:
    try:
        return copy.is_file() and filecmp.cmp(file, copy, shallow=False)
    except FileNotFoundError:
        return False


def _waiting(path: Path, inbox: Path, ledger: Ledger) -> Upload | None:
    try:
        upload = _upload(path, inbox)
    except FileNotFoundError:
        return None
    row = ledger.row(upload.video_id, upload.version)
    return upload if row is None or row.state in OPEN_STATES else None


def _copy(file: Path, path: Path) -> None:
    private = path.with_name(f".dancer-copying-{os.getpid()}")
    try:
        shutil.copyfile(file, private)
        private.replace(path)
    finally:
        private.unlink(missing_ok=True)


def _upload(path: Path, inbox: Path) -> Upload:
    return file_upload(str(inbox), path.name, path.lstat())
