"""The run launcher of a single machine: Dagster's default one, and it notices a lost worker.

Dagster's own does not: a run whose worker and code server were both killed would count as running
for ever, and its video would never be tried again.
"""

import dagster as dg
import psutil
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher

CLOCK_SLACK_S = 1.0
WORKER_EVENTS = ("Started process for run", "Executing steps in process")
"""How a worker reports itself; a run of the command line, without a worker, only the second way."""


class LocalRunLauncher(DefaultRunLauncher):
    """Launches each run as a process of this machine and watches that process."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Whether run monitoring may ask about a worker."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Say whether the process that started the run is still there."""
        started = self._started(run.run_id)
        if started is None:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "no worker has reported itself")
        pid, at_s = started
        if _is_running(pid, at_s):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.FAILED, f"the worker (process {pid}) is gone: killed, or out of memory"
        )

    def _started(self, run_id: str) -> tuple[int, float] | None:
        """Process id of the newest worker of a run, and when it reported itself."""
        events = self._instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        for event in reversed(events):
            data = event.dagster_event.engine_event_data if event.dagster_event else None
            if data and event.message.startswith(WORKER_EVENTS):
                return int(str(data.metadata["pid"].value)), event.timestamp
        return None


def _is_running(pid: int, at_s: float) -> bool:
    try:
        process = psutil.Process(pid)
        is_same = process.create_time() <= at_s + CLOCK_SLACK_S
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
