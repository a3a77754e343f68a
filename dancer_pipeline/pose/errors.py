"""Why keypoints could not be found, where neither the video nor the model is at fault."""

import signal as signals


class PoseWorkerError(Exception):
    """The process that looks for keypoints failed; trying again may help."""


class PoseTimeLimit(PoseWorkerError):  # noqa: N818 - it names the thing, as TimeoutError does
    """It took longer than it may."""


class PoseMemoryLimit(PoseWorkerError):  # noqa: N818 - it names the thing, as MemoryError does
    """It wanted more memory than it may have."""


class PoseWorkerDied(PoseWorkerError):  # noqa: N818 - it names what happened
    """The process ended without a word: killed, crashed, or out of memory."""

    def __init__(self, exit_code: int, last_words: str = "") -> None:
        self.exit_code = exit_code
        self.signal = -exit_code if exit_code < 0 else None
        super().__init__(f"The pose worker {_end(exit_code)}{last_words and f': {last_words}'}")


def _end(exit_code: int) -> str:
    if exit_code >= 0:
        return f"ended with exit code {exit_code} and no result"
    name = signals.Signals(-exit_code).name
    guess = " (out of memory?)" if -exit_code == signals.SIGKILL else ""
    return f"was killed by signal {-exit_code} {name}{guess}"
