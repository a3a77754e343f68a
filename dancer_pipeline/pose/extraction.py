"""Finds the keypoints of a whole video in a child process, and says how far it has come.

A decoder bug, a memory hog or a hanging file then costs one process and not the run. What happens
in the child is the business of `worker.py`.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa

from dancer_pipeline.pose.confinement import PROXY_TO_NOWHERE
from dancer_pipeline.pose.errors import PoseMemoryLimit, PoseTimeLimit, PoseWorkerDied
from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.pose.model import ModelError, model_file
from dancer_pipeline.pose.worker import Request
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import IncompleteVideo

TIME_LIMIT_S = 3600.0
MEMORY_LIMIT_BYTES = 4 * 2**30
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
"""Pools reserve far more memory than they use, and the worker's limit would count it."""


@dataclass(frozen=True)
class Extraction:
    """The keypoints of a video that was decoded to its end."""

    keypoints: pd.DataFrame
    """Rows of `POSE_KEYPOINTS`."""

    @property
    def frames(self) -> int:
        """How many frames were analysed."""
        return len(self.keypoints) // len(KEYPOINTS)

    @property
    def frames_with_person(self) -> int:
        """In how many of them somebody was found."""
        return int(self.keypoints["x_px"].notna().sum()) // len(KEYPOINTS)

    @property
    def last_frame_s(self) -> float | None:
        """When the last analysed frame is shown; None without frames."""
        return float(self.keypoints["time_s"].iloc[-1]) if self.frames else None


def extract_pose(
    video: Path,
    *,
    model: Path,
    expected_frames: int,
    sample_hz: float | None = None,
    progress: Callable[[int, int], None] = lambda _done, _expected: None,
    time_limit_s: float = TIME_LIMIT_S,
    memory_limit_bytes: int | None = MEMORY_LIMIT_BYTES,
) -> Extraction:
    """Decode a video and find a person's keypoints in its frames.

    Parameters
    ----------
    video
        A local file.
    model
        What `model_file` returned, or an official `.task` file.
    expected_frames
        Only for `progress`: how many frames the video is thought to have.
    sample_hz
        How many frames a second to look at; None takes every frame, up to 60 a second.
    progress
        Told how many frames are done, and how many were expected, at most twice a second.
    time_limit_s
        How long it may take altogether.
    memory_limit_bytes
        What the child process may allocate, where the system can bound that (Linux).

    Raises
    ------
    ModelError
        Before the video is touched.
    BadVideo
        The video cannot be decoded; `IncompleteVideo` where only its first part can.
    PoseTimeLimit, PoseMemoryLimit, PoseWorkerDied
        The child process took too long or too much memory, or was killed or crashed.
    """
    deadline_s = time.monotonic() + time_limit_s
    request = Request(str(video), str(model_file(model)), sample_hz, memory_limit_bytes)
    with _worker(request) as worker:
        while True:
            message = json.loads(worker.receive(deadline_s, time_limit_s))
            if message["kind"] == "table":
                return Extraction(_frame(worker.receive(deadline_s, time_limit_s)))
            if message["kind"] != "progress":
                raise _error(message)
            progress(message["done"], expected_frames)


@dataclass(frozen=True)
class _Worker:
    process: "subprocess.Popen[bytes]"
    channel: "Connection[Any, Any]"
    log: IO[bytes]

    def receive(self, deadline_s: float, time_limit_s: float) -> bytes:
        """Return the next message, or say why there is none."""
        if not self.channel.poll(max(0.0, deadline_s - time.monotonic())):
            raise PoseTimeLimit(f"Finding keypoints took longer than {time_limit_s:.0f} s.")
        try:
            return self.channel.recv_bytes()
        except (EOFError, OSError) as error:
            raise PoseWorkerDied(self.process.wait(), self._last_words()) from error

    def _last_words(self) -> str:
        """Return the line that says most: a crash is named first, an exception last."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").splitlines()
        words = [line for line in lines if line.strip() and not line.startswith(_NOISE)]
        return words[0 if self.process.wait() < 0 else -1][:_LAST_WORDS] if words else ""


@contextmanager
def _worker(request: Request) -> Iterator[_Worker]:
    """Start a child process and hand it the request; it never outlives this block."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as log, Connection(ours.detach()) as channel:
        with theirs:
            # A plain command, since multiprocessing would import the caller's main module again.
            process = subprocess.Popen(  # noqa: S603 - fixed arguments, our own interpreter
                [sys.executable, "-P", "-m", "dancer_pipeline.pose.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            channel.send_bytes(json.dumps(asdict(request)).encode())
            yield _Worker(process, channel, log)
        finally:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Return this process's variables without secrets, its import path, and no way out."""
    public = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    return {**public, **PROXY_TO_NOWHERE, **_SMALL_POOLS, "PYTHONPATH": path}


def _frame(ipc: bytes) -> pd.DataFrame:
    with pa.ipc.open_stream(ipc) as reader:
        frame: pd.DataFrame = reader.read_pandas()
    return frame


def _error(message: dict[str, Any]) -> Exception:
    """Return the error of the child as the parent would have met it."""
    text = message.get("message", "")
    match message["kind"]:
        case "incomplete_video":
            frames, seconds = message["decoded_frames"], message["decoded_s"]
            return IncompleteVideo(text, decoded_frames=frames, decoded_s=seconds)
        case "bad_video":
            return BadVideo(text)
        case "out_of_memory":
            limit = f"{(message['limit_bytes'] or 0) / 1e6:.0f} MB"
            return PoseMemoryLimit(f"Finding keypoints took more memory than its limit, {limit}.")
        case _:
            return ModelError(text)
