"""Groups of real processes."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dancer_pipeline.commands.process_group import ProcessGroup, remembered, start

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def group(tmp_path: Path) -> Iterator[ProcessGroup]:
    """Start a program that has a child, and ends neither by itself nor when asked."""
    log = tmp_path / "log"
    found = start([sys.executable, "-c", STUBBORN], {"MARK": str(tmp_path)}, log)
    while "ready" not in log.read_text():
        time.sleep(0.05)
    yield found
    found.stop(grace_s=0)


def test_stopping_ends_a_program_that_does_not_want_to_and_what_it_started(
    group: ProcessGroup,
) -> None:
    pids = [it.pid for it in group.members()]
    assert len(pids) == 2

    group.stop(grace_s=0.2)

    assert group.members() == []
    assert not any(psutil.pid_exists(pid) for pid in pids[:1])


def test_what_a_killed_demo_left_running_is_found_again(
    group: ProcessGroup, tmp_path: Path
) -> None:
    group.write(tmp_path / "record")
    assert group.process
    group.process.kill()  # the program alone: its child stays
    group.process.wait()

    found = remembered(tmp_path / "record")

    assert found is not None
    assert len(found.members()) == 1
    found.stop()
    assert group.members() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"group": os.getpgrp()},  # a stranger that has got the number
        {"marks": {"MARK": "another folder"}},
        {"started_at_s": time.time() + 3600},
        {"group": "?"},
    ],
)
def test_a_stranger_is_never_taken_for_it(
    group: ProcessGroup, tmp_path: Path, changed: dict[str, object]
) -> None:
    record = tmp_path / "record"
    group.write(record)
    record.write_text(json.dumps({**json.loads(record.read_text()), **changed}))

    assert remembered(record) is None


def test_without_a_record_nothing_was_left(tmp_path: Path) -> None:
    assert remembered(tmp_path / "record") is None
    (tmp_path / "record").touch()
    assert remembered(tmp_path / "record") is None
