"""What identifies a piece of work: a video id for the key, a version for its bytes.

The video id is the Dagster partition key. The real key may be hostile (`..`, control characters,
any script), so nothing but these slugs ever becomes a path, a partition key or a tag.
"""

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

SLUG_LENGTH = 40
DIGEST_LENGTH = 20

NO_VERSION = "null"
"""What S3 calls the version of an object that was written while versioning was not on."""

ID_VERSION = re.compile(r"v-([A-Za-z0-9._%~-]{1,200})")
ETAG_VERSION = re.compile(r"etag-([A-Za-z0-9_-]{1,120})-(\d{1,11})")


@dataclass(frozen=True)
class Upload:
    """One version of one object: what the ledger has a row for."""

    video_id: str
    version: str
    bucket: str
    key: str
    size_bytes: int
    uploaded_at: datetime
    sequencer: str | None = field(default=None, kw_only=True, compare=False)
    """Orders the events of one key, where a notification told of the upload."""

    @property
    def file_name(self) -> str:
        """The last part of the key: what people call the video."""
        return PurePosixPath(self.key).name

    @property
    def owner(self) -> str | None:
        """The first folder of the key: whose videos these are, where uploads are sorted so."""
        return self.key.split("/", 1)[0] if "/" in self.key else None


@dataclass(frozen=True)
class Found:
    """What a look at one key of a bucket found."""

    upload: Upload
    is_withdrawn: bool
    """Whether the key was deleted since: the version lies behind its delete marker."""


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


@dataclass(frozen=True)
class VersionPin:
    """An object's version in a bucket that keeps versions."""

    version_id: str


@dataclass(frozen=True)
class ETagPin:
    """What tells the object's bytes apart where no versions are kept."""

    etag: str
    last_modified_s: int


def pin(version: str) -> VersionPin | ETagPin:
    """Return what an object's version was made from; ValueError for a file's version."""
    if by_etag := ETAG_VERSION.fullmatch(version):
        return ETagPin(by_etag[1], int(by_etag[2]))
    if by_id := ID_VERSION.fullmatch(version):
        return VersionPin(unquote(by_id[1]))
    raise ValueError(f"{version!r} is not the version of an object")


def object_version(version_id: str | None, etag: str, last_modified: datetime) -> str:
    """Version of an object: its version id where it has one, else ETag and last modification.

    It becomes part of a file's name, and one that began as ids may, with `_` or `.`, would be
    passed over by whatever reads a folder of tables.

    Raises
    ------
    ValueError
        It would be no safe name of a file.
    """
    if version_id and version_id != NO_VERSION:
        version = f"v-{quote(version_id, safe='')}"
        is_safe = ID_VERSION.fullmatch(version)
    else:
        bare = etag.strip('"')
        version = f"etag-{bare}-{int(last_modified.timestamp())}"
        is_safe = ETAG_VERSION.fullmatch(version)
    if not is_safe:
        raise ValueError(f"an object of version {version!r} cannot be told apart safely")
    return version


def object_upload(
    bucket: str,
    key: str,
    *,
    version_id: str | None,
    etag: str,
    size_bytes: int,
    last_modified: datetime,
    sequencer: str | None = None,
) -> Upload:
    """Describe one version of an object as an upload, by what S3 itself says of it."""
    return Upload(
        video_id=video_id(bucket, key),
        version=object_version(version_id, etag, last_modified),
        bucket=bucket,
        key=key,
        size_bytes=size_bytes,
        uploaded_at=last_modified,
        sequencer=sequencer,
    )


def pair(first: Upload, second: Upload) -> Upload:
    """Name two versions that are compared, so that what is found is stored like any result.

    Its id is that of both videos; its version stands for both versions, in this order.
    """
    versions = "\0".join((first.version, second.version))
    return Upload(
        video_id=f"{first.video_id}--{second.video_id}",
        version=hashlib.sha256(versions.encode()).hexdigest()[:DIGEST_LENGTH],
        bucket=first.bucket,
        key=f"{first.key} and {second.key}",
        size_bytes=first.size_bytes + second.size_bytes,
        uploaded_at=max(first.uploaded_at, second.uploaded_at),
    )
