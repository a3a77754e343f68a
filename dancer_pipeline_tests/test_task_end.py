"""Why a task has stopped, from the answers that ECS gives."""

from typing import Any

import pytest

from dancer_pipeline.task_end import task_end


def stopped(code: str, reason: str, exit_code: int | None, said: str | None = None) -> Any:
    container = {"name": "dancer", "reason": said, "exitCode": exit_code}
    shown = {name: value for name, value in container.items() if value is not None}
    return {
        "lastStatus": "STOPPED", "stopCode": code, "stoppedReason": reason, "containers": [shown],
    }  # fmt: skip


ESSENTIAL = "Essential container in task exited"
KILLED = "OutOfMemoryError: Container killed due to memory usage"
SPOT = "Your Spot Task was interrupted."


@pytest.mark.parametrize(
    ("task", "words", "out_of_memory"),
    [
        (stopped("EssentialContainerExited", ESSENTIAL, 137, KILLED), "out of memory", True),
        (stopped("EssentialContainerExited", KILLED, 137), "out of memory", True),
        (stopped("EssentialContainerExited", ESSENTIAL, 137), "out of memory", True),
        (stopped("EssentialContainerExited", ESSENTIAL, 1), "exit code 1", False),
        (stopped("EssentialContainerExited", ESSENTIAL, 0), "exit code 0", False),
        (stopped("SpotInterruption", SPOT, 137), "Spot capacity was taken back", False),
        (stopped("UserInitiated", "stopped by hand", 137), "UserInitiated", False),
        (
            stopped("TaskFailedToStart", "CannotPullContainerError: not found", None),
            "CannotPullContainerError",
            False,
        ),
        ({"lastStatus": "PENDING", "containers": []}, "its task is pending", False),
    ],
)
def test_the_end_of_a_task_is_told(task: Any, words: str, *, out_of_memory: bool):
    end = task_end(task)

    assert words in end.words
    assert end.out_of_memory is out_of_memory
