"""Finds the repetitions in a video: of a named exercise, or of whichever the movement shows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._exercise_body import COUNTED_ON, Body, counting_cutoff_hz
from dancer_pipeline.analyses._exercise_kinds import COUNTABLE, PLANK, Exercise
from dancer_pipeline.analyses._holds import LEAST_NAMED_S, LEAST_S, planks
from dancer_pipeline.analyses._named import named
from dancer_pipeline.analyses._recognised import recognised
from dancer_pipeline.analyses._repetition_sets import (
    UNKNOWN,
    Found,
    belonging,
    in_sets,
    is_walk,
    overlap,
)
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._uncountable import (
    no_hold,
    nothing_regular,
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


@dataclass(frozen=True)
class Search:
    """What was found in a video."""

    body: Body
    found: tuple[Found, ...] = ()
    is_named: bool = False
    problem: Problem | None = None
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
        found, problem = named(body, COUNTABLE[said], steps)
        return Search(body, tuple(found), is_named=True, problem=problem)
    if said is not None:
        found = unsupervised(body, said, steps)
        return Search(
            body, tuple(found), is_named=True, problem=None if found else nothing_regular(raw)
        )
    found = [one for one in recognised(body, steps) if not is_walk(body, one, steps)]
    holds = [one for one in held(body, LEAST_S) if not any(overlap(one, it) for it in found)]
    found = sorted(found + holds, key=lambda one: one.extent) or unsupervised(body, UNKNOWN, steps)
    return Search(body, tuple(found), problem=None if found else nothing_regular(raw))


def held(body: Body, least_s: float) -> list[Found]:
    """Find positions that are held, each as a set of its own."""
    return [Found(PLANK, PLANK.name, 1.0, (hold,)) for hold in planks(body, least_s)]


def unsupervised(body: Body, exercise: str, steps: Flags) -> list[Found]:
    """Count what repeats itself evenly, whatever it is."""
    found: list[Found] = []
    is_named = exercise != UNKNOWN
    suspect = steps if is_named else _everything_suspect(body)
    for course in main_courses(body, ~steps, is_named=is_named):
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
        kept = belonging(body, kind, regular_cycles(body, course), suspect)
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
