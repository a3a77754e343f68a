"""What the bucket tells, and to whom. What somebody else has configured there stays as it is."""

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
        return _told(found, is_bridge_wanted=EVENT_BRIDGE in own)

    def write() -> None:
        found = client("s3").get_bucket_notification_configuration(Bucket=wanted.uploads)
        merged = {kind: [*_others(found, kind), *own.get(kind, [])] for kind in TARGETS}
        bridge: dict[str, Any] = {EVENT_BRIDGE: {}} if EVENT_BRIDGE in {**found, **own} else {}
        client("s3").put_bucket_notification_configuration(
            Bucket=wanted.uploads, NotificationConfiguration=merged | bridge
        )

    told = _told(own, is_bridge_wanted=EVENT_BRIDGE in own)
    return Aspect(f"notifications of bucket {wanted.uploads}", told, read, write)


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


def _others(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [it for it in found.get(kind, []) if not it["Id"].startswith(OWN_ID)]


def _told(configuration: dict[str, Any], *, is_bridge_wanted: bool) -> dict[str, Any]:
    """Return what is configured by us, by id, however S3 spells it."""
    told: dict[str, Any] = {
        it["Id"]: (it[target], sorted(it["Events"]), _filters(it))
        for kind, target in TARGETS.items()
        for it in configuration.get(kind, [])
        if it["Id"].startswith(OWN_ID)
    }
    return told | ({"EventBridge": EVENT_BRIDGE in configuration} if is_bridge_wanted else {})


def _filters(configuration: dict[str, Any]) -> list[tuple[str, str]]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return sorted((rule["Name"].lower(), rule["Value"]) for rule in rules)
