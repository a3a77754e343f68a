"""Fast movements of a hand: when one begins, is fastest and ends. Plain functions over arrays.

Nothing here knows of tables, of a sport, or of how the arrays were smoothed. Speeds are in torso
lengths per second. A hand's speed between two frames is averaged over them: pulses of 80, 120 and
200 ms are read at 0.83, 0.92 and 0.97 of their height at 30 frames per second and at 0.56, 0.73 and
0.88 at 15, so peaks compare only within a recording.
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
_SECOND_PEAK_S = 0.25
_SCALE_WINDOW_S, _SCALE_QUANTILE = 3.0, 0.75


@dataclass(frozen=True)
class Burst:
    """One fast movement of a hand; the places are indices of the arrays."""

    start: int
    """Where the hand sets off: slowest, or slower than a fifth of the peak, for the last time."""
    peak: int
    """Where it is fastest, or the last of several peaks that are nearly as fast."""
    end: int
    peak_s: float
    """Between the samples: the top of a parabola through three of them."""
    peak_speed: float
    """Largest speed of the burst."""
    rise_s: float
    fall_s: float
    """From when to when the hand is faster than half the peak."""

    @property
    def width_s(self) -> float:
        """How long the hand is faster than half the peak."""
        return self.fall_s - self.rise_s

    @property
    def middle_s(self) -> float:
        """Middle of the time in which the hand is fast."""
        return (self.rise_s + self.fall_s) / 2


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


@dataclass(frozen=True)
class Choice:
    """Which of several peaks of one burst counts: the first or last that is nearly the fastest."""

    share: float = 1.0
    """Of the fastest one, from which a peak is nearly as fast."""
    is_last: bool = False


def bursts(
    time_s: Floats, speed: Floats, threshold: float, choice: Choice = Choice()
) -> list[Burst]:
    """Peaks of a speed above a threshold, the faster of two that are nearer than half a second."""
    from scipy.signal import find_peaks

    if len(time_s) < 3:
        return []
    apart = max(1.0, REFRACTORY_S / float(np.median(np.diff(time_s))))
    known = np.where(np.isfinite(speed), speed, 0.0)
    peaks, _ = find_peaks(known, height=threshold, distance=apart)
    return [_burst(time_s, known, int(peak), choice) for peak in peaks]


def _burst(time_s: Floats, speed: Floats, fastest: int, choice: Choice) -> Burst:
    peak = _chosen(time_s, speed, fastest, choice)
    first, last = min(peak, fastest), max(peak, fastest)
    start, end = _foot(time_s, speed, first, -1), _foot(time_s, speed, last, 1)
    step_s = float(time_s[peak + 1] - time_s[peak])
    offset, height = vertex(speed, peak) - peak, _height(speed, fastest)
    rise = float(time_s[first]) - step_s * _edge(speed, first, height / 2, -1)
    fall = float(time_s[last]) + step_s * _edge(speed, last, height / 2, 1)
    return Burst(start, peak, end, float(time_s[peak]) + offset * step_s, height, rise, fall)


def _height(speed: Floats, peak: int) -> float:
    """Height of the parabola through a peak and its neighbours."""
    slope = speed[peak + 1] - speed[peak - 1]
    return float(speed[peak] + 0.25 * slope * (vertex(speed, peak) - peak))


def _chosen(time_s: Floats, speed: Floats, fastest: int, choice: Choice) -> int:
    step = 1 if choice.is_last else -1
    chosen, place, end = fastest, fastest + step, _foot(time_s, speed, fastest, step)
    while (end - place) * step > 0 and abs(time_s[place] - time_s[fastest]) <= _SECOND_PEAK_S:
        is_peak = speed[place - 1] < speed[place] >= speed[place + 1]
        if is_peak and speed[place] >= choice.share * speed[fastest]:
            chosen = place
        place += step
    return chosen


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
