"""The angle by which people name the range of an exercise: knee, elbow, shoulder or hip."""

from collections.abc import Sequence

import numpy as np

from dancer_pipeline.analyses._cycles import Cycle
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.analyses._exercise_kinds import Exercise
from dancer_pipeline.analyses._spread import median_known
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.geometry import angle_deg, unit
from dancer_pipeline.signals.tracks import Floats

_SEGMENTS = {
    "knee": (("hip", "knee"), ("knee", "ankle")),
    "elbow": (("shoulder", "elbow"), ("elbow", "wrist")),
    "shoulder": (("shoulder", "hip"), ("shoulder", "elbow")),
    "hip": (("shoulder", "hip"), ("hip", "knee")),
}
_SEEN_FROM = {"shoulder": "front"}
"""From where a picture shows the angle; otherwise from the side."""
IN_PLANE = 0.866
"""The line of the hips within 30 degrees of the picture's plane, or of its depth."""
_WORKING = 0.6
"""A side works where it has at least this share of the other one's range."""


def primary_angle_deg(body: Body, kind: Exercise, cycles: Sequence[Cycle]) -> Floats:
    """Range of the primary joint's angle in each cycle, mean of the sides that work.

    From the picture where the camera stands so that it shows the angle, otherwise from estimated
    depth.
    """
    in_picture = is_in_picture(body, kind, cycles)
    ranges = np.array([
        [_range(course, cycle) for cycle in cycles]
        for course in (_angle(body, kind.joint, side, in_picture=in_picture) for side in SIDES)
    ])  # fmt: skip
    largest = np.fmax(*ranges)
    works = ranges >= _WORKING * largest
    total = np.where(works, np.nan_to_num(ranges), 0.0).sum(axis=0)
    return np.where(works.any(axis=0), total / np.maximum(works.sum(axis=0), 1), np.nan)


def is_in_picture(body: Body, kind: Exercise, cycles: Sequence[Cycle]) -> bool:
    """Whether the camera stands so that the picture itself shows the angle."""
    world = body.motion.world_m
    across = unit(world["left_hip"] - world["right_hip"])
    first, last = round(cycles[0].start), round(cycles[-1].end) + 1
    axis = 0 if _SEEN_FROM.get(kind.joint) == "front" else 2
    share = np.abs(across[first:last, axis])
    return bool(np.isfinite(share).any() and np.nanmedian(share) >= IN_PLANE)


def _angle(body: Body, joint: str, side: str, *, in_picture: bool) -> Floats:
    points = body.motion.image_px if in_picture else body.motion.world_m
    first, second = (
        points[f"{side}_{end}"] - points[f"{side}_{start}"] for start, end in _SEGMENTS[joint]
    )
    return angle_deg(first, second)


def _range(course: Floats, cycle: Cycle) -> float:
    """Difference of the median angles at the turn and at both ends."""
    last = len(course) - 1
    turn, start, end = (
        median_known(course[max(0, round(first)) : min(last, round(to)) + 1])
        for first, to in (
            (cycle.turn_begins, cycle.turn_ends),
            (cycle.start - 1, cycle.start + 1),
            (cycle.end - 1, cycle.end + 1),
        )
    )
    rest = median_known(np.array([start, end]))
    return abs(turn - rest)
