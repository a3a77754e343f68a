"""Named points at which a test lets the power fail: recovery is tried, not assumed."""

import os
import signal


def reach(name: str) -> None:
    """Kill this process and everything in its process group when `DANCER_FAILPOINT` names it."""
    if os.environ.get("DANCER_FAILPOINT") == name:
        os.killpg(os.getpgrp(), signal.SIGKILL)
