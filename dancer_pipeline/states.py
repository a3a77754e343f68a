"""The words for where an upload stands: states, problems, outcomes, ledger rows and runs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from dancer_pipeline.identity import Upload


class State(StrEnum):
    """Where an upload stands; the last six are ends."""

    RECEIVED = "received"
    QUEUED = "queued"
    PROCESSING = "processing"
    ANALYSED = "analysed"
    COMPLETED = "completed"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    GONE = "gone"
    IGNORED = "ignored"
    EXPIRED = "expired"


WAITING = (State.RECEIVED, State.QUEUED)
"""No run works on it yet."""

OPEN_STATES = (*WAITING, State.PROCESSING, State.ANALYSED)

AWAY = (State.GONE, State.SUPERSEDED)
"""Ends of a version whose source was not there any more; it may come back."""

PUBLIC_STATES = {
    State.RECEIVED: "queued",
    State.QUEUED: "queued",
    State.PROCESSING: "processing",
    State.ANALYSED: "completed",
    State.COMPLETED: "completed",
}
"""What the outside sees; every end that is not listed reads `failed`."""


class Problem(StrEnum):
    """What a run said about its failure, before it failed."""

    BAD_VIDEO = "bad_video"
    SOURCE_CHANGED = "source_changed"
    SOURCE_GONE = "source_gone"
    GATE_REFUSED = "gate_refused"
    TROUBLE = "trouble"


class Outcome(StrEnum):
    """How the analysis of a version ended, as its manifest says."""

    UNFINISHED = "unfinished"
    COMPLETE = "complete"
    NOTHING_MEASURED = "nothing_measured"
    PARTIAL = "partial"
    FAILED = "failed"


WHOLE = (Outcome.COMPLETE, Outcome.NOTHING_MEASURED)
"""Outcomes with nothing left to do but to clean up."""


FoundBy = Literal["notification", "listing"]
"""Which sensor was the first to hear of an upload."""


class Kind(StrEnum):
    """What a run is for."""

    ANALYZE = "analyze"
    REPORT = "report"
    CLEANUP = "cleanup"


@dataclass(frozen=True)
class Run:
    """A run of this video, as the dispatcher sees it. A run started by hand has no kind."""

    kind: Kind | None
    attempt: int
    is_alive: bool
    has_started: bool = False
    succeeded: bool = False
    worker_lost: bool = False
    canceled: bool = False
    will_be_retried: bool = False
    not_launched: bool = False
    """Lost before it had a worker: no capacity, a quota, no permission."""
    out_of_memory: bool = False
    memory_mib: int | None = None
    """What its task had; None for a process of this machine."""
    lost_because: str | None = None


@dataclass(frozen=True)
class Row(Upload):
    """One ledger row: an upload, and how far it has come."""

    received_at: datetime
    changed_at: datetime
    state: State
    attempt: int = 0
    cleanup_attempt: int = 0
    worker_losses: int = 0
    not_before: datetime | None = None
    cleanup_pending: bool = False
    report_pending: bool = False
    problem: Problem | None = None
    reason: str | None = None
    run_id: str | None = None
    analysed_at: datetime | None = None
    deleted_at: datetime | None = None
    found_by: FoundBy | None = None
