"""Who tells the queue of uploads: read from the bucket, its topics, and rules of EventBridge."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from dancer_pipeline.aws import client

CREATED = frozenset({"Put", "Post", "Copy", "CompleteMultipartUpload"})


@dataclass(frozen=True)
class Teller:
    """One way by which news of a bucket reach the queue.

    Parameters
    ----------
    service, sender_arn
        Who sends to the queue.
    created
        Which kinds of uploads it tells of.
    """

    words: str
    service: str
    sender_arn: str
    prefixes: tuple[str, ...]
    suffix: str = ""
    created: frozenset[str] = CREATED
    is_on: bool = True
    is_filtered: bool = False
    """Whether only some of it is passed on, by what a message says."""

    def meets(self, prefix: str) -> bool:
        """Whether some key below the prefix is told of."""
        return any(it.startswith(prefix) or prefix.startswith(it) for it in self.prefixes)

    def covers(self, prefix: str) -> bool:
        """Whether every key below the prefix is told of."""
        return any(prefix.startswith(it) for it in self.prefixes) and not self.suffix


def tellers(bucket: str, queue_arn: str) -> list[Teller]:
    """Read who tells a queue of what happens in a bucket."""
    found = client("s3").get_bucket_notification_configuration(Bucket=bucket)
    all_ = [*_direct(found, bucket, queue_arn), *_topics(found, queue_arn)]
    if "EventBridgeConfiguration" in found:
        all_ += _rules(bucket, queue_arn)
    return all_


def _direct(found: dict[str, Any], bucket: str, queue_arn: str) -> Iterator[Teller]:
    arn = f"arn:{queue_arn.split(':')[1]}:s3:::{bucket}"
    for it in found.get("QueueConfigurations", []):
        if it["QueueArn"] == queue_arn:
            yield _notifier(it, "the bucket itself", "s3", arn)


def _topics(found: dict[str, Any], queue_arn: str) -> Iterator[Teller]:
    for it in found.get("TopicConfigurations", []):
        arn = it["TopicArn"]
        if subscriptions := _subscriptions(arn, queue_arn):
            teller = _notifier(it, f"topic {arn.rsplit(':', 1)[-1]}", "sns", arn)
            yield replace(teller, is_filtered=all(map(_is_filtered, subscriptions)))


def _subscriptions(topic_arn: str, queue_arn: str) -> list[str]:
    pages = client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    all_ = [it for page in pages for it in page["Subscriptions"]]
    return [it["SubscriptionArn"] for it in all_ if it["Endpoint"] == queue_arn]


def _is_filtered(subscription_arn: str) -> bool:
    if not subscription_arn.startswith("arn:"):  # not confirmed
        return True
    found = client("sns").get_subscription_attributes(SubscriptionArn=subscription_arn)
    return bool(found["Attributes"].get("FilterPolicy", "{}") != "{}")


def _notifier(found: dict[str, Any], words: str, service: str, arn: str) -> Teller:
    rules = found.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    filters = {rule["Name"].lower(): rule["Value"] for rule in rules}
    created: set[str] = set()
    for event in found["Events"]:
        kind, _, how = event.removeprefix("s3:").partition(":")
        if kind == "ObjectCreated":
            created |= CREATED if how == "*" else {how}
    prefixes = (filters.get("prefix", ""),)
    return Teller(words, service, arn, prefixes, filters.get("suffix", ""), frozenset(created))


def _rules(bucket: str, queue_arn: str) -> Iterator[Teller]:
    events = client("events")
    for name in events.list_rule_names_by_target(TargetArn=queue_arn)["RuleNames"]:
        rule = events.describe_rule(Name=name)
        pattern = json.loads(rule.get("EventPattern") or "{}")
        detail = pattern.get("detail", {})
        if bucket not in detail.get("bucket", {}).get("name", [bucket]):
            continue
        keys = detail.get("object", {}).get("key", [{"prefix": ""}])
        prefixes = tuple(it["prefix"] for it in keys if isinstance(it, dict) and "prefix" in it)
        is_told = "Object Created" in pattern.get("detail-type", ["Object Created"])
        yield Teller(
            f"rule {name}", "events", rule["Arn"], prefixes,
            created=CREATED if is_told else frozenset(), is_on=rule["State"] == "ENABLED",
        )  # fmt: skip
