"""The local launcher tells a live worker from a lost one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.events import EngineEventData
from dagster._core.launcher.base import WorkerStatus

from dancer_pipeline.defs.launcher import LocalRunLauncher

ROOT = Path(__file__).parents[2]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Give an instance with the launcher that the project's own dagster.yaml names."""
    options = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    with dg.instance_for_test(overrides={"run_launcher": options["run_launcher"]}) as instance:
        yield instance


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def health(instance: dg.DagsterInstance, run: dg.DagsterRun) -> WorkerStatus:
    launcher = instance.run_launcher
    assert isinstance(launcher, LocalRunLauncher)
    assert launcher.supports_check_run_worker_health
    return launcher.check_run_worker_health(run).status


def started(instance: dg.DagsterInstance, pid: int) -> dg.DagsterRun:
    """Record a run whose worker reported itself just as Dagster's workers do."""
    run = instance.create_run_for_job(dg.JobDefinition(graph_def=dg.GraphDefinition("job")))
    message = f"Started process for run (pid: {pid})."
    instance.report_engine_event(message, run, EngineEventData.in_process(pid))
    return run


def test_a_live_worker_is_running(instance: dg.DagsterInstance, worker: subprocess.Popen[bytes]):
    assert health(instance, started(instance, worker.pid)) is WorkerStatus.RUNNING


def test_a_killed_worker_is_lost_even_while_its_parent_has_not_noticed(
    instance: dg.DagsterInstance, worker: subprocess.Popen[bytes]
):
    run = started(instance, worker.pid)
    worker.kill()
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)  # it is dead, and a zombie

    assert health(instance, run) is WorkerStatus.FAILED


def test_a_process_that_was_given_the_same_number_later_is_not_the_worker(
    instance: dg.DagsterInstance, worker: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
):
    run = started(instance, worker.pid)
    monkeypatch.setattr("psutil.Process.create_time", lambda _: time.time() + 60)

    assert health(instance, run) is WorkerStatus.FAILED


def test_a_run_that_no_worker_has_reported_is_not_found(instance: dg.DagsterInstance):
    run = instance.create_run_for_job(dg.JobDefinition(graph_def=dg.GraphDefinition("job")))

    assert health(instance, run) is WorkerStatus.NOT_FOUND
