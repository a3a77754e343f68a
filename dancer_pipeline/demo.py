"""The demo: start Dagster on this machine, put videos into the inbox, follow them to the end.

Everything goes the product's own way; this module only starts processes, copies files and looks.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from dancer_pipeline.identity import Upload, file_upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.lifecycle import OPEN_STATES, Row
from dancer_pipeline.settings import Settings

STATE_FOLDER = Path(".dancer")
FIRST_PORT = 3000
SAMPLES = {
    "sample walk from the side": ("walk", 7, 90.0),
    "sample squats from the front": ("squat", 11, 0.0),
}
"""By name: the movement, its seed and the camera's yaw in degrees."""

START_LIMIT_S = 180.0
STOP_LIMIT_S = 30.0


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Dagster:
    """A running web server and daemon."""

    url: str
    process: subprocess.Popen[bytes] | None
    """None where another demo of this folder had started it already."""

    def check(self) -> None:
        """Raise DemoError if it has stopped by itself."""
        if self.process and self.process.poll() is not None:
            raise DemoError(f"Dagster stopped by itself; see {log_file()}\n{_log_end()}")


def log_file() -> Path:
    """Return where Dagster's processes write their log."""
    return STATE_FOLDER / "dagster.log"


@contextmanager
def dagster_running() -> Iterator[Dagster]:
    """Start Dagster on a free port or find the one that runs here; stop what was started."""
    STATE_FOLDER.mkdir(exist_ok=True)
    address = STATE_FOLDER / "dagster.url"
    with (STATE_FOLDER / "dagster.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield Dagster(_await_address(address), None)
            return
        address.unlink(missing_ok=True)
        process, url = _start(_free_port())
        try:
            dagster = Dagster(url, process)
            _await_server(dagster)
            address.write_text(url, encoding="utf-8")
            yield dagster
        finally:
            address.unlink(missing_ok=True)
            _stop(process)


def samples() -> list[Path]:
    """Render the two sample videos where they are not there yet: a walk and a set of squats."""
    from dancer_pipeline.synthetic.clip import make_clip
    from dancer_pipeline.synthetic.performance import View

    folder = STATE_FOLDER / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (movement, seed, yaw_deg) in SAMPLES.items():
        path = folder / f"{name}.mp4"
        if not path.exists():
            make_clip(path, movement=movement, seed=seed, view=View(yaw_deg=yaw_deg))
        paths.append(path)
    return paths


def put_into_inbox(file: Path, settings: Settings) -> Upload:
    """Copy a file into the inbox under its own name, whole or not at all; the original stays."""
    if not file.is_file():
        raise DemoError(f"{file} is not a file")
    inbox = Path(settings.source)
    inbox.mkdir(parents=True, exist_ok=True)
    name, number = file.name.lstrip(".") or "video", 1
    while (inbox / name).exists():
        number += 1
        name = f"{file.stem.lstrip('.')} ({number}){file.suffix}"
    private = inbox / f".dancer-copying-{os.getpid()}"
    shutil.copyfile(file, private)
    private.rename(inbox / name)
    return file_upload(str(inbox), name, (inbox / name).lstat())


def is_finished(row: Row | None, settings: Settings) -> bool:
    """Whether nothing more will happen to an upload by itself."""
    if row is None or row.report_pending:
        return False
    if row.state == "analysed":
        return settings.cleanup == "off" or (
            settings.cleanup == "dry-run" and row.cleanup_attempt > 0
        )
    return row.state not in OPEN_STATES


def follow(
    uploads: Sequence[Upload], ledger: Ledger, settings: Settings, dagster: Dagster
) -> Iterator[dict[str, Row | None]]:
    """Yield the uploads' rows about once a second until all are finished."""
    while True:
        dagster.check()
        rows = {upload.video_id: ledger.row(upload.video_id, upload.version) for upload in uploads}
        yield rows
        if all(is_finished(row, settings) for row in rows.values()):
            return
        time.sleep(1)


def dagster_home() -> Path:
    """Return Dagster's home: the environment's, else one in this folder with the local default."""
    if given := os.environ.get("DAGSTER_HOME"):
        return Path(given)
    home = (STATE_FOLDER / "dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile("dagster.yaml", home / "dagster.yaml")
    return home


def _start(port: int) -> tuple[subprocess.Popen[bytes], str]:
    environment = os.environ | {"DAGSTER_HOME": str(dagster_home())}
    command = [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port)]
    with log_file().open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that everything it starts can be stopped with it
        )
    return process, f"http://127.0.0.1:{port}"


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as candidate, suppress(OSError):
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            candidate.bind(("127.0.0.1", port))
            return port
    raise DemoError(f"no free port from {FIRST_PORT} to {FIRST_PORT + 99}")


def _await_server(dagster: Dagster) -> None:
    """Wait until the web server answers."""
    for _ in _ticks(START_LIMIT_S):
        dagster.check()
        with suppress(URLError, OSError, json.JSONDecodeError):
            with urllib.request.urlopen(f"{dagster.url}/server_info", timeout=5) as answer:  # noqa: S310
                json.load(answer)
            return
    raise DemoError(f"Dagster did not start in {START_LIMIT_S:.0f} s; see {log_file()}")


def _await_address(address: Path) -> str:
    for _ in _ticks(START_LIMIT_S):
        with suppress(FileNotFoundError):
            return address.read_text(encoding="utf-8")
    raise DemoError("another demo of this folder is starting or stopping; try again in a moment")


def _ticks(limit_s: float) -> Iterator[None]:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        yield
        time.sleep(0.5)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask Dagster to stop, and end whatever it left running."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_LIMIT_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _log_end() -> str:
    lines = log_file().read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-15:])
