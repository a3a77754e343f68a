"""Joint angles over time: knee, hip, ankle, elbow and shoulder of both sides."""

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.options import chosen
from dancer_pipeline.signals.body_parts import JOINT_SEGMENTS, SIDES
from dancer_pipeline.signals.cleaning import clean
from dancer_pipeline.signals.facing import FACING_KEYPOINTS, side_seen
from dancer_pipeline.signals.filters import joint_angle_cutoff_hz
from dancer_pipeline.signals.geometry import angle_deg, forward_deg, turn_deg
from dancer_pipeline.signals.mirroring import unmirrored
from dancer_pipeline.signals.swaps import without_leg_swaps
from dancer_pipeline.signals.tracks import Floats, Tracks, size_px_of, tracks
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "4"

TABLE = Table(
    "joint_angles",
    "One row per analysed frame, joint and side: the joint's angle, 0 when standing upright.",
    (
        Column("frame", pa.int32(), "number of the frame in the file, from 0"),
        Column("time_s", pa.float64(), "when the frame is shown, from the first frame"),
        Column(
            "joint",
            LABEL,
            "knee, elbow: how far it is bent; hip: flexion, negative when the thigh is behind the "
            "trunk; ankle: negative when the toes point down; shoulder: how far the arm is lifted, "
            "in any direction; shoulder_flexion: forward, negative when the arm is behind the "
            "trunk",
        ),
        Column("side", LABEL, "the person's left or right"),
        Column(
            "image_deg",
            pa.float64(),
            "in the picture; true in a side view; hip and shoulder_flexion are null where it "
            "cannot be told which way the person faces",
            nullable=True,
        ),
        Column(
            "world_deg",
            pa.float64(),
            "from estimated depth; rough; hip and shoulder_flexion are null where the limb points "
            "mostly sideways",
            nullable=True,
        ),
        Column(
            "confidence",
            pa.float64(),
            "lowest of the keypoints' confidences; null where nobody was found",
            nullable=True,
        ),
    ),
)

_ANGLES = JOINT_SEGMENTS | {"shoulder_flexion": JOINT_SEGMENTS["shoulder"]}

_LOWEST_DEG = {"hip": -180.0, "shoulder_flexion": -90.0}
"""Joints with a forward and a backward, and where their circle is cut: no arm gets that far back,
while one that is held overhead goes beyond 180."""

_UPRIGHT_DEG = {"ankle": 90.0}
"""Angle between the two segments of a person who stands upright with arms hanging, where not 0."""

_IMAGE, _WORLD = slice(0, 2), slice(2, 5)
_KEYPOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")


def joint_angles(
    pose_keypoints: pd.DataFrame,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
    *,
    min_confidence: float = 0.5,
) -> pd.DataFrame:
    """Angle of each joint over time, 0 when standing upright with hanging arms.

    Knee and elbow: how far they are bent, without the sign of over-extension. Shoulder: how far the
    upper arm is lifted away from the trunk, in any direction, 0 to 180. Ankle: positive when the
    toes are pulled up (dorsiflexion), negative when they point down.

    Hip and shoulder_flexion have a sign: positive when thigh or upper arm is in front of the trunk
    (flexion), negative when it is behind (extension). In the picture the sign follows from the side
    of the body that the camera sees; where that is not certain (front, back, in a turn) the angle
    is null, never folded. In world coordinates it is the part of the movement in the body's own
    sagittal plane, without what goes sideways.

    Keypoints are masked (confidence, inside the picture), cleaned of outliers, of legs confused for
    up to 0.2 s and of gaps up to 0.2 s, and low-passed without a lag at 6 Hz (5 Hz below 24 frames
    a second); longer gaps stay null. There is a row per analysed frame. If the uploader calls the
    recording mirrored, its sides are exchanged.
    """
    names = [f"{side}_{part}" for side in SIDES for part in _KEYPOINTS]
    size_px = size_px_of(source_video)
    points = tracks(pose_keypoints, {*names, *FACING_KEYPOINTS})
    if chosen(upload_options, "mirrored", otherwise=False):
        points = unmirrored(points, size_px[0])
    points = without_leg_swaps(points)
    cleaned = {name: _cleaned(points, name, size_px, min_confidence) for name in names}
    facing = side_seen(points, size_px)
    rows = [_rows(points, cleaned, facing, joint, side) for joint in _ANGLES for side in SIDES]
    return pd.concat(rows).sort_values(["time_s", "joint", "side"], ignore_index=True)


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


def _rows(
    points: Tracks, cleaned: dict[str, Floats], facing: Floats, joint: str, side: str
) -> pd.DataFrame:
    names = [[f"{side}_{part}" for part in segment] for segment in _ANGLES[joint]]
    first, second = (cleaned[end] - cleaned[start] for start, end in names)
    image, world = (
        _signed(joint, first, second, facing, *_axes(cleaned))
        if joint in _LOWEST_DEG
        else _unsigned(joint, first, second)
    )
    confidences = [points.confidence[name] for segment in names for name in segment]
    return pd.DataFrame(
        {
            "frame": points.frame,
            "time_s": points.time_s,
            "joint": joint,
            "side": side,
            "image_deg": image,
            "world_deg": world,
            "confidence": np.min(confidences, axis=0),
        }
    )


def _unsigned(joint: str, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    upright = _UPRIGHT_DEG.get(joint, 0.0)
    image, world = (angle_deg(first[:, at], second[:, at]) for at in (_IMAGE, _WORLD))
    return image - upright, world - upright


def _signed(
    joint: str, trunk: Floats, limb: Floats, facing: Floats, down: Floats, left: Floats
) -> tuple[Floats, Floats]:
    """Flexion in the picture and in the world: from a trunk that points down to a limb."""
    image = facing * turn_deg(trunk[:, _IMAGE], limb[:, _IMAGE])
    world = forward_deg(limb[:, _WORLD], down, left)
    lowest = _LOWEST_DEG[joint]
    return _cut(image, lowest), _cut(world, lowest)


def _cut(angle: Floats, lowest: float) -> Floats:
    return np.where(angle < lowest, angle + 360.0, angle)


def _axes(cleaned: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Directions of the body in the world: down the trunk, and to the person's left."""
    shoulders, hips = (
        (cleaned[f"left_{part}"][:, _WORLD], cleaned[f"right_{part}"][:, _WORLD])
        for part in ("shoulder", "hip")
    )
    down = (hips[0] + hips[1] - shoulders[0] - shoulders[1]) / 2
    return down, shoulders[0] - shoulders[1] + hips[0] - hips[1]
