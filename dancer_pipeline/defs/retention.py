"""Retention: old sources of failed videos, previews and runs go. A dry run unless told otherwise.

Each deletion of a file leaves an audit row; so does each that a dry run would have made.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import dagster as dg

from dancer_pipeline.defs.cleanup import delete_source
from dancer_pipeline.defs.ended_runs import ENDED as ENDED_RUNS
from dancer_pipeline.defs.partitions import PARTITION_TAG
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.manifests import UnreadableManifestError
from dancer_pipeline.settings import Settings
from dancer_pipeline.sources import Deletion
from dancer_pipeline.states import OPEN_STATES, Row, State

ENDED = tuple(state for state in State if state not in OPEN_STATES)
RUNS_PER_NIGHT = 5000


class ExpireConfig(dg.Config):
    """What to expire; nothing is deleted unless `dry_run` is switched off."""

    older_than_days: float
    dry_run: bool = True


@dg.op(description="Delete sources of failed videos that are older than a set age.")
def expire_failed_sources(
    context: dg.OpExecutionContext, config: ExpireConfig, stores: dg.ResourceParam[Stores]
) -> None:
    """Expire failed videos: the source goes, the row says so."""
    for listed in _older(stores, [State.FAILED], config.older_than_days):
        row = stores.ledger.row(listed.video_id, listed.version)
        if row is None or row.state is not State.FAILED:
            continue  # somebody has asked for another attempt meanwhile
        outcome = delete_source(
            stores, row, action="expire", run_id=context.run.run_id, is_dry_run=config.dry_run
        )
        context.log.info("%s: %s", row.video_id, outcome or "would expire")
        if outcome is not None:
            _expire(stores, row, outcome, config.older_than_days)


@dg.op(description="Delete preview videos of videos that are older than a set age.")
def expire_old_previews(
    context: dg.OpExecutionContext, config: ExpireConfig, stores: dg.ResourceParam[Stores]
) -> None:
    """Delete previews; tables and reports, with their pictures, stay."""
    for row in _older(stores, ENDED, config.older_than_days):
        try:
            manifest = stores.results.manifest(row.video_id, row.version)
        except UnreadableManifestError as error:
            context.log.warning("%s", error)  # it keeps its preview, and delays nobody else
            continue
        if manifest is None or "preview" not in manifest.results:
            continue
        audit = partial(
            stores.ledger.audit,
            row.video_id,
            row.version,
            "expire preview",
            is_dry_run=config.dry_run,
            run_id=context.run.run_id,
        )
        context.log.info("%s: preview, dry run: %s", row.video_id, config.dry_run)
        if config.dry_run:
            audit("would be deleted")
            continue
        audit("about to be deleted")
        stores.results.remove(manifest, "preview")
        audit("deleted")


@dg.op(description="Delete Dagster's own record of runs that ended before a set age.")
def forget_ended_runs(
    context: dg.OpExecutionContext, config: ExpireConfig, stores: dg.ResourceParam[Stores]
) -> None:
    """Forget runs and their events; results, manifests and the ledger say what was made.

    Runs of a video that is not finished stay: its attempts are counted by them.
    """
    unfinished = {row.video_id for row in stores.ledger.rows(OPEN_STATES)}
    oldest = datetime.now(UTC) - timedelta(days=config.older_than_days)
    ended = dg.RunsFilter(statuses=list(ENDED_RUNS), updated_before=oldest)
    found = _oldest_first(context.instance, ended)
    done = (run for run in found if run.tags.get(PARTITION_TAG) not in unfinished)
    old = list(islice(done, RUNS_PER_NIGHT))
    context.log.info("%d runs, dry run: %s", len(old), config.dry_run)
    for run in [] if config.dry_run else old:
        context.instance.delete_run(run.run_id)


def _oldest_first(instance: dg.DagsterInstance, wanted: dg.RunsFilter) -> Iterator[dg.DagsterRun]:
    cursor = None
    while found := instance.get_runs(wanted, cursor, limit=RUNS_PER_NIGHT, ascending=True):
        yield from found
        cursor = found[-1].run_id


@dg.job(description="Give up sources whose analysis failed long ago. A dry run by default.")
def expire_sources() -> None:
    """Run the expiry of sources."""
    expire_failed_sources()


@dg.job(description="Delete old preview videos. A dry run by default.")
def expire_previews() -> None:
    """Run the expiry of previews."""
    expire_old_previews()


@dg.job(description="Forget Dagster's runs that ended long ago. A dry run by default.")
def forget_runs() -> None:
    """Run the expiry of Dagster's history."""
    forget_ended_runs()


def build_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Build the nightly expiries that have an age set; without one there are none.

    Unless `DANCER_CLEANUP` is `on` they only say what they would do.
    """
    ages = {
        (expire_sources, "expire_failed_sources"): settings.retention_days,
        (expire_previews, "expire_old_previews"): settings.preview_days,
        (forget_runs, "forget_ended_runs"): settings.history_days,
    }
    return [
        dg.ScheduleDefinition(
            name=f"{job.name}_nightly",
            job=job,
            cron_schedule="30 3 * * *",
            run_config=_config(op, days, settings),
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
        for (job, op), days in ages.items()
        if days is not None
    ]


def _expire(stores: Stores, row: Row, outcome: Deletion, days: float) -> None:
    is_gone = outcome is not Deletion.REPLACED
    why = f"expired after {days:g} days" if is_gone else f"the source was {outcome}"
    stores.ledger.note(
        row.video_id,
        row.version,
        state=State.EXPIRED,
        deleted_at=datetime.now(UTC) if is_gone else None,
        reason=f"{why}: {row.reason}",
    )


def _config(op: str, days: float, settings: Settings) -> dict[str, Any]:
    config = {"older_than_days": days, "dry_run": settings.cleanup != "on"}
    return {"ops": {op: {"config": config}}}


def _older(stores: Stores, states: Sequence[State], days: float) -> list[Row]:
    oldest = datetime.now(UTC) - timedelta(days=days)
    return [row for row in stores.ledger.rows(states) if row.uploaded_at < oldest]
