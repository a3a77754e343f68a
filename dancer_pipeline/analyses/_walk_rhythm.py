"""The rhythm of a walk without its contacts: from how the feet swing and lift, by autocorrelation.

It does not say which foot does what when. So it holds from any side, in running and in walking
backward, and it is a second opinion where contacts were found.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._leg_swing import LegSwing
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


def rhythm(swing: LegSwing, part: slice, *, is_frontal: bool) -> Rhythm:
    """Find the stride of one walk by the way the feet swing, and by how they are lifted.

    The lifting comes first where the swing goes towards the camera and is known by depth only.
    """
    shortest_s, longest_s = _STRIDE_S
    way, lift = (
        period(values[part], swing.rate_hz, shortest_s=shortest_s, longest_s=longest_s).period_s
        for values in (swing.ahead, swing.lifted)
    )
    duration_s = float(np.ptp(swing.time_s[part]))
    return Rhythm(lift, way, duration_s) if is_frontal else Rhythm(way, lift, duration_s)


def stride_s_by_distance(swing: LegSwing, part: slice, step_s: float) -> float:
    """Stride time from how far the ankles are apart, whichever is ahead; NaN for none.

    Left and right may be confused: the distance knows no sides. It repeats with every step, and in
    a limp only with every stride; `step_s` tells which it is.
    """
    found = period(_apart(swing, part), swing.rate_hz, shortest_s=_STEP_S[0], longest_s=_STEP_S[1])
    steps = max(1.0, round(found.period_s / step_s)) if np.isfinite(found.period_s) else 1.0
    return 2 * found.period_s / steps


def regularity(swing: LegSwing, part: slice, step_s: float) -> tuple[float, float]:
    """How alike a step is to the next one and to the one after: of the distance of the ankles."""
    found = autocorrelation(_apart(swing, part), swing.rate_hz, longest_s=2.5 * step_s)
    return _near(found, step_s * swing.rate_hz), _near(found, 2 * step_s * swing.rate_hz)


def _near(correlation: Floats, lag: float) -> float:
    """Highest correlation about a lag; NaN where the record is too short for it."""
    start, end = round((1 - _REACH) * lag), round((1 + _REACH) * lag) + 1
    part = correlation[start:end]
    return float(part.max()) if len(part) == end - start else float("nan")


def _apart(swing: LegSwing, part: slice) -> Floats:
    return np.abs(swing.ahead[part] - np.nanmedian(swing.ahead[part]))
