"""How much of a video shows one and the same picture: shared by analyses that need movement."""

import pandas as pd

from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.video.tables import UNCHANGED_BELOW

STILL_SHARE = 0.95
"""From this share of unchanged pictures on a video is one picture."""


def unchanged_share(video_extracts: pd.DataFrame) -> float | None:
    """Share of the pictures that equal that of a second ago; None where that was not measured."""
    measured = video_extracts.loc[video_extracts["measure"] == "local_change", "value"].dropna()
    return None if measured.empty else float((measured < UNCHANGED_BELOW).mean())


def problem_of_stillness(video_extracts: pd.DataFrame) -> Problem | None:
    """Refuse a picture that stands still: a reason code and what to do."""
    share = unchanged_share(video_extracts)
    if share is None or share < STILL_SHARE:
        return None
    return "frozen_picture", (
        f"The picture stands still for {share:.0%} of the video, so nobody's movement can be "
        "measured. If you moved, upload the original recording."
    )
