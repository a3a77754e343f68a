"""What S3 tells of its objects: each test is one thing that plain moto gets wrong."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dancer_pipeline_tests.local_aws.conftest import Told

Make = Callable[..., Told]
PART = b"p" * (5 << 20)


def test_an_upload_is_told_once_with_its_version_and_the_key_encoded_as_a_form(told: Make):
    place = told()
    version = place.put("in/red flower+é~a%20b.mp4")["VersionId"]
    [record] = place.records()
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["eventTime"].endswith("Z")
    assert record["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{place.bucket}"
    facts = record["s3"]["object"]
    assert facts["key"] == "in/red+flower%2B%C3%A9~a%2520b.mp4"
    assert facts["versionId"] == version
    assert facts["size"] == len(b"video")
    assert len(facts["eTag"]) == 32


def test_sequencers_order_what_was_done_to_a_key(told: Make):
    place = told()
    versions = [place.put("in/a.mp4", bytes([n]))["VersionId"] for n in range(5)]
    facts = [record["s3"]["object"] for record in place.records()]
    facts.sort(key=lambda it: it["sequencer"])
    assert [it["versionId"] for it in facts] == versions
    assert len({it["sequencer"] for it in facts}) == 5


def test_a_multipart_upload_is_told_once(told: Make):
    place = told()
    where = {"Bucket": place.bucket, "Key": "in/long.mp4"}
    upload = place.s3.create_multipart_upload(**where)["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": place.s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)[
                "ETag"
            ],
        }
        for number, body in ((1, PART), (2, b"end"))
    ]
    done = place.s3.complete_multipart_upload(
        **where, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    [record] = place.records()
    assert record["eventName"] == "ObjectCreated:CompleteMultipartUpload"
    assert record["s3"]["object"]["versionId"] == done["VersionId"]
    assert record["s3"]["object"]["eTag"].endswith("-2")


def test_tags_are_told_only_when_they_alone_are_set(told: Make):
    place = told()
    config = place.s3.get_bucket_notification_configuration(Bucket=place.bucket)
    queues = config["QueueConfigurations"]
    queues[0]["Events"] += ["s3:ObjectTagging:*"]
    place.s3.put_bucket_notification_configuration(
        Bucket=place.bucket, NotificationConfiguration={"QueueConfigurations": queues}
    )
    place.put("in/a.mp4", Tagging="a=b")
    tags = {"TagSet": [{"Key": "c", "Value": "d"}]}
    assert [record["eventName"] for record in place.records()] == ["ObjectCreated:Put"]
    place.s3.put_object_tagging(Bucket=place.bucket, Key="in/a.mp4", Tagging=tags)
    assert [record["eventName"] for record in place.records()] == ["ObjectTagging:Put"]


def test_an_event_is_sent_when_the_object_has_its_metadata(told: Make):
    place, stop, poor = told(), threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            for record in place.records():
                key = record["s3"]["object"]["key"]
                if not place.s3.head_object(Bucket=place.bucket, Key=key)["Metadata"]:
                    poor.append(key)

    with ThreadPoolExecutor(2) as threads:
        looks = [threads.submit(look) for _ in range(2)]
        for number in range(100):
            place.put(f"in/{number}.mp4", Metadata={"sample_fps": "10"})
        stop.set()
    assert [look.result() for look in looks] == [None, None]
    assert poor == []


def test_metadata_keep_their_underscores(told: Make):
    place = told()
    place.put("in/a.mp4", Metadata={"sample_fps": "10", "include-frames": "yes"})
    head = place.s3.head_object(Bucket=place.bucket, Key="in/a.mp4")
    assert head["Metadata"] == {"sample_fps": "10", "include-frames": "yes"}


def test_a_delete_marker_and_the_delete_of_a_version_are_told(told: Make):
    place = told()
    version = place.put("in/a.mp4")["VersionId"]
    marker = place.s3.delete_object(Bucket=place.bucket, Key="in/a.mp4")["VersionId"]
    place.s3.delete_object(Bucket=place.bucket, Key="in/a.mp4", VersionId=version)
    _, hidden, deleted = place.records()
    assert hidden["eventName"] == "ObjectRemoved:DeleteMarkerCreated"
    assert hidden["s3"]["object"]["versionId"] == marker
    assert deleted["eventName"] == "ObjectRemoved:Delete"
    assert deleted["s3"]["object"]["versionId"] == version
    assert "size" not in deleted["s3"]["object"]


def test_an_unversioned_bucket_tells_no_version(told: Make):
    place = told(versioning=None)
    place.put("in/a.mp4")
    place.s3.delete_object(Bucket=place.bucket, Key="in/a.mp4")
    created, deleted = (record["s3"]["object"] for record in place.records())
    assert "versionId" not in created
    assert "versionId" not in deleted
    assert deleted["sequencer"] > created["sequencer"]


def test_a_topic_wraps_the_same_event_and_can_deliver_it_raw(told: Make):
    wrapped, raw = told("sns"), told("sns_raw")
    wrapped.put("in/a b.mp4")
    raw.put("in/a b.mp4")
    [envelope] = wrapped.bodies()
    assert envelope["Type"] == "Notification"
    assert envelope["Subject"] == "Amazon S3 Notification"
    inner = json.loads(envelope["Message"])["Records"][0]
    [record] = raw.records()
    assert inner["s3"]["object"]["key"] == record["s3"]["object"]["key"] == "in/a+b.mp4"


def test_event_bridge_tells_a_raw_key_and_its_own_id_and_sequencer(told: Make):
    place = told("eventbridge")
    version = place.put("in/a b+%20.mp4")["VersionId"]
    place.s3.delete_object(Bucket=place.bucket, Key="in/a b+%20.mp4")
    place.s3.delete_object(Bucket=place.bucket, Key="in/a b+%20.mp4", VersionId=version)
    created, hidden, deleted = place.bodies()
    assert created["detail-type"] == "Object Created"
    assert created["detail"]["reason"] == "PutObject"
    facts = created["detail"]["object"]
    assert facts["key"] == "in/a b+%20.mp4"
    assert facts["version-id"] == version
    assert len(facts["etag"]) == 32
    assert hidden["detail"]["deletion-type"] == "Delete Marker Created"
    assert deleted["detail"]["deletion-type"] == "Permanently Deleted"
    assert len({it["id"] for it in (created, hidden, deleted)}) == 3
    sequencers = [it["detail"]["object"]["sequencer"] for it in (created, hidden, deleted)]
    assert sequencers == sorted(set(sequencers))


def test_event_bridge_tells_no_version_of_an_unversioned_bucket(told: Make):
    place = told("eventbridge", versioning=None)
    place.put("in/a.mp4")
    [event] = place.bodies()
    assert "version-id" not in event["detail"]["object"]


def test_what_lies_elsewhere_is_not_told(told: Make):
    place = told()
    place.put("other/a.mp4")
    assert place.records() == []


def test_a_batch_delete_tells_of_each_object_at_once(told: Make):
    place = told()
    for name in ("in/a.mp4", "in/b.mp4"):
        place.put(name)
    place.records()
    keys = [{"Key": "in/a.mp4"}, {"Key": "in/b.mp4"}]
    place.s3.delete_objects(Bucket=place.bucket, Delete={"Objects": keys})
    records = place.records()
    assert [it["eventName"] for it in records] == ["ObjectRemoved:DeleteMarkerCreated"] * 2
    assert [it["s3"]["object"]["key"] for it in records] == ["in/a.mp4", "in/b.mp4"]


def test_requests_to_s3_are_done_one_at_a_time(monkeypatch: pytest.MonkeyPatch):
    """Otherwise one request would tell, or forget, what another one is still doing."""
    from dancer_pipeline.local_aws import notifications

    inside, most = 0, 0

    def work(*_: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.02)
        inside -= 1

    monkeypatch.setattr(notifications, "_KEY_RESPONSE", work)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: notifications._key_response(None, None, ""), range(8)))
    assert most == 1
