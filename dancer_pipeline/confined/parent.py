"""Has a job done by a child process: a decoder bug, a hanging file or a memory hog costs only that.

What happens in the child is the business of `child.py` and of the module that it runs.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from dancer_pipeline.confined.child import from_ipc, to_ipc
from dancer_pipeline.confined.confinement import PROXY_TO_NOWHERE
from dancer_pipeline.confined.errors import MemoryLimit, TimeLimit, WorkerDied

_LAST_WORDS = 300
_NOISE = ("I0000", "W0000", "INFO:", "WARNING:")
_SECRETS = ("AWS_", "DAGSTER_", "DANCER_", "PG")
"""A process that decodes what strangers upload needs none of what these variables say."""

_SMALL_POOLS = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Pools reserve far more memory than they use, and the child's limit would count it."""


@dataclass(frozen=True)
class Bounds:
    """What a child process may take."""

    time_s: float
    memory_bytes: int | None
    """What it may allocate, where the system can bound that (Linux)."""


@dataclass(frozen=True)
class Task:
    """One job: the module whose main serves it, and what it is asked."""

    module: str
    what: str
    """For messages: "Finding keypoints"."""
    request: Mapping[str, Any]
    errors: tuple[type[Exception], ...] = ()
    """Errors of the child that are raised here as they were there."""
    table: pa.Table | None = None


def perform(
    task: Task, bounds: Bounds, progress: Callable[[int], None] = lambda _done: None
) -> list[pa.Table]:
    """Have a task done, and return the tables that it gave.

    Raises
    ------
    TimeLimit, MemoryLimit, WorkerDied
        The child process took too long or too much memory, or was killed or crashed.
    """
    with _worker(task, bounds) as worker:
        while True:
            message = json.loads(worker.receive())
            match message["kind"]:
                case "progress":
                    progress(message["done"])
                case "done":
                    return [from_ipc(worker.receive()) for _ in range(message["tables"])]
                case _:
                    raise _error(message, task, bounds)


@dataclass(frozen=True)
class _Worker:
    task: Task
    bounds: Bounds
    deadline_s: float
    process: "subprocess.Popen[bytes]"
    channel: "Connection[Any, Any]"
    log: IO[bytes]

    def receive(self) -> bytes:
        """Return the next message, or say why there is none."""
        if not self.channel.poll(max(0.0, self.deadline_s - time.monotonic())):
            raise TimeLimit(f"{self.task.what} took longer than {self.bounds.time_s:.0f} s.")
        with self.or_last_words():
            return self.channel.recv_bytes()

    @contextmanager
    def or_last_words(self) -> Iterator[None]:
        """Say what became of the process where nobody is at the other end any more."""
        try:
            yield
        except (EOFError, OSError) as error:
            code = self.process.wait()
            raise WorkerDied(self.task.what, code, self._last_words()) from error

    def _last_words(self) -> str:
        """Return the line that says most: a crash is named first, an exception last."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").splitlines()
        words = [line for line in lines if line.strip() and not line.startswith(_NOISE)]
        return words[0 if self.process.wait() < 0 else -1][:_LAST_WORDS] if words else ""


@contextmanager
def _worker(task: Task, bounds: Bounds) -> Iterator[_Worker]:
    """Start a child process and hand it the request; it never outlives this block."""
    deadline_s = time.monotonic() + bounds.time_s
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as log, Connection(ours.detach()) as channel:
        with theirs:
            process = _start(task.module, theirs.fileno(), log)
        try:
            worker = _Worker(task, bounds, deadline_s, process, channel, log)
            with worker.or_last_words():
                _hand_over(task, bounds, channel)
            yield worker
        finally:
            process.kill()
            process.wait()


def _start(module: str, channel: int, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    # A plain command, since multiprocessing would import the caller's main module again.
    return subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
        [sys.executable, "-P", "-m", module, str(channel)],
        pass_fds=[channel],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )


def _hand_over(task: Task, bounds: Bounds, channel: "Connection[Any, Any]") -> None:
    envelope = {
        "request": dict(task.request),
        "memory_limit_bytes": bounds.memory_bytes,
    }
    channel.send_bytes(json.dumps(envelope).encode())
    channel.send_bytes(to_ipc(pa.table({}) if task.table is None else task.table))


def _environment() -> dict[str, str]:
    """Return this process's variables without secrets, its import path, and no way out."""
    public = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    return {**public, **PROXY_TO_NOWHERE, **_SMALL_POOLS, "PYTHONPATH": path}


def _error(message: dict[str, Any], task: Task, bounds: Bounds) -> Exception:
    """Return the error of the child as its caller would have met it."""
    if message["kind"] == "out_of_memory":
        limit = f"{(bounds.memory_bytes or 0) / 1e6:.0f} MB"
        return MemoryLimit(f"{task.what} took more memory than its limit, {limit}.")
    known = {error.__name__: error for error in task.errors}
    return known[message["error"]](message["message"], **message["details"])
