"""The adapters as one Dagster resource: settings in, ledger, result store and source out.

Nothing is opened before it is used, so definitions load without touching a disk or a network.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.lifecycle import Policy
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.sources import FolderSource, Source


@dataclass(frozen=True)
class Stores:
    """Everything outside Dagster that the assets and sensors talk to."""

    settings: Settings
    required: tuple[str, ...] = ()
    """What a version must store before its source may go."""

    @cached_property
    def ledger(self) -> Ledger:
        """The upload ledger."""
        return Ledger(self.settings.ledger)

    @cached_property
    def results(self) -> ResultStore:
        """The result store."""
        return ResultStore(self.settings.results)

    @cached_property
    def source(self) -> Source:
        """Where videos arrive."""
        return FolderSource(Path(self.settings.source), settle_s=self.settings.settle_s)

    @property
    def policy(self) -> Policy:
        """What the operator chose about attempts and cleanup."""
        chosen = self.settings
        return Policy(
            max_attempts=chosen.max_attempts,
            max_worker_losses=chosen.max_worker_losses,
            backoff_s=chosen.backoff_s,
            backoff_max_s=chosen.backoff_max_s,
            cleanup=chosen.cleanup != "off",
            cleanup_is_dry_run=chosen.cleanup == "dry-run",
            cleanup_grace_s=chosen.cleanup_grace_s,
            keep_unmeasured=chosen.keep_unmeasured,
        )
