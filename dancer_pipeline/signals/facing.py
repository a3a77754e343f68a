"""Which side of the body the camera sees: without it forward cannot be told from backward.

In a picture, flexion of the hip turns the thigh one way when the person's left side is towards the
camera and the other way when it is the right. That holds for a body standing, bent or lying.
"""

from collections.abc import Iterator

import numpy as np

from dancer_pipeline.signals.body_parts import HEAD, SIDES, TRUNK
from dancer_pipeline.signals.geometry import cross_2d, unit
from dancer_pipeline.signals.tracks import Floats, Tracks

_PAIRS = ("shoulder", "hip")
_LOWER_LEG = ("knee", "ankle", "heel", "foot_index")
FACING_KEYPOINTS = (*TRUNK, *HEAD, *(f"{side}_{part}" for part in _LOWER_LEG for side in SIDES))

WINDOW_S = 1.0
MIN_TURN = 0.3
"""Least sideways turn, as a share of a whole side view: 0.3 is 17 degrees off the front."""

_FOOT_TO_TORSO, _FACE_TO_TORSO = 0.45, 0.2
"""Lengths in a side view, in torso lengths: from heel to toes, from the ears to the nose."""

_LEAST_WEIGHT = 2.0
"""The feet alone suffice; the head may look aside, so it needs the depth of the trunk beside it."""


def side_seen(points: Tracks, size_px: tuple[float, float]) -> Floats:
    """Per frame 1 where the person's left side is towards the camera, -1 where it is the right.

    NaN where that is not certain: from the front or from behind, and in the middle of a turn.
    Three signs are weighed: the toes lie in front of the shank (twice), the nose in front of the
    ears, and one side of the trunk is nearer in estimated depth. The median over a second decides,
    so neither a confused frame nor a glance aside turns the person round.
    """
    turn = _median_over(points.time_s, _turn(points, size_px))
    return np.where(np.abs(turn) >= MIN_TURN, np.sign(turn), np.nan)


def _turn(points: Tracks, size_px: tuple[float, float]) -> Floats:
    """From 1, the left side towards the camera, over 0, front or back, to -1, the right side."""
    seen = {
        name: np.where(points.is_visible(name, size_px)[:, None], points.image_px[name], np.nan)
        for name in FACING_KEYPOINTS
    }
    signs = np.array([_by_feet(seen), _by_head(seen), _by_depth(points, seen)])
    weights = np.where(np.isfinite(signs), np.array([[2.0], [1.0], [1.0]]), 0.0)
    total = weights.sum(axis=0)
    mean = np.nansum(weights * np.nan_to_num(signs), axis=0) / np.maximum(total, 1.0)
    return np.where(total >= _LEAST_WEIGHT, mean, np.nan)


def _by_feet(seen: dict[str, Floats]) -> Floats:
    """Toes lie in front of the shank, whatever hip and knee do; toes turned out cancel."""
    turns = []
    for side in SIDES:
        knee, ankle, heel, toes = (seen[f"{side}_{part}"] for part in _LOWER_LEG)
        turns.append(cross_2d(unit(ankle - knee), toes - heel))
    return _share(_mean(np.array(turns)), _FOOT_TO_TORSO * _torso_px(seen))


def _by_head(seen: dict[str, Floats]) -> Floats:
    ears = _mean(np.array([seen["left_ear"], seen["right_ear"]]))
    ahead = cross_2d(unit(_trunk(seen)), seen["nose"] - ears)
    # A model that puts nose and ears in one place says nothing about the direction.
    return _share(np.where(ahead == 0, np.nan, ahead), _FACE_TO_TORSO * _torso_px(seen))


def _by_depth(points: Tracks, seen: dict[str, Floats]) -> Floats:
    across = sum(points.world_m[f"left_{p}"] - points.world_m[f"right_{p}"] for p in _PAIRS)
    return np.where(np.isfinite(_torso_px(seen)), -unit(np.asarray(across))[:, 2], np.nan)


def _torso_px(seen: dict[str, Floats]) -> Floats:
    return np.asarray(np.linalg.norm(_trunk(seen), axis=-1))


def _trunk(seen: dict[str, Floats]) -> Floats:
    """From the shoulders to the hips, in the picture."""
    shoulders, hips = (_mean(np.array([seen[f"{s}_{part}"] for s in SIDES])) for part in _PAIRS)
    return hips - shoulders


def _share(value: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(value / whole, -1, 1))


def _mean(values: Floats) -> Floats:
    """Mean over the first axis of what is known."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0).sum(axis=0) / known.sum(axis=0))


def _median_over(time_s: Floats, values: Floats) -> Floats:
    return np.array([np.median(part) if len(part) else np.nan for part in _windows(time_s, values)])


def _windows(time_s: Floats, values: Floats) -> Iterator[Floats]:
    """Yield what is known within half a window of each frame."""
    known = np.isfinite(values)
    known_s, known_values = time_s[known], values[known]
    starts = np.searchsorted(known_s, time_s - WINDOW_S / 2 - 1e-6)
    ends = np.searchsorted(known_s, time_s + WINDOW_S / 2 + 1e-6)
    for start, end in zip(starts, ends, strict=True):
        yield known_values[start:end]
