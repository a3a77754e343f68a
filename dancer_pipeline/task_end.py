"""Why an ECS task has stopped, read from what ECS says about it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_KILLED = 137
"""128 and SIGKILL: nobody else sends it to a container that nobody stops."""


@dataclass(frozen=True)
class TaskEnd:
    """How a task ended."""

    words: str
    out_of_memory: bool = False


def task_end(task: Mapping[str, Any]) -> TaskEnd:
    """Read the end of a task, or where it stands, from an answer of DescribeTasks."""
    code, status = task.get("stopCode"), task.get("lastStatus")
    containers = task.get("containers", ())
    reasons = [task.get("stoppedReason"), *(it.get("reason") for it in containers)]
    said = "; ".join(dict.fromkeys(filter(None, reasons))) or "no reason was given"
    exits = [it["exitCode"] for it in containers if it.get("exitCode") is not None]
    if status != "STOPPED":
        return TaskEnd(f"its task is {str(status).lower()}: {said}")
    if code == "SpotInterruption":
        return TaskEnd(f"its Spot capacity was taken back ({said})")
    was_killed = code == "EssentialContainerExited" and _KILLED in exits
    if "OutOfMemory" in said or was_killed:
        return TaskEnd(f"its task ran out of memory ({said})", out_of_memory=True)
    shown = f", exit code {exits[0]}" if exits else ""
    return TaskEnd(f"its task has stopped: {code or 'no stop code'}{shown} ({said})")
