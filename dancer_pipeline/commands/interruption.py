"""Ctrl-C, SIGTERM and a closed terminal: one exception, once, and never in the middle of a start.

Whoever stops the demo wants every process that it started to be gone. So a second signal cannot
disturb the cleaning up, and a signal waits while something is half started.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked the demo to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number


class Interruption:
    """Turns the first signal into `Interrupted`; the later ones change nothing any more."""

    def __init__(self) -> None:
        self._held = 0
        self._pending: int | None = None
        self._is_over = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to the signals for the length of a block."""
        # A script's background job is started deaf to SIGINT, and would leave everything running.
        heard = [it for it in SIGNALS if it != signal.SIGHUP or not _is_ignored(it)]
        earlier = {number: signal.signal(number, self._hear) for number in heard}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a signal back until the block is done."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending is not None and not self._held:
            self._raise(self._pending)

    def end(self) -> None:
        """Hear nothing any more: from here on everything is cleaned up anyway."""
        self._is_over = True

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self._held:
            self._pending = number
        else:
            self._raise(number)

    def _raise(self, number: int) -> None:
        if not self._is_over:
            self._is_over = True
            raise Interrupted(number)


def _is_ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN
