"""Dagster's runs as the dispatcher sees them: alive, lost, or promised to be retried."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from dancer_pipeline.defs.partitions import (
    ATTEMPT_TAG,
    KIND_TAG,
    LOST_TAG,
    MEMORY_TAG,
    NOT_LAUNCHED_TAG,
    OUT_OF_MEMORY_TAG,
    PARTITION_TAG,
    VERSION_TAG,
)
from dancer_pipeline.states import Kind, Row, Run

RETRY_PATIENCE_S = 120
"""How long a run that Dagster promised to retry counts as not yet ended."""

WORKER_FAULTS = frozenset(
    {"UNKNOWN", "UNEXPECTED_TERMINATION", "START_TIMEOUT", "RUN_WORKER_RESTART"}
)
"""Failure reasons that Dagster gives when the worker was lost, whatever the video is like."""

ALIVE = frozenset(
    {
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
        dg.DagsterRunStatus.MANAGED,
    }
)

BUSY = "a run of this video is going on: try again when it has ended"


def runs_by_video(
    instance: dg.DagsterInstance, rows: Sequence[Row]
) -> dict[str, list[tuple[str | None, Run]]]:
    """Find these videos' runs, oldest first, each with its version (None: started by hand)."""
    found: dict[str, list[tuple[str | None, Run]]] = defaultdict(list)
    if not rows:
        return found
    wanted = dg.RunsFilter(tags={PARTITION_TAG: sorted({row.video_id for row in rows})})
    records = instance.get_run_records(wanted, ascending=True)
    retried = {record.dagster_run.parent_run_id for record in records}
    for record in records:
        tags = record.dagster_run.tags
        run = _run(record, is_retried=record.dagster_run.run_id in retried)
        found[tags[PARTITION_TAG]].append((tags.get(VERSION_TAG), run))
    return found


def alive_runs(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    """Return the runs that go on or wait to."""
    return instance.get_runs(dg.RunsFilter(statuses=list(ALIVE)))


def is_busy(instance: dg.DagsterInstance, video_id: str) -> bool:
    """Whether some run of this video goes on or waits to, so that it may write its tables."""
    alive = dg.RunsFilter(tags={PARTITION_TAG: video_id}, statuses=list(ALIVE))
    return bool(instance.get_runs(alive, limit=1))


def is_worker_lost(run: dg.DagsterRun) -> bool:
    """Whether a run failed by what became of its worker, and not of its video."""
    is_failed = run.status is dg.DagsterRunStatus.FAILURE
    return is_failed and run.tags.get("dagster/failure_reason", "UNKNOWN") in WORKER_FAULTS


def _run(record: dg.RunRecord, *, is_retried: bool) -> Run:
    run, tags = record.dagster_run, record.dagster_run.tags
    failed = run.status is dg.DagsterRunStatus.FAILURE
    ended_at = record.end_time or record.update_timestamp.timestamp()
    is_fresh = datetime.now(UTC).timestamp() - ended_at < RETRY_PATIENCE_S
    promised = tags.get("dagster/will_retry") == "true"
    kind = tags.get(KIND_TAG)
    return Run(
        kind=Kind(kind) if kind else None,
        attempt=int(tags.get(ATTEMPT_TAG, 0)),
        is_alive=run.status in ALIVE,
        has_started=run.status is dg.DagsterRunStatus.STARTED,
        succeeded=run.status is dg.DagsterRunStatus.SUCCESS,
        worker_lost=is_worker_lost(run),
        canceled=run.status is dg.DagsterRunStatus.CANCELED,
        will_be_retried=failed and promised and is_fresh and not is_retried,
        not_launched=failed and NOT_LAUNCHED_TAG in tags,
        out_of_memory=failed and OUT_OF_MEMORY_TAG in tags,
        memory_mib=int(tags[MEMORY_TAG]) if MEMORY_TAG in tags else None,
        lost_because=tags.get(LOST_TAG),
    )
