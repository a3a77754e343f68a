"""How the deployment stands, as metrics. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dancer_pipeline.monitoring.embedded import Reading
from dancer_pipeline.standing import Standing


def gauges(found: Standing, now: datetime, *, grace_s: float = 0, deletes: bool = True) -> Reading:
    """Return what is measured once a minute, whatever happens.

    Parameters
    ----------
    grace_s
        How long a source is kept on purpose after its analyses are stored.
    deletes
        Whether sources are deleted at all; if not, none is late.
    """
    due = found.oldest_cleanup + timedelta(seconds=grace_s) if found.oldest_cleanup else None
    values = {
        "WaitingVideos": found.waiting,
        "ProcessingVideos": found.processing,
        "FailedVideos": found.failed,
        "OldestUnfinished": _age_s(found.oldest_unfinished, now),
        "CleanupPending": found.cleanup_pending if deletes else 0,
        "OldestCleanupPending": _age_s(due, now) if deletes else 0,
        "ListingFinds": found.listing_finds,
        "NotificationFinds": found.notification_finds,
        "Quarantined": found.quarantined,
    }
    return Reading("how the deployment stands", now, values)


def queue_gauges(attributes: Mapping[str, str], now: datetime) -> Reading:
    """Return how full the queue is."""
    values = {
        "QueueMessages": int(attributes["ApproximateNumberOfMessages"]),
        "QueueInFlight": int(attributes["ApproximateNumberOfMessagesNotVisible"]),
    }
    return Reading("how full the queue is", now, values)


def _age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - since).total_seconds(), 1)) if since else 0.0
