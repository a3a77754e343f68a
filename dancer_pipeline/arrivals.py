"""What a notification means for the ledger: which versions to enter, in which state, and why. Pure.

A notification is only a hint: anybody who may send to the queue can forge one, it may come late,
twice or never. What S3 itself says about the object now is what counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from dancer_pipeline.events import Arrival, Removal
from dancer_pipeline.identity import ETagPin, Found, Upload, VersionPin, object_upload, pin
from dancer_pipeline.states import Row, State

SAME_MOMENT = timedelta(seconds=5)
"""How far an event's time may be from the object's, where no sequencer tells."""


@dataclass(frozen=True)
class Watched:
    """Whose notifications are listened to."""

    bucket: str
    prefix: str
    region: str | None = None
    account: str | None = None

    def refusal(self, event: Arrival | Removal) -> str | None:
        """Why an event must not even lead to a look at S3; None where nothing stands against it."""
        if event.bucket != self.bucket:
            return f"bucket {event.bucket!r} is not configured: DANCER_SOURCE names {self.bucket!r}"
        if self.region and event.region and event.region != self.region:
            return f"it is from region {event.region!r:.40}, the bucket is in {self.region!r}"
        if self.account and event.account and event.account != self.account:
            return f"it is from account {event.account!r:.40}, DANCER_BUCKET_OWNER is another"
        return None

    def keys(self, event: Arrival | Removal) -> list[str]:
        """Return what the event's key may be, where that is under the watched prefix."""
        return [key for key in event.keys if key.startswith(self.prefix)]


@dataclass(frozen=True)
class Entry:
    """One row that the ledger should have."""

    upload: Upload
    state: State = State.RECEIVED
    reason: str | None = None


def is_known(arrival: Arrival, known: Sequence[Row]) -> bool:
    """Whether the ledger has this very version already, so that nobody need ask S3."""
    pinned = VersionPin(arrival.version_id) if arrival.version_id else None
    return any(pin(row.version) == pinned for row in known)


def fits(arrival: Arrival, found: Upload) -> bool:
    """Whether what was found under a key is what the notification told of."""
    pinned = pin(found.version)
    return not (isinstance(pinned, ETagPin) and arrival.etag and arrival.etag != pinned.etag)


def entries(arrival: Arrival, key: str, found: Found | None, known: Sequence[Row]) -> list[Entry]:
    """Decide which versions to enter into the ledger.

    Parameters
    ----------
    key
        The candidate of the arrival's keys that was decided for.
    found
        What S3 has under that key, in that version where the notification names one.
    known
        The rows of this video.

    Raises
    ------
    ValueError
        The object is gone, and the notification does not say which version it was.
    """
    if found is None:
        return _lost(arrival, key, State.GONE, known)
    if not fits(arrival, found.upload):
        return [*_lost(arrival, key, State.SUPERSEDED, known), Entry(found.upload)]
    upload = replace(found.upload, sequencer=arrival.sequencer)
    if found.is_withdrawn:
        return [Entry(upload, State.GONE, WITHDRAWN)]
    return [Entry(upload)]


WITHDRAWN = "somebody deleted it before it was analysed; a delete marker hides this version"

WHY_LOST = {
    State.GONE: "it was deleted before it could be analysed: upload it again",
    State.SUPERSEDED: "another upload under the same name replaced it before it could be analysed",
}


def _lost(arrival: Arrival, key: str, state: State, known: Sequence[Row]) -> list[Entry]:
    """Enter a version that cannot be read any more, unless it is there already."""
    upload = _as_told(arrival, key)
    twins = [row for row in known if _has_etag(row, arrival.etag)]
    if any(_is_same(row, arrival) for row in twins):
        return []
    reason = WHY_LOST[state]
    if twins and isinstance(pin(upload.version), ETagPin):
        reason = (
            f"it had the same content as version {twins[-1].version}, which was deleted with it:"
            f" that one is {twins[-1].state}, and its results are this one's"
        )
    return [Entry(upload, state, reason)]


def _as_told(arrival: Arrival, key: str) -> Upload:
    """Describe a version by its notification alone, because S3 has it no more."""
    if arrival.size_bytes is None or arrival.event_time is None:
        raise ValueError("the object is gone, and the message tells neither its size nor its time")
    if arrival.version_id is None and arrival.etag is None:
        raise ValueError("the object is gone, and the message tells neither version nor ETag")
    return object_upload(
        arrival.bucket,
        key,
        version_id=arrival.version_id,
        etag=arrival.etag or "",
        size_bytes=arrival.size_bytes,
        last_modified=arrival.event_time,
        sequencer=arrival.sequencer,
    )


def _has_etag(row: Row, etag: str | None) -> bool:
    pinned = pin(row.version)
    return isinstance(pinned, ETagPin) and pinned.etag == etag


def _is_same(row: Row, arrival: Arrival) -> bool:
    """Whether a row with the same ETag is of the same upload, not of a copy of it."""
    if row.sequencer and arrival.sequencer:
        return row.sequencer == arrival.sequencer
    assert arrival.event_time is not None  # noqa: S101 - checked before any row is looked at
    later = arrival.event_time - row.uploaded_at
    # S3 dates an upload in parts by its beginning, and tells of it at its end.
    is_in_parts = "-" in (arrival.etag or "")
    return later >= -SAME_MOMENT and (is_in_parts or later <= SAME_MOMENT)
