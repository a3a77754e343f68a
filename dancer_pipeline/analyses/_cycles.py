"""Cycles of a course: away from a starting position, a turn, and back again."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.tracks import Flags, Floats

SHORTEST_S = 0.5
LONGEST_WAY_S = 8.0
"""A way to the turn or back that lasts longer is no movement, but a change of posture."""
_HIDDEN_S = 1.0
"""Gaps up to this long are bridged for counting: a repetition does not end in them."""
_SHORTEST_STRETCH_S = 0.8
LEAST_SHARE = 0.28
"""A partial repetition has at least this share of the usual range; smaller is fidgeting."""
_STILL = 0.05
"""Of the fastest moment: slower is standing still (boundaries of the phases)."""
_PHASE_CUTOFF = 0.8
"""Cycles in the time of the middle half of a way: what is faster is no part of a phase."""
_NEAR_END = 0.25
"""Share of the range within which the ends of a way lie: a sticking point is no end."""
_BELOW = 0.15
"""Share of the rise by which start and end may differ."""
_LONGEST_END = 1.5
"""Times the middle half of a way: its first and last quarter take no longer than that each."""


@dataclass(frozen=True)
class Cycle:
    """One cycle, in places of the time grid (between them where so measured)."""

    start: float
    turn_begins: float
    turn_ends: float
    end: float
    half_up: float
    """When half of the range is passed on the way to the turn; and on the way back."""
    half_down: float
    low: float
    """The higher of the values at start and end: what the way back came back to."""
    high: float

    @property
    def turn(self) -> float:
        return (self.turn_begins + self.turn_ends) / 2

    @property
    def rise(self) -> float:
        return self.high - self.low


def cycles(
    course: Floats, allowed: Flags, rate_hz: float, gate: float
) -> tuple[list[Cycle], float]:
    """Find the cycles of a course where it is allowed to have some.

    Returns the cycles and the largest cycle seen, which tells why there are none.
    """
    stretches = list(_stretches(course, allowed, rate_hz))
    tops = [_peaks(values, rate_hz, 0.2 * gate) for _, values in stretches]
    rises = np.concatenate([rise for _, rise in tops]) if tops else np.zeros(0)
    highs = np.concatenate(
        [part[1][at] for part, (at, _) in zip(stretches, tops, strict=True)] or [rises]
    )
    large = rises >= gate
    if not large.any():
        return [], float(rises.max(initial=0.0))
    usual = float(np.median(rises[large]))
    least = max(LEAST_SHARE * usual, 0.3 * gate)
    middle = float(np.median(highs[large] - rises[large] / 2))
    found = [
        cycle
        for first, values in stretches
        for cycle in _cycles(values, first, rate_hz, (least, middle))
        if _is_movement(cycle, rate_hz)
    ]
    return found, float(rises.max())


def _stretches(course: Floats, allowed: Flags, rate_hz: float) -> Iterator[tuple[int, Floats]]:
    """First place and values of each stretch without a long gap."""
    usable = np.where(allowed, course, np.nan)
    limit = max(1, round(_HIDDEN_S * rate_hz)) if rate_hz > 0 else 1
    seen = np.flatnonzero(np.isfinite(usable))
    if len(seen) == 0:
        return
    for part in np.split(seen, np.flatnonzero(np.diff(seen) > limit) + 1):
        if len(part) >= max(4, _SHORTEST_STRETCH_S * rate_hz):
            whole = usable[part[0] : part[-1] + 1]
            yield int(part[0]), np.asarray(pd.Series(whole).interpolate(), dtype=float)


def _peaks(values: Floats, rate_hz: float, least: float) -> tuple[NDArray[np.intp], Floats]:
    """Places of the peaks, and how far the course rises to each and falls again after it."""
    from scipy.signal import find_peaks

    peaks, found = find_peaks(
        values, prominence=least, distance=max(1, round(SHORTEST_S * rate_hz))
    )
    return peaks, found["prominences"]


def _cycles(
    values: Floats, first: int, rate_hz: float, limits: tuple[float, float]
) -> Iterator[Cycle]:
    least, middle = limits
    peaks, _ = _peaks(values, rate_hz, least)
    tops = _returned(values, peaks.tolist(), middle)
    edges = [0, *tops, len(values) - 1]
    valleys = [left + int(np.argmin(values[left : right + 1])) for left, right in pairwise(edges)]
    places = [_within(values, *at) for at in zip(valleys, tops, valleys[1:], strict=False)]
    smooth = _for_phases(values, places, rate_hz)
    for left, peak, right in places:
        yield _cycle(values, smooth, (left, peak, right), first)


def _returned(values: Floats, peaks: list[int], middle: float) -> list[int]:
    """Take peaks as one between which the course does not come back beyond its middle."""
    kept: list[int] = []
    for peak in peaks:
        if not kept or values[kept[-1] : peak].min() < middle:
            kept.append(peak)
        elif values[peak] > values[kept[-1]]:
            kept[-1] = peak
    return kept


def _within(values: Floats, left: int, peak: int, right: int) -> tuple[int, int, int]:
    """Cut off what lies below the starting position: lying down or getting up, no part of it."""
    base = max(values[left], values[right])
    floor = base - _BELOW * (values[peak] - base)
    below = values < floor
    left += _last(below[left:peak], -1) + 1
    after = np.flatnonzero(below[peak : right + 1])
    return left, peak, peak + int(after[0]) - 1 if len(after) else right


def _for_phases(values: Floats, places: list[tuple[int, int, int]], rate_hz: float) -> Floats:
    """Smooth as much as the slowness of the ways allows: their ends are told by small speeds."""
    if not places:
        return values
    quick = [
        _middle_half(way)
        for left, peak, right in places
        for way in (values[left : peak + 1], values[peak : right + 1][::-1])
    ]
    usual_s = max(float(np.median(quick)), 1.0) / rate_hz
    return low_pass(values, rate_hz=rate_hz, cutoff_hz=_PHASE_CUTOFF / usual_s)


def _middle_half(way: Floats) -> int:
    """Length of the part of a rising way in which its level goes from a quarter to three."""
    level = (way - way.min()) / max(float(np.ptp(way)), 1e-9)
    return _last(level < 1 - _NEAR_END, 0) + 1 - _last(level < _NEAR_END, 0)


def _cycle(values: Floats, smooth: Floats, places: tuple[int, int, int], first: int) -> Cycle:
    left, peak, right = places
    last = len(values) - 1
    start, turn_begins = _way(smooth, left, peak)
    end, turn_ends = _way(smooth[::-1], last - right, last - peak)
    half_up, half_down = _halves(values, left, peak, right)
    return Cycle(
        start=first + start,
        turn_begins=first + turn_begins,
        turn_ends=first + last - turn_ends,
        end=first + last - end,
        half_up=first + half_up,
        half_down=first + half_down,
        low=float(max(values[left], values[right])),
        high=float(values[peak]),
    )


def _halves(values: Floats, left: int, peak: int, right: int) -> tuple[float, float]:
    up, down = values[left : peak + 1], values[peak : right + 1]
    rising = np.flatnonzero(up < (up[0] + up[-1]) / 2)
    falling = np.flatnonzero(down < (down[0] + down[-1]) / 2)
    half_up = left + int(rising[-1]) if len(rising) else left
    return float(half_up), float(peak + int(falling[0]) if len(falling) else right)


def _way(values: Floats, low: int, high: int) -> tuple[float, float]:
    """Where the way from a low place to a high one begins and ends: 5 % of its fastest moment."""
    way = values[low : high + 1]
    if len(way) < 3:
        return float(low), float(high)
    level = (way - way.min()) / max(float(np.ptp(way)), 1e-9)
    speed = np.gradient(way)
    quarter, most = _last(level < _NEAR_END, 0), _last(level < 1 - _NEAR_END, 0) + 1
    fastest = quarter + int(np.argmax(speed[quarter : most + 1]))
    still = _STILL * speed[fastest]
    slow = speed <= still
    reach = _LONGEST_END * max(most - quarter, 1)
    before = _last((slow & (level < _NEAR_END))[:fastest], -1)
    begins = max(_crossing(speed, before, still) if before >= 0 else 0.0, quarter - reach)
    after = np.flatnonzero(slow[most:])
    last = _crossing(speed, most + int(after[0]) - 1, still) if len(after) else high - low
    return low + begins, low + min(last, most + reach)


def _crossing(speed: Floats, place: int, still: float) -> float:
    """Where the speed passes a value between a place and the next one."""
    step = speed[place + 1] - speed[place]
    return place + float(np.clip((still - speed[place]) / step, 0.0, 1.0)) if step else float(place)


def _last(where: Flags, otherwise: int) -> int:
    places = np.flatnonzero(where)
    return int(places[-1]) if len(places) else otherwise


def _is_movement(cycle: Cycle, rate_hz: float) -> bool:
    out, back = cycle.turn_begins - cycle.start, cycle.end - cycle.turn_ends
    lasts = cycle.end - cycle.start
    return lasts >= SHORTEST_S * rate_hz and max(out, back) <= LONGEST_WAY_S * rate_hz
