"""What becomes of an upload: its states, what to do next, when to give up. Pure, no clock.

The dispatcher asks `next_step` about every unfinished row at every tick. The answer depends only
on what is stored (the row, the runs, the manifest's outcome), so a lost event, a killed daemon, a
manual rerun or a failed delete all come right at a later tick.
"""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dancer_pipeline.sizing import is_largest
from dancer_pipeline.states import (
    OPEN_STATES,
    WAITING,
    WHOLE,
    Kind,
    Outcome,
    Problem,
    Row,
    Run,
    State,
)


@dataclass(frozen=True)
class Policy:
    """The operator's choices that decide what happens next."""

    max_attempts: int
    max_worker_losses: int
    backoff_s: float
    backoff_max_s: float
    cleanup: bool
    cleanup_is_dry_run: bool
    cleanup_grace_s: float
    keep_unmeasured: bool


@dataclass(frozen=True)
class Step:
    """What to write into the row, and which run to ask for."""

    changes: dict[str, Any]
    request: Kind | None = None

    def attempt(self, row: Row) -> int:
        """Return the requested run's number: its run key never repeats for a new attempt."""
        field = "cleanup_attempt" if self.request is Kind.CLEANUP else "attempt"
        return int(self.changes.get(field, getattr(row, field)))


WAIT = Step({})

LookUp = Callable[[], Outcome]

LOOK_AGAIN = timedelta(seconds=60)
"""How soon a change of settings is noticed for a video that waits for nothing else."""


def run_key(kind: Kind, row: Row, attempt: int) -> str:
    """Return what Dagster de-duplicates by: the work, its version and the attempt."""
    return f"{kind}:{row.video_id}:{row.version}:{attempt}"


def next_step(
    row: Row, runs: Sequence[Run], outcome: LookUp, *, now: datetime, policy: Policy
) -> Step:
    """Decide what to do about one row.

    Parameters
    ----------
    row
        The ledger row.
    runs
        Every run of this version that Dagster still knows, oldest first, whoever started it.
    outcome
        Tells what the version's manifest says; asked only where it matters, for it may be far away.
    """
    if any(run.is_alive or run.will_be_retried for run in runs):
        return _started(row, runs)
    if row.not_before and now < row.not_before:
        return WAIT
    if row.report_pending:
        return _last_report(row, runs)
    if row.state is State.ANALYSED:
        return _clean_up(row, runs, outcome, now, policy)
    if row.state not in OPEN_STATES:
        return WAIT
    return _analyse(row, runs, outcome, now, policy)


def _started(row: Row, runs: Sequence[Run]) -> Step:
    is_news = row.state in WAITING and any(run.has_started for run in runs)
    return Step({"state": State.PROCESSING}) if is_news else WAIT


def _analyse(row: Row, runs: Sequence[Run], outcome: LookUp, now: datetime, policy: Policy) -> Step:
    if row.problem in ENDS:
        return _end(ENDS[row.problem])
    if row.attempt == 0:
        return Step({"state": State.QUEUED, "attempt": 1}, Kind.ANALYZE)
    if row.problem is None and outcome() in WHOLE:
        changes = {"state": State.ANALYSED, "analysed_at": now, "reason": None, "not_before": None}
        return Step(changes)
    ended = [run for run in runs if run.kind is Kind.ANALYZE and run.attempt == row.attempt]
    if not ended:
        return Step({}, Kind.ANALYZE)
    if ended[-1].out_of_memory:
        return _with_more_memory(row, ended[-1], runs, now, policy)
    return _again(row, ended[-1], now, policy, _never_began(runs))


def _never_began(runs: Sequence[Run]) -> int:
    return sum(run.not_launched for run in runs if run.kind is Kind.ANALYZE)


def too_little_mib(kinds: Collection[Kind], runs: Sequence[Run]) -> int:
    """Return the most memory that a run of these kinds had and ran out of; 0 where none did."""
    ran_out = [run for run in runs if run.kind in kinds and run.out_of_memory]
    return max((run.memory_mib or 0 for run in ran_out), default=0)


def _with_more_memory(
    row: Row, last: Run, runs: Sequence[Run], now: datetime, policy: Policy
) -> Step:
    """Try once more in a larger task; a video that ran out of two would of the next one."""
    had_mib = last.memory_mib or 0
    earlier = [run for run in runs if run.attempt < last.attempt]
    earlier_mib = too_little_mib((Kind.ANALYZE,), earlier)
    had = f"{had_mib / 1024:g} GiB"
    if is_largest(had_mib):
        return _fail(f"it needs more memory than the largest task has, {had}")
    if earlier_mib:
        less = f"{earlier_mib / 1024:g} GiB"
        return _fail(
            f"it needs too much memory: {less} were too little, and so were {had} in one further"
            f" attempt; a still larger one: dancer retry {row.video_id}"
        )
    words = f"{had} of memory were too little; tried once more with more"
    step = _queue_next_attempt(row, row.worker_losses, now, policy)
    return Step(step.changes | {"reason": words})


