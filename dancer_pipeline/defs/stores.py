"""The adapters as one Dagster resource: settings in, ledger, result store and source out.

Nothing is opened before it is used, so definitions load without touching a disk or a network.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.lifecycle import Policy
from dancer_pipeline.places import bucket_place
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.sources import FolderSource, Source

if TYPE_CHECKING:
    from dancer_pipeline.intake import Intake
    from dancer_pipeline.message_queue import MessageQueue
    from dancer_pipeline.sources.bucket import BucketSource


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
        if self.bucket:
            return self.bucket
        return FolderSource(Path(self.settings.source), settle_s=self.settings.settle_s)

    @cached_property
    def bucket(self) -> "BucketSource | None":
        """Where videos arrive, if that is a bucket."""
        chosen, place = self.settings, bucket_place(self.settings.source)
        if place is None:
            return None
        from dancer_pipeline.sources.bucket import BucketSource
        from dancer_pipeline.sources.scratch import Scratch

        return BucketSource(
            place.bucket,
            place.prefix,
            scratch=Scratch(chosen.scratch),
            # Without a queue there is nobody to wait for: objects appear whole.
            min_age_s=chosen.missed_after_s if chosen.queue else 0,
            owner=chosen.bucket_owner,
        )

    @cached_property
    def queue(self) -> "MessageQueue | None":
        """The queue that tells of uploads, if there is one."""
        from dancer_pipeline.message_queue import MessageQueue

        chosen = self.settings
        return (
            MessageQueue(chosen.queue, visibility_s=chosen.visibility_s) if chosen.queue else None
        )

    @cached_property
    def intake(self) -> "Intake":
        """What takes the queue's messages into the ledger; only for a deployment with a queue."""
        from dancer_pipeline.arrivals import Watched
        from dancer_pipeline.intake import Intake

        chosen, place = self.settings, bucket_place(self.settings.source)
        if not (self.queue and place and self.bucket):  # settings refuse the one without another
            raise ValueError("only a deployment with a queue and a bucket has an intake")
        return Intake(
            queue=self.queue,
            source=self.bucket,
            ledger=self.ledger,
            watched=Watched(*place, self.bucket.region, chosen.bucket_owner),
            wait_s=chosen.queue_wait_s,
        )

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
