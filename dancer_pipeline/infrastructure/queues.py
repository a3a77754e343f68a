"""What the queues are: patient, encrypted, and open to nobody but the routes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dancer_pipeline.aws import client
from dancer_pipeline.infrastructure.aspect import Aspect
from dancer_pipeline.infrastructure.description import Infrastructure, Place, only_tls

LARGEST_NOTIFICATION_BYTES = 65_536
"""S3 drops a notification that its queue refuses as too large."""


def queue_url(name: str) -> str:
    """URL of a queue."""
    found: str = client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return found


def queue_aspects(
    wanted: Infrastructure, place: Place, senders: Mapping[str, Any], returners: Mapping[str, Any]
) -> Iterator[Aspect]:
    """Yield what the queues should be, the dead-letter queue first, as the other names it.

    Parameters
    ----------
    senders, returners
        By service, the condition under which it may send to the queue, and return what it could
        not deliver to the dead-letter queue.
    """
    dead_letters = {
        "MessageRetentionPeriod": wanted.retention_s,
        "SqsManagedSseEnabled": True,
        "Policy": _policy(place.arn("sqs", wanted.dead_letters), returners),
    }
    queue = {
        "VisibilityTimeout": wanted.visibility_s,
        "MessageRetentionPeriod": wanted.retention_s,
        "MaximumMessageSize": 4 * LARGEST_NOTIFICATION_BYTES,
        "SqsManagedSseEnabled": True,
        "RedrivePolicy": {
            "deadLetterTargetArn": place.arn("sqs", wanted.dead_letters),
            "maxReceiveCount": wanted.max_receives,
        },
        "Policy": _policy(place.arn("sqs", wanted.queue), senders),
    }
    for name, attributes in ((wanted.dead_letters, dead_letters), (wanted.queue, queue)):
        yield _existence(name)
        yield from (_attribute(name, *attribute) for attribute in attributes.items())


def _existence(name: str) -> Aspect:
    def read() -> bool:
        return bool(queue_url(name))

    def create() -> None:
        client("sqs").create_queue(QueueName=name)

    return Aspect(f"queue {name}", True, read, create)  # noqa: FBT003 it is there, or not


def _attribute(queue: str, attribute: str, wanted: Any) -> Aspect:
    def read() -> Any:
        answer = client("sqs").get_queue_attributes(
            QueueUrl=queue_url(queue), AttributeNames=[attribute]
        )
        text = answer.get("Attributes", {}).get(attribute)
        return json.loads(text) if text else None

    def write() -> None:
        attributes = {attribute: json.dumps(wanted)}
        client("sqs").set_queue_attributes(QueueUrl=queue_url(queue), Attributes=attributes)

    return Aspect(f"{attribute} of queue {queue}", wanted, read, write)


def _policy(queue_arn: str, senders: Mapping[str, Any]) -> dict[str, Any]:
    statements = [
        {
            "Sid": f"From{service.capitalize()}",
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": condition,
        }
        for service, condition in senders.items()
    ]
    return {"Version": "2012-10-17", "Statement": [*statements, only_tls("sqs:*", queue_arn)]}
