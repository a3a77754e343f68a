"""The power fails on the way from the queue to the delete (cases C31 to C40, on S3 and SQS)."""

from pathlib import Path

import psutil
import pytest

from dancer_pipeline.states import State
from dancer_pipeline_tests.fault_proxy import fault_proxy
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.whole.cloud_stack import CloudStack

KEY = "in/anna/jumping jack.mp4"
PADDING = b"\0" * 4_000_000
"""Makes the download long; what follows the last box of an MP4 is not looked at."""


def runs_of(stack: CloudStack, kind: str) -> int:
    with stack.instance() as instance:
        return sum(run.tags.get("dancer/kind") == kind for run in instance.get_runs())


@pytest.mark.parametrize(
    ("point", "is_anywhere"),
    [
        pytest.param("after_receive", (False, True), id="c31-received-and-not-recorded"),
        pytest.param("before_acknowledge", (True, True), id="c32-recorded-and-not-acknowledged"),
        pytest.param("after_acknowledge", (True, False), id="c33-acknowledged-in-the-sensor"),
    ],
)
def test_everything_is_killed_between_the_queue_and_the_ledger(
    cloud_stack: CloudStack, jumping: Path, point: str, is_anywhere: tuple[bool, bool]
):
    """`is_anywhere` says whether it is in the ledger, and whether in the queue."""
    upload = cloud_stack.bucket.put(KEY, jumping.read_bytes())
    cloud_stack.options["DANCER_MISSED_AFTER_S"] = "3600"
    cloud_stack.start(failpoint=point)
    cloud_stack.await_death()
    row = cloud_stack.ledger.row(upload.video_id, upload.version)
    assert (row is not None, cloud_stack.waiting_messages() > 0) == is_anywhere

    finish(cloud_stack)


def test_c40_everything_is_killed_between_the_delete_and_its_audit(
    cloud_stack: CloudStack, jumping: Path
):
    cloud_stack.bucket.put(KEY, jumping.read_bytes())
    cloud_stack.start(failpoint="before_audit")
    cloud_stack.await_death()
    assert cloud_stack.stored_videos() == set()

    finish(cloud_stack)

    assert runs_of(cloud_stack, "analyze") == 1


def test_c34_the_daemon_is_killed_at_its_own_named_point(cloud_stack: CloudStack, jumping: Path):
    cloud_stack.bucket.put(KEY, jumping.read_bytes())
    cloud_stack.start(die_at="RUN_CREATED")
    cloud_stack.await_death()
    assert runs_of(cloud_stack, "analyze") == 1

    finish(cloud_stack)

    assert runs_of(cloud_stack, "analyze") == 1


def test_c35_the_run_worker_is_killed_in_the_middle_of_the_download(
    cloud_stack: CloudStack, jumping: Path
):
    upload = cloud_stack.bucket.put(KEY, jumping.read_bytes() + PADDING)
    with fault_proxy(cloud_stack.endpoint) as proxy:
        proxy.bytes_per_s = 500_000
        cloud_stack.endpoint = proxy.endpoint
        cloud_stack.start()
        cloud_stack.await_that(lambda: downloading(cloud_stack))
        worker = downloading(cloud_stack)
        assert worker is not None
        worker.kill()
        proxy.bytes_per_s = None
        (row,) = cloud_stack.await_end([upload])
        cloud_stack.kill()

    assert (row.state, row.deleted_at is not None) == (State.COMPLETED, True)
    assert_invariants(cloud_stack)
    left = [path for path in (cloud_stack.folder / "scratch").rglob("*") if path.suffix == ".mp4"]
    assert left == [], "the copy of the killed worker was swept away by the next one"


def downloading(stack: CloudStack) -> psutil.Process | None:
    """Find the process that holds a copy which is more than a fifth there, and not whole."""
    for path in (stack.folder / "scratch").rglob("*"):
        if path.is_file() and len(PADDING) / 5 < path.stat().st_size < len(PADDING):
            return next(it for it in psutil.process_iter() if holds(it, path))
    return None


def holds(process: psutil.Process, path: Path) -> bool:
    try:
        return any(Path(file.path) == path for file in process.open_files())
    except psutil.Error:
        return False


def finish(stack: CloudStack) -> None:
    """Start again: one result set, nothing lost, nothing left in the queue."""
    stack.start()
    stack.await_that(stack.ledger.rows)
    (row,) = stack.await_end(stack.ledger.rows())
    stack.kill()
    assert (row.state, row.deleted_at is not None) == (State.COMPLETED, True)
    assert stack.stored_videos() == set()
    assert len(list(stack.results.manifests())) == 1
    assert_invariants(stack)
