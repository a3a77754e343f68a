"""The power fails at named points; after the restart each video has one set of results."""

from pathlib import Path

import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.states import State
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.whole.stack import Stack


def finish(stack: Stack, *uploads: Upload) -> None:
    """Start again and expect one whole set of results and a deleted source for each upload."""
    stack.start()
    rows = stack.await_end(uploads)
    assert [(row.state, row.deleted_at is not None) for row in rows] == [
        (State.COMPLETED, True)
    ] * len(uploads)
    stack.kill()
    assert_invariants(stack)
    assert len(list(stack.results.manifests())) == len(uploads)
    assert [path for path in stack.inbox.iterdir() if path.is_file()] == []


def runs_of(stack: Stack, kind: str) -> int:
    with stack.instance() as instance:
        runs = instance.get_runs()
    return len([run for run in runs if run.tags.get("dancer/kind") == kind])


def test_killed_after_the_ledger_commit(stack: Stack, jumping: Path):
    upload = stack.put(jumping)
    stack.start(failpoint="after_ledger_commit")
    stack.await_death()
    assert stack.ledger.row(upload.video_id, upload.version) is not None
    assert runs_of(stack, "analyze") == 0

    finish(stack, upload)

    assert runs_of(stack, "analyze") == 1


def test_killed_after_the_run_was_created(stack: Stack, jumping: Path):
    upload = stack.put(jumping)
    stack.start(die_at="RUN_CREATED")
    stack.await_death()
    assert runs_of(stack, "analyze") == 1

    finish(stack, upload)

    assert runs_of(stack, "analyze") == 1


def test_everything_killed_in_the_middle_of_the_pose_extraction(stack: Stack, jumping: Path):
    upload = stack.put(jumping)
    stack.start()
    stack.await_that(stack.pose_workers)
    stack.kill()

    finish(stack, upload)


def test_only_the_run_worker_killed_in_the_middle_of_the_pose_extraction(
    stack: Stack, jumping: Path
):
    upload = stack.put(jumping)
    stack.start()
    stack.await_that(stack.pose_workers)
    worker = stack.pose_workers()[0].parent()
    assert worker is not None
    worker.kill()

    rows = stack.await_end([upload])

    assert [row.state for row in rows] == [State.COMPLETED]
    stack.kill()
    assert_invariants(stack)


@pytest.mark.parametrize("point", ["after_gate", "before_unlink", "before_audit"])
def test_killed_around_the_delete(stack: Stack, jumping: Path, point: str):
    upload = stack.put(jumping)
    stack.start(failpoint=point)
    stack.await_death()

    finish(stack, upload)

    assert runs_of(stack, "analyze") == 1, "a video is never analysed again because of its delete"
    outcomes = [entry["outcome"] for entry in stack.ledger.audits(upload.video_id)]
    assert outcomes[0] == "about to be deleted"
    assert outcomes[-1] == ("already gone" if point == "before_audit" else "deleted")


def test_a_file_replaced_during_its_analysis_survives_the_older_versions_end(
    stack: Stack, jumping: Path
):
    older = stack.put(jumping)
    stack.start()
    stack.await_that(stack.pose_workers)
    newer = stack.put(jumping)

    rows = stack.await_end([older, newer])

    assert [row.state for row in rows] == [State.SUPERSEDED, State.COMPLETED]
    assert stack.ledger.audits(older.video_id)[-1]["version"] == newer.version
    stack.kill()
    assert_invariants(stack)
