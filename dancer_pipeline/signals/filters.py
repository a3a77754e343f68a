"""Low-pass filters without a lag, at the cut-off frequency that one asks for."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MAX_CUTOFF = 0.42
"""Above this share of the rate a low-pass changes nothing worth having, and its design fails."""


def low_pass(values: Floats, *, rate_hz: float, cutoff_hz: float) -> Floats:
    """Filter evenly spaced values along the first axis: 4th order Butterworth, zero lag.

    A second-order filter runs forwards and backwards. Both passes together would halve the
    amplitude at the cut-off, so each is designed for a higher one (Winter 2009). Where the rate is
    too low for the cut-off the values come back as they are. Expects no NaN.
    """
    if len(values) < 3 or not cutoff_hz < MAX_CUTOFF * rate_hz:
        return values.copy()
    from scipy.signal import sosfiltfilt

    sections = _sections(corrected_cutoff_hz(cutoff_hz, rate_hz), rate_hz)
    padding = min(len(values) - 1, round(3 * rate_hz / cutoff_hz))
    filtered = sosfiltfilt(sections, values, axis=0, padtype="odd", padlen=padding)
    return np.asarray(filtered, dtype=float)


@lru_cache(maxsize=64)
def _sections(cutoff_hz: float, rate_hz: float) -> Floats:
    from scipy.signal import butter

    return np.asarray(butter(2, cutoff_hz, fs=rate_hz, output="sos"))


def corrected_cutoff_hz(cutoff_hz: float, rate_hz: float) -> float:
    """Cut-off of each of two second-order passes that together have `cutoff_hz`."""
    warped = math.tan(math.pi * cutoff_hz / rate_hz) / (math.sqrt(2) - 1) ** 0.25
    return math.atan(warped) * rate_hz / math.pi


def joint_angle_cutoff_hz(rate_hz: float) -> float:
    """Cut-off for joint angles in everyday movement: 6 Hz, and 5 Hz below 24 frames a second."""
    return 6.0 if rate_hz >= 24 else 5.0
