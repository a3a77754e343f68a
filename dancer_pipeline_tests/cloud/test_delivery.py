"""Messages that come twice, late, shuffled, never or as poison (cases B18 to B24)."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dancer_pipeline.aws import QUEUE_RETRIES, RETRIES
from dancer_pipeline.message_queue import Message, MessageQueue
from dancer_pipeline.states import State
from dancer_pipeline_tests.cloud.conftest import MakeCloud
from dancer_pipeline_tests.cloud.deployment import Cloud, notification, s3_record
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy, Request
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.standin import version_id

KEY = "in/walk.mp4"


def runs(cloud: Cloud) -> list[str]:
    return sorted(run.tags["dancer/kind"] for run in cloud.dagster.get_runs())


@pytest.mark.parametrize("versioning", ["Enabled", None])
def test_b18_every_message_comes_three_times_also_when_all_is_over(
    make_cloud: MakeCloud, jumping: Path, versioning: str | None
):
    cloud = make_cloud(versioning)
    upload = cloud.bucket.put(KEY, jumping.read_bytes())
    bodies = cloud.bucket.drain()

    for _ in range(3):
        for body in bodies:
            cloud.bucket.send(body)
        cloud.work()

    assert cloud.row(upload).state is State.COMPLETED
    assert len(cloud.ledger.rows()) == 1
    assert runs(cloud) == ["analyze", "cleanup"]
    assert_invariants(cloud)


def test_b19_versions_are_told_of_in_the_wrong_order(cloud: Cloud, jumping: Path):
    uploads = [cloud.bucket.put(KEY, jumping.read_bytes() + end) for end in (b"1", b"2")]
    bodies = cloud.bucket.drain()

    for body in reversed(bodies):
        cloud.bucket.send(body)
    cloud.work()

    assert [cloud.row(it).state for it in uploads] == [State.COMPLETED] * 2
    assert cloud.stored_videos() == set()
    assert_invariants(cloud)


def test_b19_without_versions_the_newest_is_analysed_and_the_older_superseded(
    make_cloud: MakeCloud, jumping: Path
):
    cloud = make_cloud(None)
    older = cloud.bucket.put(KEY, jumping.read_bytes() + b"1")
    newer = cloud.bucket.put(KEY, jumping.read_bytes() + b"2")
    bodies = cloud.bucket.drain()

    for body in reversed(bodies):
        cloud.bucket.send(body)
    cloud.work()

    assert cloud.row(newer).state is State.COMPLETED
    (other,) = [row for row in cloud.ledger.rows() if row.version != newer.version]
    assert (other.state, other.size_bytes) == (State.SUPERSEDED, older.size_bytes)
    assert_invariants(cloud)


@pytest.mark.parametrize("versioning", ["Enabled", None])
def test_b19_a_deletion_is_told_of_before_the_upload(make_cloud: MakeCloud, versioning: str | None):
    cloud = make_cloud(versioning)
    upload = cloud.bucket.put(KEY, b"x")
    cloud.bucket.delete(KEY)
    bodies = cloud.bucket.drain()

    for body in reversed(bodies):
        cloud.bucket.send(body)
    cloud.work()

    (row,) = cloud.ledger.rows()
    assert (row.state, row.size_bytes) == (State.GONE, upload.size_bytes)
    assert runs(cloud) == []
    assert_invariants(cloud)


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended", None])
def test_b20_a_notification_that_never_came_is_made_up_for_by_the_listing(
    make_cloud: MakeCloud, versioning: str | None
):
    cloud = make_cloud(versioning)
    upload = cloud.bucket.put(KEY, b"x")
    cloud.bucket.drain()

    cloud.tick("uploads")
    assert cloud.ledger.rows() == []
    cloud.tick("listing")

    row = cloud.row(upload)
    assert (row.state, row.found_by) == (State.RECEIVED, "listing")
    assert_invariants(cloud, is_at_rest=False)


def test_b20_the_listing_leaves_an_object_to_its_notification_for_a_while(make_cloud: MakeCloud):
    cloud = make_cloud(missed_after_s=3600)
    cloud.bucket.put(KEY, b"x")
    cloud.bucket.drain()

    cloud.tick("listing")

    assert cloud.ledger.rows() == []


def test_b21_notification_and_listing_at_the_same_moment_make_one_row_and_one_run(cloud: Cloud):
    uploads = [cloud.bucket.put(f"in/{n}.mp4", b"x") for n in range(10)]
    cloud.definitions, cloud.stores.intake  # noqa: B018 - both threads shall begin with the work

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(cloud.tick, ["uploads", "listing"] * 2))

    assert {row.version for row in cloud.ledger.rows()} == {it.version for it in uploads}
    requests = cloud.tick("dispatcher")
    assert len({request.run_key for request in requests}) == len(requests) == 10
    assert_invariants(cloud, is_at_rest=False)


def test_b22_an_acknowledgement_that_fails_only_brings_the_message_again(
    make_cloud: MakeCloud, proxy: FaultProxy
):
    cloud = make_cloud()
    upload = cloud.bucket.put(KEY, b"x")

    def deletes(request: Request) -> bool:
        return "Delete" in request.headers.get("x-amz-target", "")

    proxy.harm(Fault(method="POST", at=deletes, times=1 + QUEUE_RETRIES, status=500))

    cloud.tick("uploads")
    assert cloud.row(upload).state is State.RECEIVED, "it was recorded before"
    assert cloud.waiting_messages() > 0
    while cloud.waiting_messages():
        cloud.tick("uploads")

    assert len(cloud.ledger.rows()) == 1
    assert_invariants(cloud, is_at_rest=False)


def test_b22_of_a_batch_only_what_was_refused_comes_again(cloud: Cloud):
    cloud.bucket.drain()
    queue = MessageQueue(cloud.bucket.queues.queue_url, visibility_s=60)
    for number in range(3):
        cloud.bucket.send(f"message {number}")
    received = [message for _ in range(3) for message in queue.receive(wait_s=0)]

    refused = queue.acknowledge([*received, Message("forged", "", "no such receipt")])

    assert len(received) == 3
    assert list(refused) == ["forged"]
    assert cloud.waiting_messages() == 0


def test_b22_a_receipt_that_has_expired_does_no_harm(cloud: Cloud):
    cloud.bucket.drain()
    cloud.bucket.send("message")
    queue = MessageQueue(cloud.bucket.queues.queue_url, visibility_s=0)
    (early,) = queue.receive(wait_s=1)
    (late,) = queue.receive(wait_s=1)

    queue.acknowledge([early])
    assert cloud.waiting_messages() == 1
    queue.acknowledge([late])

    assert cloud.waiting_messages() == 0


def test_a_message_that_s3_gives_no_answer_for_stays_in_the_queue_and_delays_no_other(
    make_cloud: MakeCloud, proxy: FaultProxy
):
    cloud = make_cloud()
    uploads = [cloud.bucket.put(f"in/{name}.mp4", b"x") for name in ("bad", "good")]
    proxy.harm(
        Fault(
            method="HEAD", at=lambda it: it.path.endswith("bad.mp4"), times=1 + RETRIES, status=503
        )
    )

    cloud.tick("uploads")

    assert [row.key for row in cloud.ledger.rows()] == ["in/good.mp4"]
    assert cloud.waiting_messages() == 1
    while cloud.waiting_messages():
        cloud.tick("uploads")
    assert {row.version for row in cloud.ledger.rows()} == {it.version for it in uploads}
    assert_invariants(cloud, is_at_rest=False)


def test_what_can_never_be_looked_at_ends_in_the_dead_letter_queue_and_the_listing_finds_it(
    make_cloud: MakeCloud, proxy: FaultProxy
):
    cloud = make_cloud()
    upload = cloud.bucket.put(KEY, b"x")
    proxy.harm(Fault(method="HEAD", at=lambda it: it.path.endswith(KEY), times=1000, status=403))

    while cloud.waiting_messages():
        cloud.tick("uploads")

    assert cloud.dead_messages() == 1
    cloud.tick("listing")
    assert cloud.row(upload).found_by == "listing"


def test_b24_a_hundred_times_the_same_poison_among_a_hundred_good_messages(cloud: Cloud):
    records = []
    for number in range(100):
        upload = cloud.bucket.put(f"in/{number}.mp4", b"x")
        told = {"versionId": version_id(upload), "size": 1}
        records.append(notification(s3_record(cloud.bucket.name, upload.key, **told)))
    cloud.bucket.drain()
    messages = [*records, *["poison"] * 100]
    random.Random(24).shuffle(messages)  # noqa: S311 - an order, not a secret
    for message in messages:
        cloud.bucket.send(message)

    ticks = 0
    while cloud.waiting_messages():
        cloud.tick("uploads")
        ticks += 1

    assert len(cloud.ledger.rows()) == 100
    (kept,) = cloud.ledger.quarantine.rows(10)
    assert (kept.body, kept.times) == ("poison", 100)
    assert ticks <= 4, "poison must not starve the others"
    assert_invariants(cloud, is_at_rest=False)
