"""The exercises on one's feet: postures as functions of the effort."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.arms import reaching
from dancer_pipeline.synthetic.effort import Effort, Exercise
from dancer_pipeline.synthetic.habits import with_hands
from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.movements import Tempo, ease
from dancer_pipeline.synthetic.rotations import Array, about_y
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions, shoulders_m
from dancer_pipeline.synthetic.upright import ankles, over_feet, stand, with_knees_in

_LUNGE_BACK = 0.17
"""How far behind the middle one stands who wants to step ahead, as a share of stature."""

_LUNGE_SHARE = 0.55
"""How far of its step the pelvis goes forward."""


def squat(body: Proportions, effort: Effort) -> Posture:
    """Squat to about 100 degrees of knee flexion: feet flat, hips back, arms forward."""
    level, leaning, own = effort.level, effort.fault("trunk_lean"), effort.habit
    ankle = ankles(body, len(level), 0.085 * (1 + 0.3 * own.width) * body.stature_m)
    shank_deg = 2 + (27 + 3 * own.bend) * level - 0.25 * leaning
    pelvis = over_feet(body, ankle, 6 + 94 * level, shank_deg)
    pelvis[:, 1] += effort.fault("hip_shift")
    lean = 2 + (36 + 5 * own.lean) * level
    posture = stand(
        pelvis,
        ankle,
        lean_deg=lean + leaning,
        toe_out_deg=14 + 7 * own.turn_out,
        shoulder_flexion_deg=5 + level * 75 + 0.5 * (lean + leaning),
        elbow_flexion_deg=8 + 4 * level,
    )
    posture = with_hands(body, posture, own.hands)
    return with_knees_in(body, posture, effort.fault("knees_in"))


def lunge(body: Proportions, effort: Effort) -> Posture:
    """Step forward, lower until the front knee bends to about 88 degrees, and push back."""
    shape = effort.shape
    usual = body.stature_m * (0.31 + 0.25 * effort.depth)
    step = usual * (1 - effort.fault("step_too_short"))
    ahead = effort.working > 0
    ankle, heel_up_deg = _lunging_feet(body, shape, step, ahead)
    pelvis = np.zeros((len(shape), 3))
    pelvis[:, 0] = _LUNGE_SHARE * step * np.sin(np.pi / 2 * shape)
    pelvis[:, 2] = _within_reach(body, pelvis, ankle, _lunging_height_m(body, effort, step))
    ankle[..., 0] -= _LUNGE_BACK * body.stature_m
    pelvis[:, 0] -= _LUNGE_BACK * body.stature_m
    posture = stand(
        pelvis,
        ankle,
        lean_deg=2 + (4 + 3 * effort.habit.lean) * shape + effort.fault("trunk_lean"),
        toe_out_deg=0,
        shoulder_flexion_deg=4 + 8 * shape,
        elbow_flexion_deg=14 + 8 * shape,
    )
    posture = with_hands(body, posture, effort.habit.hands)
    posture = replace(posture, foot_rotation=about_y(heel_up_deg))
    shift = effort.fault("knees_in") * shape**2  # the front knee is almost straight on landing
    return with_knees_in(body, posture, shift[:, None] * ahead)


def _lunging_feet(
    body: Proportions, shape: Array, step_m: Array, ahead: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Ankles and how far the heels are up: one foot swings ahead and lands, one rolls on its toe.

    The foot has landed when 0.7 of the way down is done.
    """
    swung = ease(shape / 0.7)
    ankle = ankles(body, len(shape), 0.06 * body.stature_m)
    heel_up = np.where(ahead, -14.0 * (4 * swung * (1 - swung))[:, None], 50.0 * shape[:, None])
    behind = np.radians(np.where(ahead, 0.0, heel_up))
    toe, up = body.toe_forward_m, body.ankle_height_m
    ankle[..., 0] = toe - toe * np.cos(behind) + up * np.sin(behind)
    ankle[..., 2] = toe * np.sin(behind) + up * np.cos(behind)
    lift = 0.03 * body.stature_m * (4 * swung * (1 - swung)) ** 2
    ankle[..., 0] += ahead * (step_m * swung)[:, None]
    ankle[..., 2] += ahead * lift[:, None]
    return ankle, heel_up


