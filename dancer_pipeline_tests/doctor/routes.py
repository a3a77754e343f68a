"""How a route to the queue, or a policy on it, is planted that lets only a part through."""

import json
from typing import Any

from dancer_pipeline_tests.doctor.conftest import Ill
from dancer_pipeline_tests.doctor.plants import wire


def large_uploads_told_of_elsewhere_alone(ill: Ill) -> None:
    elsewhere = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "other/"}]}}
    small = {**ill.told, "Events": ["s3:ObjectCreated:Put"]}
    ill.tell(small, {**ill.told, "Id": "elsewhere", "Filter": elsewhere})


def subscription_filtered(ill: Ill) -> None:
    wire(ill, "sns")
    sns = ill.aws.client("sns")
    for it in sns.list_subscriptions()["Subscriptions"]:
        if it["Endpoint"].endswith(f":{ill.plan.queue}"):
            sns.set_subscription_attributes(
                SubscriptionArn=it["SubscriptionArn"],
                AttributeName="FilterPolicy",
                AttributeValue='{"kind": ["video"]}',
            )


def statements(ill: Ill) -> list[dict[str, Any]]:
    """Read what the queue's policy says."""
    found = ill.aws.client("sqs").get_queue_attributes(
        QueueUrl=ill.queue_url, AttributeNames=["Policy"]
    )
    policy: dict[str, Any] = json.loads(found["Attributes"]["Policy"])
    return list(policy["Statement"])


def queue_policy(ill: Ill, *said: dict[str, Any]) -> None:
    ill.queue_says(Policy=json.dumps({"Version": "2012-10-17", "Statement": said}))


def policy_that_refuses(ill: Ill) -> None:
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sqs:Send*", "Resource": "*"}
    elsewhere = {"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::another"}}
    queue_policy(ill, *statements(ill), {**nobody, "Condition": elsewhere})


def policy_of_another_account(ill: Ill) -> None:
    ill.set("DANCER_BUCKET_OWNER", "123456789012")
    allowed, *rest = statements(ill)
    allowed["Condition"]["StringEquals"]["aws:SourceAccount"] = "999999999999"
    queue_policy(ill, allowed, *rest)
