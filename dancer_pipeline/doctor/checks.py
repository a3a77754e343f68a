"""Every check by its name: what makes it, where it applies, and what it is of no use without."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dancer_pipeline.doctor import (
    buckets,
    databases,
    launchers,
    machine,
    notifications,
    processes,
    queues,
)
from dancer_pipeline.doctor.active import active
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding


def _everywhere(_: Deployment) -> bool:
    return True


def _has_source_bucket(at: Deployment) -> bool:
    return at.source is not None


def _has_results_bucket(at: Deployment) -> bool:
    return at.results is not None


def _has_bucket(at: Deployment) -> bool:
    return bool(at.source or at.results)


def _has_folder(at: Deployment) -> bool:
    return not at.has_tasks and not (at.source and at.results)


def _has_queue(at: Deployment) -> bool:
    return at.settings.queue is not None


def _has_ledger(at: Deployment) -> bool:
    return not at.is_elsewhere("ledger")


def _has_both(at: Deployment) -> bool:
    return _has_queue(at) and _has_results_bucket(at)


def _has_code_server(at: Deployment) -> bool:
    return bool(processes.code_servers(at))


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Parameters
    ----------
    needs
        Checks without which it could only say the same once more.
    """

    name: str
    make: Callable[[Deployment], Iterator[Finding]]
    applies: Callable[[Deployment], bool] = _everywhere
    needs: tuple[str, ...] = ()


CHECKS = (
    Check("active", active),
    Check("folders", machine.folders, _has_folder),
    Check("source-bucket", buckets.source_bucket, _has_source_bucket),
    Check("results-bucket", buckets.results_bucket, _has_results_bucket),
    Check("clock", buckets.clock, _has_bucket, ("source-bucket",)),
    Check("versioning", buckets.versioning, _has_source_bucket, ("source-bucket",)),
    Check("listing", buckets.listing, _has_source_bucket, ("source-bucket",)),
    Check("queue", queues.queue, _has_queue),
    Check("visibility", queues.visibility, _has_queue, ("queue",)),
    Check("message-size", queues.message_size, _has_queue, ("queue",)),
    Check("dead-letters", queues.dead_letters, _has_queue, ("queue",)),
    Check("notification", notifications.notification, _has_queue, ("source-bucket", "queue")),
    Check("filter-overlap", notifications.filter_overlap, _has_queue, ("source-bucket", "queue")),
    Check("senders", notifications.senders, _has_queue, ("source-bucket", "queue", "notification")),
    Check(
        "results-unwatched", notifications.results_unwatched, _has_both, ("results-bucket", "queue")
    ),
    Check("ledger", databases.ledger, _has_ledger),
    Check("dagster-storage", databases.dagster_storage),
    Check("daemon", processes.daemon, needs=("dagster-storage",)),
    Check("code-server", processes.code_server, _has_code_server),
    Check("run-launcher", launchers.run_launcher),
    Check("model", machine.model),
    Check("decoders", machine.decoders),
    Check("scratch", machine.scratch),
)
