"""Fast movements of a hand: when one begins, is fastest and ends. Plain functions over arrays.

Nothing here knows of tables, of a sport, or of how the arrays were smoothed: recorded videos bring
them from a filter without a lag, a live stream from a causal one. Speeds are in torso lengths per
second. A hand's speed between two frames is averaged over them: pulses of 80, 120 and 200 ms are
read at 0.83, 0.92 and 0.97 of their height at 30 frames per second and at 0.56, 0.73 and 0.88 at
15, so peaks compare only within a recording.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dancer_pipeline.signals.periodicity import vertex
from dancer_pipeline.signals.tracks import Floats

LEAST_PEAK = 5.0
"""Torso lengths per second. A still person's hand is read at up to 2 to 4."""
REFRACTORY_S = 0.5
_SPREADS, _SCALED_MAD = 6.0, 1.4826
_LARGEST_SHARE = 0.5
_SLOW_SHARE, _REACH_S = 0.2, 0.8
_SECOND_PEAK_S, _SECOND_PEAK_SHARE = 0.25, 0.65
_SCALE_WINDOW_S, _SCALE_QUANTILE = 3.0, 0.75


@dataclass(frozen=True)
class Burst:
    """One fast movement of a hand; the places are indices of the arrays."""

    start: int
    """Where the hand sets off: slowest, or slower than a fifth of the peak, for the last time."""
    peak: int
    """Where it is fastest; of peaks that differ by less than a third, the last one."""
    end: int
    peak_s: float
    """Between the samples: the top of a parabola through three of them."""
    peak_speed: float
    """Largest speed of the burst."""
    width_s: float
    """How long the hand is faster than half the peak."""


def wrist_cutoff_hz(rate_hz: float) -> float:
    """Cut-off for the speed of hands: 10 Hz, lower where there are few frames."""
    return min(10.0, 0.35 * rate_hz)


def body_scale_px(torso_px: Floats, rate_hz: float) -> Floats:
    """Length of the torso in the picture as it would be seen upright, at each time.

    The upper quartile over three seconds: a torso that bends towards the camera looks short for a
    moment, and one that walks away stays short.
    """
    import pandas as pd

    window = max(3, round(_SCALE_WINDOW_S * rate_hz))
    rolling = pd.Series(torso_px).rolling(window, min_periods=1, center=True)
    return np.asarray(rolling.quantile(_SCALE_QUANTILE), dtype=float)


def bridged(time_s: Floats, values: Floats, *, longest_s: float) -> Floats:
    """Fill gaps (rows of NaN) of up to a length in a straight line; what is lost longer stays."""
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    filled = values.copy()
    for before, after in pairwise(known):
        if after > before + 1 and time_s[after] - time_s[before] <= longest_s + 1e-6:
            share = (time_s[before + 1 : after] - time_s[before]) / (time_s[after] - time_s[before])
            step = values[after] - values[before]
            filled[before + 1 : after] = values[before] + share[:, None] * step
    return filled


def speed(time_s: Floats, place: Floats) -> Floats:
    """Speed of a point, whatever its unit, per second; NaN where it is not seen."""
    if len(time_s) < 2:
        return np.full(len(time_s), np.nan)
    return np.asarray(np.linalg.norm(np.gradient(place, time_s, axis=0), axis=1))


def peak_threshold(speed: Floats) -> float:
    """From which speed on a peak is a swing: 5, or far above what this hand does all the time.

    The median and six spreads, but never more than half of the fastest: in a drill the hand is fast
    most of the time, and its strokes are strokes nevertheless.
    """
    known = speed[np.isfinite(speed)]
    if not len(known):
        return LEAST_PEAK
    usual = float(np.median(known))
    spread = _SCALED_MAD * float(np.median(np.abs(known - usual)))
    largest = float(np.percentile(known, 99))
    return max(LEAST_PEAK, min(usual + _SPREADS * spread, _LARGEST_SHARE * largest))


def bursts(time_s: Floats, speed: Floats, threshold: float) -> list[Burst]:
    """Peaks of a speed above a threshold, the faster of two that are nearer than half a second."""
    from scipy.signal import find_peaks

    if len(time_s) < 3:
        return []
    apart = max(1.0, REFRACTORY_S / float(np.median(np.diff(time_s))))
    known = np.where(np.isfinite(speed), speed, 0.0)
    peaks, _ = find_peaks(known, height=threshold, distance=apart)
    return [_burst(time_s, known, int(peak)) for peak in peaks]


def _burst(time_s: Floats, speed: Floats, fastest: int) -> Burst:
    start = _foot(time_s, speed, fastest, -1)
    peak = _last_peak(time_s, speed, fastest, _foot(time_s, speed, fastest, 1))
    end = _foot(time_s, speed, peak, 1)
    step_s = float(time_s[peak + 1] - time_s[peak])
    offset = vertex(speed, peak) - peak
    before, after = speed[fastest - 1], speed[fastest + 1]
    height = float(speed[fastest] + 0.25 * (after - before) * (vertex(speed, fastest) - fastest))
    fast = _edge(speed, fastest, height / 2, -1) + _edge(speed, peak, height / 2, 1)
    width_s = (fast + peak - fastest) * step_s
    return Burst(start, peak, end, float(time_s[peak]) + offset * step_s, height, width_s)


def _last_peak(time_s: Floats, speed: Floats, fastest: int, end: int) -> int:
    """Take the last of several peaks of one burst that are nearly as fast as the fastest.

    A hand is fast until the ball is met and slow after; which of two peaks on the way is a little
    higher, noise and the view decide.
    """
    last = fastest
    for place in range(fastest + 1, min(end, len(speed) - 1)):
        is_peak = speed[place - 1] < speed[place] >= speed[place + 1]
        if time_s[place] - time_s[fastest] > _SECOND_PEAK_S:
            break
        if is_peak and speed[place] >= _SECOND_PEAK_SHARE * speed[fastest]:
            last = place
    return last


def _foot(time_s: Floats, speed: Floats, peak: int, step: int) -> int:
    """Nearest sample, in one direction, that is slow; the slowest one in reach where none is."""
    place = slowest = peak
    while 0 <= place + step < len(speed):
        place += step
        if abs(time_s[place] - time_s[peak]) > _REACH_S:
            break
        if speed[place] < speed[slowest]:
            slowest = place
        if speed[place] <= _SLOW_SHARE * speed[peak]:
            break
    return slowest


def _edge(speed: Floats, peak: int, level: float, step: int) -> float:
    """How many samples from the peak the speed falls through a level, interpolated."""
    place = peak
    while 0 <= place + step < len(speed) and speed[place + step] > level:
        place += step
    if not 0 <= place + step < len(speed):
        return float(abs(place - peak))
    fall = speed[place] - speed[place + step]
    part = (speed[place] - level) / fall if fall > 0 else 0.0
    return abs(place - peak) + float(np.clip(part, 0, 1))
