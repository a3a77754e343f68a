"""Values over time: from one known value to the next, at rest at each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dancer_pipeline.synthetic.movements import ease
from dancer_pipeline.synthetic.rotations import Array


def keyed(times_s: Array, knots: Sequence[tuple[float, ArrayLike]]) -> Array:
    """Follow minimum-jerk curves between (time, value); the fastest moment is halfway between.

    Before the first and after the last knot their values hold. Values are numbers or vectors.
    """
    at = np.array([time_s for time_s, _ in knots])
    values = np.array([value for _, value in knots], float)
    if len(knots) == 1:
        return np.broadcast_to(values[0], (*times_s.shape, *values.shape[1:])).copy()
    index = np.clip(np.searchsorted(at, times_s, side="right") - 1, 0, len(at) - 2)
    width = np.maximum(at[index + 1] - at[index], 1e-9)
    share = ease((times_s - at[index]) / width)
    share = share.reshape(*share.shape, *[1] * (values.ndim - 1))
    return np.asarray(values[index] + share * (values[index + 1] - values[index]))


def through(share: Array, start: ArrayLike, middle: ArrayLike, end: ArrayLike) -> Array:
    """Go along the parabola from start (0) by the middle (1/2) to the end (1)."""
    s = share[..., None]
    first, halfway, last = (np.asarray(point, float) for point in (start, middle, end))
    return np.asarray(
        first * (1 - s) * (1 - 2 * s) + halfway * 4 * s * (1 - s) + last * s * (2 * s - 1)
    )


def hop(share: Array) -> Array:
    """0 to 1 to 0; the foot lifts softly and comes down at speed, so that the moment is sharp."""
    s = np.clip(share, 0, 1)
    return np.asarray(6.75 * s**2 * (1 - s))
