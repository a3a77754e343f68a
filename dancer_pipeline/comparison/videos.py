"""Two videos of one movement: gate, phase-locked differences, timing. Reads stored tables only."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.comparison.courses import Course, courses
from dancer_pipeline.comparison.differences import (
    Row,
    of_course,
    of_metrics,
    of_speed,
    of_tempo,
    with_doubts,
)
from dancer_pipeline.comparison.gate import common_side, obstacles
from dancer_pipeline.comparison.phases import PHASES, Floats, band, counted, phase_locked
from dancer_pipeline.comparison.recording import Cycles, Recording
from dancer_pipeline.comparison.tables import (
    METHOD_VERSION,
    VIDEO_COMPARISON,
    VIDEO_COMPARISON_CURVES,
)
from dancer_pipeline.comparison.timing import timing_difference
from dancer_pipeline.metrics import refusal


@dataclass(frozen=True)
class VideoComparison:
    """What was found: rows of `VIDEO_COMPARISON` and of `VIDEO_COMPARISON_CURVES`."""

    differences: pd.DataFrame
    curves: pd.DataFrame

    @property
    def refusals(self) -> list[str]:
        """Why the videos cannot be compared, in sentences; nothing where they were."""
        rows = self.differences
        return list(rows.loc[rows["quantity"].astype(str) == WHOLE, "advice"])


WHOLE = "comparison"
"""The quantity of a row that refuses the whole comparison."""


@dataclass(frozen=True)
class _Pair:
    """A course of both videos, phase-locked: repetitions x 101 each, and locked at the ends alone.

    `course` is that of the first video; it says what both are.
    """

    course: Course
    locked: tuple[Floats, Floats]
    timed: tuple[Floats, Floats]

    @property
    def is_seen(self) -> bool:
        return all(len(counted(one)) > 0 for one in self.locked)

    @property
    def range_deg(self) -> float:
        """How far the median repetitions of both videos go, the smaller of both."""
        return min(
            float(np.nanmax(it) - np.nanmin(it)) for it in (band(one)[0] for one in self.locked)
        )


def compare_videos(first: Recording, second: Recording) -> VideoComparison:
    """Compare two videos of one movement, or say why they cannot be compared.

    The gate wants the same exercise, the same view with the camera at most 15 degrees apart, at
    least three whole repetitions (or strides) in each, and the same methods. Both are brought to
    the lower frame rate. Repetitions are read at 101 points, locked at start, turn and end, so a
    different tempo shows as tempo and not as angles; landmarks of the median repetition are
    compared. Warping (DTW) serves for one thing: how much the timing within a repetition differs.

    There is no single score of similarity: it would hide what differs.
    """
    pair_of = {
        "video_a": first.video_id, "version_a": first.version,
        "video_b": second.video_id, "version_b": second.version,
    }  # fmt: skip
    head: dict[str, Any] = dict(pair_of)
    found = obstacles(first, second)
    if found:
        empty = VIDEO_COMPARISON_CURVES.frame()
        rows = [_whole() | refusal(one.reason, one.advice) for one in found]
        return VideoComparison(_table(head, rows), empty)
    first_cycles, second_cycles = _cycles(first, second)
    pairs = list(_pairs(first, second, first_cycles, second_cycles))
    rate_hz = min(first.rate_hz, second.rate_hz)
    rows = [row for pair in pairs for row in of_course(pair.course, *pair.locked)]
    seen = [pair for pair in pairs if pair.is_seen and pair.course.unit == "deg"]
    if seen and "repetition" in first_cycles.phases_s:
        farthest = max(seen, key=lambda pair: pair.range_deg)
        rows.append(of_speed(farthest.timed, first_cycles, second_cycles, rate_hz))
    rows += of_tempo(first_cycles, second_cycles, rate_hz)
    rows += _timing(seen)
    rows += of_metrics(first.tables.get("pose_metrics"), second.tables.get("pose_metrics"))
    doubts = first_cycles.doubts | second_cycles.doubts
    head["exercise"] = first_cycles.exercise
    curves = [pair_of | row for pair in pairs if pair.is_seen for row in _curves(pair)]
    return VideoComparison(
        _table(head, [with_doubts(row, doubts) for row in rows]),
        VIDEO_COMPARISON_CURVES.frame(curves),
    )


def _cycles(first: Recording, second: Recording) -> tuple[Cycles, Cycles]:
    side = common_side(first.cycles, second.cycles)
    return first.cycles.of_side(side), second.cycles.of_side(side)


def _pairs(
    first: Recording, second: Recording, first_cycles: Cycles, second_cycles: Cycles
) -> Iterator[_Pair]:
    rate_hz = min(first.rate_hz, second.rate_hz)
    others = {(it.quantity, it.side): it for it in courses(second)}
    strides = "stride" in first_cycles.phases_s
    for course in courses(first):
        other = others.get((course.quantity, course.side))
        if other is None:
            continue
        both = (
            (course.at_rate(rate_hz, first.rate_hz), first_cycles.marks_s),
            (other.at_rate(rate_hz, second.rate_hz), second_cycles.marks_s),
        )
        locked, timed = (
            tuple(phase_locked(it.time_s, it.values, marks[:, at]) for it, marks in both)
            for at in (slice(None), [0, -1])
        )
        yield _Pair(
            _of_both(course, other, strides=strides), (locked[0], locked[1]), (timed[0], timed[1])
        )


def _of_both(course: Course, other: Course, *, strides: bool) -> Course:
    """Describe a course of both videos: their mean error, and the landmarks of what is done."""
    landmarks = ("start", "highest", "range") if strides else course.landmarks
    error = math.hypot(course.error, other.error) / math.sqrt(2)
    return replace(course, error=error, landmarks=landmarks)


def _timing(angles: list[_Pair]) -> Iterator[Row]:
    """Say how far the courses of all joints, taken together, run apart in time."""
    if not angles:
        return
    first, second = ([band(pair.timed[video])[0] for pair in angles] for video in (0, 1))
    share = timing_difference(first, second)
    if share is not None:
        counts = [min(len(counted(pair.timed[video])) for pair in angles) for video in (0, 1)]
        yield {
            "quantity": "timing", "unit": "%", "difference": 100 * share, "n_a": counts[0],
            "n_b": counts[1], "status": "ok", "reasons": [],
        }  # fmt: skip


def _curves(pair: _Pair) -> Iterator[Row]:
    for video, locked in zip("ab", pair.locked, strict=True):
        for phase, median, low, high in zip(PHASES, *band(locked), strict=True):
            yield {
                "quantity": pair.course.quantity, "side": pair.course.side,
                "unit": pair.course.unit, "video": video, "phase_percent": phase,
                "median": median, "low": low, "high": high,
            }  # fmt: skip


def _whole() -> Row:
    return {"quantity": WHOLE, "unit": "1", "n_a": 0, "n_b": 0}


def _table(head: dict[str, Any], rows: list[Row]) -> pd.DataFrame:
    version = {"method_version": METHOD_VERSION}
    return VIDEO_COMPARISON.frame(head | version | row for row in rows)
