"""Counts an exercise that the uploader names, where the movement does not speak against it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dancer_pipeline.analyses._cycle_features import features
from dancer_pipeline.analyses._cycles import LEAST_SHARE, Cycle, cycles
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.analyses._exercise_kinds import BY_HEIGHT, Exercise
from dancer_pipeline.analyses._primary_angle import primary_angle_deg
from dancer_pipeline.analyses._recognised import fit_during, recognised
from dancer_pipeline.analyses._recognition import FITS_NAMED, fit
from dancer_pipeline.analyses._repetition_sets import UNKNOWN, Found, belonging, in_sets, is_walk
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._uncountable import joint_too_still, problem_of_named
from dancer_pipeline.signals.tracks import Flags, Floats

_STILL = 0.5
"""Of the range from which on an exercise counts: the angle is right to 10 degrees at times."""
_USUAL_PERCENTILE = 90


def named(body: Body, kind: Exercise, steps: Flags) -> tuple[list[Found], Problem | None]:
    """Count an exercise that somebody has named, or say why there is none."""
    found, problem = _counted(body, kind, steps)
    if kind.name in BY_HEIGHT:
        lifted, _ = _counted(body, BY_HEIGHT[kind.name], steps)
        if _count(lifted) > _count(found):
            doubt = ("upper_body_not_visible",)
            return [replace(one, exercise=kind.name, doubts=doubt) for one in lifted], None
    return _but_not_others(body, found, steps), problem


def _counted(body: Body, kind: Exercise, steps: Flags) -> tuple[list[Found], Problem | None]:
    rate_hz = body.motion.rate_hz
    every, largest = cycles(kind.course(body), kind.posture(body), rate_hz, kind.gate_deg)
    ranges = primary_angle_deg(body, kind, every) if every and kind.joint else np.zeros(len(every))
    moving = _moving(kind, every, ranges)
    if every and not moving:
        return [], joint_too_still(kind, float(np.nanmedian(ranges)))
    kept = belonging(body, kind, moving, steps)
    if len(kept) == 1 and not _is_sure(body, kind, kept):
        kept = []
    sets = [Found(kind, kind.name, None, part) for part in in_sets(kept, rate_hz)]
    found = [one for one in sets if not is_walk(body, one, steps)]
    return found, None if found else problem_of_named(body, kind, largest)


def _is_sure(body: Body, kind: Exercise, kept: Sequence[Cycle]) -> bool:
    """Tell a single repetition from jumping up to a bar, say."""
    return bool(kind.joint) and fit(kind.name, features(body, kept)) >= FITS_NAMED


def _moving(kind: Exercise, every: Sequence[Cycle], ranges: Floats) -> Sequence[Cycle]:
    """Leave out cycles in which the joint that the exercise is named by hardly moves.

    A squat moves the arms as a curl does, but for the elbows. Partial repetitions stay in. Whoever
    hangs from a bar has the elbows in front of the head or behind it: they are not followed well.
    """
    known = ranges[np.isfinite(ranges)]
    if not kind.joint or kind.name in BY_HEIGHT or not len(known):
        return every
    least, usual = _STILL * kind.gate_deg, float(np.percentile(known, _USUAL_PERCENTILE))
    if usual >= least:
        least = min(least, LEAST_SHARE * usual)
    return [one for one, angle in zip(every, ranges, strict=True) if not angle < least]


def _but_not_others(body: Body, found: list[Found], steps: Flags) -> list[Found]:
    """Leave out what clearly is another exercise, or doubt everything where all of it is."""
    others = [
        other.extent
        for other in (recognised(body, steps) if found else [])
        if other.exercise not in (found[0].exercise, UNKNOWN)
        and max((fit_during(body, one, other.extent) for one in found), default=1.0) == 0
    ]
    kept = [it for one in found if (it := _outside(one, others))]
    if _count(kept) == _count(found):
        return found
    if kept and all(fit(one.kind.name, features(body, one.cycles)) >= FITS_NAMED for one in kept):
        return kept
    return [replace(one, doubts=("looks_like_another",)) for one in found]


def _outside(found: Found, extents: Sequence[tuple[float, float]]) -> Found | None:
    kept = tuple(
        one for one in found.cycles if not any(low <= one.turn <= high for low, high in extents)
    )
    return replace(found, cycles=kept) if kept else None


def _count(found: Sequence[Found]) -> int:
    return sum(len(one.cycles) for one in found)
