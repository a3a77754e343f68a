"""Versions of objects: what is kept, answered, listed and deleted, as S3 does it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dancer_pipeline_tests.standin import Aws

KEY = "in/a.mp4"


class Bucket:
    """A bucket of a test's own."""

    def __init__(self, aws: Aws, versioning: str | None) -> None:
        self.s3 = aws.client("s3")
        self.name = aws.bucket(versioning)

    def put(self, body: bytes = b"video", key: str = KEY) -> dict[str, Any]:
        answer: dict[str, Any] = self.s3.put_object(Bucket=self.name, Key=key, Body=body)
        return answer

    def get(self, **version: str) -> bytes:
        answer = self.s3.get_object(Bucket=self.name, Key=KEY, **version)
        body: bytes = answer["Body"].read()
        return body

    def head(self, **version: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.s3.head_object(Bucket=self.name, Key=KEY, **version)
        return answer

    def delete(self, key: str = KEY, **more: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.s3.delete_object(Bucket=self.name, Key=key, **more)
        return answer

    def suspend(self, status: str = "Suspended") -> None:
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": status})

    def versions(self) -> list[tuple[str, str, bool]]:
        found = self.s3.list_object_versions(Bucket=self.name)
        both = [("object", it) for it in found.get("Versions", [])]
        both += [("marker", it) for it in found.get("DeleteMarkers", [])]
        return [(kind, it["VersionId"], it["IsLatest"]) for kind, it in both]


def test_an_unversioned_bucket_answers_no_version(aws: Aws):
    bucket = Bucket(aws, None)
    assert "VersionId" not in bucket.put()
    assert "VersionId" not in bucket.head()


def test_a_suspended_bucket_answers_the_version_null_and_keeps_the_older_ones(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    first = bucket.put(b"first")["VersionId"]
    bucket.suspend()
    assert bucket.put(b"second")["VersionId"] == "null"
    assert bucket.put(b"third")["VersionId"] == "null"
    assert bucket.head()["VersionId"] == "null"
    assert bucket.get(VersionId="null") == bucket.get() == b"third"
    assert bucket.get(VersionId=first) == b"first"
    assert bucket.head(VersionId=first)["VersionId"] == first
    assert bucket.versions() == [("object", "null", True), ("object", first, False)]


def test_an_object_from_before_versioning_has_the_version_null(aws: Aws):
    bucket = Bucket(aws, None)
    bucket.put(b"before")
    bucket.suspend("Enabled")
    assert bucket.head()["VersionId"] == "null"
    after = bucket.put(b"after")["VersionId"]
    assert bucket.versions() == [("object", after, True), ("object", "null", False)]
    assert bucket.delete(VersionId="null")["VersionId"] == "null"
    assert bucket.versions() == [("object", after, True)]


def test_a_plain_delete_in_a_suspended_bucket_takes_the_null_version_alone(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    first = bucket.put(b"first")["VersionId"]
    bucket.suspend()
    bucket.put(b"second")
    answer = bucket.delete()
    assert (answer["DeleteMarker"], answer["VersionId"]) == (True, "null")
    assert bucket.versions() == [("object", first, False), ("marker", "null", True)]
    with pytest.raises(ClientError, match="404"):
        bucket.head()


def test_a_marker_hides_the_object_and_its_delete_shows_it_again(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    version = bucket.put()["VersionId"]
    marker = bucket.delete()["VersionId"]
    with pytest.raises(ClientError) as missing:
        bucket.head()
    headers = missing.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-delete-marker"] == "true"
    assert bucket.delete(VersionId=marker)["DeleteMarker"] is True
    assert bucket.head()["VersionId"] == version


def test_deleting_one_version_leaves_the_others(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    first, second = (bucket.put(body)["VersionId"] for body in (b"first", b"second"))
    bucket.delete(VersionId=first)
    bucket.delete(VersionId=first)
    assert bucket.versions() == [("object", second, True)]
    assert bucket.get() == b"second"


def test_deleting_what_is_not_there_leaves_a_marker_where_versions_are_kept(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    assert bucket.delete()["DeleteMarker"] is True


def test_a_conditional_delete_spares_what_was_replaced(aws: Aws):
    bucket = Bucket(aws, None)
    old = bucket.put(b"old")["ETag"]
    new = bucket.put(b"new")["ETag"]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        bucket.delete(IfMatch=old)
    assert bucket.get() == b"new"
    bucket.delete(IfMatch=new)
    with pytest.raises(ClientError, match="NoSuchKey"):
        bucket.delete(IfMatch=new)


def test_a_condition_in_a_batch_delete_is_refused_and_nothing_deleted(aws: Aws):
    bucket = Bucket(aws, None)
    bucket.put(key="in/b.mp4")
    etag = bucket.put()["ETag"]
    keys = [{"Key": "in/b.mp4"}, {"Key": KEY, "ETag": etag}]
    with pytest.raises(ClientError, match="NotImplemented"):
        bucket.s3.delete_objects(Bucket=bucket.name, Delete={"Objects": keys})
    assert len(bucket.versions()) == 2
    bucket.s3.delete_objects(Bucket=bucket.name, Delete={"Objects": [{"Key": KEY}]})
    assert len(bucket.versions()) == 1


def pages(bucket: Bucket, size: int, **more: Any) -> list[list[tuple[str, str]]]:
    found = []
    marker: dict[str, str] = {}
    while True:
        page = bucket.s3.list_object_versions(Bucket=bucket.name, MaxKeys=size, **marker, **more)
        both = page.get("Versions", []) + page.get("DeleteMarkers", [])
        found.append([(it["Key"], it["VersionId"]) for it in both])
        if not page["IsTruncated"]:
            return found
        marker = {
            "KeyMarker": page["NextKeyMarker"],
            "VersionIdMarker": page["NextVersionIdMarker"],
        }


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pages_of_any_size_list_every_version_and_marker_once(aws: Aws, size: int):
    bucket = Bucket(aws, "Enabled")
    for name in ("b", "é", "a b", "a/c"):
        for number in range(3):
            bucket.put(bytes([number]), f"in/{name}")
    bucket.delete("in/b")
    bucket.put(key="other")
    listed = [it for page in pages(bucket, size, Prefix="in/") for it in page]
    assert len(listed) == len(set(listed)) == 13


def test_a_listing_goes_on_where_the_version_that_it_stopped_at_was_deleted(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    for number in range(4):
        bucket.put(key=f"in/{number}")
    page = bucket.s3.list_object_versions(Bucket=bucket.name, MaxKeys=2)
    gone = {"key": page["NextKeyMarker"], "VersionId": page["NextVersionIdMarker"]}
    bucket.delete(**gone)
    rest = bucket.s3.list_object_versions(
        Bucket=bucket.name,
        KeyMarker=page["NextKeyMarker"],
        VersionIdMarker=page["NextVersionIdMarker"],
    )
    assert [it["Key"] for it in rest["Versions"]] == ["in/2", "in/3"]


def test_the_older_versions_of_a_key_are_listed_where_the_newest_was_deleted_meanwhile(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    older = bucket.put(b"older")["VersionId"]
    bucket.put(b"newest")
    page = bucket.s3.list_object_versions(Bucket=bucket.name, MaxKeys=1)
    bucket.delete(VersionId=page["NextVersionIdMarker"])
    rest = bucket.s3.list_object_versions(
        Bucket=bucket.name,
        KeyMarker=page["NextKeyMarker"],
        VersionIdMarker=page["NextVersionIdMarker"],
    )
    assert [it["VersionId"] for it in rest["Versions"]] == [older]


def test_folders_are_listed_as_prefixes(aws: Aws):
    bucket = Bucket(aws, "Enabled")
    for key in ("a/1", "a/2", "b", "c/1"):
        bucket.put(key=key)
    found = bucket.s3.list_object_versions(Bucket=bucket.name, Delimiter="/")
    assert [it["Prefix"] for it in found["CommonPrefixes"]] == ["a/", "c/"]
    assert [it["Key"] for it in found["Versions"]] == ["b"]


def test_eight_clients_at_once_disturb_nobody(aws: Aws):
    bucket = Bucket(aws, "Enabled")

    def work(number: int) -> None:
        for round_ in range(6):
            bucket.put(b"x" * 1000, f"in/{number}-{round_}")
            bucket.versions()
            bucket.s3.get_object(Bucket=bucket.name, Key=f"in/{number}-{round_}")["Body"].read()
            bucket.delete(f"in/{number}-{round_}")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [None] * 8
    assert len(bucket.versions()) == 8 * 6 * 2


def test_a_locked_version_is_not_deleted(aws: Aws):
    bucket = Bucket(aws, None)
    bucket.name = f"{bucket.name}-locked"
    place = {"LocationConstraint": bucket.s3.meta.region_name}
    bucket.s3.create_bucket(
        Bucket=bucket.name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True
    )
    version = bucket.put()["VersionId"]
    bucket.s3.put_object_legal_hold(
        Bucket=bucket.name, Key=KEY, VersionId=version, LegalHold={"Status": "ON"}
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.delete(VersionId=version)
    assert bucket.versions() == [("object", version, True)]
