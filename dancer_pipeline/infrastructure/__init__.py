"""What production has in AWS: one description, which is set up, and compared with what is there."""

from collections.abc import Iterator
from dataclasses import dataclass

from dancer_pipeline.aws import client
from dancer_pipeline.infrastructure.aspect import Aspect
from dancer_pipeline.infrastructure.buckets import bucket_aspects
from dancer_pipeline.infrastructure.description import (
    Infrastructure,
    InfrastructureError,
    Place,
    Route,
    Via,
)
from dancer_pipeline.infrastructure.queues import queue_aspects, queue_url
from dancer_pipeline.infrastructure.routes import returners, route_aspects, senders

__all__ = [
    "Infrastructure",
    "InfrastructureError",
    "Route",
    "SetUp",
    "Via",
    "differences",
    "set_up",
]


@dataclass(frozen=True)
class SetUp:
    """Where the queues of an infrastructure are."""

    queue_url: str
    dead_letter_queue_url: str


def set_up(wanted: Infrastructure) -> SetUp:
    """Create what is not there and mend what differs; what is right is not touched."""
    for aspect in _aspects(wanted):
        if aspect.difference:
            aspect.write()
    return SetUp(queue_url(wanted.queue), queue_url(wanted.dead_letters))


def differences(wanted: Infrastructure) -> list[str]:
    """Read everything back and say what is not as it should be."""
    return [found for aspect in _aspects(wanted) if (found := aspect.difference)]


def _aspects(wanted: Infrastructure) -> Iterator[Aspect]:
    place = _here()
    yield from bucket_aspects(wanted, place)
    yield from queue_aspects(wanted, place, senders(wanted, place), returners(wanted, place))
    yield from route_aspects(wanted, place)


def _here() -> Place:
    sts = client("sts")
    _, partition, _, _, account, _ = sts.get_caller_identity()["Arn"].split(":", 5)
    return Place(partition, account, sts.meta.region_name)
