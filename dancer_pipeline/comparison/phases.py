"""Phase-locked courses: each repetition on the same 101 points, so that moments can be compared."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PHASES = np.linspace(0.0, 100.0, 101)
"""Percent of a repetition: 0 its start, 50 its turning point, 100 its end."""

_IS_END = (PHASES <= 5.0) | (PHASES >= 95.0)

_MOST_UNSEEN = 0.2
"""Share of a repetition that may be unseen; with more of it unseen it does not count."""


def phase_locked(time_s: Floats, values: Floats, marks_s: Floats) -> Floats:
    """Read a course at 101 points of each repetition: repetitions x 101.

    Parameters
    ----------
    time_s, values
        The course; NaN where it was not seen.
    marks_s
        Repetitions x marks: start, turn and end; or start and end alone, where nothing is locked
        in between. Marks lie at even distances in phase, whatever time passes between them.

    Returns
    -------
    A row of NaN for a repetition of which more than a fifth was not seen.
    """
    if not len(marks_s) or len(time_s) < 2:
        return np.full((len(marks_s), len(PHASES)), np.nan)
    at = np.linspace(0.0, 100.0, marks_s.shape[1])
    moments = np.array([np.interp(PHASES, at, marks) for marks in marks_s])
    courses = np.interp(moments, time_s, values, left=np.nan, right=np.nan)
    courses[np.isnan(courses).mean(axis=1) > _MOST_UNSEEN] = np.nan
    return np.asarray(courses)


def counted(courses: Floats) -> Floats:
    """Leave out repetitions that were not seen."""
    return courses[np.isfinite(courses).any(axis=1)]


def band(courses: Floats) -> tuple[Floats, Floats, Floats]:
    """Median repetition, and between what the middle eight of ten lie: three times 101 points."""
    low, median, high = np.nanpercentile(counted(courses), [10, 50, 90], axis=0)
    return np.asarray(median), np.asarray(low), np.asarray(high)


def beyond_half_s(courses: Floats, durations_s: Floats) -> Floats:
    """How long each repetition is farther than half way out: its width at half of its range.

    It tells the tempo far better than start and end do, which are left and reached gradually.

    Parameters
    ----------
    courses
        Repetitions x 101, locked at start and end alone; NaN where they were not seen.
    durations_s
        From the start of each to its end.
    """
    widths = np.full(len(courses), np.nan)
    for number, course in enumerate(courses):
        known = np.isfinite(course)
        ends = course[known & _IS_END]
        if len(ends):
            way = np.abs(course[known] - ends.mean())
            widths[number] = (way > np.percentile(way, 95) / 2).mean() * durations_s[number]
    return widths
