"""Angles and lengths of a body from points: arrays of frames x 2 (picture) or x 3 (world)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_IN_PLANE = 0.5
"""Share of a limb that must lie in a plane for its angle in that plane to mean anything."""


def angle_deg(first: Floats, second: Floats) -> Floats:
    """Angle between two vectors per frame, 0 to 180; NaN where a vector has no length.

    Uses the arc tangent of cross and dot product, which is exact at 0 and 180 too.
    """
    dot = np.sum(first * second, axis=-1)
    if first.shape[-1] == 2:
        cross = np.abs(cross_2d(first, second))
    else:
        cross = np.linalg.norm(np.cross(first, second), axis=-1)
    angle = np.degrees(np.arctan2(cross, dot))
    return np.where((cross == 0) & (dot == 0), np.nan, angle)


def turn_deg(first: Floats, second: Floats) -> Floats:
    """Turn from one vector to another in the picture, -180 to 180, clockwise as seen positive."""
    dot, cross = np.sum(first * second, axis=-1), cross_2d(first, second)
    return np.where((cross == 0) & (dot == 0), np.nan, np.degrees(np.arctan2(cross, dot)))


def cross_2d(first: Floats, second: Floats) -> Floats:
    """Cross product of vectors in the picture."""
    return np.asarray(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])


def forward_deg(limb: Floats, down: Floats, left: Floats) -> Floats:
    """Angle of a limb from the trunk's axis in the body's sagittal plane, positive forward.

    `down` and `left` are directions of the body in world coordinates. Outward movement does not
    count; a limb of which less than half lies in that plane has no such angle, it is NaN.
    """
    down = unit(down)
    left = unit(left - np.sum(left * down, axis=-1, keepdims=True) * down)
    ahead = np.cross(down, left)
    forward, along = np.sum(limb * ahead, axis=-1), np.sum(limb * down, axis=-1)
    in_plane = np.hypot(forward, along) >= LEAST_IN_PLANE * np.linalg.norm(limb, axis=-1)
    return np.where(in_plane, np.degrees(np.arctan2(forward, along)), np.nan)


def unit(vectors: Floats) -> Floats:
    """Bring vectors to length 1; NaN where one has no length."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def joint_angle_deg(proximal: Floats, joint: Floats, distal: Floats) -> Floats:
    """Angle enclosed at a joint by the segments to both sides: 180 when they are in line."""
    return angle_deg(proximal - joint, distal - joint)


def torso_length(
    left_shoulder: Floats, right_shoulder: Floats, left_hip: Floats, right_hip: Floats
) -> Floats:
    """Distance per frame from the middle of the shoulders to the middle of the hips."""
    trunk = (left_shoulder + right_shoulder) / 2 - (left_hip + right_hip) / 2
    return np.asarray(np.linalg.norm(trunk, axis=-1))


def wrapped_deg(angle: Floats | float) -> Floats:
    """Bring angles into -180 (included) to 180."""
    return np.asarray((np.asarray(angle) + 180.0) % 360.0 - 180.0)


def circular_median_deg(angles: Floats) -> tuple[float, float]:
    """Median and interquartile range of directions, also where they straddle 180; NaN for none."""
    angles = angles[np.isfinite(angles)]
    if len(angles) == 0:
        return float("nan"), float("nan")
    radians = np.radians(angles)
    middle = np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean()))
    offsets = wrapped_deg(angles - middle)
    low, median, high = np.percentile(offsets, [25, 50, 75])
    return float(wrapped_deg(middle + median)), float(high - low)
