"""The sensors that watch the work: one measures, one tells people. Neither decides anything.

What was measured or told is claimed in the ledger first, so that a tick that is evaluated again,
or a lost cursor, measures and tells nothing twice.
"""

import logging
import os
from datetime import UTC, datetime, timedelta
from itertools import islice

import dagster as dg

from dancer_pipeline.defs.ended_runs import ended_run, ended_since
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.logfile import logged
from dancer_pipeline.message_queue import MessageQueue
from dancer_pipeline.monitoring.embedded import Measurements
from dancer_pipeline.monitoring.gauges import gauges, queue_gauges
from dancer_pipeline.monitoring.notices import RECENT, claim, has_failed, notices
from dancer_pipeline.monitoring.runs import failure, readings, success
from dancer_pipeline.monitoring.topic import NotToldError, UnsureError, publish
from dancer_pipeline.redaction import known_secrets
from dancer_pipeline.settings import Settings
from dancer_pipeline.standing import Standing

EVERY_S = 60
LOOK_BACK = timedelta(hours=1)
"""How far the first tick looks back, and one whose cursor was lost."""

OVERLAP = timedelta(minutes=5)
"""A run's end may become visible after that of a later one."""

RUNS_PER_TICK = 50
NOTICES_PER_TICK = 20


def build_monitoring(settings: Settings) -> list[dg.SensorDefinition]:
    """Build the sensors of monitoring; nobody is told where no topic is named."""
    told = [_build_notices(settings, settings.alert_topic)] if settings.alert_topic else []
    return [_build_measurements(settings), *told]


def _build_measurements(settings: Settings) -> dg.SensorDefinition:
    measurements = Measurements(settings.deployment)

    @dg.sensor(
        minimum_interval_seconds=EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Writes metrics into the log: of runs that ended, and of how it all stands.",
    )
    @logged
    def measure(
        context: dg.SensorEvaluationContext, stores: dg.ResourceParam[Stores]
    ) -> dg.SensorResult:
        now = datetime.now(UTC)
        standing = stores.ledger.standing(now)
        _write_gauges(measurements, settings, standing, now)
        since = datetime.fromisoformat(context.cursor) if context.cursor else now - LOOK_BACK
        is_done = _measure_runs(measurements, stores, context.instance, since)
        _measure_failures(measurements, stores, now)
        stores.ledger.announcements.forget()
        if stores.queue:
            _measure_queue(measurements, stores.queue, now, context.log)
        words = f"{standing.waiting} videos wait, {standing.processing} are being analysed"
        cursor = now - OVERLAP if is_done else since
        return dg.SensorResult(skip_reason=words, cursor=cursor.isoformat())

    return measure


def _write_gauges(
    measurements: Measurements, settings: Settings, standing: Standing, now: datetime
) -> None:
    deletes = settings.cleanup == "on"
    measurements.write(gauges(standing, now, grace_s=settings.cleanup_grace_s, deletes=deletes))


def _measure_runs(
    measurements: Measurements, stores: Stores, instance: dg.DagsterInstance, since: datetime
) -> bool:
    """Measure what has ended and was not measured; False where some of it is left."""
    left = RUNS_PER_TICK
    for record in ended_since(instance, since):
        name = f"run:{record.dagster_run.run_id}"
        if not left:
            return False
        if not stores.ledger.announcements.claim([name]):
            continue
        try:
            _measure_run(measurements, stores, instance, record)
        except Exception:  # whatever it was, the next tick measures this run
            stores.ledger.announcements.give_back(name)
            raise
        left -= 1
    return True


def _measure_run(
    measurements: Measurements, stores: Stores, instance: dg.DagsterInstance, record: dg.RunRecord
) -> None:
    run = ended_run(instance, record)
    found = list(readings(run))
    if run.has_results and run.video_id and run.version:
        row = stores.ledger.row(run.video_id, run.version)
        found += [success(run, row.received_at)] if row else []
    for reading in found:
        measurements.write(reading)


def _measure_failures(measurements: Measurements, stores: Stores, now: datetime) -> None:
    for row in stores.ledger.in_trouble(now - RECENT):
        if has_failed(row, now) and stores.ledger.announcements.claim([claim("failed", row)]):
            measurements.write(failure(row))


def _measure_queue(
    measurements: Measurements, queue: MessageQueue, now: datetime, log: logging.Logger
) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        measurements.write(queue_gauges(queue.attributes(), now))
    except (BotoCoreError, ClientError) as error:  # what was measured before it counts all the same
        log.warning("the queue was not measured: %s", error)


def _build_notices(settings: Settings, topic: str) -> dg.SensorDefinition:
    @dg.sensor(
        minimum_interval_seconds=EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells people of videos that failed and of sources that cannot be deleted.",
    )
    @logged
    def tell(
        context: dg.SensorEvaluationContext, stores: dg.ResourceParam[Stores]
    ) -> dg.SkipReason:
        now = datetime.now(UTC)
        rows = stores.ledger.in_trouble(now - RECENT)
        claimed = stores.ledger.announcements
        mine = (
            notice
            for notice in notices(rows, now, settings.deployment, known_secrets(os.environ))
            if claimed.claim([notice.name])
        )
        sent = 0
        for notice in islice(mine, NOTICES_PER_TICK):
            try:
                publish(topic, notice)
            except NotToldError as error:
                claimed.give_back(notice.name)
                context.log.warning("%r is sent later: %s", notice.subject, error)
                break  # the others would wait for it in vain
            except UnsureError as error:
                context.log.warning("whether %r was sent is not known: %s", notice.subject, error)
                break
            sent += 1
        return dg.SkipReason(f"{sent} messages were sent")

    return tell
