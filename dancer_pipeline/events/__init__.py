"""What a message of the upload queue says: text in, events out, and nothing else.

S3 sends a message itself, through SNS or through EventBridge; which of them did is seen from the
message's shape alone. Anybody who may send to the queue may send anything, so an event is a hint to
ask S3, and what cannot be read is an event as well, with the reason and its text.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dancer_pipeline.events.fields import (
    MAX_BODY_BYTES,
    FieldError,
    as_list,
    as_object,
    bucket_name,
    check_origin,
    check_version,
    form_decoded,
    legal_keys,
    moment,
    optional_text,
    padded_sequencer,
    parsed,
    required_text,
    size_bytes,
    version_id,
)

__all__ = [
    "Arrival",
    "Event",
    "ObjectEvent",
    "Removal",
    "Uninteresting",
    "Unreadable",
    "padded_sequencer",
    "read_message",
]

MAX_RECORDS = 100
"""Many times what S3 sends, and few enough to ask S3 about each in time."""

MAX_ENVELOPES = 2
"""A topic that feeds a topic wraps twice; nobody needs more."""

TEST_EVENT = "s3:TestEvent"
SNS_NOTICES = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
WAYS = {"Put", "Post", "Copy", "PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload"}
"""How an object can have come: S3's words and EventBridge's."""

KIND = re.compile(r"(?=.{1,64}\Z)[A-Za-z]+(?:[ :][A-Za-z]+)*")


@dataclass(frozen=True, kw_only=True)
class ObjectEvent:
    """One version of an object came or went, says a message."""

    bucket: str
    keys: tuple[str, ...]
    """What the key may be, likeliest first; only EventBridge leaves a choice, which S3 settles."""
    version_id: str | None
    sequencer: str | None
    """Padded, so that the events of one key are in order as text."""
    event_time: datetime | None
    region: str | None
    account: str | None


@dataclass(frozen=True, kw_only=True)
class Arrival(ObjectEvent):
    """A version came; `note` says what was unusual about it."""

    etag: str | None
    size_bytes: int | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Removal(ObjectEvent):
    """A version went for good, or a delete marker now hides the object."""

    is_marker: bool


@dataclass(frozen=True)
class Uninteresting:
    """What never becomes work; only counted, by kind."""

    kind: str


@dataclass(frozen=True)
class Unreadable:
    """What could not be read: why, and its text, in a form that any database can store."""

    reason: str
    raw: str


Event = Arrival | Removal | Uninteresting | Unreadable


def read_message(body: str) -> list[Event]:
    """Read a message of whatever origin.

    Returns
    -------
    list
        At least one event. A record that cannot be read costs none of its neighbours.
    """
    try:
        message = _unwrapped(body)
        if "Records" in message:
            return [_event_of(record) for record in _records(message)]
        return [_single_event(message)]
    except FieldError as error:
        raw = body[:MAX_BODY_BYTES].encode(errors="backslashreplace").decode()
        return [Unreadable(str(error), raw.replace("\0", r"\x00"))]


def _unwrapped(body: str) -> dict[str, Any]:
    """Take the message out of its SNS envelopes."""
    message = parsed(body)
    for _ in range(MAX_ENVELOPES):
        if not _is_envelope(message):
            break
        message = parsed(required_text(message, "Message"))
    if _is_envelope(message):
        raise FieldError(f"more than {MAX_ENVELOPES} SNS envelopes in each other")
    return message


def _is_envelope(message: dict[str, Any]) -> bool:
    return message.get("Type") == "Notification" and "Message" in message


def _records(message: dict[str, Any]) -> list[Any]:
    records = as_list(message["Records"], "Records")
    if not 0 < len(records) <= MAX_RECORDS:
        raise FieldError(f"{len(records)} Records, where S3 sends 1 to {MAX_RECORDS}")
    return records


def _event_of(record: Any) -> Event:
    try:
        return _from_s3(as_object(record, "the record"))
    except FieldError as error:
        return Unreadable(str(error), json.dumps(record))


def _single_event(message: dict[str, Any]) -> Event:
    if message.get("Event") == TEST_EVENT:
        return Uninteresting("test_event")
    if message.get("Type") in SNS_NOTICES:
        return Uninteresting(message["Type"])
    if "detail-type" in message:
        return _from_eventbridge(message)
    raise FieldError("not of S3, SNS or EventBridge: it has no Records, Message or detail-type")


def _from_s3(record: dict[str, Any]) -> Event:
    check_origin(record, "eventSource", "aws:s3")
    check_version(optional_text(record, "eventVersion"), major=2)
    name = required_text(record, "eventName")
    what, _, how = name.partition(":")
    if what not in ("ObjectCreated", "ObjectRemoved"):
        return _uninteresting(name)
    s3 = as_object(record.get("s3"), "s3")
    bucket, found = as_object(s3.get("bucket"), "bucket"), as_object(s3.get("object"), "object")
    arn, key = optional_text(bucket, "arn"), required_text(found, "key")
    event = ObjectEvent(
        bucket=bucket_name(bucket, [arn] if arn else []),
        keys=legal_keys(key, [form_decoded(key)]),
        version_id=version_id(found, "versionId"),
        sequencer=padded_sequencer(optional_text(found, "sequencer")),
        event_time=moment(record, "eventTime"),
        region=optional_text(record, "awsRegion"),
        account=None,
    )
    if what == "ObjectRemoved":
        return Removal(**vars(event), is_marker=how == "DeleteMarkerCreated")
    return _arrival(event, found, etag=optional_text(found, "eTag"), how=how)


def _from_eventbridge(message: dict[str, Any]) -> Event:
    check_origin(message, "source", "aws.s3")
    detail = as_object(message.get("detail"), "detail")
    check_version(optional_text(detail, "event-version") or "1.0", major=1)
    name = required_text(message, "detail-type")
    if name not in ("Object Created", "Object Deleted"):
        return _uninteresting(name)
    bucket, found = (as_object(detail.get(part), part) for part in ("bucket", "object"))
    key = required_text(found, "key")
    event = ObjectEvent(
        bucket=bucket_name(bucket, as_list(message.get("resources"), "resources")),
        # AWS does not say whether this key is encoded, and its stand-ins differ.
        keys=legal_keys(key, [key, form_decoded(key)]),
        version_id=version_id(found, "version-id"),
        sequencer=padded_sequencer(optional_text(found, "sequencer")),
        event_time=moment(message, "time"),
        region=optional_text(message, "region"),
        account=optional_text(message, "account"),
    )
    if name == "Object Deleted":
        is_marker = optional_text(detail, "deletion-type") == "Delete Marker Created"
        return Removal(**vars(event), is_marker=is_marker)
    return _arrival(
        event, found, etag=optional_text(found, "etag"), how=optional_text(detail, "reason")
    )


def _arrival(
    event: ObjectEvent, found: dict[str, Any], *, etag: str | None, how: str | None
) -> Arrival | Uninteresting:
    size = size_bytes(found, "size")
    if size == 0 and all(key.endswith("/") for key in event.keys):
        return Uninteresting("folder")
    return Arrival(
        **vars(event),
        etag=(etag or "").strip('"') or None,
        size_bytes=size,
        note=None if how is None or how in WAYS else f"it came in an unknown way: {how!r:.80}",
    )


def _uninteresting(name: str) -> Uninteresting:
    if not KIND.fullmatch(name):
        raise FieldError(f"no event of S3 has the name {name!r:.80}")
    return Uninteresting(name)
