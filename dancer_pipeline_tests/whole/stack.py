"""A whole deployment on this machine: code server, daemon and run workers, each a process.

All of them share one process group, so that a test can let the power fail on everything at once.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import dagster as dg
import psutil

from dancer_pipeline.identity import Upload, file_upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.results import ResultStore
from dancer_pipeline.states import OPEN_STATES, Row
from dancer_pipeline_tests.ports import answers, free_port
from dancer_pipeline_tests.whole.web import LOCATION, Operator

ROOT = Path(__file__).parents[2]
LONGEST_S = 300
"""Longer than anything takes on a busy machine; what never comes fails the test then."""
DAEMON = "from dagster._daemon.cli import main; main()"
DYING_DAEMON = """
import os, signal
import dagster._daemon.sensor as sensor

def die(_flags, point):
    if point == os.environ["DIE_AT"]:
        os.killpg(os.getpgrp(), signal.SIGKILL)

sensor.check_for_debug_crash = die  # Dagster's own named points, for its own crash tests
from dagster._daemon.cli import main
main()
"""


@dataclass
class Stack:
    """One deployment in a folder of its own; it can be started, killed and started again."""

    folder: Path
    options: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    """Of the code server; Dagster knows a sensor's ticks by it, so it outlives a restart."""
    location: str = "dancer_pipeline_tests.whole.few_definitions"
    """The code location: with few analyses, or the product's own with all."""
    configuration: ClassVar[str] = "dagster.yaml"

    def places(self) -> dict[str, str]:
        """Where everything is, as the environment says it."""
        return {
            "DANCER_SOURCE": str(self.inbox),
            "DANCER_RESULTS": str(self.folder / "results"),
            "DANCER_LEDGER": f"sqlite:///{self.folder}/ledger.sqlite",
        }

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def ledger(self) -> Ledger:
        return Ledger(f"sqlite:///{self.folder}/ledger.sqlite")

    @property
    def results(self) -> ResultStore:
        return ResultStore(str(self.folder / "results"))

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        with dg.DagsterInstance.from_config(str(self.folder / "home")) as instance:
            yield instance

    def stored_videos(self) -> set[tuple[str, str]]:
        """Every version of a file that is in the inbox now."""
        files = [path for path in self.inbox.rglob("*") if path.is_file() or path.is_symlink()]
        uploads = [
            file_upload(str(self.inbox), str(path.relative_to(self.inbox)), path.lstat())
            for path in files
        ]
        return {(upload.video_id, upload.version) for upload in uploads}

    def waiting_messages(self) -> int:
        """Return 0: a folder has no queue."""
        return 0

    dead_messages = waiting_messages

    def put(self, file: Path, name: str | None = None) -> Upload:
        """Copy a file into the inbox in one step."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        path = self.inbox / (name or file.name)
        private = self.folder / "copying"
        shutil.copyfile(file, private)
        private.replace(path)
        return file_upload(str(self.inbox), path.name, path.stat())

    def start(self, failpoint: str | None = None, die_at: str | None = None) -> None:
        """Start code server and daemon in a new process group."""
        environment = self._environment(failpoint, die_at)
        workspace = self._workspace()
        server = ["-m", "dagster", "api", "grpc", "-m", self.location]
        daemon = ["-c", DYING_DAEMON if die_at else DAEMON, "run", "-w", str(workspace)]
        self._spawn([*server, "-h", "127.0.0.1", "-p", str(self.port)], environment, group=0)
        self.await_that(lambda: answers(self.port))
        self._spawn(daemon, environment, group=self.processes[0].pid)

    @contextmanager
    def web(self) -> Iterator[Operator]:
        """Start a web server, as an operator has beside code server and daemon."""
        port = free_port()
        arguments = ["-m", "dagster_webserver", "-w", str(self._workspace()), "-h", "127.0.0.1"]
        group = self.processes[0].pid
        server = self._spawn([*arguments, "-p", str(port)], self._environment(), group)
        try:
            self.await_that(lambda: answers(port))
            yield Operator(f"http://127.0.0.1:{port}/graphql")
        finally:
            server.kill()
            server.wait()
            self.processes.remove(server)

    def kill(self) -> None:
        """Let the power fail: SIGKILL to every process of the deployment."""
        if self.processes:
            with suppress(ProcessLookupError):
                os.killpg(self.processes[0].pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()
        self.processes.clear()

    def await_death(self, limit_s: float = LONGEST_S) -> None:
        """Wait until a failpoint has killed the deployment."""
        self.await_that(lambda: all(it.poll() == -9 for it in self.processes), limit_s)
        self.kill()

    def await_end(self, uploads: Sequence[Upload], limit_s: float = 400) -> list[Row]:
        """Wait until nothing more will happen to the uploads."""

        def rows() -> list[Row]:
            found = [self.ledger.row(it.video_id, it.version) for it in uploads]
            return [
                row for row in found
                if row and row.state not in OPEN_STATES and not row.report_pending
            ]  # fmt: skip

        self.await_that(lambda: len(rows()) == len(uploads), limit_s)
        self.await_that(lambda: not self.live_runs())
        self.await_that(lambda: not self.waiting_messages())
        return rows()

    def live_runs(self) -> list[dg.DagsterRun]:
        """Return the runs that have not ended."""
        with self.instance() as instance:
            return [run for run in instance.get_runs() if not run.is_finished]

    def await_that(self, condition: Callable[[], object], limit_s: float = LONGEST_S) -> None:
        """Wait for a condition; the end of the logs explains why it never came."""
        end = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > end:
                state = [(row.key, row.state, row.reason) for row in self.ledger.rows()]
                raise AssertionError(f"waited {limit_s} s; ledger: {state}\n{self.log()[-6000:]}")
            time.sleep(0.1)

    def pose_workers(self) -> list[psutil.Process]:
        """Find the processes that look for keypoints for this deployment right now."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            if "dancer_pipeline.pose.worker" in (process.info["cmdline"] or []):
                with suppress(psutil.Error, ProcessLookupError):
                    if self.processes and os.getpgid(process.pid) == self.processes[0].pid:
                        found.append(process)
        return found

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _workspace(self) -> Path:
        server = f"{{host: 127.0.0.1, port: {self.port}, location_name: {LOCATION}}}"
        path = self.folder / "workspace.yaml"
        path.write_text(f"load_from:\n- grpc_server: {server}\n")
        return path

    def _spawn(
        self, arguments: list[str], environment: dict[str, str], group: int
    ) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], env=environment, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=group,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def _environment(
        self, failpoint: str | None = None, die_at: str | None = None
    ) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / self.configuration, home / "dagster.yaml")
        clean = {name: it for name, it in os.environ.items() if not name.startswith("DANCER_")}
        quick = {"DANCER_SETTLE_S": "0.5", "DANCER_TICK_S": "1", "DANCER_BACKOFF_S": "1"}
        own = {"DAGSTER_HOME": str(home), **quick, **self.places(), **self.options}
        own["PYTHONPATH"] = str(ROOT)
        points = {"DANCER_FAILPOINT": failpoint, "DIE_AT": die_at}
        return clean | own | {name: it for name, it in points.items() if it}
