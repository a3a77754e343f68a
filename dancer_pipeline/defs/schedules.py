"""Retention by the clock, off unless an operator sets an age and switches the schedule on."""

import dagster as dg

from dancer_pipeline.defs.cleanup import expire_sources
from dancer_pipeline.settings import Settings


def build_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Build the nightly expiry; unless `DANCER_CLEANUP` is `on` it only says what it would do."""
    if settings.retention_days is None:
        return []
    config = {"older_than_days": settings.retention_days, "dry_run": settings.cleanup != "on"}
    return [
        dg.ScheduleDefinition(
            name="expire_sources_nightly",
            job=expire_sources,
            cron_schedule="30 3 * * *",
            run_config={"ops": {"expire_failed_sources": {"config": config}}},
            default_status=dg.DefaultScheduleStatus.STOPPED,
        )
    ]
