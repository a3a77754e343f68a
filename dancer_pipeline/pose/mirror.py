"""How much the model differs from itself on the same video seen in a mirror.

A model that were sure of a keypoint would put it at the same place in the mirror image. By how much
it does not is an error bar that needs no human: of the same size as the errors that are published
against motion laboratories, and made from the very video that it is about. It says nothing about
what both have wrong in the same way.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.pose.tables import MIRROR_ERROR
from dancer_pipeline.signals.body_parts import JOINT_SEGMENTS, SIDES, TRUNK
from dancer_pipeline.signals.geometry import angle_deg, torso_length
from dancer_pipeline.signals.mirroring import other_side, unmirrored
from dancer_pipeline.signals.tracks import MIN_CONFIDENCE, Flags, Floats, Tracks, tracks

TORSO_OF_STATURE = 0.3
LEAST_FRAMES = 10
"""From fewer frames a median says little."""

_PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")


def mirror_error(
    pose_keypoints: pd.DataFrame,
    of_mirror: pd.DataFrame,
    width_px: float,
    *,
    is_mirrored: bool = False,
) -> pd.DataFrame:
    """Compare the keypoints of a video with those of its mirror image: rows of `MIRROR_ERROR`.

    Parameters
    ----------
    pose_keypoints
        Rows of `POSE_KEYPOINTS`.
    of_mirror
        The same of the flipped frames, as the model gave them.
    width_px
        Width of the picture.
    is_mirrored
        The video itself is a mirror image: its person's left is what the model calls right.
    """
    names = [f"{side}_{part}" for part in _PARTS for side in SIDES]
    direct = tracks(pose_keypoints, names)
    returned = unmirrored(tracks(of_mirror, names), width_px)
    torsos = torso_length(*(direct.image_px[name] for name in TRUNK))
    if not np.isfinite(torsos).any():
        return MIRROR_ERROR.frame()
    stature_px = float(np.nanmedian(torsos)) / TORSO_OF_STATURE
    return MIRROR_ERROR.frame(_rows(direct, returned, stature_px, is_mirrored=is_mirrored))


def _rows(
    direct: Tracks, returned: Tracks, stature_px: float, *, is_mirrored: bool
) -> Iterator[dict[str, Any]]:
    for part in _PARTS:
        for side in SIDES:
            name = f"{side}_{part}"
            seen = _both_see(direct, returned, {name})
            if seen.sum() < LEAST_FRAMES:
                continue
            apart = direct.image_px[name][seen] - returned.image_px[name][seen]
            distances = np.hypot(*apart.T) / stature_px
            median, high = 100.0 * np.percentile(distances, [50, 90])
            yield {
                "joint": part,
                "side": other_side(side) if is_mirrored else side,
                "median_percent": float(median),
                "p90_percent": float(high),
                "image_angle_mae_deg": _angle_mae_deg(direct, returned, part, side, "image_px"),
                "world_angle_mae_deg": _angle_mae_deg(direct, returned, part, side, "world_m"),
                "n": int(seen.sum()),
            }


def _angle_mae_deg(
    direct: Tracks, returned: Tracks, part: str, side: str, space: str
) -> float | None:
    if part not in JOINT_SEGMENTS:
        return None
    segments = [tuple(f"{side}_{end}" for end in segment) for segment in JOINT_SEGMENTS[part]]
    seen = _both_see(direct, returned, {name for segment in segments for name in segment})
    if seen.sum() < LEAST_FRAMES:
        return None
    one, other = (_angle(getattr(points, space), segments)[seen] for points in (direct, returned))
    return float(np.nanmean(np.abs(one - other)))


def _angle(points: dict[str, Floats], segments: list[tuple[str, ...]]) -> Floats:
    return angle_deg(*(points[end] - points[start] for start, end in segments))


def _both_see(direct: Tracks, returned: Tracks, names: set[str]) -> Flags:
    seen = [
        points.confidence[name] >= MIN_CONFIDENCE for points in (direct, returned) for name in names
    ]
    return np.asarray(np.logical_and.reduce(seen))
