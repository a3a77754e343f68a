"""Sets of repetitions: the cycles of a course that belong together, with rests between sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dancer_pipeline.analyses._alike import alike, normalised
from dancer_pipeline.analyses._cycle_features import features
from dancer_pipeline.analyses._cycles import Cycle
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.analyses._exercise_kinds import Exercise
from dancer_pipeline.analyses._recognition import is_possible
from dancer_pipeline.signals.tracks import Flags

LONG_REST_S = 5.0
LONG_REST_CYCLES = 2.0
"""A rest longer than both, the second in usual repetitions, begins a new set."""
UNKNOWN = "unknown"
_WALKING_DROP = 0.12
"""Of their height above the feet: so much and more the hips sink in an exercise of the legs."""
_WALKED = 0.7
"""Share of a set in which somebody walks, from which on it is a walk."""


@dataclass(frozen=True)
class Found:
    """Repetitions of one exercise, all in one set."""

    kind: Exercise
    exercise: str
    fit: float | None
    cycles: tuple[Cycle, ...]
    doubts: tuple[str, ...] = ()
    """Reason codes."""

    @property
    def extent(self) -> tuple[float, float]:
        return self.cycles[0].start, self.cycles[-1].end


def overlap(one: Found, other: Found) -> bool:
    """Tell whether two sets share some time."""
    return one.extent[0] < other.extent[1] and other.extent[0] < one.extent[1]


def in_sets(cycles: Sequence[Cycle], rate_hz: float) -> list[tuple[Cycle, ...]]:
    """Split cycles where a rest is longer than 5 s and than two usual repetitions.

    A rest is how much longer than usual it takes from half way back to half way out again.
    """
    if not cycles:
        return []
    usual = float(np.median([cycle.end - cycle.start for cycle in cycles]))
    gaps = np.array([after.half_up - before.half_down for before, after in pairwise(cycles)])
    usual_gap = float(np.percentile(gaps, 25)) if len(gaps) else 0.0
    between = min(usual_gap, usual)
    long = max(LONG_REST_S * rate_hz, LONG_REST_CYCLES * usual)
    breaks = (np.flatnonzero(gaps - between > long) + 1).tolist()
    return [tuple(cycles[first:last]) for first, last in pairwise([0, *breaks, len(cycles)])]


def belonging(body: Body, kind: Exercise, every: Sequence[Cycle], steps: Flags) -> list[Cycle]:
    """Leave out the cycles that are not of this exercise, or unlike the others.

    `steps` tells when somebody walks, or what else is suspect.
    """
    possible = _chosen(every, is_possible(kind.name, features(body, every)))
    found = features(body, possible)
    courses = normalised(kind.course(body), possible)
    walks = np.array([_walked(steps, one.start, one.end) > _WALKED for one in possible], bool)
    walks &= kind.joint in ("knee", "")
    belong = _chosen(possible, alike(found, courses, walks, kind.pose))
    return _chosen(belong, _returns(belong))


def _returns(every: Sequence[Cycle]) -> Flags:
    """Tell which cycles come back at least half of the usual way: leaving is no repetition."""
    lows, highs = (np.array([getattr(one, name) for one in every]) for name in ("low", "high"))
    if not len(every):
        return np.zeros(0, dtype=bool)
    middle = (np.median(lows) + np.median(highs)) / 2
    return np.asarray(lows <= middle)


def _chosen(every: Sequence[Cycle], where: Flags) -> list[Cycle]:
    return [cycle for cycle, keep in zip(every, where, strict=True) if keep]


def is_walk(body: Body, found: Found, steps: Flags) -> bool:
    """Tell steps that look like repetitions of the legs: in a walk the hips stay up."""
    if found.kind.joint != "knee" or _walked(steps, *found.extent) <= _WALKED:
        return False
    drop = np.abs(features(body, found.cycles)["drop"])
    drop = drop[np.isfinite(drop)]
    return bool(len(drop) == 0 or np.median(drop) < _WALKING_DROP)


def _walked(steps: Flags, start: float, end: float) -> float:
    return float(steps[round(start) : round(end) + 1].mean())
