"""A bucket as a source: which versions are listed, found and told apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.sources import SourceChangedError, SourceGoneError, SourceRefusedError
from dancer_pipeline.sources import bucket as bucket_module
from dancer_pipeline.sources.bucket import BucketSource
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.sources.conftest import SourceOf, current
from dancer_pipeline_tests.sources.people import KEY, another_second, put, set_versioning
from dancer_pipeline_tests.standin import Aws
from dancer_pipeline_tests.standin import version_id as version_of

HOSTILE_KEYS = [
    "in/red flower+ü.mp4",
    "in/a%20b%2Fc.mp4",
    "in/../../etc/passwd.mp4",
    "in//twice//.mp4",
    "in/./a\\..\\b.mp4",
    "in/new\nline.mp4",
    "in/nul\0.mp4",
    "in/cafe\u0301.mp4",
    "in/caf\u00e9.mp4",
    "in/\u202egnp.mp4",
    "in/💃?versionId=x&a=b#c.mp4",
    "in/" + "k" * 1021,
]


def all_uploads(source: BucketSource) -> list[Upload]:
    """List page by page."""
    page = source.page()
    uploads = list(page.uploads)
    while page.next_cursor:
        page = source.page(page.next_cursor)
        uploads += page.uploads
    return uploads


@pytest.fixture(params=["Enabled", "Suspended", None])
def versioning(request: pytest.FixtureRequest) -> str | None:
    kind: str | None = request.param
    return kind


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
    assert listed.version.startswith("v-" if versioning == "Enabled" else "etag-")
    with source.open(listed) as path:
        assert path.read_bytes() == b"walk"


def test_every_version_is_an_upload_also_those_that_newer_ones_replaced(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    ids = [put(s3, bucket, content) for content in (b"old", b"newer")]

    uploads = source_of(bucket).page().uploads

    assert {version_of(it) for it in uploads} == set(ids)
    assert len({it.video_id for it in uploads}) == 1


def test_a_plain_delete_withdraws_the_video_and_its_versions_can_still_be_read(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    version_id = put(s3, bucket, b"walk")
    source = source_of(bucket)
    upload = current(source)
    s3.delete_object(Bucket=bucket, Key=KEY)

    assert source.page().uploads == ()
    assert source.find(KEY) is None
    found = source.find(KEY, version_id)
    assert found
    assert found.is_withdrawn
    assert found.upload == upload
    assert not source.exists(upload)
    with source.open(upload) as path:
        assert path.read_bytes() == b"walk"


def test_what_is_uploaded_after_a_delete_is_not_hidden_by_its_marker(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"old")
    s3.delete_object(Bucket=bucket, Key=KEY)
    put(s3, bucket, b"new")

    assert sorted(it.size_bytes for it in source_of(bucket).page().uploads) == [3, 3]


@pytest.mark.parametrize("length", [1, 2, 3, 1000])
def test_e73_pages_of_any_length_list_each_version_once_and_no_withdrawn_one(
    aws: Aws, s3: Any, source_of: SourceOf, monkeypatch: pytest.MonkeyPatch, length: int
):
    monkeypatch.setattr(bucket_module, "PAGE_LENGTH", length)
    bucket = aws.bucket("Enabled")
    kept = {put(s3, bucket, b"x", f"in/{name}.mp4") for name in "aabccc"}
    for name in "kkkp":
        put(s3, bucket, b"x", f"in/{name}.mp4")
    for name in "kp":
        s3.delete_object(Bucket=bucket, Key=f"in/{name}.mp4")
    kept |= {put(s3, bucket, b"x", f"in/{name}.mp4") for name in "pxz"}
    # A key that was uploaded again is not withdrawn: its older version counts, too.
    older = s3.list_object_versions(Bucket=bucket, Prefix="in/p.mp4")["Versions"][-1]

    uploads = all_uploads(source_of(bucket))

    assert sorted(map(version_of, uploads)) == sorted({*kept, older["VersionId"]})


def test_e73_versions_that_go_while_they_are_listed_hide_no_others(
    aws: Aws, s3: Any, source_of: SourceOf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bucket_module, "PAGE_LENGTH", 2)
    bucket = aws.bucket("Enabled")
    for name in "abcd":
        put(s3, bucket, b"x", f"in/{name}.mp4")
    source = source_of(bucket)
    page = source.page()
    for upload in page.uploads:
        source.delete(upload)

    rest = source.page(page.next_cursor)

    assert [it.key for it in rest.uploads] == ["in/c.mp4", "in/d.mp4"]


def test_e73_more_than_a_thousand_versions_take_two_requests(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket()
    for number in range(1001):
        put(s3, bucket, b"", f"in/{number:04}.mp4")

    assert len({it.key for it in all_uploads(source_of(bucket))}) == 1001
    assert len(proxy.sent("GET")) == 2


def test_e73_an_upload_in_parts_that_is_not_complete_is_no_upload(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    s3.create_multipart_upload(Bucket=bucket, Key=KEY)

    assert source_of(bucket).page().uploads == ()
    assert source_of(bucket).find(KEY) is None


def test_what_lies_outside_the_prefix_is_not_listed(aws: Aws, s3: Any, source_of: SourceOf):
    bucket = aws.bucket()
    for key in ("in/a.mp4", "inbox/b.mp4", "c.mp4"):
        put(s3, bucket, b"x", key)

    assert [it.key for it in source_of(bucket).page().uploads] == ["in/a.mp4"]
    assert len(source_of(bucket, prefix="").page().uploads) == 3


def test_a_console_folder_is_ignored_and_an_empty_file_is_not(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket()
    for key in ("in/", "in/anna/", "in/empty.mp4"):
        put(s3, bucket, b"", key)
    put(s3, bucket, b"x", "in/odd/")

    page = source_of(bucket).page()

    assert [it.key for it in page.uploads] == ["in/empty.mp4", "in/odd/"]
    assert {it.upload.key: it.reason for it in page.ignored} == {
        "in/": "a folder as the S3 console makes it, without content",
        "in/anna/": "a folder as the S3 console makes it, without content",
    }


def test_a_version_is_listed_once_it_is_old_enough(aws: Aws, s3: Any, source_of: SourceOf):
    bucket = aws.bucket()
    put(s3, bucket, b"x")

    assert source_of(bucket, min_age_s=3600).page().uploads == ()
    (upload,) = source_of(bucket).page().uploads
    assert abs(datetime.now(UTC) - upload.uploaded_at) < timedelta(hours=1)


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_a10_a_hostile_key_is_listed_found_read_and_deleted_as_it_is(
    aws: Aws, s3: Any, source_of: SourceOf, key: str
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"x", key)
    source = source_of(bucket, prefix="in/")

    (upload,) = source.page().uploads

    assert upload.key == key
    assert current(source, key) == upload
    with source.open(upload) as path:
        assert path.read_bytes() == b"x"
    source.delete(upload)
    assert source.find(key) is None


def test_a_key_longer_than_any_is_not_there(aws: Aws, source_of: SourceOf):
    assert source_of(aws.bucket()).find("k" * 1025) is None


@pytest.mark.parametrize("version_id", ["null", "no-such-version", "x" * 200, "../..", "ä"])
def test_a_forged_version_id_finds_nothing_but_null_means_none(
    aws: Aws, s3: Any, source_of: SourceOf, versioning: str | None, version_id: str
):
    bucket = aws.bucket(versioning)
    put(s3, bucket, b"x")

    found = source_of(bucket).find(KEY, version_id)

    assert bool(found) is (version_id == "null")


def test_the_version_that_a_notification_names_is_found_after_one_request(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket("Enabled")
    version_id = put(s3, bucket, b"x")
    proxy.requests.clear()

    assert source_of(bucket).find(KEY, version_id)
    assert len(proxy.requests) == 1


def test_an_older_version_of_a_key_is_found_and_is_not_withdrawn(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    old, new = (put(s3, bucket, content) for content in (b"old", b"newer"))
    source = source_of(bucket)

    found = source.find(KEY, old)

    assert found
    assert not found.is_withdrawn
    assert version_of(found.upload) == old
    assert version_of(current(source)) == new
    assert source.exists(found.upload)


def test_e69_versions_from_before_and_after_a_change_of_versioning_are_told_apart(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket()
    source = source_of(bucket)
    put(s3, bucket, b"unversioned")
    unversioned = current(source)
    set_versioning(s3, bucket, "Enabled")
    assert current(source) == unversioned
    put(s3, bucket, b"versioned")
    versioned = current(source)

    for upload, content in ((unversioned, b"unversioned"), (versioned, b"versioned")):
        assert upload in source.page().uploads
        assert source.exists(upload)
        with source.open(upload) as path:
            assert path.read_bytes() == content

    set_versioning(s3, bucket, "Suspended")
    put(s3, bucket, b"suspended: takes the place of the first")
    assert not source.exists(unversioned)
    assert source.exists(versioned)
    with pytest.raises(SourceChangedError), source_of(bucket).open(unversioned):
        pass


def test_the_same_bytes_uploaded_again_without_versions_are_another_upload(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket()
    source = source_of(bucket)
    put(s3, bucket, b"same")
    first = current(source)
    another_second()
    put(s3, bucket, b"same")

    assert current(source).version != first.version
    assert not source.exists(first)
    with pytest.raises(SourceChangedError, match="replaced by another"), source.open(first):
        pass


def test_metadata_is_that_of_the_version_and_not_of_the_key(aws: Aws, s3: Any, source_of: SourceOf):
    bucket = aws.bucket("Enabled")
    source = source_of(bucket)
    put(s3, bucket, b"old", Metadata={"Exercise": "squat", "sample_fps": "15"})
    old = current(source)
    put(s3, bucket, b"new")

    assert source.metadata(old) == {"exercise": "squat", "sample_fps": "15"}
    assert source.metadata(current(source)) == {}
    source.delete(old)
    with pytest.raises(SourceGoneError, match="upload it again"):
        source.metadata(old)


def test_a_bucket_that_may_not_be_listed_says_what_the_role_needs(
    aws: Aws, source_of: SourceOf, proxy: FaultProxy
):
    proxy.harm(Fault(status=403, code="AccessDenied"))

    with pytest.raises(SourceRefusedError, match="s3:ListBucketVersions"):
        source_of(aws.bucket()).page()


def test_a_key_that_may_not_be_looked_at_is_not_taken_for_gone(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket()
    put(s3, bucket, b"x")
    source = source_of(bucket)
    upload = current(source)
    proxy.harm(Fault("HEAD", times=9, status=403))

    for ask in (source.exists, source.metadata, source.delete):
        with pytest.raises(SourceRefusedError, match="s3:ListBucket to tell what is missing"):
            ask(upload)


def test_the_owner_that_a_bucket_must_have_is_named_in_every_request(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    """The stand-in does not check it: the request is looked at on its way."""
    bucket = aws.bucket()
    put(s3, bucket, b"x")
    proxy.requests.clear()
    source = source_of(bucket, owner="123456789012")
    (upload,) = source.page().uploads
    with source.open(upload):
        pass
    source.delete(upload)

    owners = {request.headers.get("x-amz-expected-bucket-owner") for request in proxy.requests}
    assert {request.method for request in proxy.requests} == {"GET", "HEAD", "DELETE"}
    assert owners == {"123456789012"}
