"""The cleaned keypoints on an even time grid: what every analysis of movement starts from."""

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.options import chosen
from dancer_pipeline.signals.mirroring import unmirrored
from dancer_pipeline.signals.motion import IMAGE_AXES, MOTION_KEYPOINTS, WORLD_AXES
from dancer_pipeline.signals.resampling import even_grid_s, resampled
from dancer_pipeline.signals.swaps import leg_swaps, without_leg_swaps
from dancer_pipeline.signals.tracks import Flags, Floats, Tracks, size_px_of, tracks
from dancer_pipeline.tables import Column, Table

METHOD_VERSION = "2"

_AXES = {
    "x_px": "to the right, in the upright picture",
    "y_px": "downwards, in the upright picture",
    "x_m": "to the right, from the middle of the hips",
    "y_m": "downwards, from the middle of the hips",
    "z_m": "away from the camera, from the middle of the hips",
}

TABLE = Table(
    "body_motion",
    "One row per moment of an even time grid: the keypoints, cleaned but not low-passed.",
    (
        Column("frame", pa.int32(), "the analysed frame nearest to this moment"),
        Column("time_s", pa.float64(), "from the first frame, in even steps at the median rate"),
        Column("is_person", pa.bool_(), "whether a person was found in that frame"),
        Column("legs_exchanged", pa.bool_(), "left and right leg were confused and are put right"),
        *(
            Column(
                f"{keypoint}_{axis}",
                pa.float32(),
                f"{keypoint}: {_AXES[axis]}; null where it was not seen for over 0.2 s",
                nullable=True,
            )
            for keypoint in MOTION_KEYPOINTS
            for axis in (*IMAGE_AXES, *WORLD_AXES)
        ),
        *(
            Column(
                f"{keypoint}_seen",
                pa.bool_(),
                f"{keypoint}: whether a frame near this time shows it; if not, it is filled in",
            )
            for keypoint in MOTION_KEYPOINTS
        ),
    ),
)

_NEAR_STEPS = 0.75
"""Frames of a varying rate lie up to half a step off the grid, and beside a frame that is lost
there is none for a whole step."""


def body_motion(
    pose_keypoints: pd.DataFrame,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
    *,
    min_confidence: float = 0.5,
) -> pd.DataFrame:
    """Keypoints on an even time grid: cleaned, sides as the person has them, not low-passed.

    A recording that the uploader calls mirrored is turned round again. Keypoints are masked
    (confidence, inside the picture), freed of outliers (Hampel) and of legs confused for up to
    0.2 s; gaps of up to 0.2 s are filled, longer ones stay null. Times follow the timestamps at the
    median rate, so dropped frames and varying rates change nothing but what was seen. Frames
    without a time are left out, and so is the middle of a break of more than 10 s without a frame.
    """
    size_px = size_px_of(source_video)
    points = tracks(pose_keypoints, MOTION_KEYPOINTS)
    if chosen(upload_options, "mirrored", otherwise=False):
        points = unmirrored(points, size_px[0])
    grid_s = even_grid_s(points.time_s)
    nearest = _nearest(points.time_s, grid_s)
    columns = {
        "frame": points.frame[nearest],
        "time_s": grid_s,
        "is_person": points.is_person[nearest],
        "legs_exchanged": leg_swaps(points)[nearest],
    }
    repaired = without_leg_swaps(points)
    for name in MOTION_KEYPOINTS:
        table = _even(repaired, name, size_px, min_confidence, grid_s).astype(np.float32)
        for axis, values in zip((*IMAGE_AXES, *WORLD_AXES), table.T, strict=True):
            columns[f"{name}_{axis}"] = values
    is_near = _is_near(points.time_s[nearest], grid_s)
    for name in MOTION_KEYPOINTS:
        is_seen = repaired.is_visible(name, size_px, min_confidence=min_confidence)
        columns[f"{name}_seen"] = is_near & is_seen[nearest]
    return pd.DataFrame(columns)


def _nearest(time_s: Floats, grid_s: Floats) -> np.ndarray:
    after = np.clip(np.searchsorted(time_s, grid_s), 1, max(1, len(time_s) - 1))
    if len(time_s) < 2:
        return np.zeros(len(grid_s), int)
    return np.asarray(after - (grid_s - time_s[after - 1] <= time_s[after] - grid_s))


def _is_near(nearest_s: Floats, grid_s: Floats) -> Flags:
    step_s = np.median(np.diff(grid_s)) if len(grid_s) > 1 else 0.0
    return np.asarray(np.abs(nearest_s - grid_s) <= _NEAR_STEPS * step_s + 1e-6)


def _even(
    points: Tracks,
    name: str,
    size_px: tuple[float, float],
    min_confidence: float,
    grid_s: Floats,
) -> Floats:
    """Picture and world coordinates beside each other: times x 5."""
    values = np.column_stack([points.image_px[name], points.world_m[name]])
    is_valid = points.is_visible(name, size_px, min_confidence=min_confidence)
    return resampled(points.time_s, values, is_valid, grid_s)
