"""How the deployment stands at a moment, counted in the ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dancer_pipeline.ledger_tables import QUARANTINE, UPLOADS
from dancer_pipeline.states import WAITING, State

LATELY = timedelta(hours=1)
"""What arrived in this time counts as news."""

_STATE, _FOUND_BY = UPLOADS.c.state, UPLOADS.c.found_by


@dataclass(frozen=True)
class Standing:
    """Counts, and since when the oldest has been waiting; None where nothing waits."""

    waiting: int
    processing: int
    failed: int
    oldest_unfinished: datetime | None
    cleanup_pending: int
    oldest_cleanup: datetime | None
    """When the analysis was stored of the source that should have gone first."""
    listing_finds: int
    notification_finds: int
    quarantined: int


def standing(engine: sa.Engine, now: datetime) -> Standing:
    """Count what is there now, and what came lately."""
    is_unfinished = _STATE.in_((*WAITING, State.PROCESSING))
    is_pending = (_STATE == State.ANALYSED) & UPLOADS.c.cleanup_pending
    is_new = (UPLOADS.c.received_at > now - LATELY) & (_STATE != State.IGNORED)
    columns = {
        "waiting": sa.func.count().filter(_STATE.in_(WAITING)),
        "processing": sa.func.count().filter(_STATE == State.PROCESSING),
        "failed": sa.func.count().filter(_STATE == State.FAILED),
        "oldest_unfinished": sa.func.min(UPLOADS.c.received_at).filter(is_unfinished),
        "cleanup_pending": sa.func.count().filter(is_pending),
        "oldest_cleanup": sa.func.min(UPLOADS.c.analysed_at).filter(is_pending),
        "listing_finds": sa.func.count().filter(is_new & (_FOUND_BY == "listing")),
        "notification_finds": sa.func.count().filter(is_new & (_FOUND_BY == "notification")),
    }
    of_uploads = sa.select(*(it.label(name) for name, it in columns.items())).select_from(UPLOADS)
    came_lately = QUARANTINE.c.last_seen_at > now - LATELY
    of_quarantine = sa.select(sa.func.count()).select_from(QUARANTINE).where(came_lately)
    with engine.connect() as connection:
        counted = connection.execute(of_uploads).mappings().one()
        return Standing(**counted, quarantined=connection.scalar(of_quarantine) or 0)