def _lunging_height_m(body: Proportions, effort: Effort, step_m: Array) -> Array:
    """Pelvis height that bends the front knee as said at the turn, on a smooth way there."""
    aside = 0.06 * body.stature_m - body.hip_half_width_m

    def height(knee_deg: Array, back_m: Array | float) -> Array:
        reach = reach_m(body.thigh_m, body.shank_m, knee_deg)
        return body.ankle_height_m + np.sqrt(reach**2 - back_m**2 - aside**2)

    low = height(8 + 80 * effort.depth, (1 - _LUNGE_SHARE) * step_m)
    high = height(8 + 0 * effort.depth, 0.0)
    return high + (low - high) * effort.shape**1.3


def _within_reach(body: Proportions, pelvis: Array, ankle: Array, height_m: Array) -> Array:
    """Go so low that both feet are in reach, without a kink."""
    reach = reach_m(body.thigh_m, body.shank_m, np.array(3.0))
    beside = np.stack([pelvis[:, 1] + side * body.hip_half_width_m for side in OUTWARD], axis=1)
    gap = np.hypot(ankle[..., 0] - pelvis[:, :1], ankle[..., 1] - beside)
    highest = (ankle[..., 2] + np.sqrt(reach**2 - gap**2)).min(axis=1)
    softness = 0.004
    return np.asarray(highest - softness * np.logaddexp(0, (highest - height_m) / softness))


def biceps_curl(body: Proportions, effort: Effort) -> Posture:
    """Forearms curl to about 135 degrees of elbow flexion; the upper arms hang still."""
    level, sided = effort.level, effort.sided
    left_bent, swing = effort.fault("incomplete_extension"), effort.fault("trunk_swing")
    ankle = ankles(body, len(level), 0.065 * body.stature_m)
    bent = np.where(effort.working > 0, left_bent[:, None], 0.0)
    return stand(
        over_feet(body, ankle, 5 + 0 * level, 2 + 0 * level),
        ankle,
        lean_deg=1 - 2 * level - swing,
        shoulder_flexion_deg=3 + (9 + 8 * effort.habit.bend) * sided,
        elbow_flexion_deg=8 + bent + (127 - bent) * sided,
    )


def shoulder_press(body: Proportions, effort: Effort) -> Posture:
    """Hands go straight up from beside the chin until the elbows are nearly straight."""
    level = effort.level
    left_bent = effort.fault("incomplete_extension")
    posture = _easy_stand(body, level, lean_deg=-effort.fault("trunk_swing"))
    elbow_deg = 138 - (126 - left_bent[:, None]) * effort.sided
    drift = effort.fault("path_drift")[:, None] * effort.working
    wrist = np.zeros((len(level), 2, 3))
    wrist[..., 0] = 0.055 * body.stature_m * (1 - 0.75 * level)[:, None] + drift
    aside = 0.062 + 0.014 * effort.habit.width - 0.030 * effort.sided
    wrist[..., 1] = OUTWARD * aside * body.stature_m
    reach = reach_m(body.upper_arm_m, body.forearm_m, elbow_deg)
    up_squared = reach**2 - np.sum(wrist[..., :2] ** 2, axis=-1)
    if up_squared.min() < 0:
        raise ValueError("the hands cannot drift so far with the elbows bent so much")
    wrist[..., 2] = np.sqrt(up_squared)
    outward = np.stack([0.5 + 0 * OUTWARD, OUTWARD, -0.9 + 0 * OUTWARD], axis=-1)
    return reaching(body, posture, shoulders_m(body, posture) + wrist, outward)


