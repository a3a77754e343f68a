"""How far knee, hip and ankle move in each stride, in the picture of a walk seen from the side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._strides import Stride
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.geometry import angle_deg, turn_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

JOINTS = ("knee", "hip", "ankle")
LEG_KEYPOINTS = tuple(
    f"{side}_{part}"
    for side in SIDES
    for part in ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
)
_LEAST_SEEN = 0.9
"""Of a stride: a hidden part may hide an end of the range."""


@dataclass(frozen=True)
class Range:
    """One joint's range in one stride, and the frames of its ends."""

    degrees: float
    frames: tuple[int, int]


def ranges(smooth: Motion, strides: Iterable[Stride], side: str, joint: str) -> tuple[Range, ...]:
    """Range of a joint in each stride: from the 2.5th to the 97.5th percentile of its angle.

    `smooth` is the motion, low-passed for joint angles.
    """
    angle = _ANGLES[joint](smooth.image_px, side)
    return tuple(_ranges(smooth, strides, angle))


def _ranges(motion: Motion, strides: Iterable[Stride], angle: Floats) -> Iterator[Range]:
    for stride in strides:
        inside = (motion.time_s >= stride.start_s) & (motion.time_s <= stride.end_s)
        seen = inside & np.isfinite(angle)
        if inside.any() and seen.sum() >= _LEAST_SEEN * inside.sum():
            values, frames = angle[seen], motion.frame[seen]
            low, high = np.percentile(values, [2.5, 97.5])
            ends = (int(frames[np.argmin(values)]), int(frames[np.argmax(values)]))
            yield Range(float(high - low), ends)


def _knee_deg(points: dict[str, Floats], side: str) -> Floats:
    hip, knee, ankle = (points[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    return angle_deg(knee - hip, ankle - knee)


def _hip_deg(points: dict[str, Floats], side: str) -> Floats:
    """Turn from trunk to thigh; its range is the same whichever way the walker faces."""
    shoulder, hip, knee = (points[f"{side}_{part}"] for part in ("shoulder", "hip", "knee"))
    return turn_deg(hip - shoulder, knee - hip)


def _ankle_deg(points: dict[str, Floats], side: str) -> Floats:
    knee, ankle = (points[f"{side}_{part}"] for part in ("knee", "ankle"))
    heel, toe = (points[f"{side}_{part}"] for part in ("heel", "foot_index"))
    return angle_deg(ankle - knee, toe - heel)


_ANGLES = {"knee": _knee_deg, "hip": _hip_deg, "ankle": _ankle_deg}
