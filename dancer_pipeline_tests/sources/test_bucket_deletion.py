"""Exactly one version is deleted, or none: whatever became of its key and its bucket meanwhile."""

from typing import Any

import pytest

from dancer_pipeline.sources import Deletion, SourceRefusedError
from dancer_pipeline.sources import bucket as bucket_module
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.sources.conftest import SourceOf, current
from dancer_pipeline_tests.sources.people import (
    KEY,
    another_second,
    markers,
    put,
    set_versioning,
    stored,
    version_ids,
)
from dancer_pipeline_tests.standin import Aws

VERSIONINGS = ["Enabled", "Suspended", None]
WITHOUT_IDS = ["Suspended", None]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_module, "CONFLICT_PAUSES_S", (0, 0, 0))


@pytest.mark.parametrize("versioning", VERSIONINGS)
def test_the_analysed_version_is_deleted_for_good_and_once(
    aws: Aws, s3: Any, source_of: SourceOf, versioning: str | None
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    upload = current(source)

    assert source.delete(upload) is Deletion.DELETED
    assert version_ids(s3, bucket) == []
    assert not source.exists(upload)
    assert source.find(KEY) is None
    assert source.delete(upload) is Deletion.ALREADY_GONE


def test_e61_each_version_is_deleted_by_itself_and_no_marker_is_left(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    newer_id = put(s3, bucket, b"newer")
    newer = current(source)

    assert source.delete(old) is Deletion.DELETED
    assert version_ids(s3, bucket) == [newer_id]
    assert markers(s3, bucket) == 0
    assert source.delete(newer) is Deletion.DELETED
    assert version_ids(s3, bucket) == []


@pytest.mark.parametrize("versioning", WITHOUT_IDS)
def test_e62_without_version_ids_a_newer_upload_survives_the_cleanup_of_the_older(
    aws: Aws, s3: Any, source_of: SourceOf, versioning: str | None
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    put(s3, bucket, b"newer")

    assert source.delete(old) is Deletion.REPLACED
    assert stored(s3, bucket) == b"newer"


@pytest.mark.parametrize("versioning", VERSIONINGS)
def test_e63_an_upload_right_before_the_delete_survives(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy, versioning: str | None
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    proxy.harm(Fault("DELETE", before=lambda: put(s3, bucket, b"newer")))

    outcome = source.delete(old)

    assert stored(s3, bucket) == b"newer"
    assert outcome is (Deletion.DELETED if versioning == "Enabled" else Deletion.REPLACED)
    assert len(version_ids(s3, bucket)) == 1


@pytest.mark.parametrize("versioning", WITHOUT_IDS)
def test_e64_the_same_bytes_uploaded_again_survive_the_cleanup_of_the_first(
    aws: Aws, s3: Any, source_of: SourceOf, versioning: str | None
):
    """Their ETag is the same, so that the condition alone would let them be deleted."""
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"same")
    source = source_of(bucket)
    first = current(source)
    another_second()
    put(s3, bucket, b"same")

    assert source.delete(first) is Deletion.REPLACED
    assert stored(s3, bucket) == b"same"


@pytest.mark.parametrize("status", [409, 503])
@pytest.mark.parametrize("versioning", VERSIONINGS)
def test_e67_a_delete_that_another_write_is_in_the_way_of_is_tried_again(
    aws: Aws,
    s3: Any,
    source_of: SourceOf,
    proxy: FaultProxy,
    versioning: str | None,
    status: int,
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    upload = current(source)
    proxy.harm(Fault("DELETE", times=2, status=status, code="ConditionalRequestConflict"))

    assert source.delete(upload) is Deletion.DELETED
    assert version_ids(s3, bucket) == []


def test_e67_after_a_conflict_the_version_is_looked_at_afresh(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket()
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)

    def upload_again() -> None:
        another_second()
        put(s3, bucket, b"old")

    proxy.harm(Fault("DELETE", status=409, before=upload_again))

    assert source.delete(old) is Deletion.REPLACED
    assert stored(s3, bucket) == b"old"


def test_e67_a_conflict_that_does_not_end_is_an_error_and_deletes_nothing(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket()
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    proxy.harm(Fault("DELETE", times=99, status=409, code="OperationAborted"))

    with pytest.raises(Exception, match="OperationAborted"):
        source.delete(current(source))
    assert stored(s3, bucket) == b"walk"


@pytest.mark.parametrize("versioning", VERSIONINGS)
def test_e68_a_version_that_somebody_else_deleted_is_already_gone(
    aws: Aws, s3: Any, source_of: SourceOf, versioning: str | None
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    upload = current(source)
    for version_id in version_ids(s3, bucket):
        s3.delete_object(Bucket=bucket, Key=KEY, VersionId=version_id)

    assert source.delete(upload) is Deletion.ALREADY_GONE


def test_e68_without_versions_somebodys_plain_delete_right_before_ours_is_already_gone(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket()
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    proxy.harm(Fault("DELETE", before=lambda: s3.delete_object(Bucket=bucket, Key=KEY)))

    assert source.delete(current(source)) is Deletion.ALREADY_GONE


def test_e68_a_withdrawn_version_is_deleted_behind_its_marker(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    upload = current(source)
    s3.delete_object(Bucket=bucket, Key=KEY)

    assert source.delete(upload) is Deletion.DELETED
    assert version_ids(s3, bucket) == []
    assert markers(s3, bucket) == 1


def test_e69_versioning_switched_on_meanwhile_the_old_object_is_deleted_for_good(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket()
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    set_versioning(s3, bucket, "Enabled")

    assert source.delete(old) is Deletion.DELETED
    assert version_ids(s3, bucket) == []
    assert markers(s3, bucket) == 0


def test_e69_versioning_switched_on_and_overwritten_only_the_old_version_goes(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket()
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    set_versioning(s3, bucket, "Enabled")
    newer_id = put(s3, bucket, b"newer")

    assert source.delete(old) is Deletion.DELETED
    assert version_ids(s3, bucket) == [newer_id]
    assert stored(s3, bucket) == b"newer"


def test_e69_versioning_suspended_meanwhile_the_version_goes_by_its_id(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    set_versioning(s3, bucket, "Suspended")
    put(s3, bucket, b"newer")

    assert source.delete(old) is Deletion.DELETED
    assert version_ids(s3, bucket) == ["null"]
    assert stored(s3, bucket) == b"newer"


def test_e69_an_old_version_that_the_next_write_would_take_over_is_left_alone(
    aws: Aws, s3: Any, source_of: SourceOf
):
    """With versioning suspended no request could tell the old `null` version from a new one."""
    bucket = aws.bucket()
    put(s3, bucket, b"old")
    source = source_of(bucket)
    old = current(source)
    set_versioning(s3, bucket, "Enabled")
    newer_id = put(s3, bucket, b"newer")
    set_versioning(s3, bucket, "Suspended")

    assert source.delete(old) is Deletion.REPLACED
    assert sorted(version_ids(s3, bucket)) == sorted([newer_id, "null"])


@pytest.mark.parametrize("versioning", VERSIONINGS)
def test_r6_a_delete_names_the_version_or_its_etag_and_never_both(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy, versioning: str | None
):
    bucket = aws.bucket(versioning)
    version_id = put(s3, bucket, b"walk")
    source = source_of(bucket)
    upload = current(source)
    source.delete(upload)

    (request,) = proxy.sent("DELETE")
    by_id, by_etag = request.query.get("versionId"), request.headers.get("if-match")
    if versioning == "Enabled":
        assert (by_id, by_etag) == ([version_id], None)
    else:
        assert by_id is None
        assert by_etag
        assert by_etag.strip('"') in upload.version
    assert proxy.sent("POST") == []


@pytest.mark.parametrize("versioning", VERSIONINGS)
def test_d54_not_there_at_the_delete_is_already_gone(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy, versioning: str | None
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    proxy.harm(Fault("DELETE", status=404, code="NoSuchKey"))

    assert source.delete(current(source)) is Deletion.ALREADY_GONE


def test_d56_a_delete_that_is_forbidden_says_what_the_role_needs_and_the_object_stays(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    proxy.harm(Fault("DELETE", times=9, status=403, code="AccessDenied"))

    with pytest.raises(
        SourceRefusedError, match=r"delete of 'in/walk.mp4' .*s3:DeleteObjectVersion"
    ):
        source.delete(current(source))
    assert stored(s3, bucket) == b"walk"


def test_a_bucket_whose_versioning_may_not_be_asked_for_loses_nothing(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket("Suspended")
    put(s3, bucket, b"walk")
    source = source_of(bucket)
    proxy.harm(Fault(times=9, status=403, code="AccessDenied"))

    with pytest.raises(SourceRefusedError, match="s3:GetBucketVersioning"):
        source.delete(current(source))
    assert stored(s3, bucket) == b"walk"
