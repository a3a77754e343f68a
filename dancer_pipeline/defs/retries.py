"""Passing trouble inside a run: the step is tried again, a few seconds later.

Not by a retry policy of Dagster's, which would also try again what a person terminates.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

MOST_RETRIES = 2
FIRST_WAIT_S = 3.0


@contextmanager
def retried(retries: int) -> Iterator[None]:
    """Ask Dagster to try the step again; `retries` were made before.

    Permanent failures forbid it themselves, and the last try raises what went wrong.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested, dg.DagsterError):
        raise
    except Exception as error:  # interrupts are none: what a person ends stays ended
        if retries >= MOST_RETRIES:
            raise
        wait_s = random.uniform(0, FIRST_WAIT_S * 2**retries)  # noqa: S311 - nothing secret
        raise dg.RetryRequested(max_retries=MOST_RETRIES, seconds_to_wait=wait_s) from error
