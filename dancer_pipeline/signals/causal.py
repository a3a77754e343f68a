"""A low-pass that knows no future: what a live picture can have where a file has `low_pass`.

The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012) follows slow movement smoothly and fast
movement closely: its cut-off rises with speed. It lags where `low_pass` does not, by about a frame.

It is written here and not taken from the package `OneEuroFilter`, which takes a timestamp of 0.0
for none and filters one number at a time; on the authors' published example both agree.
"""

import numpy as np

from dancer_pipeline.signals.tracks import Floats


class OneEuro:
    """The filter for values that arrive one moment after the other.

    Parameters
    ----------
    min_cutoff_hz
        Cut-off while nothing moves; lower means less jitter and more lag.
    beta
        How much the cut-off rises with speed: Hz per (unit of the values per second). The default
        is for torso lengths. On pixels or on shares of the picture it means something else.
    derivative_cutoff_hz
        Cut-off of the speed that decides.
    """

    def __init__(
        self,
        *,
        min_cutoff_hz: float = 1.5,
        beta: float = 1.5,
        derivative_cutoff_hz: float = 1.0,
    ) -> None:
        self._min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._derivative_cutoff_hz = derivative_cutoff_hz
        self._time_s = self._filtered = self._speed = np.array(np.nan)

    def filter(self, time_s: float, values: Floats) -> Floats:
        """Return the filtered values of this moment; each coordinate is filtered for itself.

        What is NaN stays so, and the coordinate goes on from where it was last seen. A moment that
        is not later than the last one changes nothing.
        """
        values = np.asarray(values, dtype=float)
        is_seen = np.isfinite(values)
        is_first = is_seen & ~np.isfinite(self._filtered)
        step_s = np.where(is_first, 1.0, time_s - self._time_s)
        is_next = is_seen & (step_s > 0)
        filtered, speed = self._advanced(values, np.where(is_next, step_s, 1.0))
        self._filtered = np.where(is_first, values, np.where(is_next, filtered, self._filtered))
        self._speed = np.where(is_first, 0.0, np.where(is_next, speed, self._speed))
        self._time_s = np.where(is_next, time_s, self._time_s)
        return np.where(is_seen, self._filtered, np.nan)

    def _advanced(self, values: Floats, step_s: Floats) -> tuple[Floats, Floats]:
        """Values and speeds after a step; NaN for what was never seen."""
        change = (values - self._filtered) / step_s
        trust = _trust(self._derivative_cutoff_hz, step_s)
        speed = trust * change + (1 - trust) * self._speed
        trust = _trust(self._min_cutoff_hz + self._beta * np.abs(speed), step_s)
        return trust * values + (1 - trust) * self._filtered, speed


def one_euro(
    time_s: Floats,
    values: Floats,
    *,
    min_cutoff_hz: float = 1.5,
    beta: float = 1.5,
    derivative_cutoff_hz: float = 1.0,
) -> Floats:
    """Filter values along the first axis as if they had come one by one; same shape, NaN kept.

    Times need not be even. `beta` is meant for values in torso lengths (see `OneEuro`): divide
    pixels by `Motion.torso_px` first.
    """
    live = OneEuro(
        min_cutoff_hz=min_cutoff_hz, beta=beta, derivative_cutoff_hz=derivative_cutoff_hz
    )
    filtered = np.full_like(values, np.nan, dtype=float)
    is_seen = np.isfinite(values).any(axis=tuple(range(1, values.ndim)))
    for place in np.flatnonzero(is_seen):
        filtered[place] = live.filter(float(time_s[place]), values[place])
    return filtered


def _trust(cutoff_hz: Floats | float, step_s: Floats) -> Floats:
    """How far a first-order low-pass follows a new value after a step."""
    return np.asarray(1 / (1 + 1 / (2 * np.pi * cutoff_hz * step_s)))
