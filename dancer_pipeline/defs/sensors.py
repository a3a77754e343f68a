"""The sensors decide nothing: what has arrived is recorded, `dispatcher` requests every run."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import dagster as dg
import pandas as pd

from dancer_pipeline.defs.arrivals import add_partitions, build_listing, build_uploads
from dancer_pipeline.defs.catalogue import Recipe
from dancer_pipeline.defs.display import rows_of
from dancer_pipeline.defs.jobs import JOB_NAMES
from dancer_pipeline.defs.partitions import (
    ATTEMPT_TAG,
    KIND_TAG,
    VERSION_TAG,
    videos,
)
from dancer_pipeline.defs.runs import runs_by_video
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.tasks import task_tags
from dancer_pipeline.gate import Manifest, unfinished
from dancer_pipeline.lifecycle import LOOK_AGAIN, Step, next_step, run_key
from dancer_pipeline.logfile import logged
from dancer_pipeline.manifests import UnreadableManifestError
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Kind, Outcome, Problem, Row, Run, State

ROWS_PER_TICK = 1000

DAGSTER_RETRIES_NOTHING = {"dagster/max_retries": "0"}
"""For work whose attempts are counted here: another one may need a larger task, or no Spot."""

DECIDING_LIMIT_S = 20.0
"""Results may be far away; the rows that are left have their turn at the next tick."""


def build_sensors(
    settings: Settings, jobs: Sequence[Any], graph: Mapping[str, Recipe]
) -> list[dg.SensorDefinition]:
    """Build the sensors; they run from the start."""
    told = [build_uploads(settings)] if settings.queue else []
    return [*told, build_listing(settings), _build_dispatcher(settings, jobs, graph)]


def _build_dispatcher(
    settings: Settings, jobs: Sequence[Any], graph: Mapping[str, Recipe]
) -> dg.SensorDefinition:
    @dg.sensor(
        minimum_interval_seconds=settings.tick_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        jobs=jobs,
        description="Looks at the ledger and at the runs, and requests whatever must happen next.",
    )
    @logged
    def dispatcher(
        context: dg.SensorEvaluationContext, stores: dg.ResourceParam[Stores]
    ) -> dg.SensorResult:
        requests: list[dg.RunRequest] = []
        for row, step, request in _decided(context, stores, graph):
            if request and len(requests) >= settings.max_runs_per_tick:
                continue
            if step.changes and not stores.ledger.change(row, **step.changes):
                continue
            requests += [request] if request else []
        counts = _counts(stores)
        return dg.SensorResult(
            run_requests=requests,
            dynamic_partitions_requests=_missing_partitions(context.instance, requests),
            asset_events=_summary(stores, counts) if counts != context.cursor else [],
            cursor=counts,
        )

    return dispatcher


def _decided(
    context: dg.SensorEvaluationContext, stores: Stores, graph: Mapping[str, Recipe]
) -> Iterator[tuple[Row, Step, dg.RunRequest | None]]:
    """Decide about one unfinished row after another, for as long as a tick may take."""
    now, end_s = datetime.now(UTC), time.monotonic() + DECIDING_LIMIT_S
    rows = stores.ledger.unfinished(ROWS_PER_TICK, now)
    runs = runs_by_video(context.instance, rows)
    for row in rows:
        if time.monotonic() > end_s:
            return
        # A run that a person started names no version, and may be of any.
        of_row = [
            run for version, run in runs.get(row.video_id, ()) if version in (None, row.version)
        ]
        try:
            yield row, *_decide(stores, row, of_row, graph, now)
        except OSError as error:  # one version's results must not keep all others waiting
            context.log.warning("%s: its results cannot be read: %s", row.video_id, error)
            yield row, Step({"not_before": now + LOOK_AGAIN}), None


def _decide(
    stores: Stores, row: Row, runs: Sequence[Run], graph: Mapping[str, Recipe], now: datetime
) -> tuple[Step, dg.RunRequest | None]:
    manifest = cache(partial(_manifest, stores, row))

    def outcome() -> Outcome:
        found = manifest()
        return found.outcome if found else Outcome.UNFINISHED

    step = next_step(row, runs, outcome, now=now, policy=stores.policy)
    if step.request is None:
        return step, None
    is_afresh = step.request is not Kind.ANALYZE or row.problem is Problem.GATE_REFUSED
    selection = None if is_afresh else _selection(manifest(), graph)
    tasks = task_tags(stores, row, step.request, step.attempt(row), runs)
    return step, _request(row, step, selection, tasks)


def _manifest(stores: Stores, row: Row) -> Manifest | None:
    try:
        return stores.results.manifest(row.video_id, row.version)
    except UnreadableManifestError:
        return None  # so its analysis is made again


def _selection(manifest: Manifest | None, graph: Mapping[str, Recipe]) -> list[dg.AssetKey] | None:
    """Return what a further attempt must do: only what is not stored yet. None: all of it."""
    if manifest is None:
        return None
    made_from = {name: recipe.made_from for name, recipe in graph.items()}
    kept = {
        name
        for name, result in manifest.results.items()
        if name in graph and result.code_version == graph[name].code_version
    }
    return [dg.AssetKey(name) for name in sorted(unfinished(made_from, kept))]


def _request(
    row: Row, step: Step, selection: list[dg.AssetKey] | None, tasks: Mapping[str, str]
) -> dg.RunRequest:
    kind, attempt = step.request, step.attempt(row)
    assert kind is not None  # noqa: S101 - only called for a step with a request
    return dg.RunRequest(
        run_key=run_key(kind, row, attempt),
        job_name=JOB_NAMES[kind],
        partition_key=row.video_id,
        asset_selection=selection,
        tags={
            VERSION_TAG: row.version,
            KIND_TAG: str(kind),
            ATTEMPT_TAG: str(attempt),
            # What closes a video goes before what opens another.
            "dagster/priority": "0" if kind is Kind.ANALYZE else "1",
            **({} if kind is Kind.REPORT else DAGSTER_RETRIES_NOTHING),
            **tasks,
        },
    )


def _missing_partitions(
    instance: dg.DagsterInstance, requests: Sequence[dg.RunRequest]
) -> list[dg.AddDynamicPartitionsRequest]:
    keys = {request.partition_key for request in requests if request.partition_key}
    missing = {key for key in keys if not instance.has_dynamic_partition(str(videos.name), key)}
    return [add_partitions(missing)] if missing else []


def _counts(stores: Stores) -> str:
    counts = stores.ledger.counts()
    shown = {str(state): counts[state] for state in State if state in counts}
    quarantined = stores.ledger.quarantine.total()
    return json.dumps(shown | ({"quarantined": quarantined} if quarantined else {}))


def _summary(stores: Stores, counts: str) -> list[dg.AssetMaterialization]:
    """Show the ledger's counts in the UI."""
    counted = stores.ledger.quarantine.counted()
    waiting = [
        {"video": row.key, "state": str(row.state), "attempt": row.attempt, "reason": row.reason}
        for row in stores.ledger.unfinished(20, datetime.now(UTC))
    ]
    shown = {"unfinished": rows_of(pd.DataFrame(waiting))} if waiting else {}
    messages = rows_of(pd.DataFrame(counted.items(), columns=["message", "times"]))
    shown |= {"messages_that_became_no_work": messages} if counted else {}
    return [dg.AssetMaterialization("ledger_summary", metadata={**json.loads(counts), **shown})]
