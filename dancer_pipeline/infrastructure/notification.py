"""What the bucket tells, and to whom. What somebody else has configured there stays as it is."""

from collections.abc import Iterator
from typing import Any, Final

from dancer_pipeline.aws import client
from dancer_pipeline.infrastructure.aspect import Aspect
from dancer_pipeline.infrastructure.description import Infrastructure, Place, Via

EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
TOPICS: Final[tuple[Via, ...]] = ("sns", "sns_raw")
OWN_ID = "dancer-"
TARGETS = {
    "TopicConfigurations": "TopicArn",
    "QueueConfigurations": "QueueArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
EVENT_BRIDGE = "EventBridgeConfiguration"


def topic(wanted: Infrastructure, via: Via) -> str:
    """Name of the topic of a route: one for each form, as a topic tells all its subscribers."""
    return f"{wanted.queue}-raw" if via == "sns_raw" else wanted.queue


def notification_aspect(wanted: Infrastructure, place: Place) -> Aspect:
    """Return what the bucket's notifications should be.

    Writing replaces the whole configuration of a bucket, so it is read and merged before.
    """
    own = _own(wanted, place)

    def read() -> Any:
        found = client("s3").get_bucket_notification_configuration(Bucket=wanted.uploads)
        return _told(found, own)

    def write() -> None:
        found = client("s3").get_bucket_notification_configuration(Bucket=wanted.uploads)
        merged = {kind: [*_others(found, own, kind), *own.get(kind, [])] for kind in TARGETS}
        bridge: dict[str, Any] = {EVENT_BRIDGE: {}} if EVENT_BRIDGE in {**found, **own} else {}
        client("s3").put_bucket_notification_configuration(
            Bucket=wanted.uploads, NotificationConfiguration=merged | bridge
        )

    return Aspect(f"notifications of bucket {wanted.uploads}", _told(own, own), read, write)


def _own(wanted: Infrastructure, place: Place) -> dict[str, Any]:
    queue = place.arn("sqs", wanted.queue)
    own: dict[str, Any] = {
        "QueueConfigurations": [
            _configuration("direct", prefix, "QueueArn", queue)
            for prefix in wanted.prefixes("direct")
        ],
        "TopicConfigurations": [
            _configuration(via, prefix, "TopicArn", place.arn("sns", topic(wanted, via)))
            for via in TOPICS
            for prefix in wanted.prefixes(via)
        ],
    }
    return own | ({EVENT_BRIDGE: {}} if wanted.prefixes("eventbridge") else {})


def _configuration(via: Via, prefix: str, target: str, arn: str) -> dict[str, Any]:
    return {
        "Id": f"{OWN_ID}{via}-{prefix}",
        target: arn,
        "Events": EVENTS,
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
    }


def _others(found: dict[str, Any], own: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [it for it in found.get(kind, []) if not _is_own(it, own)]


def _told(configuration: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return what is configured by us, event by event, however it is spelt."""
    told: dict[str, Any] = {
        "told": sorted(
            one
            for kind in TARGETS
            for it in configuration.get(kind, [])
            if _is_own(it, own)
            for one in _each(it)
        )
    }
    is_bridge = {EVENT_BRIDGE: EVENT_BRIDGE in configuration} if EVENT_BRIDGE in own else {}
    return told | is_bridge


def _is_own(it: dict[str, Any], own: dict[str, Any]) -> bool:
    """Whether it bears our name, or says what ours say: CloudFormation names it itself."""
    ours = {one for kind in TARGETS for each in own.get(kind, []) for one in _each(each)}
    return it["Id"].startswith(OWN_ID) or ours.issuperset(_each(it))


def _each(it: dict[str, Any]) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Yield target, event and filter: one configuration may be of several events."""
    target = next(it[name] for name in TARGETS.values() if name in it)
    rules = it.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    filters = tuple(sorted((rule["Name"].lower(), rule["Value"]) for rule in rules))
    return ((target, event, filters) for event in it["Events"])
