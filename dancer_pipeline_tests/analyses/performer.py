"""Tables with closed-form answers: a stick figure whose angles are chosen, not estimated.

It shares nothing with the analyses but the names of the keypoints. Lengths are in metres, the
figure is seen without perspective, 1 m is `scale_px`.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dancer_pipeline import options
from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS
from dancer_pipeline.video.tables import SOURCE_VIDEO, UNITS, VIDEO_EXTRACTS

Floats = NDArray[np.float64]
WIDTH_PX, HEIGHT_PX = 1280, 720
_MIRROR = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Motion:
    """What the figure does: angles in degrees, one number or one per frame."""

    knee_deg: Floats | float = 0.0
    right_knee_deg: Floats | float | None = None
    thigh_deg: Floats | float = 0.0
    trunk_deg: Floats | float = 0.0
    arm_deg: Floats | float = 0.0
    elbow_deg: Floats | float = 0.0
    ankle_deg: Floats | float = 0.0


@dataclass(frozen=True)
class Camera:
    """Where the figure is seen from, and how its picture is taken."""

    yaw_deg: float = -90.0
    scale_px: float = 300.0
    middle_px: tuple[float, float] = (640.0, 330.0)
    confidence: dict[str, float] = field(default_factory=dict)


def times(duration_s: float, rate_hz: float) -> Floats:
    return np.arange(round(duration_s * rate_hz) + 1) / rate_hz


def pose_table(time_s: Floats, motion: Motion, camera: Camera = Camera()) -> pd.DataFrame:
    """Build the pose table of a figure, with columns and types like the real one."""
    points = _figure(len(time_s), motion)
    yaw = np.radians(camera.yaw_deg)
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    parts = []
    for name in KEYPOINTS:
        world = points.get(name, points["nose"]) @ turn.T
        parts.append(_part(name, time_s, world, camera))
    table = pd.concat(parts).sort_values(["frame", "keypoint"], kind="stable", ignore_index=True)
    return typed(table)


def typed(table: pd.DataFrame) -> pd.DataFrame:
    return POSE_KEYPOINTS.arrow(table).to_pandas()


def squat(duration_s: float = 6.0, rate_hz: float = 30.0, depth_deg: float = 100.0) -> pd.DataFrame:
    """Knees between 0 and `depth_deg`, once every two seconds, seen from the person's left."""
    time_s = times(duration_s, rate_hz)
    knee = depth_deg * (1 - np.cos(np.pi * time_s)) / 2
    return pose_table(time_s, Motion(knee_deg=knee, thigh_deg=knee / 2, trunk_deg=knee / 3))


def standing(duration_s: float = 4.0, rate_hz: float = 30.0) -> pd.DataFrame:
    return pose_table(times(duration_s, rate_hz), Motion(knee_deg=5.0, thigh_deg=2.5))


def nobody(duration_s: float = 4.0, rate_hz: float = 30.0) -> pd.DataFrame:
    return without_person(standing(duration_s, rate_hz))


def without_person(table: pd.DataFrame, frames: object = None) -> pd.DataFrame:
    """Remove the person from these frames; from all where none are named."""
    table = table.copy()
    hit = slice(None) if frames is None else table["frame"].isin(frames)
    table.loc[hit, [c for c in table if c not in ("frame", "time_s", "keypoint")]] = np.nan
    return typed(table)


def mirrored(table: pd.DataFrame) -> pd.DataFrame:
    """Show the same movement in a mirror: picture flipped, left and right exchanged."""
    table = table.copy()
    table["x_px"] = WIDTH_PX - table["x_px"]
    table["x_m"] = -table["x_m"]
    table["keypoint"] = table["keypoint"].astype(str).map(_other_side)
    return typed(table)


def from_yaw(yaw_deg: float, **motion: object) -> pd.DataFrame:
    time_s = times(3.0, 30.0)
    return pose_table(time_s, Motion(**motion), replace(Camera(), yaw_deg=yaw_deg))


