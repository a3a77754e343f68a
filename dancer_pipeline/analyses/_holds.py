"""Positions that are held: the plank, on hands or forearms, the body in one line."""

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._cycles import Cycle
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.cleaning import segments
from dancer_pipeline.signals.geometry import angle_deg
from dancer_pipeline.signals.tracks import Flags, Floats
from dancer_pipeline.signals.verticals import mean

LEAST_NAMED_S = 2.0
LEAST_S = 5.0
"""Where nobody has named it: at the top of a push-up one is in the same position for a moment."""
_BRIDGED_S = 0.8
_STRAIGHT_DEG = 50.0
"""Estimated depth is rough; somebody who crouches or kneels is bent by more."""
_STEADY_S = 1.0
_STILL = 0.07
"""Shares up by which the slope of the trunk may change within a hold, to both sides."""


def planks(body: Body, least_s: float) -> list[Cycle]:
    """Find when a plank is held for at least `least_s`; each hold is one long turning point.

    The slope of the trunk in most of the time is that of the hold: before and after it one lies on
    the forearms too, but with the hips on the floor.
    """
    time_s = body.motion.time_s
    in_line = _in_line(body)
    if not in_line.any():
        return []
    window = 2 * (round(_STEADY_S * body.motion.rate_hz) // 2) + 1
    steady = np.asarray(
        pd.Series(body.trunk).rolling(window, center=True, min_periods=1).median(), dtype=float
    )
    still = in_line & (np.abs(steady - np.median(steady[in_line])) < _STILL)
    holds = [
        (int(part[0]), int(part[-1])) for part in segments(time_s, still, max_gap_s=_BRIDGED_S)
    ]
    return [_held(*hold) for hold in holds if time_s[hold[1]] - time_s[hold[0]] >= least_s]


def _in_line(body: Body) -> Flags:
    """Shoulders, hips and feet in a line that is nearly level, over arms that bear it."""
    is_level = (np.abs(body.trunk) < 0.6) & (np.abs(mean(body.thigh) + body.trunk) < 0.4)
    is_over_arms = (mean(body.upper_arm) < -0.6) & (mean(body.reach) < -0.3)
    bends = [_bend_deg(body, *parts) for parts in (("shoulder", "hip", "knee"), _LEG)]
    return np.asarray(is_level & is_over_arms & (np.maximum(*bends) < _STRAIGHT_DEG))


_LEG = ("hip", "knee", "ankle")


def _bend_deg(body: Body, upper: str, joint: str, lower: str) -> Floats:
    """How far a joint is bent in space, whichever side is more."""
    points = body.motion.world_m
    return np.asarray(
        np.fmax(
            *(
                angle_deg(
                    points[f"{side}_{joint}"] - points[f"{side}_{upper}"],
                    points[f"{side}_{lower}"] - points[f"{side}_{joint}"],
                )
                for side in SIDES
            )
        )
    )


def _held(first: int, last: int) -> Cycle:
    start, end = float(first), float(last)
    return Cycle(start, start, end, end, half_up=start, half_down=end, low=0.0, high=1.0)
