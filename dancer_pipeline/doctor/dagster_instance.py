"""Dagster as the deployment has configured it, for as long as something is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dancer_pipeline.doctor.deployment import Deployment


@contextmanager
def opened(at: Deployment) -> Iterator[Any]:
    """Open Dagster's storage; its tables must be there, else it would make them."""
    from dagster import DagsterInstance

    with DagsterInstance.from_config(str(at.home)) as instance:
        yield instance
