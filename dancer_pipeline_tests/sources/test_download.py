"""A copy has exactly the bytes of its version, or there is none: over a bad network in between."""

import hashlib
import random
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from dancer_pipeline import aws as aws_module
from dancer_pipeline.aws import client
from dancer_pipeline.identity import Upload
from dancer_pipeline.sources import (
    SourceBrokenError,
    SourceChangedError,
    SourceGoneError,
    SourceRefusedError,
    download,
)
from dancer_pipeline.sources.bucket import BucketSource
from dancer_pipeline.sources.scratch import ScratchFullError
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.sources.conftest import SourceOf, current
from dancer_pipeline_tests.sources.people import KEY, another_second, put, set_versioning
from dancer_pipeline_tests.standin import Aws, version_id

CONTENT = random.Random(1).randbytes(1_500_000)  # noqa: S311 - no secret
OTHER = random.Random(2).randbytes(len(CONTENT))  # noqa: S311 - no secret


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSE_S", 0)


@pytest.fixture(params=["Enabled", None])
def bucket(aws: Aws, s3: Any, request: pytest.FixtureRequest) -> str:
    name = aws.bucket(request.param)
    put(s3, name, CONTENT)
    return name


@pytest.fixture
def unversioned(aws: Aws, s3: Any) -> str:
    name = aws.bucket()
    put(s3, name, CONTENT)
    return name


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let clients that are made from now on wait for bytes no longer than a test can."""
    monkeypatch.setattr(aws_module, "READ_LIMIT_S", 5)
    client.cache_clear()
    yield
    client.cache_clear()


def read(source: BucketSource, upload: Upload) -> bytes:
    with source.open(upload) as path:
        return path.read_bytes()


def left_behind(scratch_folder: Path) -> list[str]:
    """Files in the scratch folders but their locks."""
    files = [path for path in scratch_folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if path.name != "lock")


@pytest.mark.parametrize("then", ["cut", "reset"])
def test_d52_a_body_that_breaks_is_resumed_where_it_broke(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, then: str
):
    source = source_of(bucket)
    upload = current(source)
    for share in (0.3, 0.5, 0.0, 0.9):
        proxy.harm(Fault(share=share, then=then))

    assert read(source, upload) == CONTENT
    starts = [request.headers.get("range") for request in proxy.sent("GET")]
    assert len(starts) == 5
    assert starts[0] is None
    assert all(start.startswith("bytes=") for start in starts[1:])
    if then == "cut":
        assert starts[1] == f"bytes={int(len(CONTENT) * 0.3)}-"


@pytest.mark.timeout(300)  # the stall itself never ends
@pytest.mark.usefixtures("impatient")
def test_d52_a_stalled_body_is_given_up_by_the_read_limit_and_resumed(
    bucket: str, source_of: SourceOf, proxy: FaultProxy
):
    proxy.harm(Fault(share=0.3, then="stall"))
    source = source_of(bucket)

    assert read(source, current(source)) == CONTENT
    assert len(proxy.sent("GET")) == 2


def test_d52_a_crawling_body_is_given_up_and_never_analysed_short(
    aws: Aws,
    s3: Any,
    source_of: SourceOf,
    proxy: FaultProxy,
    scratch_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(download, "CRAWL_S", 0.2)
    monkeypatch.setattr(download, "BREAKS", 2)
    bucket = aws.bucket("Enabled")
    put(s3, bucket, CONTENT[:20_000])
    source = source_of(bucket)
    upload = current(source)
    proxy.bytes_per_s = 1024

    with pytest.raises(SourceBrokenError, match="broke too often"):
        read(source, upload)
    assert len(proxy.sent("GET")) == 3
    assert left_behind(scratch_folder) == []


def test_d52_a_body_that_breaks_for_ever_ends_in_words_and_leaves_nothing(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, scratch_folder: Path
):
    proxy.harm(Fault(times=99, share=0.5, then="cut"))
    source = source_of(bucket)

    with pytest.raises(SourceBrokenError, match=r"'in/walk.mp4' broke too often, now at [\d,]+ of"):
        read(source, current(source))
    assert len(proxy.sent("GET")) == 1 + download.BREAKS
    assert left_behind(scratch_folder) == []


def test_d51_passing_errors_before_and_in_the_middle_are_waited_out(
    unversioned: str, source_of: SourceOf, proxy: FaultProxy
):
    attempts = client("s3").meta.config.retries["total_max_attempts"]
    proxy.harm(Fault("HEAD", status=500))
    proxy.harm(Fault(status=503, code="SlowDown"))
    proxy.harm(Fault(share=0.4, then="cut"))
    proxy.harm(Fault(times=attempts, status=503, code="SlowDown"))  # more than the SDK bears
    source = source_of(unversioned)

    assert read(source, current(source)) == CONTENT
    assert len(proxy.sent("GET")) == 1 + 1 + attempts + 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_d53_wrong_bytes_of_the_right_length_are_noticed_and_fetched_again(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, share: float
):
    proxy.harm(Fault(share=share, then="flip"))
    source = source_of(bucket)

    assert read(source, current(source)) == CONTENT
    assert len(proxy.sent("GET")) == 2


def test_d53_bytes_that_stay_wrong_end_as_a_checksum_mismatch_and_the_object_stays(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, scratch_folder: Path
):
    proxy.harm(Fault(times=9, share=0.3, then="flip"))
    source = source_of(bucket)
    upload = current(source)

    with pytest.raises(SourceBrokenError, match=r"checksum mismatch: 'in/walk.mp4'"):
        read(source, upload)
    assert source.exists(upload)
    assert left_behind(scratch_folder) == []


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_d53_parts_that_were_resumed_wrongly_are_noticed_by_the_checksum_of_the_whole(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy, algorithm: str
):
    """With a KMS key the ETag is no MD5, so the checksum alone must do."""
    bucket = aws.bucket("Enabled")
    key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/any"}
    put(s3, bucket, CONTENT, ChecksumAlgorithm=algorithm, **key)
    proxy.harm(Fault(share=0.3, then="cut"))
    proxy.harm(Fault(share=0.5, then="flip"))
    source = source_of(bucket)

    assert read(source, current(source)) == CONTENT
    assert len(proxy.sent("GET")) == 3


def test_d53_without_any_checksum_the_etag_of_a_single_part_must_do(
    aws: Aws, source_of: SourceOf, proxy: FaultProxy
):
    """Older clients upload without a checksum."""
    bucket = aws.bucket("Enabled")
    older = boto3.client(
        "s3",
        endpoint_url=aws.endpoint,
        config=Config(request_checksum_calculation="when_required"),
    )
    put(older, bucket, CONTENT)
    proxy.harm(Fault(share=0.3, then="cut"))
    proxy.harm(Fault(share=0.5, then="flip"))
    source = source_of(bucket)

    assert read(source, current(source)) == CONTENT
    assert len(proxy.sent("GET")) == 3


@pytest.mark.parametrize(
    "by_key",
    [
        {"ServerSideEncryption": "aws:kms"},
        {"ServerSideEncryption": "aws:kms:dsse"},
        {"SSECustomerAlgorithm": "AES256"},
    ],
)
def test_an_etag_is_not_taken_for_an_md5_where_s3_does_not_promise_it(by_key: dict[str, str]):
    """The stand-in's ETag is an MD5 in every case, so it cannot show this."""
    etag = {"ETag": f'"{"0123456789abcdef" * 2}"'}

    assert download._md5_of(etag | by_key) is None
    assert download._md5_of(etag | {"ServerSideEncryption": "AES256"}) == "0123456789abcdef" * 2
    assert download._md5_of({"ETag": f'"{"0123456789abcdef" * 2}-2"'}) is None


