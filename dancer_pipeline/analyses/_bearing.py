"""Whether feet that swing in turn bear the body, as in a walk, or go round on pedals.

In walking a foot rests on the floor for more than half of a stride, and the hips rise over it at
every step; a runner's hips rise the more. Who sits on a bicycle or stands on long pedals has feet
that go back exactly as long as they go ahead, under hips that stay where they are. On the steps of
a stair, and with the knees lifted high, a foot is highest where it is farthest ahead; a walker's
is low there, for it meets the floor.
"""

import numpy as np

from dancer_pipeline.analyses._leg_swing import LegSwing, bridged
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.heading import FRONTAL_DEG, folded_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

_LEAST_STANCE = 0.55
"""Of a stride, that a foot goes back against the hips: 0.59 to 0.65 in walks, 0.49 to 0.53 on
pedals."""
_LEAST_RISE, _LEAST_RISE_RUNNING, _JOGGING_RISE = 0.022, 0.03, 0.045
"""Torso lengths by which the hips swing up and down with the steps: 0.033 and more in walks, 0.067
and more in runs, up to 0.013 on a bicycle and 0.02 on long pedals. So high as in the last one only
who jogs slowly goes, whose feet rest for a shorter time."""
_MOST_RISE_WALKING = 0.065
"""From the front only hops are as high as this at the pace of a walk; walks have up to 0.05."""
_MOST_CLIMBING = 0.7
"""Correlation of how far a foot is ahead with how high it is: up to 0.5 in walks, 0.9 on stairs."""
_PACE_CUTOFF_HZ = 4.0
_WINDOW_STEPS = 4
_PACED = ("hip", "ankle")


def bears_weight(
    motion: Motion, swing: LegSwing, part: slice, step_s: float, *, is_forward: bool, is_run: bool
) -> bool:
    """Tell whether the feet carry the body; `part` is when they seem to walk or run."""
    yaw = float(np.nanmedian(swing.yaw_deg[part]))
    rise = _rise(swing, part, step_s)
    if folded_deg(yaw) <= FRONTAL_DEG:  # depth follows the height of the feet there
        return rise >= _JOGGING_RISE if is_run else _LEAST_RISE <= rise <= _MOST_RISE_WALKING
    if rise < (_LEAST_RISE_RUNNING if is_run else 0.0) or _climbing(swing, part) > _MOST_CLIMBING:
        return False
    stance = backward_share(motion, part, yaw, is_forward=is_forward)
    return is_run or rise >= _JOGGING_RISE or stance >= _LEAST_STANCE


def backward_share(motion: Motion, part: slice, yaw: float, *, is_forward: bool) -> float:
    """Share of the time that a foot moves back (forward in walking backwards) against the hips."""
    way = np.sign(np.sin(np.radians(yaw))) * (1 if is_forward else -1)
    smooth = motion.smooth(_PACE_CUTOFF_HZ, [f"{side}_{it}" for side in SIDES for it in _PACED])
    hips = smooth.middle_px("hip")[:, 0]
    shares = []
    for side in SIDES:
        speed = np.diff(way * (smooth.image_px[f"{side}_ankle"][:, 0] - hips)[part])
        known = speed[np.isfinite(speed)]
        shares.append(float((known < 0).mean()) if len(known) else float("nan"))
    return float(np.mean(shares))


def _rise(swing: LegSwing, part: slice, step_s: float) -> float:
    """How far the hips swing up and down once in a step, about a smooth way: over four steps."""
    hips, time_s = bridged(swing.hips[part]), swing.time_s[part]
    size = min(len(hips), max(3, round(_WINDOW_STEPS * step_s * swing.rate_hz)))
    return float(
        np.median(
            [
                _amplitude(hips[first : first + size], time_s[first : first + size], step_s)
                for first in range(0, len(hips) - size + 1, max(1, size // 2))
            ]
        )
    )


def _amplitude(values: Floats, time_s: Floats, period_s: float) -> float:
    places = np.arange(len(values))
    swinging = values - np.polyval(np.polyfit(places, values, 2), places)
    return float(2 * abs(np.mean(swinging * np.exp(-2j * np.pi * time_s / period_s))))


def _climbing(swing: LegSwing, part: slice) -> float:
    """Correlate how far the left foot is ahead with how much it is higher, without perspective."""
    ahead, higher = swing.ahead_m[part], swing.higher_m[part]
    known = np.isfinite(ahead) & np.isfinite(higher)
    if known.sum() < 2 or min(np.ptp(ahead[known]), np.ptp(higher[known])) == 0:
        return 0.0
    return float(np.corrcoef(ahead[known], higher[known])[0, 1])
