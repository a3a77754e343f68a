"""Runs that have ended, as Dagster recorded them.

Its records outlive the run's process: a task that was killed has said nothing, and is measured too.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from dancer_pipeline.defs.partitions import (
    KIND_TAG,
    NOT_LAUNCHED_TAG,
    OUT_OF_MEMORY_TAG,
    PARTITION_TAG,
    VERSION_TAG,
)
from dancer_pipeline.defs.runs import is_worker_lost
from dancer_pipeline.monitoring.runs import EndedRun, Made

ENDED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)
SHOWN = ("pose_keypoints", "pose_metrics", "manifest")
"""Assets of which more is told than how long they took."""

_OF_ASSETS = {
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
}


def ended_since(instance: dg.DagsterInstance, since: datetime) -> Sequence[dg.RunRecord]:
    """Return the runs that have ended since then, in that order."""
    wanted = dg.RunsFilter(statuses=list(ENDED), updated_after=since)
    return instance.get_run_records(wanted, order_by="update_timestamp", ascending=True)


def ended_run(instance: dg.DagsterInstance, record: dg.RunRecord) -> EndedRun:
    """Read what is on record about a run."""
    run = record.dagster_run
    ended_s = record.end_time or record.update_timestamp.replace(tzinfo=UTC).timestamp()
    failed = run.status is dg.DagsterRunStatus.FAILURE
    not_launched = failed and NOT_LAUNCHED_TAG in run.tags
    return EndedRun(
        run_id=run.run_id,
        job=run.job_name,
        ended_at=datetime.fromtimestamp(ended_s, UTC),
        succeeded=run.status is dg.DagsterRunStatus.SUCCESS,
        # Of a task that ECS refused Dagster knows no reason either, but nothing was lost.
        worker_lost=is_worker_lost(run) and not not_launched,
        not_launched=not_launched,
        out_of_memory=failed and OUT_OF_MEMORY_TAG in run.tags,
        seconds=ended_s - record.start_time if record.start_time else float("nan"),
        assets=tuple(_assets(instance, run.run_id, ended_s)),
        shown=_shown(instance, run),
        video_id=run.tags.get(PARTITION_TAG),
        version=run.tags.get(VERSION_TAG),
        kind=run.tags.get(KIND_TAG),
    )


def _assets(instance: dg.DagsterInstance, run_id: str, ended_s: float) -> Iterator[Made]:
    """Give each asset that was begun, from its first start to its last end; checks are none."""
    planned: set[str] = set()
    began: dict[str, float] = {}
    ended: dict[str, tuple[float, bool]] = {}
    for entry in instance.all_logs(run_id, of_type=_OF_ASSETS):
        event = entry.dagster_event
        if event is None or event.step_key is None:
            continue
        if event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED:
            planned.add(event.step_key)
        elif event.event_type is dg.DagsterEventType.STEP_START:
            began.setdefault(event.step_key, entry.timestamp)
        else:
            is_made = event.event_type is dg.DagsterEventType.STEP_SUCCESS
            ended[event.step_key] = entry.timestamp, is_made
    for name in (it for it in began if it in planned):
        end_s, is_made = ended.get(name, (ended_s, False))
        yield Made(name, end_s - began[name], is_made)


def _shown(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dict[str, dict[str, Any]]:
    partition = run.tags.get(PARTITION_TAG)
    if partition is None:
        return {}
    shown = {}
    for name in SHOWN:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(name), asset_partitions=[partition])
        for found in instance.fetch_materializations(wanted, limit=1).records:
            made = found.event_log_entry.asset_materialization
            if made and found.event_log_entry.run_id == run.run_id:
                shown[name] = {key: value.value for key, value in made.metadata.items()}
    return shown
