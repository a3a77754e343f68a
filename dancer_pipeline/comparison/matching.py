"""Events that two methods found in one video: which of them are the same event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_TOLERANCE_S = 0.070
TOLERANCE_FRAMES = 2
_FAR = 1e6
"""Cost of a pair that lies too far apart: more than any number of pairs within the tolerance."""


@dataclass(frozen=True)
class Matching:
    """Events of two methods, matched one to one."""

    first_count: int
    second_count: int
    errors_s: Floats
    """Of each matched pair: second - first."""

    @property
    def precision(self) -> float:
        """Share of the second's events that the first found too; NaN where there are none."""
        return len(self.errors_s) / self.second_count if self.second_count else float("nan")

    @property
    def recall(self) -> float:
        """Share of the first's events that the second found too; NaN where there are none."""
        return len(self.errors_s) / self.first_count if self.first_count else float("nan")

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; the same whichever method comes first."""
        count = self.first_count + self.second_count
        return 2 * len(self.errors_s) / count if count else float("nan")


def tolerance_s(rate_hz: float) -> float:
    """How far apart one event may be found by two methods: two frames, at least 70 ms."""
    return max(TOLERANCE_FRAMES / rate_hz, LEAST_TOLERANCE_S)


def matched(first_s: Floats, second_s: Floats, *, tolerance_s: float) -> Matching:
    """Match events one to one: as many as possible, and among those ways the closest."""
    from scipy.optimize import linear_sum_assignment

    errors = second_s[None, :] - first_s[:, None]
    is_near = np.abs(errors) <= tolerance_s + 1e-9
    rows, columns = linear_sum_assignment(np.where(is_near, np.abs(errors), _FAR))
    kept = is_near[rows, columns]
    return Matching(len(first_s), len(second_s), errors[rows[kept], columns[kept]])
