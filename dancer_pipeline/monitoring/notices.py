"""What a person is told of a video that needs one: which, why, what to do. Pure.

Only what is recent is told: an older row comes from before anybody listened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dancer_pipeline.redaction import redacted
from dancer_pipeline.states import Problem, Row, State

RECENT = timedelta(days=1)

STUCK_ATTEMPTS = 5
"""Attempts to delete a source, some minutes apart in the end, before a person hears of it."""

SUBJECT_CHARACTERS = 100
"""The most that SNS takes, in ASCII and on one line."""

ADVICE = {
    Problem.BAD_VIDEO: "The same file will fail again: have the video uploaded anew, as recorded.",
    Problem.TROUBLE: "When the cause is mended, give it another attempt.",
    Problem.GATE_REFUSED: "Stored results were changed or lost: see that nobody else writes there.",
}
OTHERWISE = "The log of the run, by the run's id, says more."


@dataclass(frozen=True)
class Notice:
    """A message to a person, and the name that it is claimed by so that it is sent once."""

    name: str
    subject: str
    body: str


def notices(
    rows: Sequence[Row], now: datetime, deployment: str, secrets: Sequence[str]
) -> Iterator[Notice]:
    """Give a message for each row that needs a person; the secrets do not show in it."""
    for row in rows:
        if has_failed(row, now):
            yield _safe(_failed(row, deployment), secrets)
        elif is_stuck(row):
            yield _safe(_stuck(row, deployment), secrets)


def has_failed(row: Row, now: datetime) -> bool:
    """Whether a video was given up lately; a row that was rebuilt has had no attempt."""
    return row.state is State.FAILED and row.attempt > 0 and row.changed_at > now - RECENT


def is_stuck(row: Row) -> bool:
    """Whether a source could not be deleted again and again."""
    is_pending = row.state is State.ANALYSED and row.cleanup_pending
    return is_pending and row.cleanup_attempt > STUCK_ATTEMPTS


def claim(kind: str, row: Row) -> str:
    """Name something that is said once about an attempt."""
    return f"{kind}:{row.video_id}:{row.version}:{row.attempt}"


def _failed(row: Row, deployment: str) -> Notice:
    body = f"""\
The video {row.key} could not be analysed. Its source is kept.

Why: {row.reason or "no reason was recorded"}
What to do: {ADVICE.get(row.problem, OTHERWISE) if row.problem else OTHERWISE}
Try again: dancer retry {row.video_id}

{_where(row, deployment)}"""
    subject = f"{deployment}: {row.file_name} could not be analysed"
    return Notice(claim("tell-failed", row), subject, body)


def _stuck(row: Row, deployment: str) -> Notice:
    body = f"""\
The video {row.key} is analysed and its results are safe, but its source could not be deleted in
{row.cleanup_attempt - 1} attempts. More will follow by themselves.

Why: {row.reason or "no reason was recorded"}
What to do: see that the role of the runs may delete versions of this bucket (dancer doctor).

{_where(row, deployment)}"""
    subject = f"{deployment}: {row.file_name} could not be deleted"
    return Notice(claim("tell-stuck", row), subject, body)


def _where(row: Row, deployment: str) -> str:
    return f"""\
Video: {row.video_id}
Version: {row.version}
Bucket: {row.bucket}
Attempt: {row.attempt}
Run: {row.run_id or "none"}
Deployment: {deployment}
"""


def _safe(notice: Notice, secrets: Sequence[str]) -> Notice:
    """Take out secrets, and from the subject what SNS refuses."""
    line = " ".join(redacted(notice.subject, secrets).split())
    plain = "".join(it if it.isascii() and it.isprintable() else "?" for it in line)
    return Notice(notice.name, plain[:SUBJECT_CHARACTERS], redacted(notice.body, secrets))
