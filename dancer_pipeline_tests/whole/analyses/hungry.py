"""An analysis that no task has the memory for, where the file is called so."""

import os
import signal

import numpy as np
import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"
TOO_MUCH_BYTES = 12 * 2**30


def hungry(source_video: pd.DataFrame) -> pd.DataFrame:
    """Take more memory than the task of an oversized video has."""
    if source_video["file_name"].iloc[0].startswith("oversized"):
        try:
            np.empty(TOO_MUCH_BYTES, np.uint8)
        except MemoryError:  # where the limit of a process refuses, that of a container kills
            os.kill(os.getpid(), signal.SIGKILL)
    metrics = [Metric("hunger", "count", 0.0, n=1)]
    return metric_table("hungry", metrics, method_version=METHOD_VERSION)
