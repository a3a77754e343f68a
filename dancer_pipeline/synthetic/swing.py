"""Hands of a swing: kept within reach, and when they are fastest."""

from collections.abc import Callable

import numpy as np

from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import (
    SIDES,
    Posture,
    Proportions,
    assemble,
    shoulders_m,
)

_NEAREST, _FARTHEST = 0.3, 0.97
"""Shares of the arm's length between which a wrist is from its shoulder."""

_STEP_S = 0.0005


def within_reach(body: Proportions, posture: Posture, wrist_m: Array) -> Array:
    """Draw wrists towards or away from their shoulders until the arms can put them there."""
    shoulder = shoulders_m(body, posture)
    away = wrist_m - shoulder
    length = np.linalg.norm(away, axis=-1, keepdims=True)
    arm = body.upper_arm_m + body.forearm_m
    return np.asarray(shoulder + away / length * np.clip(length, _NEAREST * arm, _FARTHEST * arm))


def fastest_s(
    body: Proportions,
    posture: Callable[[Array], Posture],
    side: str,
    first_s: float,
    last_s: float,
) -> float:
    """When a wrist is fastest relative to the middle of the shoulders, to half a millisecond."""
    times = np.arange(first_s, last_s, _STEP_S)
    skeleton = assemble(body, posture(times))
    wrist = skeleton.pair("wrist")[:, SIDES.index(side)]
    path = wrist - skeleton.pair("shoulder").mean(axis=1)
    speed = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return float(times[int(speed.argmax())] + _STEP_S / 2)
