"""Dagster for the command line: its storage, and jobs that run in this very process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def opened(home: Path) -> dg.DagsterInstance:
    """Open the storage of a Dagster home, to be closed by `with`; missing tables are made."""
    return dg.DagsterInstance.from_config(str(home))


def run_here(
    definitions: dg.Definitions,
    job: str,
    instance: dg.DagsterInstance,
    *,
    config: Mapping[str, Any] | None = None,
    **asked: Any,
) -> str | None:
    """Run a job, recorded like any other; return why it failed, None where it did not."""
    done = definitions.resolve_job_def(job).execute_in_process(
        instance=instance, run_config={**(config or {}), **QUIET}, raise_on_error=False, **asked
    )
    return None if done.success else _why_failed(done)


def _why_failed(done: dg.ExecuteInProcessResult) -> str:
    """Name the step of a run that failed, and its reason."""
    for event in done.get_step_failure_events():
        error = event.step_failure_data.error
        message = (error.cause or error).message if error else "it failed"
        return f"{event.step_key}: {message.strip()}"
    return "the run failed"
