"""How much the camera moved: shared by analyses that measure where something is in the picture."""

import numpy as np
import pandas as pd

from dancer_pipeline.signals.tracks import Floats

MOVING_TORSOS_PER_S = 0.15
"""From this speed on the camera moves; a hand that holds a phone still stays below it."""


def camera_speeds_px(
    video_extracts: pd.DataFrame, *, start_s: float = -np.inf, end_s: float = np.inf
) -> "pd.Series[float]":
    """Speeds of the picture's background in px/s by time; empty where they were not measured."""
    across, down = (
        _values(video_extracts, f"camera_shift_{axis}", start_s, end_s) for axis in "xy"
    )
    both = pd.concat([across, down], axis=1, join="inner")
    return pd.Series(np.hypot(*both.to_numpy(float).T), index=both.index, dtype=float)


def camera_moves(
    video_extracts: pd.DataFrame,
    torso_px: float,
    *,
    start_s: float = -np.inf,
    end_s: float = np.inf,
) -> bool:
    """Tell whether the camera moved in this stretch; what was not measured is taken for steady.

    Distances in the picture from one moment to another then mean nothing; angles and what is
    measured against the body itself still do.
    """
    speed = camera_torsos_per_s(video_extracts, torso_px, start_s=start_s, end_s=end_s)
    return speed > MOVING_TORSOS_PER_S


def camera_torsos_per_s(
    video_extracts: pd.DataFrame,
    torso_px: float,
    *,
    start_s: float = -np.inf,
    end_s: float = np.inf,
) -> float:
    """Median speed of the camera in torso lengths of the person per second; 0 if not measured."""
    speeds = camera_speeds_px(video_extracts, start_s=start_s, end_s=end_s)
    return float(speeds.median() / torso_px) if len(speeds) else 0.0


def camera_path_px(video_extracts: pd.DataFrame, times_s: Floats) -> Floats:
    """Place of the picture's background across at these times, from 0; still where not measured."""
    speed = _values(video_extracts, "camera_shift_x", -np.inf, np.inf).sort_index()
    if speed.empty or not len(times_s):
        return np.zeros(len(times_s))
    at_s = speed.index.to_numpy(float)
    path = np.concatenate([[0.0], np.cumsum(speed.to_numpy(float)[1:] * np.diff(at_s))])
    return np.asarray(np.interp(times_s, at_s, path))


def unmirrored_camera(video_extracts: pd.DataFrame) -> pd.DataFrame:
    """Turn the camera's way round across, as `body_motion` does with a mirrored recording."""
    across = video_extracts["measure"] == "camera_shift_x"
    return video_extracts.assign(
        value=video_extracts["value"].where(~across, -video_extracts["value"])
    )


def _values(extracts: pd.DataFrame, measure: str, start_s: float, end_s: float) -> pd.Series:
    rows = extracts[(extracts["measure"] == measure) & extracts["time_s"].between(start_s, end_s)]
    return rows.dropna(subset="value").drop_duplicates("time_s").set_index("time_s")["value"]
