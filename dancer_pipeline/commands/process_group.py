"""A program and everything that it starts: known by its process group, ended as a whole.

The group's number and the time when it began are kept in a file, so that what a killed demo left
running is recognised later, and never mistaken for a stranger that got the same number.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

GRACE_S = 15.0
"""How long a program may take to end by itself."""

KILL_LIMIT_S = 15.0
CLOCK_SLACK_S = 2.0


@dataclass(frozen=True)
class ProcessGroup:
    """The processes that one program started, the program included."""

    number: int
    started_at_s: float
    marks: Mapping[str, str] = field(default_factory=dict)
    """Variables that every process of the group was started with."""
    process: "subprocess.Popen[bytes] | None" = None
    """The program itself, where this process started it."""

    def write(self, record: Path) -> None:
        """Remember the group for whoever comes after this process."""
        content = {"group": self.number, "started_at_s": self.started_at_s, "marks": self.marks}
        record.write_text(json.dumps(content), encoding="utf-8")

    def members(self) -> list[psutil.Process]:
        """Return the processes of the group that are still running."""
        return [it for it in psutil.process_iter() if self._contains(it)]

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Ask the program to end, then end whatever is left; returns when nothing is."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace_s)
        end = time.monotonic() + KILL_LIMIT_S
        while (left := self.members()) and time.monotonic() < end:
            for member in left:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            time.sleep(0.05)
        if self.process is not None:
            self.process.wait(KILL_LIMIT_S)

    def _contains(self, process: psutil.Process) -> bool:
        try:
            return (
                os.getpgid(process.pid) == self.number
                and process.create_time() >= self.started_at_s - CLOCK_SLACK_S
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except (psutil.Error, OSError):
            return False


def start(command: Sequence[str], marks: Mapping[str, str], log: Path) -> ProcessGroup:
    """Start a program in a process group of its own, with further environment variables."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            command,
            env={**os.environ, **marks},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # out of reach of the terminal's Ctrl-C, and in its own group
        )
    return ProcessGroup(process.pid, psutil.Process(process.pid).create_time(), marks, process)


def remembered(record: Path) -> ProcessGroup | None:
    """Return what is left of the group that a file tells of; None where nothing is."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        started_at_s = float(content["started_at_s"])
        group = ProcessGroup(int(content["group"]), started_at_s, dict(content["marks"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    ours = [it for it in group.members() if group.marks.items() <= _environment(it).items()]
    return group if ours else None


def _environment(process: psutil.Process) -> dict[str, str]:
    with suppress(psutil.Error, OSError):
        return process.environ()
    return {}
