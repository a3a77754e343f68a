"""The queue of notifications and its dead-letter queue."""

import json
from collections.abc import Iterator, Mapping
from functools import cache

from botocore.exceptions import ClientError

from dancer_pipeline.aws import client
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, unseen, wrong
from dancer_pipeline.doctor.refusals import code_of
from dancer_pipeline.infrastructure.aspect import ABSENT
from dancer_pipeline.infrastructure.description import DAY_S
from dancer_pipeline.infrastructure.queues import LARGEST_NOTIFICATION_BYTES, queue_url

SHORTEST_VISIBILITY_S = 60
SHORTEST_RETENTION_S = 4 * DAY_S
LONGEST_RETENTION_S = 14 * DAY_S
FEWEST_RECEIVES = 3
AGAIN = "Apply deploy/aws/template.yaml again, or: aws sqs set-queue-attributes --queue-url"


def queue(at: Deployment) -> Iterator[Finding]:
    """Whether the queue is there for this role, and how much waits in it."""
    name = _name(at)
    try:
        found = attributes(name)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        region = client("sqs").meta.region_name
        yield wrong(
            f"there is no queue {name} in {region}",
            "Correct DANCER_QUEUE or AWS_REGION, or apply the template again.",
        )
        return
    name = found["QueueArn"].rsplit(":", 1)[-1]
    yield from _encryption(at, name, found.get("KmsMasterKeyId"))
    hidden = found["ApproximateNumberOfMessagesNotVisible"]
    waiting = found["ApproximateNumberOfMessages"]
    yield good(f"{name}: reachable, {waiting} waiting, {hidden} being read")


def _encryption(at: Deployment, name: str, key: str | None) -> Iterator[Finding]:
    if key == "alias/aws/sqs":
        yield wrong(
            f"{name} is encrypted with the key alias/aws/sqs, which S3 may not use",
            f"{AGAIN} {at.settings.queue} --attributes SqsManagedSseEnabled=true",
        )
    elif key:
        yield unseen(
            f"{name} is encrypted with {key}: whether that key's policy lets the one that sends"
            " use it is not looked at",
            "Allow kms:GenerateDataKey* and kms:Decrypt there to S3, SNS or EventBridge.",
        )


def visibility(at: Deployment) -> Iterator[Finding]:
    """Whether a message is hidden for long enough to be recorded."""
    own_s = int(attributes(_name(at))["VisibilityTimeout"])
    chosen_s = at.settings.visibility_s
    if own_s < SHORTEST_VISIBILITY_S:
        yield wrong(
            f"{own_s} s, too short for a slow database: messages would come twice",
            f"{AGAIN} {at.settings.queue} --attributes VisibilityTimeout=120",
        )
    elif chosen_s < SHORTEST_VISIBILITY_S:
        yield wrong(
            f"DANCER_VISIBILITY_S is {chosen_s} s, too short for a slow database: messages would"
            " come twice",
            "Set it to 120, or unset it.",
        )
    else:
        yield good(f"{chosen_s} s when the pipeline reads (DANCER_VISIBILITY_S), else {own_s} s")


def message_size(at: Deployment) -> Iterator[Finding]:
    """Whether the queue takes the largest notification of S3."""
    largest = int(attributes(_name(at))["MaximumMessageSize"])
    if largest < LARGEST_NOTIFICATION_BYTES:
        yield wrong(
            f"at most {largest:,} bytes: S3 drops larger notifications without a word",
            f"{AGAIN} {at.settings.queue} --attributes MaximumMessageSize=262144",
        )
    else:
        yield good(f"at most {largest:,} bytes; S3 needs {LARGEST_NOTIFICATION_BYTES:,}")


def dead_letters(at: Deployment) -> Iterator[Finding]:
    """Whether what cannot be recorded is kept, and for long enough."""
    found = attributes(_name(at))
    redrive = json.loads(found.get("RedrivePolicy") or "{}")
    if not redrive:
        yield wrong(
            "none: a message that cannot be recorded comes again and again, then is lost",
            "Apply deploy/aws/template.yaml again: it makes one and names it in RedrivePolicy.",
        )
        return
    arn = redrive["deadLetterTargetArn"]
    name = arn.rsplit(":", 1)[-1]
    try:
        dead = attributes(name)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        yield wrong(f"{name} is named, but not there", "Apply deploy/aws/template.yaml again.")
        return
    yield from _retentions(at, found, dead)
    yield _receives(at, int(redrive["maxReceiveCount"]))
    yield _dead(name, int(dead["ApproximateNumberOfMessages"]))


@cache
def attributes(name: str) -> Mapping[str, str]:
    """Read a queue's attributes, once; the doctor's process does not live long."""
    url = name if "://" in name else queue_url(name)
    answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found: Mapping[str, str] = answer["Attributes"]
    return found


def _retentions(
    at: Deployment, queue_found: Mapping[str, str], dead_found: Mapping[str, str]
) -> Iterator[Finding]:
    kept_s = int(queue_found["MessageRetentionPeriod"])
    dead_s = int(dead_found["MessageRetentionPeriod"])
    if kept_s < SHORTEST_RETENTION_S:
        yield wrong(
            f"a message is kept for {_days(kept_s)} only, less than a long weekend",
            f"{AGAIN} {at.settings.queue} --attributes MessageRetentionPeriod=1209600",
        )
    # A dead letter keeps the time at which it was first sent.
    if dead_s <= kept_s and dead_s < LONGEST_RETENTION_S:
        yield wrong(
            f"a dead letter is kept for {_days(dead_s)} from when it was first sent, a message for"
            f" {_days(kept_s)}: it may be gone before anybody sees it",
            "Set the dead-letter queue's MessageRetentionPeriod to 1209600 (14 days).",
        )
    else:
        yield good(f"messages are kept for {_days(kept_s)}, dead letters for {_days(dead_s)}")


def _receives(at: Deployment, receives: int) -> Finding:
    if receives < FEWEST_RECEIVES:
        return wrong(
            f"after {receives} receives a message is a dead letter: a short outage is enough",
            f"{AGAIN} {at.settings.queue}, maxReceiveCount 5 in RedrivePolicy",
        )
    return good(f"after {receives} receives a message is a dead letter")


def _dead(name: str, count: int) -> Finding:
    if count:
        return wrong(
            f"{name}: {count} dead letters",
            "See the code server's log for why they were not recorded; when that is mended:"
            " aws sqs start-message-move-task --source-arn (its ARN). The listing finds their"
            " videos in any case.",
        )
    return good(f"{name}: empty")


def _days(seconds: float) -> str:
    return f"{seconds / DAY_S:.3g} days"


def _name(at: Deployment) -> str:
    return at.settings.queue or ""
