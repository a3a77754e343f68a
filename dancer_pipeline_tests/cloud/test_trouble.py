"""What S3, a forger or an operator can do to the path, and what must not come of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from dancer_pipeline.arrivals import entries
from dancer_pipeline.aws import client
from dancer_pipeline.events import Arrival, read_message
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Row, State
from dancer_pipeline_tests.cloud.conftest import MakeCloud
from dancer_pipeline_tests.cloud.deployment import Cloud, notification, s3_record
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.oracle import assert_invariants

KEY = "in/walk.mp4"


def test_a_message_of_a_hundred_foreign_records_is_kept_once_and_cut(cloud: Cloud):
    padding = {"padding": "x" * 150_000}
    records = [s3_record(f"elsewhere-{number}", KEY) for number in range(99)]
    cloud.bucket.send(notification(*records, s3_record("elsewhere-99", KEY) | padding))

    cloud.tick("uploads")

    (kept,) = cloud.ledger.quarantine.rows(10)
    assert "elsewhere-0" in kept.reason
    assert "(and 99 more of its records)" in kept.reason
    assert len(kept.body) < 70_000
    assert "characters more" in kept.body
    assert cloud.waiting_messages() == 0


def test_a_region_of_any_length_is_a_short_reason(cloud: Cloud):
    cloud.bucket.send(notification(s3_record(cloud.bucket.name, KEY, awsRegion="r" * 100_000)))

    cloud.tick("uploads")

    (kept,) = cloud.ledger.quarantine.rows(10)
    assert len(kept.reason) < 200


def test_results_that_cannot_be_read_delay_no_other_video(make_cloud: MakeCloud, proxy: FaultProxy):
    cloud = make_cloud()
    uploads = [cloud.bucket.put(f"in/{name}.mp4", b"x") for name in ("bad", "good")]
    cloud.tick("uploads")
    bad, good = uploads
    cloud.ledger.note(bad.video_id, bad.version, state=State.QUEUED, attempt=1)
    for method in ("GET", "HEAD"):
        proxy.harm(
            Fault(method=method, at=lambda it: bad.video_id in it.path, times=99, status=403)
        )

    requests = cloud.tick("dispatcher")

    assert [request.partition_key for request in requests] == [good.video_id]
    assert cloud.row(bad).not_before is not None, "it is looked at again later"


def test_a_400_of_s3_is_trouble_and_no_deletion(make_cloud: MakeCloud, proxy: FaultProxy):
    cloud = make_cloud()
    upload = cloud.bucket.put(KEY, b"x")
    proxy.harm(Fault(method="HEAD", at=lambda it: it.path.endswith(KEY), times=2, status=400))

    cloud.tick("uploads")
    assert cloud.ledger.rows() == []
    assert cloud.waiting_messages() == 1
    while cloud.waiting_messages():
        cloud.tick("uploads")

    assert cloud.row(upload).state is State.RECEIVED


def test_a_malformed_version_id_that_a_message_names_is_of_nothing(cloud: Cloud):
    cloud.bucket.put(KEY, b"x")
    cloud.bucket.drain()

    cloud.bucket.send(notification(s3_record(cloud.bucket.name, KEY, versionId="no/../such id")))
    cloud.tick("uploads")

    (row,) = cloud.ledger.rows()
    assert (row.state, row.version) == (State.GONE, "v-no%2F..%2Fsuch%20id")


def test_a_bucket_in_another_region_than_the_clients_is_listened_to(
    make_cloud: MakeCloud, monkeypatch: pytest.MonkeyPatch
):
    cloud = make_cloud()
    upload = cloud.bucket.put(KEY, b"x")
    with monkeypatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client.cache_clear()
        assert client("s3").meta.region_name == "us-east-1"

    try:
        cloud.tick("uploads")
    finally:
        client.cache_clear()

    assert cloud.stores.intake.watched.region == "eu-central-1"
    assert cloud.row(upload).state is State.RECEIVED


def test_what_is_too_large_is_refused_before_a_byte_of_it_is_fetched(
    make_cloud: MakeCloud, proxy: FaultProxy
):
    cloud = make_cloud(max_size_mib=0.5)
    upload = cloud.bucket.put(KEY, b"x" * 600_000)

    cloud.work()

    row = cloud.row(upload)
    assert (row.state, "too large" in (row.reason or "")) == (State.FAILED, True)
    assert [it for it in proxy.sent("GET") if it.path.endswith(KEY)] == []
    assert_invariants(cloud)


def test_a_video_that_was_withdrawn_after_it_was_recorded_is_not_begun(cloud: Cloud):
    upload = cloud.bucket.put(KEY, b"x")
    cloud.tick("uploads")
    (request,) = cloud.tick("dispatcher")
    cloud.bucket.delete(KEY)
    cloud.bucket.drain()

    assert not cloud.run(request)
    cloud.work()

    assert cloud.row(upload).state is State.GONE
    assert list(cloud.results.manifests()) == []
    assert_invariants(cloud)


def test_a_source_of_another_bucket_is_not_taken_for_deleted(make_cloud: MakeCloud, jumping: Path):
    cloud = make_cloud()
    upload = cloud.bucket.put(KEY, jumping.read_bytes())
    cloud.tick("uploads")
    (request,) = cloud.tick("dispatcher")
    assert cloud.run(request)
    elsewhere = make_cloud(ledger=cloud.settings.ledger, results=cloud.settings.results)

    for _ in range(4):
        for wanted in elsewhere.tick("dispatcher"):
            assert not elsewhere.run(wanted)

    row = elsewhere.row(upload)
    assert (row.state, row.deleted_at) == (State.ANALYSED, None)
    assert "set it back" in (row.reason or "")
    cloud.work()
    assert cloud.row(upload).state is State.COMPLETED


def test_a_late_message_of_an_upload_in_parts_is_of_the_row_that_the_listing_made():
    """S3 dates such an upload by its beginning, and tells of it at its end."""
    told = s3_record("bucket", KEY, eTag="d41d8cd98f00b204e9800998ecf8427e-3", sequencer=None)
    (arrival,) = read_message(notification(told | {"eventTime": "2026-11-20T12:10:00Z"}))
    assert isinstance(arrival, Arrival)
    (gone,) = entries(arrival, KEY, None, [])
    began = replace(gone.upload, uploaded_at=gone.upload.uploaded_at.replace(minute=0))

    assert entries(arrival, KEY, None, [row_of(began)]) == []


def row_of(upload: Upload) -> Row:
    """Return the row that the ledger would have."""
    now = upload.uploaded_at
    return Row(**vars(upload), received_at=now, changed_at=now, state=State.COMPLETED)
