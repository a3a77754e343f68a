"""How much of a video shows one and the same picture: shared by analyses that need movement."""

import pandas as pd

UNCHANGED_DIFFERENCE = 0.1
"""Mean difference between two pictures (levels of 255) up to which they count as the same."""


def unchanged_share(video_extracts: pd.DataFrame) -> float | None:
    """Share of the pictures that equal the one before; None where that was not measured."""
    measured = video_extracts.loc[video_extracts["measure"] == "frame_difference", "value"].dropna()
    return None if measured.empty else float((measured <= UNCHANGED_DIFFERENCE).mean())
