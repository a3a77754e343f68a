"""What production has in AWS is set up whole, mended where it differs, and compared."""

import dataclasses
import json
import uuid
from typing import Any

import pytest

from dancer_pipeline.infrastructure import (
    Infrastructure,
    InfrastructureError,
    Route,
    differences,
    set_up,
)
from dancer_pipeline_tests.standin import Aws

ALL_ROUTES = (
    Route("in/"),
    Route("wrapped/", "sns"),
    Route("raw/", "sns_raw"),
    Route("bus/", "eventbridge"),
)


def infrastructure(**changes: Any) -> Infrastructure:
    name = f"test-{uuid.uuid4().hex[:12]}"
    names = {"uploads": name, "results": f"{name}-results", "queue": name}
    return Infrastructure(**{**names, "routes": ALL_ROUTES, **changes})


def bodies(aws: Aws, queue_url: str) -> list[str]:
    sqs, found = aws.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        found += [message["Body"] for message in messages]
    return found


def test_production_is_as_documented_by_default():
    wanted = Infrastructure()
    assert (wanted.uploads, wanted.results) == ("dancer-uploads", "dancer-results")
    assert wanted.routes == (Route("in/", "direct"),)
    assert (wanted.visibility_s, wanted.retention_s, wanted.max_receives) == (120, 1_209_600, 5)
    assert wanted.versioning == "Enabled"


@pytest.mark.usefixtures("aws")
def test_everything_differs_before_and_nothing_after():
    wanted = infrastructure()
    before = differences(wanted)
    assert f"bucket {wanted.uploads}: is not there, should be True" in before
    found = set_up(wanted)
    assert differences(wanted) == []
    assert found.queue_url.endswith(wanted.queue)
    assert found.dead_letter_queue_url.endswith(wanted.dead_letters)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("route", ALL_ROUTES, ids=[it.via for it in ALL_ROUTES])
def test_one_route_alone_is_set_up_whole(route: Route):
    wanted = infrastructure(routes=(route,))
    set_up(wanted)
    assert differences(wanted) == []


def test_setting_up_again_writes_nothing(aws: Aws):
    wanted = infrastructure()
    url = set_up(wanted).queue_url
    bodies(aws, url)
    assert set_up(wanted).queue_url == url
    assert bodies(aws, url) == [], "a notification that is written anew sends a test event"


def test_an_upload_by_each_route_arrives_once(aws: Aws):
    wanted = infrastructure()
    url = set_up(wanted).queue_url
    bodies(aws, url)
    for route in ALL_ROUTES:
        aws.client("s3").put_object(Bucket=wanted.uploads, Key=f"{route.prefix}a.mp4", Body=b"x")
    aws.client("s3").put_object(Bucket=wanted.uploads, Key="elsewhere/a.mp4", Body=b"x")
    arrived = [json.loads(body) for body in bodies(aws, url)]
    assert len(arrived) == len(ALL_ROUTES)
    assert sorted(next(iter(it)) for it in arrived) == ["Message", "Records", "Records", "version"]


def break_visibility(aws: Aws, wanted: Infrastructure) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=wanted.queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})


def break_policy(aws: Aws, wanted: Infrastructure) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=wanted.queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def break_redrive(aws: Aws, wanted: Infrastructure) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=wanted.queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})


def break_versioning(aws: Aws, wanted: Infrastructure) -> None:
    aws.client("s3").put_bucket_versioning(
        Bucket=wanted.uploads, VersioningConfiguration={"Status": "Suspended"}
    )


def break_privacy(aws: Aws, wanted: Infrastructure) -> None:
    aws.client("s3").delete_public_access_block(Bucket=wanted.results)


def break_lifecycle(aws: Aws, wanted: Infrastructure) -> None:
    aws.client("s3").delete_bucket_lifecycle(Bucket=wanted.uploads)


def break_transport(aws: Aws, wanted: Infrastructure) -> None:
    aws.client("s3").delete_bucket_policy(Bucket=wanted.results)


def break_notifications(aws: Aws, wanted: Infrastructure) -> None:
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=wanted.uploads, NotificationConfiguration={}
    )


def break_rule(aws: Aws, wanted: Infrastructure) -> None:
    aws.client("events").disable_rule(Name=wanted.queue)


