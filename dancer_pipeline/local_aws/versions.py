"""Versions of objects as S3 keeps them.

Mends of moto: a write to a bucket whose versioning is suspended destroys every older version, and
nothing there answers `VersionId`; deletes of versions and delete markers raise no event; a listing
copies every object's bytes, and finds nothing more once the version that it stopped at is gone;
DeleteObjects ignores an ETag and deletes.
"""

import base64
import secrets
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from moto.s3 import notifications
from moto.s3.exceptions import AccessDeniedByLock, S3ClientError
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.notifications import S3NotificationEvent
from moto.s3.responses import S3Response

from dancer_pipeline.local_aws.mending import mends

_PUT_OBJECT = S3Backend.put_object
_PUT_BUCKET_VERSIONING = S3Backend.put_bucket_versioning
_DELETE_KEYS = S3Response._bucket_response_delete_keys  # noqa: SLF001 the one place that reads the batch

FakeBucket.is_versioned = property(  # type: ignore[method-assign,assignment]  # in place of moto's
    lambda bucket: bucket.versioning_status is not None
)


def _new_version_id(bucket: Any) -> str:
    if bucket.versioning_status != "Enabled":
        return "null"
    return base64.b64encode(secrets.token_bytes(24), altchars=b"._").decode()


@mends(S3Backend)
def put_object(
    self: S3Backend, bucket_name: str, key_name: str, *args: Any, **kwargs: Any
) -> FakeKey:
    """Add a version; the `null` version takes the place of the `null` version alone."""
    key = _PUT_OBJECT(self, bucket_name, key_name, *args, **kwargs)
    bucket = self.get_bucket(bucket_name)
    key._version_id = _new_version_id(bucket)  # noqa: SLF001 moto gives a UUID
    _keep(bucket, key_name, [*_others(bucket, key_name, key), key])
    return key


@mends(S3Backend)
def put_bucket_versioning(self: S3Backend, bucket_name: str, status: str) -> None:
    """Change it; from now on the objects that are there have the version `null`."""
    _PUT_BUCKET_VERSIONING(self, bucket_name, status)
    for _, versions in self.get_bucket(bucket_name).keys.iterlists():
        for version in versions:
            version._is_versioned = True  # noqa: SLF001 whether HEAD and GET answer a version


@mends(S3Backend)
def delete_object(
    self: S3Backend,
    bucket_name: str,
    key_name: str,
    version_id: str | None = None,
    bypass: bool = False,  # noqa: FBT001, FBT002 moto's signature
) -> tuple[bool, dict[str, Any]]:
    """Delete a version, or hide the object behind a marker where versions are kept."""
    bucket = self.get_bucket(bucket_name)
    if version_id is None and bucket.is_versioned:
        return True, _hide(self, bucket, key_name)
    return True, _remove(self, bucket, key_name, version_id or "null", is_forced=bypass)


def _hide(backend: S3Backend, bucket: Any, name: str) -> dict[str, Any]:
    named: Any = SimpleNamespace(name=name)
    marker = FakeDeleteMarker(named)
    marker._version_id = _new_version_id(bucket)  # noqa: SLF001 moto gives a UUID
    _keep(bucket, name, [*_others(bucket, name, marker), marker])
    event = S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
    notifications.send_event(backend.account_id, event, bucket, marker)
    return {"version-id": marker.version_id, "delete-marker": "true"}


def _remove(
    backend: S3Backend, bucket: Any, name: str, version_id: str, *, is_forced: bool
) -> dict[str, Any]:
    versions = bucket.keys.getlist(name, [])
    removed = next((it for it in versions if it.version_id == version_id), None)
    if removed is None:
        return {}
    if isinstance(removed, FakeKey) and removed.is_locked(is_forced):
        raise AccessDeniedByLock
    event = S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT
    notifications.send_event(backend.account_id, event, bucket, removed)
    _keep(bucket, name, [it for it in versions if it is not removed])
    if not bucket.is_versioned:
        return {}
    is_marker = isinstance(removed, FakeDeleteMarker)
    return {"version-id": version_id} | ({"delete-marker": "true"} if is_marker else {})


def _others(bucket: Any, name: str, newest: Any) -> list[Any]:
    """Return the versions that stay beside a new one: those of another version id."""
    versions = bucket.keys.getlist(name, [])
    return [it for it in versions if it is not newest and it.version_id != newest.version_id]


def _keep(bucket: Any, name: str, versions: list[Any]) -> None:
    bucket.keys.setlist(name, versions)
    if not versions:
        bucket.keys.pop(name)


@mends(S3Backend)
def list_object_versions(
    self: S3Backend,
    bucket_name: str,
    delimiter: str | None = None,
    key_marker: str | None = None,
    max_keys: int | None = 1000,
    prefix: str = "",
    version_id_marker: str | None = None,
) -> tuple[list[Any], list[str], list[Any], str | None, str | None]:
    """List versions and markers, keys in order, the newest first."""
    bucket, last = self.get_bucket(bucket_name), None
    listed: list[Any] = []
    folders: set[str] = set()
    for version in _after(bucket, prefix, key_marker, version_id_marker):
        folder = _folder(version.name, prefix, delimiter)
        if folder and (folder in folders or folder == key_marker):
            continue
        if len(listed) + len(folders) >= (1000 if max_keys is None else max_keys):
            break
        if folder:
            folders.add(folder)
            last = (folder, None)
        else:
            listed.append(version)
            last = (version.name, version.version_id)
    else:
        last = None
    keys = [it for it in listed if isinstance(it, FakeKey)]
    markers = [it for it in listed if not isinstance(it, FakeKey)]
    return keys, sorted(folders), markers, *(last or (None, None))


def _after(
    bucket: Any, prefix: str, key_marker: str | None, version_id_marker: str | None
) -> Iterator[Any]:
    """Yield what follows the markers; where that version is gone, its key's versions again."""
    for name in sorted(bucket.keys):
        if not name.startswith(prefix) or (key_marker is not None and name < key_marker):
            continue
        versions = bucket.keys.getlist(name)[::-1]
        for place, version in enumerate(versions):
            version.is_latest = place == 0
        if name == key_marker:
            ids = [it.version_id for it in versions]
            is_there = version_id_marker in ids
            start = ids.index(version_id_marker) + 1 if is_there else 0
            versions = versions[start:] if version_id_marker else []
        yield from versions


def _folder(name: str, prefix: str, delimiter: str | None) -> str | None:
    rest = name[len(prefix) :]
    if not delimiter or delimiter not in rest:
        return None
    return prefix + rest[: rest.index(delimiter) + len(delimiter)]


@mends(S3Response)
def _bucket_response_delete_keys(self: S3Response, *args: Any, **kwargs: Any) -> Any:
    """Refuse a condition that would not be looked at."""
    if b"<ETag>" in self.body:
        raise S3ClientError("NotImplemented", "DeleteObjects with an ETag: delete one by one")
    return _DELETE_KEYS(self, *args, **kwargs)