def source_video(rate_hz: float = 30.0, duration_s: float = 6.0, **more: object) -> pd.DataFrame:
    """Describe an ordinary file, in every column of the real table."""
    plain: dict[object, object] = {pa.string(): "", pa.bool_(): False}
    facts = {
        column.name: None if column.nullable else plain.get(column.type, 1)
        for column in SOURCE_VIDEO.columns
    }
    facts |= {
        "duration_s": duration_s, "frame_count": round(duration_s * rate_hz),
        "frame_rate_hz": rate_hz, "sample_rate_hz": rate_hz, "brightness": 0.5, "sharpness": 100.0,
        "display_width_px": WIDTH_PX, "display_height_px": HEIGHT_PX,
    }  # fmt: skip
    return SOURCE_VIDEO.frame([facts | more])


def upload_options(**metadata: str) -> pd.DataFrame:
    """Say about the video what its uploader does: nothing, unless it is given."""
    return options.upload_options(metadata)


def video_extracts(duration_s: float = 6.0, rate_hz: float = 10.0, **more: float) -> pd.DataFrame:
    """Build extracts that do not change over time."""
    levels = {
        "luma": 0.47, "sharpness": 100.0, "frame_difference": 0.01, "local_change": 0.1,
        "camera_shift_x": 0.0, "camera_shift_y": 0.0,
    } | more  # fmt: skip
    rows = [
        {"measure": name, "time_s": time_s, "value": level, "unit": UNITS[name]}
        for name, level in levels.items()
        for time_s in times(duration_s, rate_hz)
    ]
    return VIDEO_EXTRACTS.frame(rows)


def _other_side(name: str) -> str:
    for side, other in _MIRROR.items():
        if side in name:
            return name.replace(side, other)
    return name


def _figure(frames: int, motion: Motion) -> dict[str, Floats]:
    """Keypoints by name, frames x 3: x to the person's left, y down, z backwards; hips at 0."""
    points = {"nose": _at(frames, motion.trunk_deg, 0.72)}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        knee_deg = motion.knee_deg
        if side == "right" and motion.right_knee_deg is not None:
            knee_deg = motion.right_knee_deg
        hip = np.tile([sign * 0.1, 0.0, 0.0], (frames, 1))
        shoulder = _at(frames, motion.trunk_deg, 0.5) + np.array([sign * 0.1675, 0, 0])
        knee = hip + _down(frames, motion.thigh_deg, 0.45)
        shank_deg = np.asarray(motion.thigh_deg) - knee_deg
        ankle = knee + _down(frames, shank_deg, 0.43)
        upper_arm_deg = np.asarray(motion.arm_deg) - motion.trunk_deg
        elbow = shoulder + _down(frames, upper_arm_deg, 0.3)
        wrist = elbow + _down(frames, upper_arm_deg + motion.elbow_deg, 0.26)
        sole_deg = shank_deg + 90.0 + motion.ankle_deg
        heel = ankle + _down(frames, sole_deg, -0.05) + _down(frames, shank_deg, 0.06)
        named = {
            "hip": hip, "shoulder": shoulder, "knee": knee, "ankle": ankle, "elbow": elbow,
            "wrist": wrist, "heel": heel, "foot_index": heel + _down(frames, sole_deg, 0.22),
        }  # fmt: skip
        points |= {f"{side}_{part}": place for part, place in named.items()}
    return points


def _down(frames: int, forward_deg: Floats | float, length_m: float) -> Floats:
    """Hang a segment down and swing it forward by an angle."""
    angle = np.broadcast_to(np.radians(forward_deg), frames)
    return length_m * np.column_stack([np.zeros(frames), np.cos(angle), -np.sin(angle)])


def _at(frames: int, trunk_deg: Floats | float, height_m: float) -> Floats:
    return _down(frames, trunk_deg, height_m) * np.array([1, -1, 1])


def _part(name: str, time_s: Floats, world: Floats, camera: Camera) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "frame": np.arange(len(time_s), dtype=np.int32), "time_s": time_s, "keypoint": name,
            "x_px": camera.middle_px[0] + camera.scale_px * world[:, 0],
            "y_px": camera.middle_px[1] + camera.scale_px * world[:, 1],
            "z_px": camera.scale_px * world[:, 2],
            "x_m": world[:, 0], "y_m": world[:, 1], "z_m": world[:, 2],
            "confidence": camera.confidence.get(name, 0.99), "presence": 0.99,
        }
    )  # fmt: skip
