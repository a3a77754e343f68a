"""Counts what repeats itself without knowing which exercise it is."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.analyses._cycles import Cycle, cycles
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.cleaning import segments
from dancer_pipeline.signals.geometry import angle_deg
from dancer_pipeline.signals.periodicity import period
from dancer_pipeline.signals.tracks import Flags, Floats

LEAST_CYCLES = 4
LEAST_STRENGTH = 0.7
"""Autocorrelation at the period; regular movements of daily life have 0.5 at times."""
_SHORTEST_S, _LONGEST_S = 1.0, 8.0
_LEAST_RANGE_DEG = 50.0
_MOST_UNEVEN = 2.2
"""Times the shortest: the longest cycle, and the longest time between two."""
_LEAST_SEEN = 0.7
_LEAST_STRETCH_S = 4.0
_BRIDGED_S = 0.6
_FEET_STAY = 0.35
"""Torso lengths: where the feet step to and fro it may be a dance, which is not counted."""
_JOINTS = (
    ("hip", "knee", "ankle"),
    ("shoulder", "hip", "knee"),
    ("shoulder", "elbow", "wrist"),
    ("hip", "shoulder", "elbow"),
)


def main_courses(body: Body, allowed: Flags, *, is_named: bool = False) -> Iterator[Floats]:
    """Yield the main course of each stretch: the first principal component of eight joint angles.

    In degrees, low where the body is most of the time. Only stretches in which some joint moves
    through 50 degrees while the feet stay; they may step where somebody has named it an exercise.
    """
    angles = _angles_deg(body)
    seen = allowed & (np.isfinite(angles).mean(axis=1) >= _LEAST_SEEN)
    for part in segments(body.motion.time_s, seen, max_gap_s=_BRIDGED_S):
        if len(part) < _LEAST_STRETCH_S * body.motion.rate_hz:
            continue
        known = _filled(angles[part])
        is_exercise = is_named or _stay(body, part)
        if known.shape[1] and _range(known).max() >= _LEAST_RANGE_DEG and is_exercise:
            course = np.full(len(allowed), np.nan)
            course[part] = _main(known)
            yield course


def regular_cycles(body: Body, course: Floats) -> list[Cycle]:
    """Cycles of a main course that follow each other at an even pace; none where they do not."""
    rate_hz = body.motion.rate_hz
    found, _ = cycles(course, np.isfinite(course), rate_hz, _LEAST_RANGE_DEG)
    if len(found) < LEAST_CYCLES:
        return []
    if not _is_even(found):
        return []
    part = course[round(found[0].start) : round(found[-1].end) + 1]
    again = period(part, rate_hz, shortest_s=_SHORTEST_S, longest_s=_LONGEST_S)
    return found if again.strength >= LEAST_STRENGTH else []


def _is_even(found: list[Cycle]) -> bool:
    widths = [one.half_down - one.half_up for one in found]
    steps = np.diff([one.turn for one in found])
    return all(max(it) < _MOST_UNEVEN * min(it) for it in (widths, steps))


def _angles_deg(body: Body) -> Floats:
    """Angles of both knees, hips, elbows and shoulders from estimated depth: times x 8."""
    points = body.motion.world_m
    return np.stack(
        [
            angle_deg(
                points[f"{side}_{joint}"] - points[f"{side}_{upper}"],
                points[f"{side}_{lower}"] - points[f"{side}_{joint}"],
            )
            for side in SIDES
            for upper, joint, lower in _JOINTS
        ],
        axis=1,
    )


def _filled(angles: Floats) -> Floats:
    """Keep the angles that are mostly seen, and bridge their gaps."""
    table = pd.DataFrame(angles).loc[:, np.isfinite(angles).mean(axis=0) >= _LEAST_SEEN]
    return np.asarray(table.interpolate(limit_direction="both"), dtype=float)


def _range(angles: Floats) -> Floats:
    low, high = np.percentile(angles, [5, 95], axis=0)
    return np.asarray(high - low)


def _stay(body: Body, part: NDArray[np.intp]) -> bool:
    gap = body.foot_gap[part]
    gap = gap[np.isfinite(gap)]
    return bool(len(gap) and _range(gap) < _FEET_STAY)


def _main(angles: Floats) -> Floats:
    centred = angles - angles.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    course = centred @ axes[0]
    low, middle, high = np.percentile(course, [2, 50, 98])
    return np.asarray(-course if high - middle < middle - low else course)
