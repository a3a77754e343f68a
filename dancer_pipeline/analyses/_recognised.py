"""Which exercises a video shows, and when: at any time the one that fits best."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from dancer_pipeline.analyses._cycle_features import features, working_arms
from dancer_pipeline.analyses._cycles import Cycle, cycles
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.analyses._exercise_kinds import RECOGNISABLE, Exercise
from dancer_pipeline.analyses._primary_angle import primary_angle_deg
from dancer_pipeline.analyses._recognition import (
    FITS,
    FITS_AROUND,
    fit,
    fit_around,
    is_possible,
    is_telling,
)
from dancer_pipeline.analyses._repetition_sets import UNKNOWN, Found, belonging, in_sets, overlap
from dancer_pipeline.signals.tracks import Flags

_GESTURES = 3
"""An exercise that needs so many in a row consists of movements that are gestures as well."""
_HOLDS_ALIKE = 0.15
"""Standard deviation of the share of its time that a movement of the arms is held."""
_EVEN = 0.35
"""The same of how long it lasts, as a share of the mean."""
_SOON_S, _MOST = 3.0, 0.7
_ONE_ARMED, _STILL_ARM = 0.5, 0.25
_ANGLE_ERROR_DEG = 5.0
"""What an angle of the arms may be read too small from an unlucky side."""
_CLEAR = 0.2
"""So much better must an exercise fit than the next one; else it is unknown which it is."""


def recognised(body: Body, steps: Flags) -> list[Found]:
    """Count whatever exercises the movement shows, the one that fits best at any time."""
    candidates = [found for kind in RECOGNISABLE.values() for found in _fitting(body, kind, steps)]
    candidates.sort(key=lambda found: -_weight(found))
    chosen: list[Found] = []
    for candidate in candidates:
        chosen = _with(body, chosen, candidate)
    clear = [_clear(body, found, candidates) for found in chosen]
    return sorted(_enough(clear), key=lambda found: found.extent)


def fit_during(body: Body, found: Found, extent: tuple[float, float]) -> float:
    """How well what was found fits its exercise in a part of its time; 0 where it has no turn."""
    inside = [one for one in found.cycles if extent[0] <= one.turn <= extent[1]]
    return fit(found.kind.name, features(body, inside)) if inside else 0.0


def _fitting(body: Body, kind: Exercise, steps: Flags) -> Iterator[Found]:
    rate_hz = body.motion.rate_hz
    every, _ = cycles(kind.course(body), kind.posture(body), rate_hz, kind.gate_deg)
    for together in in_sets(every, rate_hz):
        for run in (together, *_runs(body, kind, together)):
            for part in in_sets(belonging(body, kind, run, steps), rate_hz):
                found = features(body, part)
                mark = fit(kind.name, found)
                if mark >= FITS and (kind.least < _GESTURES or _is_set(body, kind, part)):
                    name = kind.name if is_telling(kind.name, found) else UNKNOWN
                    yield Found(kind, name, mark, part)


def _runs(body: Body, kind: Exercise, every: Sequence[Cycle]) -> Iterator[tuple[Cycle, ...]]:
    """Where only some cycles in a row look like this exercise: others move the same part."""
    found = features(body, every)
    possible = np.flatnonzero(is_possible(kind.name, found))
    if len(possible) <= FITS_AROUND:
        return
    marks = fit_around(kind.name, {name: values[possible] for name, values in found.items()})
    fits = marks >= FITS
    edges = np.flatnonzero(np.diff(np.concatenate([[False], fits, [False]])))
    for first, last in edges.reshape(-1, 2):
        if FITS_AROUND <= last - first < len(possible):
            yield tuple(every[place] for place in possible[first:last])


def _is_set(body: Body, kind: Exercise, part: Sequence[Cycle]) -> bool:
    """Tell a set from gestures, which are small or uneven."""
    ranges = primary_angle_deg(body, kind, part)
    known = ranges[np.isfinite(ranges)]
    least_deg = kind.gate_deg - _ANGLE_ERROR_DEG
    is_small = bool(len(known)) and float(np.median(known)) < least_deg
    return not is_small and _is_steady(body, part)


def _is_steady(body: Body, part: Sequence[Cycle]) -> bool:
    """Tell a set from gestures that happen to look alike.

    One gesture lasts a moment, the next is held for seconds, with this or that between. Most are
    made by one arm, so a set of one arm needs one repetition more.
    """
    starts, turns = (
        np.array([round(getattr(one, it)) for one in part]) for it in ("start", "turn")
    )
    both = working_arms(body, starts, turns, least=_STILL_ARM).all(axis=1).mean() > _ONE_ARMED
    if len(part) <= _GESTURES and not both:
        return False
    lasts = np.array([one.end - one.start for one in part])
    holds = np.array([one.turn_ends - one.turn_begins for one in part]) / lasts
    rests = np.array([after.start - before.end for before, after in pairwise(part)])
    soon = rests <= max(_SOON_S * body.motion.rate_hz, float(np.median(lasts)))
    follows = bool(soon.mean() >= _MOST) if len(rests) else True
    even = lasts.std() <= _EVEN * lasts.mean() and holds.std() <= _HOLDS_ALIKE
    return follows and bool(even)


def _weight(found: Found) -> float:
    start, end = found.extent
    sure = 0.5 if found.exercise == UNKNOWN else 1.0
    return sure * (found.fit or 0.0) * (end - start)


def _with(body: Body, chosen: list[Found], candidate: Found) -> list[Found]:
    """Add a candidate where nothing else is, or where what was chosen does not fit at all.

    The pose of the median repetition may fit an exercise although a part of them is another one.
    """
    there = [one for one in chosen if overlap(one, candidate)]
    marks = [fit_during(body, one, candidate.extent) for one in there]
    if there and (candidate.exercise == UNKNOWN or max(marks) > 0):
        return chosen
    remains = [_without(body, one, candidate.extent) for one in there]
    return [one for one in chosen if one not in there] + [
        candidate, *(one for one in remains if one is not None)
    ]  # fmt: skip


def _without(body: Body, found: Found, extent: tuple[float, float]) -> Found | None:
    """Leave out what turns in some time; None where too little remains."""
    kept = tuple(one for one in found.cycles if not extent[0] <= one.turn <= extent[1])
    mark = fit(found.kind.name, features(body, kept)) if kept else 0.0
    return Found(found.kind, found.exercise, mark, kept) if mark >= FITS else None


def _clear(body: Body, found: Found, candidates: Iterable[Found]) -> Found:
    """Call unknown what another exercise fits nearly as well at the same time."""
    rivals = [
        fit_during(body, other, found.extent)
        for other in candidates
        if other.exercise not in (found.exercise, UNKNOWN) and overlap(found, other)
    ]
    if max(rivals, default=0.0) > (found.fit or 0.0) - _CLEAR:
        return Found(found.kind, UNKNOWN, found.fit, found.cycles)
    return found


def _enough(found: Sequence[Found]) -> list[Found]:
    """Leave out what is never done often enough in a row: a gesture, picking something up."""
    most: dict[str, int] = {}
    for one in found:
        most[one.exercise] = max(most.get(one.exercise, 0), len(one.cycles))
    return [one for one in found if most[one.exercise] >= one.kind.least]
