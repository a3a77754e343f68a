"""The rhythm of a walk without its contacts: from how the feet swing and lift, by autocorrelation.

It does not say which foot does what when. So it holds from any side, in running and in walking
backward, and it is a second opinion where contacts were found.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._leg_swing import LegSwing
from dancer_pipeline.signals.heading import moving_mean
from dancer_pipeline.signals.periodicity import autocorrelation, period
from dancer_pipeline.signals.tracks import Floats

_STRIDE_S = (0.5, 3.2)
"""Between 240 and 37 steps a minute."""
_STEP_S = (0.25, 3.2)
_REACH = 0.15
"""Of a lag: uneven steps repeat a little before or after it."""


@dataclass(frozen=True)
class Rhythm:
    """Stride times of a walk, found in two ways; NaN where there is none."""

    stride_s: float
    second_s: float
    duration_s: float

    @property
    def cadence_spm(self) -> float:
        """Steps per minute."""
        return 120 / self.stride_s

    @property
    def steps(self) -> int:
        """How many steps of this length it lasted."""
        return int(2 * self.duration_s / self.stride_s)

    @property
    def disagreement(self) -> float:
        """How far the two are apart, as a share."""
        return abs(self.second_s / self.stride_s - 1)


def rhythm(swing: LegSwing, part: slice, step_s: float, *, is_frontal: bool) -> Rhythm:
    """Find the stride of one walk in two ways; `step_s` tells steps from strides.

    By the way the feet swing, and by how they are lifted. From the front, where the swing is not
    seen: the middle one of how feet and knees are lifted and how the hips rise and fall, for
    whoever comes nearer is seen from ever higher, which bends each of them in another way.
    """
    rate_hz, duration_s = swing.rate_hz, float(np.ptp(swing.time_s[part]))
    feet = _period_s(swing.lifted[part], rate_hz, _STRIDE_S)
    if not is_frontal:
        return Rhythm(_period_s(swing.ahead[part], rate_hz, _STRIDE_S), feet, duration_s)
    knees = _period_s(swing.knee_lifted[part], rate_hz, _STRIDE_S)
    hips = swing.hips[part] - moving_mean(swing.hips[part], max(1, round(step_s * rate_hz)))
    rise = _stride_s(_period_s(hips, rate_hz, _STEP_S), step_s)
    return Rhythm(float(np.nanmedian([feet, knees, rise])), rise, duration_s)


def stride_s_by_distance(swing: LegSwing, part: slice, step_s: float) -> float:
    """Stride time from how far the ankles are apart, whichever is ahead; NaN for none.

    Left and right may be confused: the distance knows no sides. It repeats with every step, and in
    a limp only with every stride; `step_s` tells which it is.
    """
    return _stride_s(_period_s(_apart(swing, part), swing.rate_hz, _STEP_S), step_s)


def regularity(swing: LegSwing, part: slice, step_s: float) -> tuple[float, float]:
    """How alike a step is to the next one and to the one after: of the distance of the ankles."""
    found = autocorrelation(_apart(swing, part), swing.rate_hz, longest_s=2.5 * step_s)
    return _near(found, step_s * swing.rate_hz), _near(found, 2 * step_s * swing.rate_hz)


def _period_s(values: Floats, rate_hz: float, limits_s: tuple[float, float]) -> float:
    return period(values, rate_hz, shortest_s=limits_s[0], longest_s=limits_s[1]).period_s


def _stride_s(period_s: float, step_s: float) -> float:
    """Stride of what repeats itself after one step, or only after several."""
    steps = max(1.0, round(period_s / step_s)) if np.isfinite(period_s) else 1.0
    return 2 * period_s / steps


def _near(correlation: Floats, lag: float) -> float:
    """Highest correlation about a lag; NaN where the record is too short for it."""
    start, end = round((1 - _REACH) * lag), round((1 + _REACH) * lag) + 1
    part = correlation[start:end]
    return float(part.max()) if len(part) == end - start else float("nan")


def _apart(swing: LegSwing, part: slice) -> Floats:
    """How far the feet are apart, from the middle between their two ends."""
    ahead = swing.ahead[part]
    return np.asarray(np.abs(ahead - np.nanpercentile(ahead, [5, 95]).mean()))
