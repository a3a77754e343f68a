"""Which way a body faces, moment by moment, and the view that this gives the camera."""

from typing import Literal

import numpy as np

from dancer_pipeline.signals.geometry import wrapped_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

SAGITTAL_DEG, FRONTAL_DEG = 60.0, 30.0
"""Folded yaw (0 front or back, 90 side): from here on a view is sagittal, up to here frontal."""


def yaw_deg(motion: Motion, *, over_s: float = 1.0) -> Floats:
    """Yaw of the body over time: 0 from the front, -90 at the left side, 180 from behind.

    The direction of the lines of hips and shoulders together, which turn against each other in
    every stride, averaged over `over_s`. It goes on beyond 180, so that a turn is no jump; NaN
    where the trunk was not seen.
    """
    world = motion.world_m
    across = (
        world["left_hip"] - world["right_hip"] + world["left_shoulder"] - world["right_shoulder"]
    )[:, [0, 2]]
    across = moving_mean(across, max(1, round(over_s * _rate(motion))))
    angle = np.degrees(np.arctan2(across[:, 1], across[:, 0]))
    known = np.isfinite(angle)
    angle[known] = np.unwrap(angle[known], period=360.0)
    return np.asarray(angle)


def folded_deg(yaw: float) -> float:
    """Yaw folded to 0 (front or back) to 90 (side)."""
    turned = abs(float(wrapped_deg(yaw)))
    return min(turned, 180.0 - turned)


def view_of(yaw: float) -> str:
    """Name the view: sagittal, oblique, frontal or back."""
    if folded_deg(yaw) >= SAGITTAL_DEG:
        return "sagittal"
    if folded_deg(yaw) > FRONTAL_DEG:
        return "oblique"
    return "back" if abs(float(wrapped_deg(yaw))) > 90 else "frontal"


def near_side_of(yaw: float) -> Literal["left", "right"]:
    """Name the side of the body that is towards the camera."""
    return "left" if float(wrapped_deg(yaw)) < 0 else "right"


def moving_mean(values: Floats, size: int) -> Floats:
    """Mean of the `size` values around each, along the first axis, of those that are known.

    NaN where the value itself is not known; at the ends there are fewer to take it of.
    """
    from scipy.ndimage import uniform_filter1d

    known = np.isfinite(values)
    sums, shares = (
        uniform_filter1d(it, size, axis=0, mode="constant")
        for it in (np.where(known, values, 0.0), known.astype(float))
    )
    return np.where(known, sums / np.maximum(shares, 1e-9), np.nan)


def _rate(motion: Motion) -> float:
    return motion.rate_hz if np.isfinite(motion.rate_hz) else 1.0
