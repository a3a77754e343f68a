"""Dagster on this machine: web server, daemon and code server, started, found again and stopped."""

import fcntl
import json
import os
import shutil
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError

from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.interruption import Interruption
from dancer_pipeline.commands.process_group import ProcessGroup, remembered, start

STATE_FOLDER = Path(".dancer")
LOG = STATE_FOLDER / "dagster.log"
ADDRESS = STATE_FOLDER / "dagster.url"
GROUP = STATE_FOLDER / "dagster.group"
CONFIGURATION = Path("dagster.yaml")

FIRST_PORT = 3000
PORTS = 100
START_LIMIT_S = 180.0


@dataclass(frozen=True)
class Dagster:
    """A running web server and daemon."""

    url: str
    group: ProcessGroup | None
    """None where another demo of this folder had started it already."""

    def check(self) -> None:
        """Raise CommandError if it does not run any more."""
        if self.group is None:
            if not ADDRESS.exists():
                raise CommandError("the demo that had started Dagster was stopped; run this again")
        elif self.group.process and self.group.process.poll() is not None:
            raise CommandError(f"Dagster stopped by itself; see {LOG}\n{_log_end()}")

    def await_server(self) -> None:
        """Wait until the web server answers."""
        for _ in _ticks(START_LIMIT_S):
            self.check()
            with suppress(URLError, OSError, json.JSONDecodeError):
                with urllib.request.urlopen(f"{self.url}/server_info", timeout=5) as answer:  # noqa: S310 - ours
                    json.load(answer)
                ADDRESS.write_text(self.url, encoding="utf-8")
                return
        raise CommandError(f"Dagster did not start in {START_LIMIT_S:.0f} s; see {LOG}")


@contextmanager
def dagster_running(
    interruption: Interruption, say: Callable[[str], None] = lambda _: None
) -> Iterator[Dagster]:
    """Start Dagster on a free port or find the one that runs here; stop what was started.

    It is only starting when the block begins; `await_server` waits for it.
    """
    require_project()
    STATE_FOLDER.mkdir(exist_ok=True)
    with (STATE_FOLDER / "dagster.lock").open("w") as lock:
        if url := _running_already(lock):
            say("Dagster is already running here; using it")
            yield Dagster(url, None)
            return
        _stop_leftovers(say)
        with _started(interruption) as dagster:
            yield dagster


@contextmanager
def _started(interruption: Interruption) -> Iterator[Dagster]:
    group, port = None, _free_port()
    try:
        try:
            with interruption.held():
                group = _start(port)
            yield Dagster(f"http://127.0.0.1:{port}", group)
        finally:
            interruption.end()  # a signal right here still reaches the outer block
    finally:
        ADDRESS.unlink(missing_ok=True)
        if group:
            group.stop()
        GROUP.unlink(missing_ok=True)


def dagster_home() -> Path:
    """Return Dagster's home: the environment's, else one in this folder with the local default."""
    if given := os.environ.get("DAGSTER_HOME"):
        if not Path(given).is_absolute() or not Path(given).is_dir():
            raise CommandError(f"DAGSTER_HOME={given} must be the absolute path of a folder")
        return Path(given)
    require_project()
    home = (STATE_FOLDER / "dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CONFIGURATION, home / CONFIGURATION.name)
    return home


def require_project() -> None:
    """Refuse to work anywhere but in the project's own folder."""
    if not CONFIGURATION.is_file():
        raise CommandError(
            f"there is no {CONFIGURATION} in {Path.cwd()}: run this in the project's folder"
        )


def _start(port: int) -> ProcessGroup:
    command = [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port)]
    group = start(command, {"DAGSTER_HOME": str(dagster_home())}, LOG)
    group.write(GROUP)
    return group


def _stop_leftovers(say: Callable[[str], None]) -> None:
    """End what a killed demo left running: two daemons on one home would do everything twice."""
    ADDRESS.unlink(missing_ok=True)
    if group := remembered(GROUP):
        say("stopping the Dagster that an earlier demo left running")
        group.stop()
    GROUP.unlink(missing_ok=True)
    if "DAGSTER_HOME" not in os.environ:  # in a home of our own nothing else can be running
        from dancer_pipeline.defs.lost_runs import report_lost_runs

        report_lost_runs(dagster_home())


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        with socket.socket() as candidate, suppress(OSError):
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            candidate.bind(("127.0.0.1", port))
            return port
    raise CommandError(f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}")


def _running_already(lock: IO[str]) -> str | None:
    """Take the lock, or return the address of the Dagster that its holder has started."""
    for _ in _ticks(START_LIMIT_S):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(FileNotFoundError):
                if url := ADDRESS.read_text(encoding="utf-8"):
                    return url
        else:
            return None
    raise CommandError("another demo of this folder is starting or stopping; try again in a moment")


def _ticks(limit_s: float) -> Iterator[None]:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        yield
        time.sleep(0.5)


def _log_end() -> str:
    lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-15:])