def test_an_object_of_many_parts_whose_etag_is_no_md5_is_read(
    aws: Aws, s3: Any, source_of: SourceOf
):
    bucket = aws.bucket("Enabled")
    part = 5 * 2**20
    content = CONTENT * 4
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    place = {"Bucket": bucket, "Key": KEY, "UploadId": upload_id}
    parts = []
    for number, start in ((1, 0), (2, part)):
        body = content[start : start + part]
        etag = s3.upload_part(**place, PartNumber=number, Body=body)["ETag"]
        parts.append({"ETag": etag, "PartNumber": number})
    s3.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})
    source = source_of(bucket)

    upload = current(source)

    assert s3.head_object(Bucket=bucket, Key=KEY)["ETag"].endswith('-2"')
    assert read(source, upload) == content


def test_d54_a_version_deleted_before_or_while_it_is_read_is_gone(
    bucket: str, s3: Any, source_of: SourceOf, proxy: FaultProxy, scratch_folder: Path
):
    source = source_of(bucket)
    upload = current(source)

    def delete_it() -> None:
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            s3.delete_object(Bucket=bucket, Key=KEY, VersionId=version["VersionId"])

    proxy.harm(Fault(share=0.4, then="cut", meanwhile=delete_it))
    with pytest.raises(SourceGoneError, match="deleted while it was read"):
        read(source, upload)
    with pytest.raises(SourceGoneError, match="not in the bucket any more: upload it again"):
        read(source, upload)
    assert left_behind(scratch_folder) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDenied", r"'in/walk.mp4' was denied \(AccessDenied\): the role needs s3:GetObject"),
        ("InvalidObjectState", "'in/walk.mp4' is archived: restore it"),
        ("KMS.DisabledException", r"cannot be decrypted \(KMS.DisabledException\): enable"),
    ],
)
def test_d55_what_may_not_be_read_says_what_to_do_and_is_not_asked_for_again(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, code: str, words: str
):
    status = 400 if code.startswith("KMS") else 403
    proxy.harm(Fault(times=9, status=status, code=code))
    source = source_of(bucket)

    with pytest.raises(SourceRefusedError, match=words):
        read(source, current(source))
    assert len(proxy.sent("GET")) == 1


