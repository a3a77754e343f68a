"""Which version of a video a run is about, and how its failures are put on record."""

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from dancer_pipeline.confined.errors import MemoryLimit, WorkerDied
from dancer_pipeline.defs.partitions import MEMORY_TAG, OUT_OF_MEMORY_TAG, VERSION_TAG
from dancer_pipeline.defs.retries import retried
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.look_up import known
from dancer_pipeline.sources import SourceChangedError, SourceGoneError
from dancer_pipeline.states import OPEN_STATES, Problem, Row
from dancer_pipeline.video.errors import BadVideo

PROBLEMS: dict[type[Exception], Problem] = {
    BadVideo: Problem.BAD_VIDEO,
    SourceChangedError: Problem.SOURCE_CHANGED,
    SourceGoneError: Problem.SOURCE_GONE,
}
"""Errors that no further attempt can mend; every other error is taken for passing trouble."""

_PINNED: dict[tuple[str, str], str] = {}
"""Versions of runs that a person started: a newer upload must not mix into them half way."""


def row_of(stores: Stores, video_id: str, run: dg.DagsterRun) -> Row:
    """Return the version in the run's tags, or the one that was newest when a person's run began.

    All steps of a run are steps of one process, so the choice is kept in this one.
    """
    version = run.tags.get(VERSION_TAG) or _PINNED.get((run.run_id, video_id))
    try:
        row = known(stores.ledger, video_id, version)
    except ValueError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    _PINNED[run.run_id, video_id] = row.version
    return row


@dataclass(frozen=True)
class Work:
    """One asset's work on one version."""

    row: Row
    run_id: str
    began_s: float = field(default_factory=time.monotonic)

    @property
    def seconds_taken(self) -> float:
        """How long the work has taken so far."""
        return time.monotonic() - self.began_s

    def shown(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an operator sees: which video, what came of it, how long it took."""
        seconds = round(self.seconds_taken, 3)
        return {"video": self.row.file_name, **result, "seconds_taken": seconds}


@contextmanager
def work(context: dg.AssetExecutionContext, stores: Stores) -> Iterator[Work]:
    """Give an asset its version; on failure, note the reason in the ledger for the dispatcher."""
    with retried(context.retry_number):
        yield from _noted(context, stores)


def _noted(context: dg.AssetExecutionContext, stores: Stores) -> Iterator[Work]:
    row = row_of(stores, context.partition_key, context.run)
    try:
        yield Work(row, context.run.run_id)
    except tuple(PROBLEMS) as error:
        problem = next(problem for kind, problem in PROBLEMS.items() if isinstance(error, kind))
        _note(stores, row, problem, str(error), context.run.run_id)
        raise dg.Failure(_explain(row, error), allow_retries=False) from error
    except Exception as error:  # whatever it is, the ledger hears of it before Dagster does
        words = f"{context.op_execution_context.op_def.name}: {type(error).__name__}: {error}"
        _note(stores, row, Problem.TROUBLE, words[:2000], context.run.run_id)
        if not _is_out_of_memory(error, context.run):
            raise
        context.instance.add_run_tags(context.run.run_id, {OUT_OF_MEMORY_TAG: "true"})
        raise dg.Failure(words, allow_retries=False) from error


def task_memory_mib(run: dg.DagsterRun) -> int | None:
    """Return what the run's task has; None where the run is a process of this machine."""
    return int(run.tags[MEMORY_TAG]) if MEMORY_TAG in run.tags else None


def _is_out_of_memory(error: Exception, run: dg.DagsterRun) -> bool:
    """Whether the run's task is too small for it, so that trying again in it is of no use."""
    if task_memory_mib(run) is None:
        return False
    # In a container the kernel ends its largest process, and nobody else sends that signal.
    was_killed = isinstance(error, WorkerDied) and error.signal == signal.SIGKILL
    return was_killed or isinstance(error, MemoryLimit | MemoryError)


def _note(stores: Stores, row: Row, problem: Problem, reason: str, run_id: str) -> None:
    if row.state in OPEN_STATES:
        stores.ledger.note_problem(row.video_id, row.version, problem, reason, run_id)


def _explain(row: Row, error: Exception) -> str:
    if row.deleted_at:
        return f"source deleted on {row.deleted_at:%Y-%m-%d %H:%M} UTC, upload it again"
    return str(error)
