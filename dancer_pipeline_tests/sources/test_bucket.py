"""A bucket as a source: which versions are listed and found, and that one alone is deleted."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.sources import (
    Deletion,
    SourceChangedError,
    SourceGoneError,
)
from dancer_pipeline.sources import bucket as bucket_module
from dancer_pipeline.sources.bucket import BucketSource
from dancer_pipeline_tests.sources.conftest import SourceOf
from dancer_pipeline_tests.standin import Aws

KEY = "in/walk.mp4"
VERSIONINGS = ["Enabled", "Suspended", None]


def put(s3: Any, bucket: str, content: bytes, key: str = KEY, **others: Any) -> str | None:
    """Upload as people do; the version id where the bucket gives one."""
    answer = s3.put_object(Bucket=bucket, Key=key, Body=content, **others)
    return answer.get("VersionId")


def stored(s3: Any, bucket: str, key: str = KEY) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def versions(s3: Any, bucket: str) -> list[tuple[str, str]]:
    """What a bucket holds: key and version id of every version and marker."""
    answer = s3.list_object_versions(Bucket=bucket)
    found = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
    return [(it["Key"], it["VersionId"]) for it in found]


def set_versioning(s3: Any, bucket: str, status: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def all_uploads(source: BucketSource) -> list[Upload]:
    page = source.page()
    uploads = list(page.uploads)
    while page.next_cursor:
        page = source.page(page.next_cursor)
        uploads += page.uploads
    return uploads


def current(source: BucketSource, key: str = KEY) -> Upload:
    found = source.find(key)
    assert found
    return found.upload


def another_second() -> None:
    """Let S3's clock, which counts seconds, go on."""
    time.sleep(1.05)


@pytest.fixture(params=VERSIONINGS)
def versioning(request: pytest.FixtureRequest) -> str | None:
    return request.param


def test_listing_finding_and_reading_agree_on_what_a_version_is(
    aws: Aws, s3: Any, source_of: SourceOf, versioning: str | None
):
    bucket = aws.bucket(versioning)
    version_id = put(s3, bucket, b"walk")
    source = source_of(bucket)

    (listed,) = source.page().uploads
    found = source.find(KEY)

    assert found
    assert not found.is_withdrawn
    assert found.upload == listed
    assert source.find(KEY, version_id) == found
    assert source.exists(listed)
    assert (listed.bucket, listed.key, listed.size_bytes) == (bucket, KEY, 4)
    assert listed.version == version_id if versioning == "Enabled" else "etag-" in listed.version
    with source.open(listed) as path:
        assert path.read_bytes() == b"walk"
