"""Joint angles over time: knee, hip, ankle, elbow and shoulder of both sides."""

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.signals.cleaning import clean
from dancer_pipeline.signals.filters import joint_angle_cutoff_hz
from dancer_pipeline.signals.geometry import angle_deg
from dancer_pipeline.signals.swaps import without_leg_swaps
from dancer_pipeline.signals.tracks import Floats, Tracks, tracks
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

TABLE = Table(
    "joint_angles",
    "One row per analysed frame, joint and side: the joint's angle, 0 when standing upright.",
    (
        Column("frame", pa.int32(), "number of the frame in the file, from 0"),
        Column("time_s", pa.float64(), "when the frame is shown, from the first frame"),
        Column("joint", LABEL, "knee, hip, ankle, elbow or shoulder"),
        Column("side", LABEL, "the person's left or right"),
        Column("image_deg", pa.float64(), "in the picture; true in a side view", nullable=True),
        Column("world_deg", pa.float64(), "from estimated depth; rough", nullable=True),
        Column(
            "confidence",
            pa.float64(),
            "lowest of the keypoints' confidences; null where nobody was found",
            nullable=True,
        ),
    ),
)

_SEGMENTS = {
    "knee": (("hip", "knee"), ("knee", "ankle")),
    "hip": (("shoulder", "hip"), ("hip", "knee")),
    "ankle": (("knee", "ankle"), ("heel", "foot_index")),
    "elbow": (("shoulder", "elbow"), ("elbow", "wrist")),
    "shoulder": (("shoulder", "hip"), ("shoulder", "elbow")),
}
"""Each joint's two segments, from one keypoint to another."""

_UPRIGHT_DEG = {"ankle": 90.0}
"""Angle between the two segments of a person who stands upright with arms hanging, where not 0."""

_SIDES = ("left", "right")
_KEYPOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")


def joint_angles(
    pose_keypoints: pd.DataFrame, source_video: pd.DataFrame, *, min_confidence: float = 0.5
) -> pd.DataFrame:
    """Angle of each joint over time, 0 when standing upright with hanging arms.

    Knee, hip and elbow: flexion, positive. Shoulder: how far the upper arm is lifted away from the
    trunk, in any direction. Ankle: positive when the toes are pulled up (dorsiflexion), negative
    when they point down. Both angles are without the sign of over-extension.

    Keypoints are masked (confidence, inside the picture), cleaned of outliers, of legs confused for
    up to 0.2 s and of gaps up to 0.2 s, and low-passed without a lag at 6 Hz (5 Hz below 24 frames
    a second); longer gaps stay null. There is a row per analysed frame.
    """
    names = [f"{side}_{part}" for side in _SIDES for part in _KEYPOINTS]
    points = without_leg_swaps(tracks(pose_keypoints, names))
    cleaned = {
        name: _cleaned(points, name, _size_px(source_video), min_confidence)
        for name in points.confidence
    }
    rows = [_rows(points, cleaned, joint, side) for joint in _SEGMENTS for side in _SIDES]
    return pd.concat(rows).sort_values(["time_s", "joint", "side"], ignore_index=True)


def _size_px(source_video: pd.DataFrame) -> tuple[float, float]:
    if source_video.empty:
        return float("nan"), float("nan")
    first = source_video.iloc[0]
    return float(first["display_width_px"]), float(first["display_height_px"])


def _cleaned(
    points: Tracks, name: str, size_px: tuple[float, float], min_confidence: float
) -> Floats:
    """Picture and world coordinates beside each other: frames x 5."""
    return clean(
        points.time_s,
        np.column_stack([points.image_px[name], points.world_m[name]]),
        points.is_visible(name, size_px, min_confidence=min_confidence),
        cutoff_hz=joint_angle_cutoff_hz(points.rate_hz),
    )


def _rows(points: Tracks, cleaned: dict[str, Floats], joint: str, side: str) -> pd.DataFrame:
    names = [[f"{side}_{part}" for part in segment] for segment in _SEGMENTS[joint]]
    first, second = (cleaned[end] - cleaned[start] for start, end in names)
    upright = _UPRIGHT_DEG.get(joint, 0.0)
    confidences = [points.confidence[name] for segment in names for name in segment]
    return pd.DataFrame(
        {
            "frame": points.frame,
            "time_s": points.time_s,
            "joint": joint,
            "side": side,
            "image_deg": angle_deg(first[:, :2], second[:, :2]) - upright,
            "world_deg": angle_deg(first[:, 2:], second[:, 2:]) - upright,
            "confidence": np.min(confidences, axis=0),
        }
    )
