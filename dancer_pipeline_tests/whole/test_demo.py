"""The demo as a stranger runs it: a process of its own in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from dancer_pipeline.commands.inbox import SAMPLES
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.states import State

pytestmark = pytest.mark.xdist_group("demo")  # two at once might choose the same port

ROOT = Path(__file__).parents[2]
CLI = "from dancer_pipeline.cli import app; app()"
QUICKLY = {"DANCER_TICK_S": "1", "DANCER_SETTLE_S": "0.5", "DANCER_BACKOFF_S": "1"}


@dataclass
class Home:
    """A copy of what the demo needs of the project, and the demos that were started in it."""

    folder: Path
    started: list[psutil.Popen] = field(default_factory=list)

    @property
    def inbox(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "inbox").iterdir())

    @property
    def ledger(self) -> Ledger:
        return Ledger(f"sqlite:///{self.folder}/.dancer/ledger.sqlite")

    def demo(self, *arguments: object) -> psutil.Popen:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DANCER_", "DAGSTER_HOME"))
        }
        process = psutil.Popen(
            [sys.executable, "-c", CLI, "demo", *arguments],
            cwd=self.folder, env=clean | QUICKLY, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.started.append(process)
        return process

    def dagster_processes(self) -> list[psutil.Process]:
        """Everything that Dagster runs for this folder."""
        home = str((self.folder / ".dancer" / "dagster").resolve())
        return [it for it in psutil.process_iter() if _environment(it).get("DAGSTER_HOME") == home]

    def end(self) -> None:
        for process in [*self.started, *self.dagster_processes()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _environment(process: psutil.Process) -> dict[str, str]:
    with suppress(psutil.Error, OSError):
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.environ()
    return {}


@pytest.fixture
def home(tmp_path: Path, jumping: Path) -> Iterator[Home]:
    """Give the demo short samples, which it uses where they are there already."""
    samples = tmp_path / ".dancer" / "samples"
    samples.mkdir(parents=True)
    for name in SAMPLES:
        shutil.copyfile(jumping, samples / f"{name}.mp4")
    for name in ("dagster.yaml", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    place = Home(tmp_path)
    yield place
    place.end()


def output_until(process: psutil.Popen, words: str) -> str:
    """Read what a demo says up to a line with the given words."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"ended without saying {words!r}:\n{''.join(lines)}")


def await_that(condition: Callable[[], object], limit_s: float = 300) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_bad_file_fails_the_demo_with_its_reason_and_a_good_one_beside_it_completes(
    home: Home, jumping: Path, tmp_path: Path
) -> None:
    web_page = tmp_path / "my page.mp4"
    web_page.write_text("<!DOCTYPE html><html><body>404</body></html>")
    originals = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (web_page, jumping)}
    with closing(socket.socket()) as other:
        with suppress(OSError):  # somebody else has taken it already
            other.bind(("127.0.0.1", 3000))
            other.listen()

        demo = home.demo("--exit", web_page, jumping)
        output, _ = demo.communicate()

    assert demo.returncode == 1, output
    assert "my page.mp4: failed\n  This is not a video: it contains a web page" in output
    for name in ("jumping.mp4", *(f"{sample}.mp4" for sample in SAMPLES)):
        assert f"\n{name}: completed" in output
    assert "http://127.0.0.1:" in output
    assert "http://127.0.0.1:3000" not in output
    assert "knee_flexion_range" in output
    assert [line for line in output.splitlines() if len(line) > 100 and "file:" not in line
            and "tables:" not in line] == []  # fmt: skip
    assert home.inbox == ["my page.mp4"]
    assert originals == {it: (it.read_bytes(), it.stat().st_mtime_ns) for it in originals}
    assert home.dagster_processes() == []


def test_a_demo_that_was_killed_or_interrupted_leaves_nothing_to_the_next_but_its_work(
    home: Home, jumping: Path
) -> None:
    killed = home.demo("--exit", jumping)
    output_until(killed, "jumping.mp4: processing")
    killed.kill()
    killed.wait()
    left_running = home.dagster_processes()
    assert left_running != []
    for process in left_running:
        with suppress(psutil.NoSuchProcess):
            process.suspend()  # else it might finish the work before the next demo is there
    assert home.inbox != []

    interrupted = home.demo("--exit")
    said = output_until(interrupted, "Dagster UI")
    assert "stopping the Dagster that an earlier demo left running" in said
    interrupted.send_signal(signal.SIGINT)
    interrupted.send_signal(signal.SIGINT)  # the impatient second one must not spoil the stopping
    rest, _ = interrupted.communicate()
    assert interrupted.returncode == 128 + signal.SIGINT, rest
    assert home.dagster_processes() == []

    last = home.demo("--exit")
    output, _ = last.communicate()

    assert last.returncode == 0, output
    assert {row.key: row.state for row in home.ledger.rows()}["jumping.mp4"] == State.COMPLETED
    assert home.inbox == []
    assert home.dagster_processes() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_ends_with_everything_that_it_started(home: Home, number: signal.Signals) -> None:
    demo = home.demo()
    await_that(home.dagster_processes)

    demo.send_signal(number)
    output, _ = demo.communicate()

    assert demo.returncode == 128 + number, output
    assert home.dagster_processes() == []
