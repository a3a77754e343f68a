"""Read one page of a bucket's versions: which are uploads, and where the next page begins."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dancer_pipeline.identity import Upload, object_upload
from dancer_pipeline.sources.protocol import Ignored, Page

LOG = logging.getLogger(__name__)

FOLDER_REASON = "a folder as the S3 console makes it, without content"


@dataclass(frozen=True)
class Position:
    """Where a page begins: after this version of this key."""

    key: str | None = None
    version_id: str | None = None
    is_withdrawn: bool = False
    """Whether a delete marker on an earlier page hides the versions of the key."""

    @classmethod
    def read(cls, cursor: str | None) -> "Position":
        """Read what `text` wrote; None is the beginning."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def text(self) -> str:
        """Return it as text that outlives the process."""
        return json.dumps(vars(self))

    @property
    def markers(self) -> dict[str, str]:
        """What tells S3 where to begin."""
        named = {"KeyMarker": self.key, "VersionIdMarker": self.version_id}
        return {name: value for name, value in named.items() if value}


def read_page(answer: Mapping[str, Any], bucket: str, position: Position, newest: datetime) -> Page:
    """Turn S3's answer into a page.

    A plain delete of a key withdraws its video: the versions behind its delete marker are not
    uploads, though they can still be read.
    """
    withdrawn = {marker["Key"] for marker in answer.get("DeleteMarkers", ()) if marker["IsLatest"]}
    if position.is_withdrawn:
        withdrawn.add(position.key)
    uploads, ignored = [], []
    for version in answer.get("Versions", ()):
        if version["Key"] in withdrawn or version["LastModified"] > newest:
            continue
        try:
            upload = _upload(bucket, version)
        except ValueError as error:  # one that cannot be told apart must not hide all that follow
            LOG.warning("s3://%s, key %r: %s", bucket, version["Key"], error)
            continue
        if upload.key.endswith("/") and not upload.size_bytes:
            ignored.append(Ignored(upload, FOLDER_REASON))
        else:
            uploads.append(upload)
    return Page(tuple(uploads), tuple(ignored), _next(answer, withdrawn))


def _upload(bucket: str, version: Mapping[str, Any]) -> Upload:
    return object_upload(
        bucket,
        version["Key"],
        version_id=version.get("VersionId"),
        etag=version["ETag"],
        size_bytes=version["Size"],
        last_modified=version["LastModified"],
    )


def _next(answer: Mapping[str, Any], withdrawn: set[str | None]) -> str | None:
    if not answer.get("IsTruncated"):
        return None
    key = answer["NextKeyMarker"]
    return Position(key, answer.get("NextVersionIdMarker"), key in withdrawn).text()
