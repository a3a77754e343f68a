"""What lies between the bucket and the queue, and who may send to whom."""

import json
from collections.abc import Iterator
from typing import Any

from dancer_pipeline.aws import client
from dancer_pipeline.infrastructure.aspect import Aspect
from dancer_pipeline.infrastructure.description import Infrastructure, Place, Via, only_tls
from dancer_pipeline.infrastructure.notification import TOPICS, notification_aspect, topic

TARGET_ID = "queue"


def senders(wanted: Infrastructure, place: Place) -> dict[str, Any]:
    """By service, under which condition it may send to the queue.

    The ARN of a topic or rule names the account; that of a bucket does not.
    """
    conditions: dict[str, Any] = {}
    if wanted.prefixes("direct"):
        conditions["s3"] = _from_bucket(wanted, place)
    return conditions | returners(wanted, place)


def returners(wanted: Infrastructure, place: Place) -> dict[str, Any]:
    """By service, under which condition it may send to the dead-letter queue."""
    conditions: dict[str, Any] = {}
    topics = [place.arn("sns", topic(wanted, via)) for via in TOPICS if wanted.prefixes(via)]
    if topics:
        conditions["sns"] = {"ArnEquals": {"aws:SourceArn": topics}}
    if wanted.prefixes("eventbridge"):
        rule = place.arn("events", f"rule/{wanted.queue}")
        conditions["events"] = {"ArnEquals": {"aws:SourceArn": rule}}
    return conditions


def route_aspects(wanted: Infrastructure, place: Place) -> Iterator[Aspect]:
    """Yield what lies between bucket and queue, in the order in which it can be set up."""
    for via in TOPICS:
        if wanted.prefixes(via):
            yield from _topic_aspects(wanted, place, via)
    if wanted.prefixes("eventbridge"):
        yield from _rule_aspects(wanted, place)
    yield notification_aspect(wanted, place)


def _from_bucket(wanted: Infrastructure, place: Place) -> dict[str, Any]:
    return {
        "ArnEquals": {"aws:SourceArn": place.bucket_arn(wanted.uploads)},
        "StringEquals": {"aws:SourceAccount": place.account},
    }


def _topic_aspects(wanted: Infrastructure, place: Place, via: Via) -> Iterator[Aspect]:
    name = topic(wanted, via)
    arn = place.arn("sns", name)
    statement = {
        "Sid": "FromS3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": _from_bucket(wanted, place),
    }
    policy = {"Version": "2012-10-17", "Statement": [statement, only_tls("sns:Publish", arn)]}

    def read() -> Any:
        return json.loads(client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])

    def write() -> None:
        client("sns").create_topic(Name=name)
        client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )

    yield Aspect(f"policy of topic {name}", policy, read, write)
    yield _subscription(wanted, place, via)


def _subscription(wanted: Infrastructure, place: Place, via: Via) -> Aspect:
    topic_arn = place.arn("sns", topic(wanted, via))
    queue_arn = place.arn("sqs", wanted.queue)
    attributes = {
        "RawMessageDelivery": via == "sns_raw",
        "RedrivePolicy": {"deadLetterTargetArn": place.arn("sqs", wanted.dead_letters)},
    }

    def read() -> Any:
        if (arn := _subscription_arn(topic_arn, queue_arn)) is None:
            return None
        read_back = client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return {name: json.loads(read_back.get(name, "null")) for name in attributes}

    def write() -> None:
        arn = (
            _subscription_arn(topic_arn, queue_arn)
            or client("sns").subscribe(
                TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn, ReturnSubscriptionArn=True
            )["SubscriptionArn"]
        )
        for name, value in attributes.items():
            client("sns").set_subscription_attributes(
                SubscriptionArn=arn, AttributeName=name, AttributeValue=json.dumps(value)
            )

    return Aspect(f"subscription of queue {wanted.queue} to {topic_arn}", attributes, read, write)


def _subscription_arn(topic_arn: str, queue_arn: str) -> str | None:
    for page in (
        client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    ):
        for subscription in page["Subscriptions"]:
            if subscription["Endpoint"] == queue_arn:
                return str(subscription["SubscriptionArn"])
    return None


def _rule_aspects(wanted: Infrastructure, place: Place) -> Iterator[Aspect]:
    name = wanted.queue
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {
            "bucket": {"name": [wanted.uploads]},
            "object": {"key": [{"prefix": it} for it in wanted.prefixes("eventbridge")]},
        },
    }
    target = {
        "Id": TARGET_ID,
        "Arn": place.arn("sqs", wanted.queue),
        "DeadLetterConfig": {"Arn": place.arn("sqs", wanted.dead_letters)},
    }

    def read() -> Any:
        rule = client("events").describe_rule(Name=name)
        return json.loads(rule["EventPattern"]), rule["State"]

    def write() -> None:
        client("events").put_rule(Name=name, EventPattern=json.dumps(pattern), State="ENABLED")

    def read_targets() -> Any:
        return client("events").list_targets_by_rule(Rule=name)["Targets"]

    def write_target() -> None:
        client("events").put_targets(Rule=name, Targets=[target])

    yield Aspect(f"rule {name}", (pattern, "ENABLED"), read, write)
    yield Aspect(f"targets of rule {name}", [target], read_targets, write_target)
