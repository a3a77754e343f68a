"""Two thousand uploads at once, told of in any order and many of them twice."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psutil

from dancer_pipeline.identity import Upload
from dancer_pipeline.infrastructure import Route
from dancer_pipeline.states import State
from dancer_pipeline_tests.cloud.conftest import MakeCloud
from dancer_pipeline_tests.cloud.deployment import Bucket, notification, s3_record
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.standin import version_id

UPLOADS = 2000
DUPLICATES = 500
MAX_GROWTH_BYTES = 200 * 2**20
"""Of the process that takes them in."""


def test_a_burst_is_recorded_once_each_in_bounded_memory(make_cloud: MakeCloud):
    cloud = make_cloud(routes=(Route("in/other/"),))
    with ThreadPoolExecutor(8) as pool:
        keys = [f"in/burst/{number}.mp4" for number in range(UPLOADS)]
        uploads = list(pool.map(lambda key: cloud.bucket.put(key, key.encode()), keys))
    cloud.bucket.drain()
    send(cloud.bucket, uploads)
    process = psutil.Process()
    before, largest, began_s, ticks = process.memory_info().rss, 0, time.monotonic(), 0

    while cloud.waiting_messages():
        cloud.tick("uploads")
        ticks += 1
        largest = max(largest, process.memory_info().rss - before)

    took_s = time.monotonic() - began_s
    rate_hz, more_mib = (UPLOADS + DUPLICATES) / took_s, largest / 2**20
    measured = f"{took_s:.1f} s, {rate_hz:.0f} messages/s, {ticks} ticks, {more_mib:.0f} MiB"
    print(measured)  # noqa: T201 - for who runs it with -s
    rows = cloud.ledger.rows()
    assert sorted(row.version for row in rows) == sorted(upload.version for upload in uploads)
    assert {row.state for row in rows} == {State.RECEIVED}
    assert largest < MAX_GROWTH_BYTES
    assert_invariants(cloud, is_at_rest=False)


def send(bucket: Bucket, uploads: Sequence[Upload]) -> None:
    """Tell of every upload, of some of them twice, in an order of its own."""
    order = random.Random(5)  # noqa: S311 - an order, not a secret
    told = [*uploads, *order.sample(list(uploads), DUPLICATES)]
    order.shuffle(told)
    bodies = [
        notification(s3_record(bucket.name, upload.key, versionId=version_id(upload)))
        for upload in told
    ]
    for start in range(0, len(bodies), 10):
        some = bodies[start : start + 10]
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(some)]
        bucket.sqs.send_message_batch(QueueUrl=bucket.queues.queue_url, Entries=entries)