def test_d55_a_permission_that_is_taken_away_in_mid_download_says_so(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, scratch_folder: Path
):
    proxy.harm(Fault(share=0.4, then="cut"))
    proxy.harm(Fault(status=403, code="AccessDenied"))
    source = source_of(bucket)

    with pytest.raises(SourceRefusedError, match="the role needs"):
        read(source, current(source))
    assert left_behind(scratch_folder) == []


def test_d57_an_archived_object_is_read_once_it_is_restored(aws: Aws, s3: Any, source_of: SourceOf):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, CONTENT, StorageClass="GLACIER")
    source = source_of(bucket)
    (upload,) = source.page().uploads

    with pytest.raises(SourceRefusedError, match="archived: restore it in S3"):
        read(source, upload)
    s3.restore_object(Bucket=bucket, Key=KEY, RestoreRequest={"Days": 1})
    assert read(source, upload) == CONTENT


def test_d58_what_does_not_fit_is_refused_with_numbers_before_a_byte_is_asked_for(
    bucket: str, source_of: SourceOf, proxy: FaultProxy, scratch_folder: Path
):
    source = source_of(bucket)
    upload = replace(current(source), size_bytes=10**15)
    proxy.requests.clear()

    with pytest.raises(
        ScratchFullError, match=r"1,000,000,000,000,000 bytes.*free.*DANCER_SCRATCH"
    ):
        read(source, upload)
    assert proxy.requests == []
    assert left_behind(scratch_folder) == []


def test_d58_a_disk_that_takes_no_more_in_the_middle_is_left_clean_for_the_next(
    bucket: str, source_of: SourceOf, scratch_folder: Path
):
    source = source_of(bucket)
    upload = current(source)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            read(source, upload)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert left_behind(scratch_folder) == []
    assert read(source, upload) == CONTENT


def test_a_size_that_is_not_the_recorded_one_is_refused(bucket: str, source_of: SourceOf):
    source = source_of(bucket)
    upload = replace(current(source), size_bytes=len(CONTENT) - 1)

    with pytest.raises(SourceBrokenError, match="1,500,000 bytes where 1,499,999"):
        read(source, upload)


def test_an_empty_object_is_an_empty_file(aws: Aws, s3: Any, source_of: SourceOf):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, b"")
    source = source_of(bucket)

    assert read(source, current(source)) == b""


