"""An S3 bucket as a source: with versions, without, or with versioning suspended.

A version with an id is read and deleted by it. One without is read and deleted only while ETag and
last modification are the recorded ones. Nothing is ever deleted that was not found to be the
version in question right before.
"""

import hashlib
import re
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath

from botocore.exceptions import ClientError

from dancer_pipeline import failpoints
from dancer_pipeline.aws import client
from dancer_pipeline.identity import NO_VERSION, Found, Upload, VersionPin, pin
from dancer_pipeline.sources.download import Wanted, download
from dancer_pipeline.sources.listing import Position, read_page
from dancer_pipeline.sources.protocol import (
    Deletion,
    Page,
    SourceChangedError,
    SourceGoneError,
    require_here,
)
from dancer_pipeline.sources.refusals import explained, status_of
from dancer_pipeline.sources.scratch import Scratch
from dancer_pipeline.sources.versions import Located, Versions

PAGE_LENGTH = 1000
"""The most that S3 lists at once."""

CONFLICT_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
"""Waits before a delete is tried again that another write to the key was in the way of."""


class BucketSource:
    """The objects of a bucket whose keys begin with a prefix.

    Parameters
    ----------
    scratch
        Where copies are kept while they are analysed.
    min_age_s
        A version is listed when it has been there for this long.
    owner
        The account that must own the bucket; any if None.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str,
        *,
        scratch: Scratch,
        min_age_s: float,
        owner: str | None = None,
    ) -> None:
        self._versions = Versions(bucket, owner)
        self._prefix = prefix
        self._scratch = scratch
        self._min_age = timedelta(seconds=min_age_s)

    def page(self, cursor: str | None = None) -> Page:
        """List one page of versions, also of those that newer ones have taken the place of."""
        position = Position.read(cursor)
        bucket = self._versions.bucket
        try:
            answer = client("s3").list_object_versions(
                **self._versions.place,
                Prefix=self._prefix,
                MaxKeys=PAGE_LENGTH,
                **position.markers,
            )
        except ClientError as error:
            if cursor and status_of(error) == 400:  # a position in another bucket, for one
                return self.page()
            raise explained(error, f"s3://{bucket}", "s3:ListBucketVersions") from error
        return read_page(answer, bucket, position, datetime.now(UTC) - self._min_age)

    def find(self, key: str, version_id: str | None = None) -> Found | None:
        """Look at one version of a key, or at the current one; None if it is not there."""
        wanted = VersionPin(version_id) if version_id and version_id != NO_VERSION else None
        found = self._versions.find(key, wanted, is_hearsay=True)
        if not isinstance(found, Located):
            return None
        return Found(self._versions.upload(key, found.head), found.is_withdrawn)

    @cached_property
    def region(self) -> str | None:
        """Region of the bucket; None where S3 does not say."""
        try:
            answer = client("s3").head_bucket(**self._versions.place)
        except ClientError as error:
            raise explained(error, f"s3://{self._versions.bucket}", "s3:ListBucket") from error
        region: str | None = answer.get("BucketRegion")
        return region

    def exists(self, upload: Upload) -> bool:
        """Whether exactly this version is there and nobody has deleted its key."""
        if upload.bucket != self._versions.bucket:
            return False
        found = self._versions.find(upload.key, pin(upload.version))
        return isinstance(found, Located) and not found.is_withdrawn

    def open(self, upload: Upload) -> AbstractContextManager[Path]:
        """Give a local copy of exactly this version; it is fetched once for each process."""

        def fetch(path: Path) -> str:
            return download(self._wanted(upload), path)

        return self._scratch.copy(_copy_name(upload), upload.size_bytes, fetch)

    def delete(self, upload: Upload) -> Deletion:
        """Delete exactly this version; a conflict with another write is looked at afresh."""
        for pause_s in CONFLICT_PAUSES_S:
            try:
                return self._delete(upload)
            except ClientError as error:
                if status_of(error) != 409:
                    raise
            time.sleep(pause_s)
        return self._delete(upload)

    def metadata(self, upload: Upload) -> Mapping[str, str]:
        """Return the user metadata of exactly this version, unless it was withdrawn."""
        located = self._versions.locate(upload)
        if located.is_withdrawn:
            raise SourceGoneError(
                f"{upload.key!r} was deleted before it was analysed: upload it again"
            )
        return located.head.metadata

    def _wanted(self, upload: Upload) -> Wanted:
        located = self._versions.locate(upload)
        request = {**self._versions.place, "Key": upload.key, **located.address}
        return Wanted(upload, located.head.etag, request)

    def _delete(self, upload: Upload) -> Deletion:
        require_here(upload, self._versions.bucket)
        try:
            address = self._deletable(self._versions.locate(upload))
        except SourceGoneError:
            return Deletion.ALREADY_GONE
        except SourceChangedError:
            return Deletion.REPLACED
        if address is None:
            return Deletion.REPLACED
        failpoints.reach("before_unlink")
        try:
            client("s3").delete_object(**self._versions.place, Key=upload.key, **address)
        except ClientError as error:
            if status_of(error) == 412:
                return Deletion.REPLACED
            if status_of(error) == 404:
                return Deletion.ALREADY_GONE
            needed = "s3:DeleteObject, s3:DeleteObjectVersion and s3:GetObject"
            raise explained(error, f"the delete of {upload.key!r}", needed) from error
        return Deletion.DELETED

    def _deletable(self, located: Located) -> Mapping[str, str] | None:
        """Return what names exactly this version in a delete; None where nothing can.

        S3 compares a condition with the current version only, so it never goes with a version id.
        """
        if located.head.version_id:
            return located.address
        if self._versioning() == "Enabled":  # no write takes the id `null` over any more
            return {"VersionId": NO_VERSION}
        return located.address if located.is_current else None

    def _versioning(self) -> str | None:
        try:
            answer = client("s3").get_bucket_versioning(**self._versions.place)
        except ClientError as error:
            what = f"the settings of s3://{self._versions.bucket}"
            raise explained(error, what, "s3:GetBucketVersioning") from error
        status: str | None = answer.get("Status")
        return status


def _copy_name(upload: Upload) -> str:
    """Name a copy: nothing of the key is in it but an ending that decoders may want to see."""
    suffix = PurePosixPath(upload.key).suffix
    version = hashlib.sha256(upload.version.encode()).hexdigest()[:20]
    safe_suffix = suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix) else ""
    return f"{upload.video_id}-{version}{safe_suffix}"
