"""What people do to a bucket, and what they would see in it."""

import time
from typing import Any

KEY = "in/walk.mp4"


def put(s3: Any, bucket: str, content: bytes, key: str = KEY, **others: Any) -> str | None:
    """Upload; return the version id where the bucket gives one."""
    version_id: str | None = s3.put_object(Bucket=bucket, Key=key, Body=content, **others).get(
        "VersionId"
    )
    return version_id


def stored(s3: Any, bucket: str, key: str = KEY) -> bytes:
    """Read what is there now."""
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def version_ids(s3: Any, bucket: str) -> list[str]:
    """List the versions that are there, without delete markers, newest first."""
    return [it["VersionId"] for it in s3.list_object_versions(Bucket=bucket).get("Versions", [])]


def markers(s3: Any, bucket: str) -> int:
    """Count the delete markers."""
    return len(s3.list_object_versions(Bucket=bucket).get("DeleteMarkers", []))


def set_versioning(s3: Any, bucket: str, status: str) -> None:
    """Switch it on or suspend it."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def another_second() -> None:
    """Let the clock go on by which S3 tells modifications apart: it counts seconds."""
    time.sleep(1.05)
