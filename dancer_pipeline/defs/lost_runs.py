"""Runs that were about to start when everything was stopped: nobody will ever start them.

Dagster's own monitoring watches workers only from the moment they report themselves; before that it
waits for minutes, since on other launchers a machine may have to be booted.
"""

from pathlib import Path

import dagster as dg

from dancer_pipeline.defs.in_process import opened


def report_lost_runs(home: Path) -> int:
    """Report the starting runs of a Dagster home as failed; only while nothing runs there.

    Returns
    -------
    int
        How many there were. The dispatcher or Dagster's own retry starts them again.
    """
    if not (home / "history").exists():
        return 0
    starting = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING])
    with opened(home) as instance:
        runs = instance.get_runs(starting)
        for run in runs:
            instance.report_run_failed(run, "everything was stopped before the worker had started")
    return len(runs)
