"""Find one version of an object: by its version id, or by ETag and time where there is none.

A version that was written while versioning was off or suspended has the version id `null`, which
the next such write takes over. So it is told by ETag and last modification, wherever it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from dancer_pipeline.aws import client
from dancer_pipeline.identity import NO_VERSION, ETagPin, Upload, VersionPin, object_upload, pin
from dancer_pipeline.sources.protocol import SourceChangedError, SourceGoneError, require_here
from dancer_pipeline.sources.refusals import explained, status_of

LONGEST_KEY_BYTES = 1024


@dataclass(frozen=True)
class Head:
    """What S3 says of one version without its content."""

    version_id: str | None
    """None where the version has no id of its own."""

    etag: str
    last_modified: datetime
    size_bytes: int
    metadata: Mapping[str, str]

    def fits(self, pinned: VersionPin | ETagPin) -> bool:
        """Whether this is the version that was pinned."""
        if isinstance(pinned, VersionPin):
            return self.version_id == pinned.version_id
        is_of_then = int(self.last_modified.timestamp()) == pinned.last_modified_s
        return self.version_id is None and self.etag == pinned.etag and is_of_then


@dataclass(frozen=True)
class Absent:
    """Nothing to read, because nothing is there or because a delete marker is."""

    is_marker: bool = False


@dataclass(frozen=True)
class Located:
    """One version, and where it stands among the others of its key."""

    head: Head
    is_current: bool
    is_withdrawn: bool

    @property
    def address(self) -> dict[str, str]:
        """What names exactly this version in a request to read it."""
        if self.head.version_id:
            return {"VersionId": self.head.version_id}
        return {"IfMatch": f'"{self.head.etag}"'} if self.is_current else {"VersionId": NO_VERSION}


@dataclass(frozen=True)
class Versions:
    """The versions of a bucket's objects."""

    bucket: str
    owner: str | None

    @property
    def place(self) -> dict[str, str]:
        """What every request to this bucket says."""
        owned = {"ExpectedBucketOwner": self.owner} if self.owner else {}
        return {"Bucket": self.bucket, **owned}

    def locate(self, upload: Upload) -> Located:
        """Find the version that an upload is.

        Raises
        ------
        SourceGoneError, SourceChangedError, SourceRefusedError
        """
        require_here(upload, self.bucket)
        found = self.find(upload.key, pin(upload.version))
        if isinstance(found, Located):
            return found
        if isinstance(found, Head):
            raise SourceChangedError(
                f"{upload.key!r} was replaced by another version, which is analysed instead"
            )
        raise SourceGoneError(
            f"{upload.key!r} is not in the bucket any more: upload it again to analyse it"
        )

    def find(
        self, key: str, wanted: VersionPin | ETagPin | None, *, is_hearsay: bool = False
    ) -> Located | Head | Absent:
        """Find a version, or what has taken its place; None wants the current one.

        Most versions that are asked for are current, and known after one request. Of hearsay, an
        id that S3 calls malformed is one that it never gave.
        """
        current = self._head(key)
        if isinstance(current, Head) and (wanted is None or current.fits(wanted)):
            return Located(current, is_current=True, is_withdrawn=False)
        if wanted is None or not _may_be_older(current, wanted):
            return current
        version_id = wanted.version_id if isinstance(wanted, VersionPin) else NO_VERSION
        try:
            older = self._head(key, VersionId=version_id)
        except ClientError as error:
            if is_hearsay and status_of(error) == 400:
                return Absent()
            raise
        if isinstance(older, Head) and older.fits(wanted):
            return Located(older, is_current=False, is_withdrawn=isinstance(current, Absent))
        return older

    def upload(self, key: str, head: Head) -> Upload:
        """Describe a version as an upload."""
        return object_upload(
            self.bucket,
            key,
            version_id=head.version_id,
            etag=head.etag,
            size_bytes=head.size_bytes,
            last_modified=head.last_modified,
        )

    def _head(self, key: str, **version: str) -> Head | Absent:
        if len(key.encode()) > LONGEST_KEY_BYTES:
            return Absent()
        try:
            answer = client("s3").head_object(**self.place, Key=key, **version)
        except ClientError as error:
            if status_of(error) in (404, 405):  # 405 is a delete marker's answer to its own id
                return Absent(is_marker=_is_marker(error))
            raise explained(error, repr(key), "s3:GetObject and s3:GetObjectVersion") from error
        return head_of(answer)


def _may_be_older(current: Head | Absent, wanted: VersionPin | ETagPin) -> bool:
    """Whether the wanted version may still be there though it is not the current one."""
    if isinstance(current, Absent):
        return current.is_marker
    return isinstance(wanted, VersionPin) or current.version_id is not None


def head_of(answer: Mapping[str, Any]) -> Head:
    """Read the answer to HEAD or GET."""
    version_id = answer.get("VersionId")
    return Head(
        version_id=None if version_id == NO_VERSION else version_id,
        etag=answer["ETag"].strip('"'),
        last_modified=answer["LastModified"],
        size_bytes=answer["ContentLength"],
        metadata={name.lower(): value for name, value in answer.get("Metadata", {}).items()},
    )


def _is_marker(error: ClientError) -> bool:
    headers = error.response["ResponseMetadata"]["HTTPHeaders"]
    return bool(headers.get("x-amz-delete-marker") == "true")
