"""What S3 tells of its objects.

Mends of moto: its events lack `versionId` and `sequencer`, encode `/`, come twice for a multipart
upload and once more for tags that nobody set, and are sent before the object's metadata are there;
its EventBridge events all have the same id and sequencer and `eTag` instead of `etag`.
"""

import itertools
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from moto.events.models import events_backends
from moto.s3 import notifications as moto
from moto.s3.responses import S3Response
from moto.sns.models import sns_backends

from dancer_pipeline.local_aws.mending import mends

REASONS = {
    "ObjectCreated:Put": "PutObject",
    "ObjectCreated:Post": "POST Object",
    "ObjectCreated:Copy": "CopyObject",
    "ObjectRemoved:Delete": "DeleteObject",
    "ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
}
DELETIONS = {
    "ObjectRemoved:Delete": "Permanently Deleted",
    "ObjectRemoved:DeleteMarkerCreated": "Delete Marker Created",
}
EMPTY_ETAG = "d41d8cd98f00b204e9800998ecf8427e"

_ONE_AT_A_TIME = threading.RLock()
_OUTBOX: list["Happening"] = []
_SEQUENCE = itertools.count(time.time_ns())


@dataclass(frozen=True)
class Happening:
    """Something that was done to an object."""

    account_id: str
    name: str
    bucket: Any
    key: Any
    sequencer: str = field(default_factory=lambda: f"{next(_SEQUENCE):018X}")
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def facts(self) -> dict[str, Any]:
        """What is told of the object, by the names of the direct notification."""
        facts: dict[str, Any] = {"key": self.key.name}
        if self.name not in DELETIONS:
            facts |= {"size": self.key.size, "eTag": self.key.etag.strip('"')}
        elif self.name == "ObjectRemoved:DeleteMarkerCreated":
            facts["eTag"] = EMPTY_ETAG
        if self.key.version_id != "null":
            facts["versionId"] = self.key.version_id
        return facts | {"sequencer": self.sequencer}


@mends(moto)
def send_event(account_id: str, event_name: str, bucket: Any, key: Any) -> None:
    """Note what happened; it is told when the request is done."""
    _OUTBOX.append(Happening(account_id, event_name[len("s3:") :], bucket, key))


@contextmanager
def _told_at_the_end() -> Iterator[None]:
    """Do one request at a time (moto's S3 is not safe otherwise) and tell what it did."""
    with _ONE_AT_A_TIME:
        try:
            yield
        finally:
            happenings = _worth_telling(_OUTBOX)
            _OUTBOX.clear()
            for happening in happenings:
                _tell(happening)


def _worth_telling(happenings: list[Happening]) -> list[Happening]:
    """Leave out the steps of what S3 tells as one event."""
    names = {it.name for it in happenings}
    dropped = {"ObjectCreated:Put"} if "ObjectCreated:CompleteMultipartUpload" in names else set()
    if any(name.startswith("ObjectCreated:") for name in names):
        dropped.add("ObjectTagging:Put")
    return [it for it in happenings if it.name not in dropped]


def _tell(happening: Happening) -> None:
    wanted = happening.bucket.notification_configuration
    if wanted is None:
        return
    event_name = f"s3:{happening.name}"
    for queue in wanted.queue:
        if queue.matches(event_name, happening.key.name):
            *_, region, account_id, name = queue.arn.split(":")
            moto._send_sqs_message(account_id, _notification(happening, queue.id), name, region)  # noqa: SLF001 the sender, which forgives a queue that is gone
    for topic in wanted.topic:
        if topic.matches(event_name, happening.key.name):
            _publish(_notification(happening, topic.id), topic.arn)
    if wanted.event_bridge is not None:
        _put_on_buses(happening)


def _notification(happening: Happening, configuration_id: str) -> dict[str, Any]:
    facts = happening.facts
    facts["key"] = quote_plus(facts["key"], safe="/")
    bucket = happening.bucket
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": happening.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventName": happening.name,
        "userIdentity": {"principalId": "AWS:LOCAL"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": happening.sequencer, "x-amz-id-2": "local"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": "LOCAL"},
                "arn": bucket.arn,
            },
            "object": facts,
        },
    }
    return {"Records": [record]}


def _publish(notification: dict[str, Any], topic_arn: str) -> None:
    *_, region, account_id, _name = topic_arn.split(":")
    sns_backends[account_id][region].publish(
        arn=topic_arn, message=json.dumps(notification), subject="Amazon S3 Notification"
    )


def _put_on_buses(happening: Happening) -> None:
    event = _bus_event(happening)
    backend = events_backends[happening.account_id][happening.bucket.region_name]
    for bus in backend.event_buses.values():
        for rule in bus.rules.values():
            rule.send_to_targets(event, transform_input=False)


def _bus_event(happening: Happening) -> Any:
    facts = happening.facts
    renamed = {"eTag": "etag", "versionId": "version-id"}
    detail = {
        "version": "0",
        "bucket": {"name": happening.bucket.name},
        "object": {renamed.get(name, name): value for name, value in facts.items()},
        "request-id": happening.sequencer,
        "requester": happening.account_id,
        "source-ip-address": "127.0.0.1",
        "reason": REASONS.get(happening.name, happening.name.split(":")[1]),
    }
    if happening.name in DELETIONS:
        detail["deletion-type"] = DELETIONS[happening.name]
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": moto._detail_type(f"s3:{happening.name}"),  # noqa: SLF001 the table of all types
        "source": "aws.s3",
        "account": happening.account_id,
        "time": happening.at.timestamp(),
        "region": happening.bucket.region_name,
        "resources": [happening.bucket.arn],
        "detail": detail,
    }


_KEY_RESPONSE = S3Response._key_response  # noqa: SLF001 these two handle every request, its body read
_BUCKET_RESPONSE = S3Response._bucket_response  # noqa: SLF001 the same


@mends(S3Response)
def _key_response(self: S3Response, request: Any, full_url: str) -> Any:
    with _told_at_the_end():
        return _KEY_RESPONSE(self, request, full_url)


@mends(S3Response)
def _bucket_response(self: S3Response, request: Any, full_url: str) -> Any:
    with _told_at_the_end():
        return _BUCKET_RESPONSE(self, request, full_url)


_GET_NOTIFICATION = S3Response.get_bucket_notification


@mends(S3Response)
def get_bucket_notification(self: S3Response) -> Any:
    """Answer whether EventBridge is told, too."""
    status, headers, body = _GET_NOTIFICATION(self)
    wanted = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if wanted is not None and wanted.event_bridge is not None:
        end = b"</NotificationConfiguration>"
        body = body.encode() if isinstance(body, str) else body
        if end not in body:  # nothing else is told
            body = body.rstrip().removesuffix(b"/>") + b">" + end
        body = body.replace(end, b"<EventBridgeConfiguration/>" + end)
    return status, headers, body
