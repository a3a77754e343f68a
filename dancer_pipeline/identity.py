"""What identifies a piece of work: a video id for the key, a version for its bytes.

The video id is the Dagster partition key. The real key may be hostile (`..`, control characters,
any script), so nothing but these slugs ever becomes a path, a partition key or a tag.
"""

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

SLUG_LENGTH = 40
DIGEST_LENGTH = 20


@dataclass(frozen=True)
class Upload:
    """One version of one object: what the ledger has a row for."""

    video_id: str
    version: str
    bucket: str
    key: str
    size_bytes: int
    uploaded_at: datetime

    @property
    def file_name(self) -> str:
        """The last part of the key: what people call the video."""
        return PurePosixPath(self.key).name

    @property
    def owner(self) -> str | None:
        """The first folder of the key: whose videos these are, where uploads are sorted so."""
        return self.key.split("/", 1)[0] if "/" in self.key else None


def video_id(bucket: str, key: str) -> str:
    """Slug of the file name and a digest of bucket and key: `[a-z0-9-]` only, stable, unique."""
    stem = unicodedata.normalize("NFKD", PurePosixPath(key).stem)
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:SLUG_LENGTH].strip("-") or "video"
    digest = hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest()[:DIGEST_LENGTH]
    return f"{slug}-{digest}"


def file_version(status: os.stat_result) -> str:
    """Version of a local file: size, modification time in ns and inode."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"


def file_upload(bucket: str, key: str, status: os.stat_result) -> Upload:
    """Describe a local file as an upload.

    It was uploaded at its change time: a copy may keep the modification time of years ago.
    """
    return Upload(
        video_id=video_id(bucket, key),
        version=file_version(status),
        bucket=bucket,
        key=key,
        size_bytes=status.st_size,
        uploaded_at=datetime.fromtimestamp(status.st_ctime, UTC),
    )
