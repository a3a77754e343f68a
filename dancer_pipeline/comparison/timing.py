"""How differently two movements are timed within a repetition: dynamic time warping, and its path.

Each course is first brought to one range, for otherwise a shallower movement would be taken for one
that is timed differently.
"""

from collections.abc import Sequence

import numpy as np

from dancer_pipeline.comparison.phases import PHASES, Floats
from dancer_pipeline.comparison.warping import warping

LEAST_SEEN = 0.5
"""Share of the phases at which every course must be known."""


def timing_difference(first: Sequence[Floats], second: Sequence[Floats]) -> float | None:
    """How far two movements run apart in time on average, as a share of a repetition.

    Parameters
    ----------
    first, second
        Median repetitions (101 points each) of the same quantities in the same unit, locked at
        start and end alone. What moves far counts for much, what hardly moves for little.

    Returns
    -------
    0 where every moment comes as early in the one as in the other; None where too little is known.
    """
    both = np.stack([np.stack(first, axis=1), np.stack(second, axis=1)])
    known = np.isfinite(both).all(axis=(0, 2))
    if known.sum() < LEAST_SEEN * len(PHASES):
        return None
    both = both[:, known]
    ranges = np.ptp(both, axis=1, keepdims=True)
    scale = ranges.mean(axis=0, keepdims=True) / np.maximum(ranges, np.finfo(float).tiny)
    first_course, second_course = (both - both.mean(axis=1, keepdims=True)) * scale
    return warping(first_course, second_course).deviation