def test_e61_a_version_is_read_though_another_takes_its_place_in_between(
    aws: Aws, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    bucket = aws.bucket("Enabled")
    put(s3, bucket, CONTENT)
    source = source_of(bucket)
    upload = current(source)
    proxy.harm(Fault(before=lambda: put(s3, bucket, OTHER)))
    proxy.harm(Fault(share=0.5, then="cut", meanwhile=lambda: put(s3, bucket, b"third")))
    proxy.faults.reverse()  # the first request is cut, the second comes after another upload

    assert read(source, upload) == CONTENT


def test_e62_without_versions_the_download_of_what_was_overwritten_is_refused(
    unversioned: str, s3: Any, source_of: SourceOf
):
    source = source_of(unversioned)
    old = current(source)
    put(s3, unversioned, OTHER)

    with pytest.raises(SourceChangedError, match="replaced by another version"):
        read(source, old)
    assert read(source, current(source)) == OTHER


@pytest.mark.parametrize("is_conditional", [True, False])
def test_e66_an_overwrite_between_head_and_get_is_noticed(
    unversioned: str, s3: Any, source_of: SourceOf, proxy: FaultProxy, *, is_conditional: bool
):
    """Also by the answer alone, with a store that does not know conditions."""
    lost = () if is_conditional else ("if-match",)
    proxy.harm(Fault(before=lambda: put(s3, unversioned, OTHER), without=lost))
    source = source_of(unversioned)

    with pytest.raises(SourceChangedError, match="replaced while it was read"):
        read(source, current(source))


@pytest.mark.parametrize("is_conditional", [True, False])
def test_e66_an_overwrite_in_mid_download_never_mixes_bytes(
    unversioned: str,
    s3: Any,
    source_of: SourceOf,
    proxy: FaultProxy,
    scratch_folder: Path,
    *,
    is_conditional: bool,
):
    lost = () if is_conditional else ("if-match",)
    overwrite = Fault(share=0.4, then="cut", meanwhile=lambda: put(s3, unversioned, OTHER))
    proxy.harm(overwrite)
    proxy.harm(Fault(without=lost))
    source = source_of(unversioned)

    with pytest.raises(SourceChangedError, match="replaced while it was read"):
        read(source, current(source))
    assert left_behind(scratch_folder) == []


def test_e66_the_same_bytes_uploaded_in_mid_download_are_another_upload(
    unversioned: str, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    def upload_again() -> None:
        another_second()
        put(s3, unversioned, CONTENT)

    proxy.harm(Fault(share=0.4, then="cut", meanwhile=upload_again))
    source = source_of(unversioned)

    with pytest.raises(SourceChangedError, match="replaced while it was read"):
        read(source, current(source))


def test_e66_every_request_for_bytes_names_the_version_or_its_etag(
    bucket: str, source_of: SourceOf, proxy: FaultProxy
):
    proxy.harm(Fault(share=0.4, then="cut"))
    source = source_of(bucket)
    upload = current(source)
    read(source, upload)

    named = [(it.query.get("versionId"), it.headers.get("if-match")) for it in proxy.sent("GET")]
    by_etag = (None, f'"{hashlib.md5(CONTENT).hexdigest()}"')  # noqa: S324 - what S3 calls it
    is_by_etag = upload.version.startswith("etag-")
    assert named == [by_etag if is_by_etag else ([version_id(upload)], None)] * 2


def test_e69_an_old_version_without_an_id_is_read_behind_a_newer_one(
    unversioned: str, s3: Any, source_of: SourceOf, proxy: FaultProxy
):
    source = source_of(unversioned)
    upload = current(source)
    set_versioning(s3, unversioned, "Enabled")
    put(s3, unversioned, OTHER)
    proxy.harm(Fault(share=0.4, then="cut"))

    assert read(source, upload) == CONTENT
    s3.delete_object(Bucket=unversioned, Key=KEY)
    assert read(source_of(unversioned), upload) == CONTENT


def test_the_steps_of_a_run_read_one_copy(bucket: str, source_of: SourceOf, proxy: FaultProxy):
    source = source_of(bucket)
    upload = current(source)

    for _ in range(4):
        assert read(source, upload) == CONTENT
    assert len(proxy.sent("GET")) == 1


def test_a_copy_that_was_changed_on_the_disk_is_fetched_again(
    bucket: str, source_of: SourceOf, proxy: FaultProxy
):
    source = source_of(bucket)
    upload = current(source)
    with source.open(upload) as path:
        path.write_bytes(OTHER)

    assert read(source, upload) == CONTENT
    assert len(proxy.sent("GET")) == 2


def test_e68_a_run_goes_on_with_its_copy_when_somebody_deletes_the_object(
    bucket: str, s3: Any, source_of: SourceOf
):
    source = source_of(bucket)
    upload = current(source)
    read(source, upload)
    s3.delete_object(Bucket=bucket, Key=KEY)

    assert read(source, upload) == CONTENT
    assert not source.exists(upload)


@pytest.mark.parametrize("key", ["in/a/../../../x.mp4", "in/nul\0.m\0p4", "in/a." + "x" * 300])
def test_a10_no_key_leads_out_of_the_scratch_folder(
    aws: Aws, s3: Any, source_of: SourceOf, scratch_folder: Path, key: str
):
    bucket = aws.bucket()
    put(s3, bucket, b"x", key)
    source = source_of(bucket)
    upload = current(source, key)

    with source.open(upload) as path:
        assert path.parent.parent == scratch_folder
        assert path.name.startswith(upload.video_id)
        assert len(path.name) < 100
