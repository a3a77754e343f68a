"""What must hold of every deployment, whatever happened to it: nothing lost, nothing twice.

The oracle looks at everything there is: the store of videos, the queue and its dead-letter queue,
the ledger, Dagster and the results.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

import dagster as dg
import pyarrow.fs

from dancer_pipeline.defs.partitions import ATTEMPT_TAG, KIND_TAG, VERSION_TAG, VIDEOS
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.results import ResultStore
from dancer_pipeline.states import OPEN_STATES, Row, State

Version = tuple[str, str]
"""Video id and version."""


class World(Protocol):
    """Everything that a deployment consists of."""

    @property
    def ledger(self) -> Ledger: ...

    @property
    def results(self) -> ResultStore: ...

    def instance(self) -> AbstractContextManager[dg.DagsterInstance]: ...

    def stored_videos(self) -> set[Version]:
        """Every version of a video that is in the store now."""

    def waiting_messages(self) -> int:
        """Messages in the queue, in flight or not."""

    def dead_messages(self) -> int:
        """Messages in the dead-letter queue."""


def assert_invariants(world: World, *, is_at_rest: bool = True) -> None:
    """Check everything.

    Parameters
    ----------
    is_at_rest
        Nothing more is going to happen; else rows may still be waiting for their turn.
    """
    rows = world.ledger.rows()
    assert_rows(rows, is_at_rest=is_at_rest)
    assert_store(world, rows)
    assert_results(world, rows)
    assert_dagster(world, rows, is_at_rest=is_at_rest)
    assert world.waiting_messages() == 0, "something was left in the queue"
    assert world.dead_messages() == 0, "something ended in the dead-letter queue"


def assert_rows(rows: list[Row], *, is_at_rest: bool) -> None:
    assert len({(row.video_id, row.version) for row in rows}) == len(rows)
    for row in rows:
        assert not is_at_rest or row.state not in OPEN_STATES, row
        is_explained = row.reason or row.state in (*OPEN_STATES, State.COMPLETED)
        assert is_explained, f"an end without a reason: {row}"


def assert_store(world: World, rows: list[Row]) -> None:
    """Each version in the store is known; one is deleted only if completed, and only by us once."""
    stored = world.stored_videos()
    known = {(row.video_id, row.version) for row in rows}
    assert stored <= known, f"in the store and unknown: {stored - known}"
    for row in rows:
        deletions = [
            entry["action"] for entry in world.ledger.audits(row.video_id)
            if entry["version"] == row.version and entry["outcome"] == "deleted"
        ]  # fmt: skip
        assert len(deletions) <= 1, f"deleted twice: {row}"
        if deletions:
            assert row.state in (State.COMPLETED, State.EXPIRED), f"deleted although {row}"
        if row.deleted_at is not None:
            assert (row.video_id, row.version) not in stored, f"not deleted: {row}"
        elif row.state in (*OPEN_STATES, State.FAILED) and not is_away(row):
            assert (row.video_id, row.version) in stored, f"lost: {row}"


def is_away(row: Row) -> bool:
    """Whether somebody else has removed the source while it was being worked on."""
    return "removed by the test" in (row.reason or "")


def assert_results(world: World, rows: list[Row]) -> None:
    """Results of each completed version are whole and there once; no file that nobody knows."""
    manifests = {(it.video_id, it.version): it for it in world.results.manifests()}
    assert set(manifests) <= {(row.video_id, row.version) for row in rows}
    for row in rows:
        if row.state is not State.COMPLETED:
            continue
        manifest = manifests.get((row.video_id, row.version))
        assert manifest is not None, row
        assert manifest.missing == ()
        assert world.results.fingerprints(manifest) == {
            name: result.fingerprint for name, result in manifest.results.items()
        }
    listed = [result.file for it in manifests.values() for result in it.results.values()]
    assert sorted(listed) == sorted(result_files(world.results))


def result_files(results: ResultStore) -> Iterator[str]:
    """Every file of a result store but the manifests, relative to its root."""
    root = results._root
    selector = pyarrow.fs.FileSelector(root, recursive=True, allow_not_found=True)
    for info in results._files.get_file_info(selector):
        name = info.path[len(root) + 1 :]
        if info.type == pyarrow.fs.FileType.File and not name.startswith("manifests/"):
            yield name


def assert_dagster(world: World, rows: list[Row], *, is_at_rest: bool) -> None:
    """No attempt twice, no run of what the ledger does not know, a partition for what was run."""
    with world.instance() as instance:
        runs = instance.get_runs()
        partitions = set(instance.get_dynamic_partitions(VIDEOS))
    assert not is_at_rest or all(run.is_finished for run in runs)
    known = {(row.video_id, row.version) for row in rows}
    attempts: Counter[tuple[str, ...]] = Counter()
    for run in runs:
        if run.tags.get(KIND_TAG) and not run.tags.get("dagster/parent_run_id"):
            video = (run.tags["dagster/partition"], run.tags[VERSION_TAG])
            assert video in known, run
            attempts[(*video, run.tags[KIND_TAG], run.tags[ATTEMPT_TAG])] += 1
    assert all(times == 1 for times in attempts.values()), attempts
    assert {video_id for video_id, *_ in attempts} <= partitions