ENDS = {
    Problem.BAD_VIDEO: State.FAILED,
    Problem.SOURCE_CHANGED: State.SUPERSEDED,
    Problem.SOURCE_GONE: State.GONE,
}
"""Problems that no further attempt can mend."""


def _end(state: State) -> Step:
    return Step({"state": state, "report_pending": state is State.FAILED, "not_before": None})


def _again(row: Row, last: Run, now: datetime, policy: Policy, never_began: int) -> Step:
    """Try once more unless that was tried often enough; what never began is no fault of a video."""
    losses = row.worker_losses + last.worker_lost
    died = losses - never_began
    own_attempts = row.attempt - losses
    if last.canceled:
        words = f"the run was canceled by hand; start it again with: dancer retry {row.video_id}"
    elif died >= policy.max_worker_losses:
        how = last.lost_because or "killed, or out of memory?"
        words = f"the worker was lost in {died} attempts ({how})"
    elif own_attempts >= policy.max_attempts:
        words = f"gave up after {own_attempts} attempts: {row.reason or 'no reason was recorded'}"
    else:
        step = _queue_next_attempt(row, losses, now, policy)
        lost = last.lost_because or "its worker was told to stop, or was lost"
        return Step(step.changes | ({"reason": lost} if last.worker_lost else {}))
    return _fail(words, worker_losses=losses)


def _fail(words: str, **changes: Any) -> Step:
    ended = {"state": State.FAILED, "reason": words, "report_pending": True, "not_before": None}
    return Step(ended | changes)


def _queue_next_attempt(row: Row, losses: int, now: datetime, policy: Policy) -> Step:
    not_before = now + timedelta(seconds=backoff(row, row.attempt, policy))
    return Step({**another_attempt(row), "worker_losses": losses, "not_before": not_before})


def another_attempt(row: Row) -> dict[str, Any]:
    """Return what to write into a row that is to be analysed once more."""
    # A refused gate stays on record: the old manifest must not pass for the new attempt's.
    problem = row.problem if row.problem is Problem.GATE_REFUSED else None
    return {
        "state": State.QUEUED,
        "attempt": row.attempt + 1,
        "problem": problem,
        "report_pending": False,
        "not_before": None,
    }


def come_back(row: Row) -> dict[str, Any]:
    """Return what to write into the row of a version that was away and is there again."""
    return {**another_attempt(row), "reason": None, "deleted_at": None}


def backoff(row: Row, attempt: int, policy: Policy) -> float:
    """Seconds before the attempt after this one: doubling, capped, with up to 25 % of jitter.

    The jitter is drawn from the row, so that the same row always gets the same answer.
    """
    wait = min(policy.backoff_s * 2.0 ** min(attempt - 1, 30), policy.backoff_max_s)
    draw = random.Random(f"{row.video_id}:{row.version}:{attempt}")  # noqa: S311 - no secret
    return wait * draw.uniform(0.75, 1.0)


def _last_report(row: Row, runs: Sequence[Run]) -> Step:
    asked = [run for run in runs if run.kind is Kind.REPORT and run.attempt == row.attempt]
    return Step({"report_pending": False}) if asked else Step({}, Kind.REPORT)


def _clean_up(
    row: Row, runs: Sequence[Run], outcome: LookUp, now: datetime, policy: Policy
) -> Step:
    due = (row.analysed_at or row.received_at) + timedelta(seconds=policy.cleanup_grace_s)
    only_waits = not policy.cleanup or now < due
    if only_waits and row.not_before:  # the outcome was looked at when it began to wait
        return _look_again(due, now)
    if policy.keep_unmeasured and outcome() is Outcome.NOTHING_MEASURED:
        words = f"{row.reason or 'nothing measured'}; the source is kept"
        return Step({"state": State.COMPLETED, "reason": words, "cleanup_pending": False})
    if only_waits:
        return _look_again(due, now)
    if row.cleanup_attempt == 0:
        return Step({"cleanup_attempt": 1, "cleanup_pending": True}, Kind.CLEANUP)
    asked = [run for run in runs if run.kind is Kind.CLEANUP and run.attempt == row.cleanup_attempt]
    if not asked:
        return Step({}, Kind.CLEANUP)
    if asked[-1].succeeded and policy.cleanup_is_dry_run:
        return _look_again(now, now)
    if row.problem is Problem.GATE_REFUSED:
        refused = Run(Kind.ANALYZE, row.attempt, is_alive=False)
        return _again(row, refused, now, policy, _never_began(runs))
    wait = timedelta(seconds=backoff(row, row.cleanup_attempt, policy))
    return Step({"cleanup_attempt": row.cleanup_attempt + 1, "not_before": now + wait})


def _look_again(due: datetime, now: datetime) -> Step:
    """Put a row that only waits out of the dispatcher's way, but not for so long as to be late."""
    soon = now + LOOK_AGAIN
    return Step({"not_before": min(due, soon) if due > now else soon})
