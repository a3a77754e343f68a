"""How much of a video shows one and the same picture: shared by analyses that need movement."""

import pandas as pd

from dancer_pipeline.video.tables import UNCHANGED_BELOW


def unchanged_share(video_extracts: pd.DataFrame) -> float | None:
    """Share of the pictures that equal that of a second ago; None where that was not measured."""
    measured = video_extracts.loc[video_extracts["measure"] == "local_change", "value"].dropna()
    return None if measured.empty else float((measured < UNCHANGED_BELOW).mean())