def break_subscription(aws: Aws, wanted: Infrastructure) -> None:
    sns = aws.client("sns")
    for subscription in sns.list_subscriptions()["Subscriptions"]:
        if subscription["Endpoint"].endswith(f":{wanted.queue}"):
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


@pytest.mark.parametrize(
    ("breaking", "words"),
    [
        (break_visibility, "VisibilityTimeout of queue"),
        (break_policy, "Policy of queue"),
        (break_redrive, "RedrivePolicy of queue"),
        (break_versioning, "versioning of bucket"),
        (break_privacy, "public access block of bucket"),
        (break_lifecycle, "lifecycle of bucket"),
        (break_transport, "policy of bucket"),
        (break_notifications, "notifications of bucket"),
        (break_rule, "rule "),
        (break_subscription, "subscription of queue"),
    ],
)
def test_what_somebody_changed_is_named_and_mended(aws: Aws, breaking: Any, words: str):
    wanted = infrastructure()
    set_up(wanted)
    breaking(aws, wanted)
    found = differences(wanted)
    assert found
    assert all(it.startswith(words) for it in found)
    set_up(wanted)
    assert differences(wanted) == []


def test_what_others_wrote_into_the_policy_of_a_bucket_stays(aws: Aws):
    wanted = infrastructure()
    set_up(wanted)
    s3, where = aws.client("s3"), {"Bucket": wanted.uploads}
    arn = f"arn:aws:s3:::{wanted.uploads}"
    foreign = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketAcl"}
    document = {"Version": "2012-10-17", "Statement": [foreign | {"Resource": arn}]}
    s3.put_bucket_policy(**where, Policy=json.dumps(document))
    set_up(wanted)
    statements = json.loads(s3.get_bucket_policy(**where)["Policy"])["Statement"]
    assert [it["Sid"] for it in statements] == ["Theirs", "OnlyTls"]


def test_no_rule_expires_a_version_of_an_upload(aws: Aws):
    wanted = infrastructure()
    set_up(wanted)
    rules = aws.client("s3").get_bucket_lifecycle_configuration(Bucket=wanted.uploads)["Rules"]
    assert all("NoncurrentVersionExpiration" not in it for it in rules)
    assert all(it.get("Expiration", {}).keys() <= {"ExpiredObjectDeleteMarker"} for it in rules)


@pytest.mark.parametrize(
    "prefixes", [("in/", "in/"), ("in/", "in/a/"), ("in/a/", "in/"), ("", "in/")]
)
def test_f25_overlapping_routes_are_refused(prefixes: tuple[str, str]):
    one, other = prefixes
    with pytest.raises(InfrastructureError, match="overlap"):
        Infrastructure(routes=(Route(one), Route(other, "sns")))


def test_f25_a_prefix_that_a_filter_would_have_to_encode_is_refused():
    with pytest.raises(InfrastructureError, match="'in put/'"):
        Infrastructure(routes=(Route("in put/"),))


def test_f28_only_this_bucket_of_this_account_may_tell_the_queue(aws: Aws):
    wanted = infrastructure()
    url = set_up(wanted).queue_url
    found = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    statements = json.loads(found["Attributes"]["Policy"])["Statement"]
    allowed = [it for it in statements if it["Effect"] == "Allow"]
    services = {it["Principal"]["Service"]: it["Condition"] for it in allowed}
    assert sorted(services) == ["events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"]
    assert services["s3.amazonaws.com"] == {
        "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{wanted.uploads}"},
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }
    sources = [it["ArnEquals"]["aws:SourceArn"] for it in services.values()]
    assert "*" not in json.dumps(sources)


def test_f14_the_queue_takes_the_largest_notification(aws: Aws):
    url = set_up(infrastructure()).queue_url
    found = aws.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["MaximumMessageSize"]
    )
    assert int(found["Attributes"]["MaximumMessageSize"]) >= 65_536


@pytest.mark.usefixtures("aws")
def test_versioning_that_was_on_cannot_be_undone_and_that_is_said():
    wanted = infrastructure()
    set_up(wanted)
    with pytest.raises(InfrastructureError, match="can only suspend"):
        set_up(dataclasses.replace(wanted, versioning=None))


@pytest.mark.usefixtures("aws")
def test_a_bucket_without_versioning_can_be_wanted():
    wanted = infrastructure(versioning=None)
    set_up(wanted)
    assert differences(wanted) == []
