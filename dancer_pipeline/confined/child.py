"""The inside of a child process: it reads one request, answers, and ends when its parent does.

What it opens is hostile, so it is given no secrets, is confined (`confinement.py`), and answers in
JSON and Arrow, which cannot carry code. Its parent is `parent.py`.
"""

import faulthandler
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

import pyarrow as pa

from dancer_pipeline.confined.confinement import confine

_PROGRESS_EVERY_S = 0.5

Channel: TypeAlias = "Connection[Any, Any]"
Progress: TypeAlias = Callable[[int], None]
Job: TypeAlias = Callable[[dict[str, Any], pa.Table, Progress], Sequence[pa.Table]]
"""From the request, its table and somebody to tell how far it is, to the resulting tables."""


def serve(job: Job, errors: tuple[type[Exception], ...]) -> None:
    """Do the one job this process was started for; `errors` are told to the parent as they are."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent decides
    answer(Connection(int(sys.argv[1])), job, errors)


def answer(channel: Channel, job: Job, errors: tuple[type[Exception], ...]) -> None:
    """Answer the request that comes through a channel; every end with a reason is told."""
    envelope = json.loads(channel.recv_bytes())
    table = from_ipc(channel.recv_bytes())
    threading.Thread(target=_end_with_parent, args=(channel,), daemon=True).start()
    confine(envelope["memory_limit_bytes"])
    try:
        results = job(envelope["request"], table, _progress(channel))
    except errors as error:
        kind = next(kind for kind in errors if isinstance(error, kind))
        details = vars(error) if type(error) is kind else {}
        _tell(channel, "error", error=kind.__name__, message=str(error), details=details)
    except MemoryError:
        _tell(channel, "out_of_memory")
    else:
        _tell(channel, "done", tables=len(results))
        for result in results:
            channel.send_bytes(to_ipc(result))


def to_ipc(table: pa.Table) -> pa.Buffer:
    """Write a table as it goes through a channel."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def from_ipc(message: bytes) -> pa.Table:
    """Read a table that came through a channel."""
    with pa.ipc.open_stream(message) as reader:
        return reader.read_all()


def _progress(channel: Channel) -> Progress:
    """Tell the parent how far it is, but not too often."""
    due_s = 0.0

    def report(done: int) -> None:
        nonlocal due_s
        if time.monotonic() >= due_s:
            _tell(channel, "progress", done=done)
            due_s = time.monotonic() + _PROGRESS_EVERY_S

    return report


def _tell(channel: Channel, kind: str, **content: Any) -> None:
    channel.send_bytes(json.dumps({"kind": kind, **content}).encode())


def _end_with_parent(channel: Channel) -> None:
    """Wait for a word that never comes: the channel closes when the parent ends, anyhow."""
    try:
        channel.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
