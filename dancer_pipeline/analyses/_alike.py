"""Which cycles belong together: repetitions of one exercise look alike, other movements do not."""

from collections.abc import Sequence

import numpy as np

from dancer_pipeline.analyses._cycle_features import Features
from dancer_pipeline.analyses._cycles import Cycle
from dancer_pipeline.signals.tracks import Flags, Floats

_LEAST_LIKENESS = 0.8
"""Cosine between the changes of pose of a cycle and of the median one."""
_LEAST_SHARE = 0.1
"""Of the median change: a movement of a course in which the body hardly moves is noise."""
_MOST_OFF = 0.25
"""Root mean square by which the pose at start and end may differ from the median one at start."""
_LEAST_SEEN = 0.6
"""Of the median change: where less of it was seen, a cycle is not judged by it."""
_SHAPE_POINTS = 40
_LEAST_CORRELATION = 0.8
_SUSPECT_LIKENESS = 0.95
_SUSPECT_SHARE = 0.6
_SHORTEST, _LONGEST = 0.33, 2.2
"""Shares of the usual duration; whoever stands up for a rest sits down again much later."""
_ROUNDS = 3
PARTIAL = 0.8


def alike(found: Features, courses: Floats, is_suspect: Flags, pose: Sequence[str]) -> Flags:
    """Tell which cycles look like most of them do.

    A cycle belongs where its pose changes in the same direction as in the median cycle, from a
    similar start back to it, and its course has a similar shape (correlation). How far it goes does
    not matter, so partial repetitions belong; nor how fast, from a third to twice the usual time.
    What is suspected to be something else must be all the more alike.
    """
    likeness = np.where(is_suspect, _SUSPECT_LIKENESS, _LEAST_LIKENESS)
    correlation = np.where(is_suspect, _SUSPECT_LIKENESS, _LEAST_CORRELATION)
    share = np.where(is_suspect, _SUSPECT_SHARE, _LEAST_SHARE)
    start, turn, end = (
        np.stack([found[f"{name}_{when}"] for name in pose], axis=1)
        for when in ("start", "turn", "end")
    )
    change = turn - start
    belongs = np.ones(len(start), dtype=bool)
    for _ in range(_ROUNDS):
        if not belongs.any():
            break
        usual = _median(change[belongs])
        belongs = (
            (_cosines(change, usual) >= likeness)
            & (_shares(change, usual) >= share)
            & (_distance(start, _median(start[belongs])) <= _MOST_OFF)
            & (_distance(end, _median(start[belongs])) <= _MOST_OFF)
            & (_cosines(courses, _median(courses[belongs])) >= correlation)
            & _is_within(found["duration"], np.median(found["duration"][belongs]))
        )
    return belongs


def _is_within(durations: Floats, usual: float) -> Flags:
    return np.asarray((durations > _SHORTEST * usual) & (durations < _LONGEST * usual))


def normalised(course: Floats, cycles: Sequence[Cycle]) -> Floats:
    """Courses of the cycles around their turns, in their own width at half height, centred."""
    known = np.flatnonzero(np.isfinite(course))
    rows = []
    for cycle in cycles:
        middle, width = (cycle.half_up + cycle.half_down) / 2, cycle.half_down - cycle.half_up
        at = np.linspace(middle - width, middle + width, _SHAPE_POINTS)
        own = np.clip(at, cycle.start, cycle.end)
        rows.append(np.interp(own, known, course[known]))
    table = np.array(rows).reshape(len(rows), _SHAPE_POINTS)
    return np.asarray(table - table.mean(axis=1, keepdims=True))


def _median(values: Floats) -> Floats:
    known = np.isfinite(values).any(axis=0)
    return np.asarray(np.where(known, np.nanmedian(np.where(known, values, 0.0), axis=0), np.nan))


def _cosines(rows: Floats, other: Floats) -> Floats:
    """Cosine of each row with the other, over what is seen; 1 where too little of it is seen."""
    known = np.isfinite(rows) & np.isfinite(other)
    a, b = np.where(known, rows, 0.0), np.where(known, other, 0.0)
    length = np.linalg.norm(b, axis=1)
    size = np.linalg.norm(a, axis=1) * length
    cosine = np.sum(a * b, axis=1) / np.where(size > 0, size, np.inf)
    is_judged = length >= _LEAST_SEEN * np.linalg.norm(np.nan_to_num(other))
    return np.where(is_judged, cosine, 1.0)


def _shares(rows: Floats, other: Floats) -> Floats:
    """How far each row goes along the other, 1 for as far as that."""
    known = np.isfinite(rows) & np.isfinite(other)
    a, b = np.where(known, rows, 0.0), np.where(known, other, 0.0)
    size = np.sum(b * b, axis=1)
    return np.asarray(np.where(size > 0, np.sum(a * b, axis=1) / np.where(size > 0, size, 1), 1))


def _distance(rows: Floats, other: Floats) -> Floats:
    square = (rows - other) ** 2
    known = np.isfinite(square)
    total = np.where(known, square, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(np.sqrt(total))
