"""Finds the repetitions in a video: of a named exercise, or of whichever the movement shows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._cycle_features import features, working_arms
from dancer_pipeline.analyses._cycles import Cycle, cycles
from dancer_pipeline.analyses._exercise_body import COUNTED_ON, Body, counting_cutoff_hz
from dancer_pipeline.analyses._exercise_kinds import COUNTABLE, PLANK, RECOGNISABLE, Exercise
from dancer_pipeline.analyses._holds import LEAST_NAMED_S, LEAST_S, planks
from dancer_pipeline.analyses._recognition import FITS, FITS_NAMED, fit, is_telling
from dancer_pipeline.analyses._repetition_sets import UNKNOWN, Found, belonging, in_sets, is_walk
from dancer_pipeline.analyses._uncountable import (
    no_hold,
    nothing_regular,
    problem_of_named,
    problem_of_people,
    problem_of_video,
)
from dancer_pipeline.analyses._unknown_exercise import (
    LEAST_CYCLES,
    main_courses,
    regular_cycles,
)
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.signals.tracks import Flags, Floats

_GESTURES = 3
"""An exercise that needs so many in a row consists of movements that are gestures as well."""
_HOLDS_ALIKE = 0.15
"""Standard deviation of the share of its time that a movement of the arms is held."""
_EVEN = 0.35
"""The same of how long it lasts, as a share of the mean."""
_SOON_S, _MOST = 3.0, 0.7
_ONE_ARMED, _STILL_ARM = 0.5, 0.25
_CLEAR = 0.2
"""So much better must an exercise fit than the next one; else it is unknown which it is."""


@dataclass(frozen=True)
class Search:
    """What was found in a video."""

    body: Body
    found: tuple[Found, ...] = ()
    is_named: bool = False
    problem: tuple[str, str] | None = None
    """Reason and advice, where nothing was found."""


def searched(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    upload_options: pd.DataFrame,
    people: pd.DataFrame,
) -> Search:
    """Find the repetitions in a video, or say why there are none."""
    raw = motion(body_motion)
    body = Body(raw.smooth(counting_cutoff_hz(raw.rate_hz), COUNTED_ON))
    said = chosen(upload_options, "exercise")
    if problem := problem_of_video(raw, said) or problem_of_people(raw, people):
        return Search(body, problem=problem)
    steps = walking(raw.time_s, activity)
    if said == PLANK.name:
        found = held(body, LEAST_NAMED_S)
        return Search(body, tuple(found), is_named=True, problem=None if found else no_hold())
    if said in COUNTABLE:
        every, largest = named(body, COUNTABLE[said], steps)
        found = [one for one in every if not is_walk(body, one, steps)]
        problem = None if found else problem_of_named(body, COUNTABLE[said], largest)
        return Search(body, tuple(found), is_named=True, problem=problem)
    if said is not None:
        found = unsupervised(body, said, steps)
        return Search(
            body, tuple(found), is_named=True, problem=None if found else nothing_regular(raw)
        )
    found = [one for one in recognised(body, steps) if not is_walk(body, one, steps)]
    holds = [one for one in held(body, LEAST_S) if not any(_overlap(one, it) for it in found)]
    found = sorted(found + holds, key=lambda one: one.extent) or unsupervised(body, UNKNOWN, steps)
    return Search(body, tuple(found), problem=None if found else nothing_regular(raw))


def held(body: Body, least_s: float) -> list[Found]:
    """Find positions that are held, each as a set of its own."""
    return [Found(PLANK, PLANK.name, 1.0, (hold,)) for hold in planks(body, least_s)]


def unsupervised(body: Body, exercise: str, steps: Flags) -> list[Found]:
    """Count what repeats itself evenly, whatever it is."""
    found: list[Found] = []
    for course in main_courses(body, ~steps):
        kind = Exercise(
            UNKNOWN,
            "main_component",
            _given(course),
            _everything_suspect,
            0,
            "",
            "lifting",
            LEAST_CYCLES,
        )
        kept = belonging(body, kind, regular_cycles(body, course), _everything_suspect(body))
        if len(kept) >= LEAST_CYCLES:
            parts = in_sets(kept, body.motion.rate_hz)
            found += [Found(kind, exercise, None, part) for part in parts]
    return found


def _everything_suspect(body: Body) -> Flags:
    """Of an unknown movement nothing is known but that its repetitions are very much alike."""
    return np.ones(len(body.motion.time_s), dtype=bool)


def _given(course: Floats) -> Callable[[Body], Floats]:
    return lambda _body: course


def walking(time_s: Floats, activity: pd.DataFrame) -> Flags:
    """Tell when somebody walks or runs."""
    steps = np.zeros(len(time_s), dtype=bool)
    bouts = activity[activity["activity"].isin(("walking", "running"))]
    for start_s, end_s in bouts[["start_s", "end_s"]].to_numpy(float):
        steps |= (time_s >= start_s) & (time_s <= end_s)
    return steps


def named(body: Body, kind: Exercise, steps: Flags) -> tuple[list[Found], float]:
    """Count an exercise that somebody has named; also the largest movement seen."""
    course = kind.course(body)
    every, largest = cycles(course, kind.posture(body), body.motion.rate_hz, kind.gate_deg)
    if not every:
        return [], largest
    kept = belonging(body, kind, every, steps)
    if len(kept) == 1 and fit(kind.name, features(body, kept)) < FITS_NAMED:
        return [], largest
    rate_hz = body.motion.rate_hz
    return [Found(kind, kind.name, None, part) for part in in_sets(kept, rate_hz)], largest


def recognised(body: Body, steps: Flags) -> list[Found]:
    """Count whatever exercises the movement shows, the one that fits best at any time."""
    candidates = [found for kind in RECOGNISABLE.values() for found in _fitting(body, kind, steps)]
    candidates.sort(key=lambda found: -_weight(found))
    chosen: list[Found] = []
    for candidate in candidates:
        if not any(_overlap(candidate, other) for other in chosen):
            chosen.append(candidate)
    clear = [_clear(found, candidates) for found in chosen]
    return sorted(_enough(clear), key=lambda found: found.extent)


def _fitting(body: Body, kind: Exercise, steps: Flags) -> Iterable[Found]:
    course = kind.course(body)
    rate_hz = body.motion.rate_hz
    every, _ = cycles(course, kind.posture(body), rate_hz, kind.gate_deg)
    for together in in_sets(every, rate_hz):
        for part in in_sets(belonging(body, kind, together, steps), rate_hz):
            found = features(body, part)
            mark = fit(kind.name, found)
            if mark >= FITS and (kind.least < _GESTURES or _is_steady(body, part)):
                name = kind.name if is_telling(kind.name, found) else UNKNOWN
                yield Found(kind, name, mark, part)


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


def _overlap(one: Found, other: Found) -> bool:
    return one.extent[0] < other.extent[1] and other.extent[0] < one.extent[1]


def _clear(found: Found, candidates: Iterable[Found]) -> Found:
    """Call unknown what another exercise fits nearly as well at the same time."""
    rivals = [
        other.fit or 0.0
        for other in candidates
        if other.exercise not in (found.exercise, UNKNOWN) and _overlap(found, other)
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
