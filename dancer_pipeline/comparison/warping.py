"""Dynamic time warping: how two courses of the same movement line up in time.

It is used for timing only. Its distance hides amplitude: a squat that is 18 degrees less deep is
6 degrees away after warping.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WINDOW = 0.15
"""Sakoe and Chiba's band, as a share of the longer course."""


@dataclass(frozen=True)
class Warping:
    """The cheapest way to line up two courses."""

    distance: float
    """Root of the summed squared differences along the path."""
    path: NDArray[np.intp]
    """Steps x 2: places in the first and in the second course."""

    @property
    def deviation(self) -> float:
        """How far the path leaves the diagonal on average, as a share of the courses."""
        shares = self.path / np.maximum(self.path[-1], 1)
        return float(np.abs(shares[:, 1] - shares[:, 0]).mean())


def warping(first: Floats, second: Floats, *, window: float = WINDOW) -> Warping:
    """Line up two courses (times x quantities, all in one unit) exactly, within the band."""
    n, m = len(first), len(second)
    costs = ((first[:, None, :] - second[None, :, :]) ** 2).sum(axis=-1)
    band = max(math.ceil(window * max(n, m)), abs(n - m))
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(n):
        for j in range(max(0, i - band), min(m, i + band + 1)):
            total[i + 1, j + 1] = costs[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return Warping(math.sqrt(total[n, m]), _path(total))


def _path(total: Floats) -> NDArray[np.intp]:
    i, j = total.shape[0] - 1, total.shape[1] - 1
    path = [(i - 1, j - 1)]
    while (i, j) != (1, 1):
        i, j = min(((i - 1, j - 1), (i - 1, j), (i, j - 1)), key=lambda at: float(total[at]))
        path.append((i - 1, j - 1))
    return np.array(path[::-1], dtype=np.intp)
