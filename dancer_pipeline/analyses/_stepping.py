"""Where somebody walks or runs: what tells it from everything else that legs do.

In walking one foot after the other is lifted and carried on while the other stays on the floor.
So the distance of the ankles swings to and fro, and it grows forward while that foot is up: a loop
that always turns the same way. Squats have no such swing; a lunge, a march on the spot or a side
step lift a foot on its way there and on its way back, and their loops have no turning sense.

From the front and from behind a picture shows no such loop. There the feet take turns in being
lifted, evenly, and the knees follow them only a little: less than in a march.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._leg_swing import LegSwing, shortening
from dancer_pipeline.signals.heading import FRONTAL_DEG, SAGITTAL_DEG, folded_deg
from dancer_pipeline.signals.periodicity import LEAST_STRENGTH, autocorrelation, vertex
from dancer_pipeline.signals.tracks import Flags, Floats

_WINDOWS_S = (2.4, 4.8)
"""A window holds two steps; the longer one is for slow walkers."""
_HOP_SHARE = 1 / 8
"""Of a window: so far the next one begins after it."""

_STEP_S = (60 / 220, 60 / 40)
"""Between 220 and 40 steps a minute."""
_LEAST_SEEN = 0.7
_LEAST_SWING = 0.5
"""Of the distance of the ankles, front to back, in torso lengths: steps of an eighth of a metre."""
_LEAST_TURNING, _LEAST_TURNING_BACKWARD = 0.3, 0.4
"""People seldom walk backward, so it takes more to believe it."""
_LEAST_LIFT = 0.2
_LEAST_EVENNESS = 0.7
_MOST_KNEE_LIFT = 0.55
"""Torso lengths that a walker's knees rise over each other, seen from the front ..."""
_RUNNING_STEP_S = 60 / 150
"""... and the time of a step below which they may rise higher, for it is a run."""
_MOST_SIDEWAYS = 0.6
"""Of the swing ahead: what goes more to the side is a side step or a dance."""
_MOST_TURN_DEG = 50.0
_LEAST_HEIGHT = 0.9
"""Of the hips above the ankles, and what of it ..."""
_MOST_SINKING = 0.5
"""... may come and go: more is a lunge."""
_LEAST_UPRIGHT = 0.5
"""Of the shoulders above the hips."""


@dataclass(frozen=True)
class Stepping:
    """A window in which somebody walks or runs."""

    start: int
    end: int
    step_s: float
    is_forward: bool


def stepping(swing: LegSwing) -> Iterator[Stepping]:
    """Find the windows in which somebody walks or runs."""
    count = len(swing.time_s)
    speed = swing.speed
    for length_s in _WINDOWS_S:
        size = min(count, round(length_s * swing.rate_hz)) if count > 1 else 0
        hop = max(1, round(_HOP_SHARE * size))
        for start in [*range(0, count - size, hop), max(0, count - size)]:
            part = slice(start, start + size)
            if size and (found := _stepping(swing, speed, part)):
                yield found


def _stepping(swing: LegSwing, speed: Floats, part: slice) -> Stepping | None:
    seen = np.isfinite(speed[part]) & np.isfinite(swing.lifted[part])
    if seen.mean() < _LEAST_SEEN or not _may_walk(swing, part, seen):
        return None
    if folded_deg(float(np.median(swing.yaw_deg[part][seen]))) <= FRONTAL_DEG:
        return _seen_from_the_front(swing, part)
    step_s = _step_s(swing.ahead[part], swing.rate_hz, LEAST_STRENGTH)
    turning = np.corrcoef(speed[part][seen], swing.lifted[part][seen])[0, 1]
    if not np.isfinite(step_s) or -_LEAST_TURNING_BACKWARD < turning < _LEAST_TURNING:
        return None
    return Stepping(part.start, part.stop, step_s, bool(turning > 0))


def _seen_from_the_front(swing: LegSwing, part: slice) -> Stepping | None:
    """Judge by the lifting of the feet and knees; forward unless the way says something else."""
    step_s = _step_s(swing.lifted[part], swing.rate_hz, _LEAST_EVENNESS)
    lift, knees = (np.nanpercentile(it[part], [5, 95]) for it in (swing.lifted, swing.knee_lifted))
    is_marching = np.ptp(knees) > _MOST_KNEE_LIFT and not step_s <= _RUNNING_STEP_S
    if not np.isfinite(step_s) or np.ptp(lift) < _LEAST_LIFT or is_marching:
        return None
    return Stepping(part.start, part.stop, step_s, is_forward=True)


def _may_walk(swing: LegSwing, part: slice, seen: Flags) -> bool:
    """Whether somebody stands on their feet, faces one way, and puts the feet apart that way."""
    values = [
        it[part][seen]
        for it in (swing.yaw_deg, swing.ahead, swing.aside, swing.height, swing.upright)
    ]
    low, middle, high = np.percentile(values, [5, 50, 95], axis=1)
    turn, ahead, aside, sinking, _ = high - low
    ahead /= shortening(middle[0])
    return bool(
        turn <= _MOST_TURN_DEG
        and ahead >= _LEAST_SWING
        and (aside <= _MOST_SIDEWAYS * ahead or folded_deg(middle[0]) >= SAGITTAL_DEG)
        and middle[3] >= _LEAST_HEIGHT
        and sinking <= _MOST_SINKING
        and middle[4] >= _LEAST_UPRIGHT
    )


def _step_s(values: Floats, rate_hz: float, least: float) -> float:
    """Time of a step: after it the feet have changed places. NaN where they do not."""
    opposite = -autocorrelation(values, rate_hz, longest_s=_STEP_S[1])
    middle = opposite[1:-1]
    is_peak = (middle > opposite[:-2]) & (middle >= opposite[2:]) & (middle >= least)
    peaks = np.flatnonzero(is_peak) + 1
    peaks = peaks[peaks >= _STEP_S[0] * rate_hz]
    return vertex(opposite, int(peaks[0])) / rate_hz if len(peaks) else float("nan")
