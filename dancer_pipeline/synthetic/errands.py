"""Going somewhere: turn, walk there, turn again, and stand."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.footfalls import Feet
from dancer_pipeline.synthetic.gait import STANCE, WALKING
from dancer_pipeline.synthetic.movements import ease
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.route import GRID_S, Route, grid
from dancer_pipeline.synthetic.skeleton import Posture, Proportions
from dancer_pipeline.synthetic.strides import Bout, Cycle, Rhythm, stances, strikes
from dancer_pipeline.synthetic.stroll import Stroll

_USUAL_STRIDE_S, _SPEED_M_S, _TURN_DEG_S = 1.14, 1.05, 100.0
_STARTS_S, _GETS_GOING_S, _SETTLES_S = 0.1, 0.7, 1.0


@dataclass(frozen=True)
class Place:
    """Where somebody stands (ahead and to the left of the middle) and faces (0 is ahead)."""

    x_m: float = 0.0
    y_m: float = 0.0
    heading_deg: float = 0.0


@dataclass(frozen=True)
class Errand:
    """A way from one place to another, from time 0 to `duration_s`; before and after one stands."""

    duration_s: float
    posture: Callable[[Array], Posture]


def errand(body: Proportions, seed: int, start: Place, end: Place) -> Errand:
    """Walk from one place to another."""
    legs = _legs(start, end)
    duration = sum(leg_s for leg_s, _ in legs) + _SETTLES_S
    times = grid(duration, 6 * _USUAL_STRIDE_S)
    way = _route(times, start, end, legs)
    arrives = sum(leg_s for leg_s, _ in legs) + _STARTS_S
    stride_s = _stride_s(arrives)
    rhythm = Rhythm(stride_s, 0.0, (STANCE, STANCE), 0.0, seed)
    found = strikes(rhythm, Bout(_STARTS_S, arrives), 0, 0.0, arrives)
    roll = replace(
        WALKING.roll,
        land_deg=12.0,
        leave_deg=-38.0,
        lift_m=0.012 * body.stature_m,
        half_width_m=0.05 * body.stature_m,
    )
    feet = Feet(body, *(stances(found, side, rhythm, roll, way) for side in range(2)))
    walking = ease(times / 0.7) * ease((arrives - times) / 0.7)
    manner = replace(WALKING, roll=roll, arm_swing_deg=15.0, elbow_deg=18.0)
    stroll = Stroll(body, feet, way, Cycle(found), manner, walking, (times, times))
    return Errand(duration, stroll.risen(stride_s).posture)


def _stride_s(arrives_s: float) -> float:
    """Find a stride of which so many fit that the last foot comes down just before the end."""
    way_s = arrives_s - _STARTS_S
    steps = max(round((way_s + 0.52 * _USUAL_STRIDE_S) / (0.5 * _USUAL_STRIDE_S)), 3)
    return way_s / (0.5 * steps - 0.52)


def _legs(start: Place, end: Place) -> tuple[tuple[float, float], ...]:
    """Duration and change (degrees, metres, degrees) of turning, walking, and turning again."""
    ahead, left = end.x_m - start.x_m, end.y_m - start.y_m
    far = float(np.hypot(ahead, left))
    towards = float(np.degrees(np.arctan2(left, ahead))) if far > 0.05 else start.heading_deg
    first, last = _least_deg(towards - start.heading_deg), _least_deg(end.heading_deg - towards)
    walk_s = far / _SPEED_M_S + _GETS_GOING_S if far > 0.05 else 0.0
    return (
        (abs(first) / _TURN_DEG_S, first),
        (walk_s, far),
        (abs(last) / _TURN_DEG_S, last),
    )


def _least_deg(angle_deg: float) -> float:
    return float((angle_deg + 180) % 360 - 180)


def _route(
    times_s: Array, start: Place, end: Place, legs: tuple[tuple[float, float], ...]
) -> Route:
    (first_s, first_deg), (walk_s, _), (last_s, last_deg) = legs
    begins = _STARTS_S
    heading = start.heading_deg + first_deg * ease((times_s - begins) / max(first_s, 1e-6))
    heading += last_deg * ease((times_s - begins - first_s - walk_s) / max(last_s, 1e-6))
    since = times_s - begins - first_s
    speed = ease(since / _GETS_GOING_S) * ease((walk_s - since) / _GETS_GOING_S)
    gone = np.cumsum(speed) * GRID_S
    share = gone / gone[-1] if gone[-1] else gone
    from_, to = np.array([start.x_m, start.y_m]), np.array([end.x_m, end.y_m])
    return Route(times_s, from_ + share[:, None] * (to - from_), heading)
