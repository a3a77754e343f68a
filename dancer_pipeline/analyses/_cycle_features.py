"""What a cycle looks like: the body at its start and at its turn, and how it got there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.analyses._cycles import Cycle
from dancer_pipeline.analyses._exercise_body import Body, Pair
from dancer_pipeline.signals.tracks import Flags, Floats
from dancer_pipeline.signals.verticals import mean

Features = dict[str, Floats]
"""By name: one value per cycle; NaN where it was not seen."""

_WORKING = 0.5
"""An arm works where it moves at least this share of what the other one moves."""

_NEAR = 3
"""Frames to both sides of a moment: an arm that is hidden at the moment may be seen in them."""

_BEYOND = 0.3
"""Of a cycle, before and after it: hands that go up with the legs may get there a little later."""

_LEAN_DEG, _LEAN_PER_THIGH, _LEVEL_FROM_DEG = 45.0, 1.7, 60.0
"""Whoever squats leans by up to so much, and more only where the thighs are near level too ..."""
_HANGING = -0.85
"""... but not with arms that hang down to a weight: who lifts it so from the hips does no squat."""


def features(body: Body, cycles: Sequence[Cycle]) -> Features:
    """Describe each cycle. Names end in `_start`, `_turn` and `_end`; sides are exchangeable."""
    starts = np.array([round(cycle.start) for cycle in cycles], int)
    turns = np.array([round(cycle.turn) for cycle in cycles], int)
    ends = np.array([round(cycle.end) for cycle in cycles], int)
    works = working_arms(body, starts, turns)
    found: Features = {}
    for name, places in (("start", starts), ("turn", turns), ("end", ends)):
        found |= {
            f"trunk_{name}": body.trunk[places],
            f"thigh_{name}": mean(body.thigh)[places],
            f"shank_{name}": mean(body.shank)[places],
            f"thigh_apart_{name}": _apart(body.thigh, places),
            f"shank_apart_{name}": _apart(body.shank, places),
            f"upper_arm_{name}": _of_working(body.upper_arm, places, works),
            f"forearm_{name}": _of_working(body.forearm, places, works),
            f"reach_{name}": _of_working(body.reach, places, works),
            f"hip_place_{name}": body.hip_place[places],
            f"hand_out_{name}": _of_working(body.hand_out, places, works),
        }
    found["foot_gap_change"] = body.foot_gap[turns] - body.foot_gap[starts]
    height = body.hips_over_lower_foot
    found["drop"] = height[starts] - height[turns]
    found["hip_travel"] = found["hip_place_turn"] - found["hip_place_start"]
    found["wrist_travel"] = body.wrist_place[turns] - body.wrist_place[starts]
    found["nod"] = np.array([_nod(body.trunk, cycle) for cycle in cycles])
    found["hips_aside_turn"] = body.hips_aside[turns]
    found["hands_overhead"] = _hands_overhead(body, cycles, found["reach_turn"])
    found["hinge"] = _hinge(found)
    found["hold_share"] = np.array(
        [(one.turn_ends - one.turn_begins) / (one.end - one.start) for one in cycles]
    )
    found["duration"] = (
        np.array([cycle.end - cycle.start for cycle in cycles]) / body.motion.rate_hz
    )
    return found


def working_arms(
    body: Body, starts: NDArray[np.int_], turns: NDArray[np.int_], *, least: float = _WORKING
) -> Flags:
    """Tell of each cycle whether the left and whether the right arm works in it: cycles x 2.

    An arm that is mostly hidden may work as well as the other one.
    """
    moved = np.array(
        [
            [_moved(body, side, start, turn) for side in (0, 1)]
            for start, turn in zip(starts, turns, strict=True)
        ]
    ).reshape(-1, 2)
    most = np.fmax(moved[:, :1], moved[:, 1:])
    return np.asarray(~(moved < least * most))


def _moved(body: Body, side: int, start: int, turn: int) -> float:
    """How far an arm goes from the start to the turn; NaN where it is hidden at one of them."""
    return sum(
        abs(_around(pair[side], turn) - _around(pair[side], start))
        for pair in (body.upper_arm, body.forearm)
    )


def _around(values: Floats, place: int) -> float:
    near = values[max(0, place - _NEAR) : place + _NEAR + 1]
    near = near[np.isfinite(near)]
    return float(np.median(near)) if len(near) else float("nan")


def _of_working(pair: Pair, places: NDArray[np.int_], works: Flags) -> Floats:
    values = np.stack([side[places] for side in pair], axis=1)
    return mean(np.where(works, values, np.nan).T)


def _apart(pair: Pair, places: NDArray[np.int_]) -> Floats:
    return np.asarray(np.abs(pair[0][places] - pair[1][places]))


def _nod(trunk: Floats, cycle: Cycle) -> float:
    """How far the trunk leans between upright ends: rising from a chair needs it."""
    start, turn = round(cycle.start), round(cycle.turn)
    way = trunk[start : turn + 1]
    way = way[np.isfinite(way)]
    return float(np.fmin(trunk[start], trunk[turn]) - way.min()) if len(way) else float("nan")


def _hands_overhead(body: Body, cycles: Sequence[Cycle], turn: Floats) -> Floats:
    """How much higher than at the turn the hands come before or after it, in arm lengths."""
    reach = mean(body.reach)
    tops = []
    for one in cycles:
        beyond = _BEYOND * (one.end - one.start)
        near = reach[max(0, round(one.start - beyond)) : round(one.end + beyond) + 1]
        near = near[np.isfinite(near)]
        tops.append(float(near.max()) if len(near) else float("nan"))
    return np.array(tops) - turn


def _hinge(found: Features) -> Floats:
    """How far the trunk bows beyond what a squat with thighs so level needs, in right angles."""
    lean, thigh = (
        np.degrees(np.arccos(np.clip(up, -1.0, 1.0)))
        for up in (found["trunk_turn"], -found["thigh_turn"])
    )
    more = _LEAN_PER_THIGH * np.maximum(thigh - _LEVEL_FROM_DEG, 0.0)
    usual = _LEAN_DEG + np.where(found["reach_turn"] < _HANGING, 0.0, more)
    return np.asarray((lean - usual) / 90.0)
