"""How everything stands, in a few lines: what waits, what runs, what failed and why."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from rich.console import Console

from dancer_pipeline.commands.dagster_dev import dagster_home
from dancer_pipeline.commands.wording import visible
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.message_queue import MessageQueue
from dancer_pipeline.redaction import known_secrets, redacted
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Row, State

SHOWN = 10
"""Rows of a kind; `dancer status --state` lists all of them."""


def show_overview(settings: Settings, console: Console) -> None:
    """Print how the deployment stands; what does not answer is said, and hides nothing else."""
    ledger, now = Ledger(settings.ledger), datetime.now(UTC)
    for line in _lines(ledger, settings, now):
        console.print(
            visible(redacted(line, known_secrets(os.environ))), soft_wrap=True, markup=False
        )


def _lines(ledger: Ledger, settings: Settings, now: datetime) -> Iterator[str]:
    counts = ledger.counts()
    shown = [f"{counts[state]} {state}" for state in State if state in counts]
    yield f"videos: {', '.join(shown) or 'none yet'}"
    standing = ledger.standing(now)
    if standing.oldest_unfinished:
        yield f"oldest unfinished: {_ago(standing.oldest_unfinished, now)}"
    yield f"cleanup pending: {standing.cleanup_pending}"
    yield f"quarantined in the last hour: {standing.quarantined}"
    yield f"queue: {_queue(settings)}"
    yield from _section("running now", list(_running()))
    yield from _section("failed", [_with_reason(row) for row in ledger.rows([State.FAILED])[::-1]])
    pending = [row for row in ledger.rows([State.ANALYSED]) if row.cleanup_pending]
    yield from _section("source not deleted yet", [_with_reason(row) for row in pending])


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"{title}:"
    yield from (f"  {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more"


def _with_reason(row: Row) -> str:
    return f"{row.video_id}  {row.key}: {row.reason or 'no reason was recorded'}"


def _queue(settings: Settings) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    if settings.queue is None:
        return "none, uploads are found by listing"
    try:
        return _queue_counts(MessageQueue(settings.queue, visibility_s=settings.visibility_s))
    except (BotoCoreError, ClientError) as error:
        return f"does not answer: {error}"


def _queue_counts(queue: MessageQueue) -> str:
    found = queue.attributes()
    waiting = found["ApproximateNumberOfMessages"]
    in_flight = found["ApproximateNumberOfMessagesNotVisible"]
    words = f"{waiting} messages wait, {in_flight} are being taken in"
    if "RedrivePolicy" not in found:
        return words
    name = json.loads(found["RedrivePolicy"])["deadLetterTargetArn"].rsplit(":", 1)[-1]
    dead = MessageQueue(name, visibility_s=0).attributes()["ApproximateNumberOfMessages"]
    return f"{words}, {dead} are dead letters"


def _running() -> Iterator[str]:
    from dancer_pipeline.defs.in_process import opened
    from dancer_pipeline.defs.partitions import PARTITION_TAG
    from dancer_pipeline.defs.runs import alive_runs

    try:
        with opened(dagster_home()) as instance:
            for run in alive_runs(instance):
                video = run.tags.get(PARTITION_TAG, "")
                yield f"{run.job_name} {video}: {run.status.value.lower()}, run {run.run_id}"
    except Exception as error:  # noqa: BLE001 - the database's own error, of whichever driver
        yield f"Dagster's storage does not answer: {error}"


def _ago(then: datetime, now: datetime) -> str:
    whole = timedelta(seconds=round((now - then).total_seconds()))
    return f"{whole} (arrived {then:%Y-%m-%d %H:%M} UTC)"