def lateral_raise(body: Proportions, effort: Effort) -> Posture:
    """Nearly straight arms go up sideways to shoulder height."""
    level, sided = effort.level, effort.sided
    left_bent = effort.fault("incomplete_extension")[:, None]
    return replace(
        _easy_stand(body, level, lean_deg=1 - effort.fault("trunk_swing")),
        shoulder_flexion_deg=12 * max(effort.habit.lean, 0.0) + 0 * sided,
        shoulder_abduction_deg=9 + 79 * sided,
        elbow_flexion_deg=12 + 9 * effort.habit.bend + left_bent + 0 * sided,
        forearm_turn_deg=30 + 0 * sided,
    )


def jumping_jack(body: Proportions, effort: Effort) -> Posture:
    """Legs and arms open and close, with a hop on the way out and back."""
    level, own = effort.level, effort.habit
    wide = 0.135 * (1 + 0.2 * own.width)
    hop = 0.055 * body.stature_m * (4 * level * (1 - level)) ** 2
    ankle = ankles(body, len(level), body.stature_m * (0.05 + wide * level))
    pelvis = over_feet(body, ankle, 12 + 6 * level, 6 + 3 * level)
    ankle[..., 2] += hop[:, None]
    pelvis[:, 2] += hop
    return stand(
        pelvis,
        ankle,
        lean_deg=np.full_like(level, 2.0),
        toe_out_deg=10,
        shoulder_flexion_deg=np.full_like(level, 6.0),
        shoulder_abduction_deg=10 + (148 + 8 * own.lean) * effort.sided,
        elbow_flexion_deg=14 + 6 * level + 8 * own.bend,
    )


def _easy_stand(body: Proportions, level: Array, *, lean_deg: Array) -> Posture:
    """Stand with the feet below the hips, knees unlocked, and move only above the hips."""
    ankle = ankles(body, len(level), 0.065 * body.stature_m)
    pelvis = over_feet(body, ankle, 5 + 0 * level, 2 + 0 * level)
    return stand(
        pelvis,
        ankle,
        lean_deg=lean_deg + 0 * level,
        shoulder_flexion_deg=3 + 0 * level,
        elbow_flexion_deg=10 + 0 * level,
    )


STANDING_EXERCISES = {
    "squat": Exercise(
        Tempo(1.3, 0.25, 1.1, 0.5),
        squat,
        "knee_flexion",
        faults=("too_shallow", "knees_in", "trunk_lean", "hip_shift"),
    ),
    "lunge": Exercise(
        Tempo(1.4, 0.2, 1.2, 0.5),
        lunge,
        "knee_flexion",
        faults=("too_shallow", "knees_in", "trunk_lean", "step_too_short"),
        sides=("alternating", "left", "right"),
    ),
    "biceps_curl": Exercise(
        Tempo(1.0, 0.2, 1.1, 0.35),
        biceps_curl,
        "elbow_flexion",
        faults=("too_shallow", "incomplete_extension", "trunk_swing"),
        sides=("both", "left", "right", "alternating"),
        is_by_side=True,
    ),
    "shoulder_press": Exercise(
        Tempo(1.0, 0.2, 1.1, 0.4),
        shoulder_press,
        "elbow_flexion",
        faults=("too_shallow", "incomplete_extension", "trunk_swing", "path_drift"),
        sides=("both", "left", "right"),
        is_by_side=True,
    ),
    "lateral_raise": Exercise(
        Tempo(1.1, 0.15, 1.2, 0.4),
        lateral_raise,
        "shoulder_abduction",
        faults=("too_shallow", "incomplete_extension", "trunk_swing"),
        sides=("both", "left", "right"),
        is_by_side=True,
    ),
    "jumping_jack": Exercise(
        Tempo(0.52, 0.08, 0.52, 0.12),
        jumping_jack,
        "shoulder_abduction",
        faults=("too_shallow",),
        is_by_side=True,
    ),
}
"""In the order in which people are told of them."""
