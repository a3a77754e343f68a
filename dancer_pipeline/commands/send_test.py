"""One upload to S3, followed until it is finished."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from dancer_pipeline.commands.dagster_dev import STATE_FOLDER
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.inbox import is_finished, require_readable, samples
from dancer_pipeline.commands.listing import shown_value
from dancer_pipeline.commands.screen import Screen, is_completed
from dancer_pipeline.commands.summary import show_results
from dancer_pipeline.identity import Upload, object_upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.places import BucketPlace, bucket_place
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import WAITING, Row

PATIENCE_S = 60.0
REPORTS = STATE_FOLDER / "reports"


def send_test(file: Path | None, *, options: Mapping[str, str], console: Console) -> int:
    """Upload a file, or a rendered sample, and show what becomes of it.

    Parameters
    ----------
    options
        Metadata of the object: what the uploader says of the video.

    Returns
    -------
    int
        The exit status: 0 when the video was completed, 1 when not, 130 when stopped before.
    """
    settings = Settings.load()
    place = bucket_place(settings.source)
    if place is None:
        raise CommandError(
            f"DANCER_SOURCE is {settings.source}: send-test uploads to s3://bucket/prefix. To try"
            " it here, start `dancer local-aws` and do what it says"
        )
    if file is not None:
        require_readable([file])
    upload = _upload(file or _sample(console), place, options)
    console.print(f"uploaded s3://{upload.bucket}/{upload.key}", soft_wrap=True, markup=False)
    try:
        row = _follow(upload, settings, console)
    except KeyboardInterrupt:
        console.print("stopped watching; the upload goes its way")
        return 130
    results = ResultStore(settings.results)
    show_results(console, upload, row, results, settings.results)
    _copy_report(row, results, console)
    return 0 if is_completed(row) else 1


def read_options(given: Sequence[str]) -> dict[str, str]:
    """Read `name=value` pairs.

    Raises
    ------
    CommandError
        One of them is none.
    """
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, sign, _ in pairs if not (name and sign)]:
        raise CommandError(f"--option {wrong[0]!r}: it must be NAME=VALUE, like exercise=squat")
    return {name: value for name, _, value in pairs}


def _sample(console: Console) -> Path:
    def tell(name: str, done: int, _total: int) -> None:
        if done == 1:
            console.print(f"rendering {name} (once)")

    return next(samples(tell))


def _upload(file: Path, place: BucketPlace, options: Mapping[str, str]) -> Upload:
    """Upload under a key of its own: nobody's video is ever replaced."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    from dancer_pipeline.aws import client

    name = os.fsencode(file.name).decode("utf-8", "replace")
    key = f"{place.prefix}send-test/{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}/{name}"
    where = {"Bucket": place.bucket, "Key": key}
    try:
        client("s3").upload_file(str(file), **where, ExtraArgs={"Metadata": dict(options)})
        head = client("s3").head_object(**where)
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise CommandError(
            f"{file} could not be uploaded to s3://{place.bucket}/{key}: {error}. Is"
            " AWS_ENDPOINT_URL right, and does `dancer local-aws` run where it is meant?"
        ) from error
    return object_upload(
        place.bucket,
        key,
        version_id=head.get("VersionId"),
        etag=head["ETag"],
        size_bytes=head["ContentLength"],
        last_modified=head["LastModified"],
    )


def _follow(upload: Upload, settings: Settings, console: Console) -> Row:
    ledger, screen = Ledger(settings.ledger), Screen(console, [upload], settings)
    quiet_since_s: float | None = time.monotonic()
    with screen.shown():
        for row in _rows(upload, ledger):
            screen.update([row])
            if row is not None and is_finished(row, settings):
                return row
            if row is not None and row.state not in WAITING:
                quiet_since_s = None
            if quiet_since_s is not None and time.monotonic() - quiet_since_s > PATIENCE_S:
                console.print(_what_to_check(row, settings), soft_wrap=True, markup=False)
                quiet_since_s = None
    raise AssertionError  # _rows never ends


def _rows(upload: Upload, ledger: Ledger) -> Iterator[Row | None]:
    while True:
        yield ledger.row(upload.video_id, upload.version)
        time.sleep(1)


def _what_to_check(row: Row | None, settings: Settings) -> str:
    if row is not None:
        return (
            f"it is {row.state} for {PATIENCE_S:.0f} s: does the daemon run, and is the sensor"
            " `dispatcher` on? Still watching; Ctrl-C ends it"
        )
    ledger = shown_value("ledger", settings.ledger)
    queue = settings.queue or "none (DANCER_QUEUE): only the listing finds uploads"
    return f"""\
nothing has noticed it for {PATIENCE_S:.0f} s. Check:
  does Dagster run, with the environment of this terminal, and are its sensors on?
  does it use this ledger? here DANCER_LEDGER is {ledger}
  does the bucket tell the queue of this prefix? queue: {queue}
  without a notification the listing takes it after {settings.missed_after_s:.0f} s
Still watching; Ctrl-C ends it"""


def _copy_report(row: Row, results: ResultStore, console: Console) -> None:
    """Keep a copy of the report where a browser can open it."""
    try:
        page = results.read_bytes("report", row.video_id, row.version, "html")
    except FileNotFoundError:
        return
    REPORTS.mkdir(parents=True, exist_ok=True)
    copy = (REPORTS / f"{row.video_id}.html").resolve()
    copy.write_bytes(page)
    console.print(f"  copy of the report: {copy.as_uri()}", soft_wrap=True, markup=False)
