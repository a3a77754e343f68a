"""Why a child process gave no result, where neither the file nor the request is at fault."""

import signal as signals


class WorkerError(Exception):
    """The process that should have done it failed; trying again may help."""


class TimeLimit(WorkerError):  # noqa: N818 - it names the thing, as TimeoutError does
    """It took longer than it may."""


class MemoryLimit(WorkerError):  # noqa: N818 - it names the thing, as MemoryError does
    """It wanted more memory than it may have."""


class WorkerDied(WorkerError):  # noqa: N818 - it names what happened
    """The process ended without a word: killed, crashed, or out of memory."""

    def __init__(self, what: str, exit_code: int, last_words: str = "") -> None:
        self.exit_code = exit_code
        self.signal = -exit_code if exit_code < 0 else None
        words = last_words and f": {last_words}"
        super().__init__(f"{what} failed: its process {_end(exit_code)}{words}")


def _end(exit_code: int) -> str:
    if exit_code >= 0:
        return f"ended with exit code {exit_code} and no result"
    name = signals.Signals(-exit_code).name
    guess = " (out of memory?)" if -exit_code == signals.SIGKILL else ""
    return f"was killed by signal {-exit_code} {name}{guess}"
