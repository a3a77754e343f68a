"""The child process that decodes one video and finds its keypoints.

It reads one request from its parent, answers with short messages and a table, and ends when the
parent does. What it decodes is hostile, so it is given no secrets, is confined (`confinement.py`),
and answers in JSON and Arrow, which cannot carry code. Its parent is `extraction.py`.
"""

import faulthandler
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from dancer_pipeline.pose.confinement import confine
from dancer_pipeline.pose.estimators import MediaPipeEstimator
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.model import ModelError
from dancer_pipeline.pose.observations import FrameAnalyzer, Observation, keypoint_table
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import IncompleteVideo, read_frames

_PROGRESS_EVERY_S = 0.5

Channel: TypeAlias = "Connection[Any, Any]"


@dataclass(frozen=True)
class Request:
    """What the parent wants: which video, with which model, how often, in how much memory."""

    video: str
    model: str
    sample_hz: float | None
    memory_limit_bytes: int | None


def answer(channel: Channel) -> None:
    """Do what the one request asks; every end that has a reason is told to the parent."""
    request = Request(**json.loads(channel.recv_bytes()))
    threading.Thread(target=_end_with_parent, args=(channel,), daemon=True).start()
    confine(request.memory_limit_bytes)
    try:
        table = POSE_KEYPOINTS.arrow(keypoint_table(list(_observations(request, channel))))
    except IncompleteVideo as error:
        counts = {"decoded_frames": error.decoded_frames, "decoded_s": error.decoded_s}
        _tell(channel, "incomplete_video", message=str(error), **counts)
    except BadVideo as error:
        _tell(channel, "bad_video", message=str(error))
    except ModelError as error:
        _tell(channel, "model_error", message=str(error))
    except MemoryError:
        _tell(channel, "out_of_memory", limit_bytes=request.memory_limit_bytes)
    else:
        _tell(channel, "table")
        channel.send_bytes(_ipc(table))


def _observations(request: Request, channel: Channel) -> Iterator[Observation]:
    """Look at every frame; the model comes first, without it no video is touched."""
    _keep_libraries_quiet()
    due_s, done = 0.0, 0
    with MediaPipeEstimator(Path(request.model)) as estimator:
        analyzer = FrameAnalyzer(estimator)
        for frame in read_frames(Path(request.video), sample_hz=request.sample_hz):
            yield analyzer.analyze(frame)
            done += 1
            if time.monotonic() >= due_s:
                _tell(channel, "progress", done=done)
                due_s = time.monotonic() + _PROGRESS_EVERY_S
    _tell(channel, "progress", done=done)


def _tell(channel: Channel, kind: str, **content: Any) -> None:
    channel.send_bytes(json.dumps({"kind": kind, **content}).encode())


def _ipc(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _end_with_parent(channel: Channel) -> None:
    """Wait for a word that never comes: the channel closes when the parent ends, anyhow."""
    try:
        channel.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def _keep_libraries_quiet() -> None:
    """One core for OpenCV; no sound devices, for which MediaPipe would start a compiler."""
    import cv2

    cv2.setNumThreads(1)
    sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]  # None: cannot be imported


if __name__ == "__main__":
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent decides
    answer(Connection(int(sys.argv[1])))
