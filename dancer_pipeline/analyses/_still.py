"""How much of a video shows one and the same picture: shared by analyses that need movement."""

import pandas as pd

UNCHANGED_BELOW = 2.5e-4
"""A `frame_difference` below this is a repeated picture, as `video_extracts` describes it.

Said here again, because the module that makes that table loads OpenCV and the decoder.
"""


def unchanged_share(video_extracts: pd.DataFrame) -> float | None:
    """Share of the pictures that equal the one before; None where that was not measured."""
    measured = video_extracts.loc[video_extracts["measure"] == "frame_difference", "value"].dropna()
    return None if measured.empty else float((measured < UNCHANGED_BELOW).mean())
