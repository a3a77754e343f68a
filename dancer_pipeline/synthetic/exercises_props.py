"""The exercises that need a thing: pull-up on a bar, standing up from a chair."""

import numpy as np

from dancer_pipeline.synthetic.arms import reaching
from dancer_pipeline.synthetic.effort import Effort, Exercise
from dancer_pipeline.synthetic.habits import with_hands
from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.movements import Prop, Tempo
from dancer_pipeline.synthetic.positions import hanging, on_a_seat
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_y, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions
from dancer_pipeline.synthetic.upright import ankles, over_feet, stand

_BAR_UP, _GRIP = 1.27, 0.04
"""Height of the bar, and how far it is beyond the wrists, as shares of stature."""

_SEATED_KNEE_DEG = 90.0

GRIPPING_HANDS = np.stack(
    [np.array([[0, -side, 0], [-side, 0, 0], [0, 0, -1]], float) for side in OUTWARD]
)
"""Fingers up around a bar, palms ahead, thumbs towards each other."""


def bar(body: Proportions) -> tuple[Prop, ...]:
    """Build a bar from post to post."""
    up, wide = _BAR_UP * body.stature_m, 0.62
    posts = [Prop((0.0, y, 0.03), (0.0, y, up), 0.03) for y in (wide, -wide)]
    return (Prop((0.0, -wide, up), (0.0, wide, up), 0.016), *posts)


def pull_up(body: Proportions, effort: Effort) -> Posture:
    """Hang from a bar, and pull until the chin is up there."""
    level, left_bent = effort.level, effort.fault("incomplete_extension")
    count, stature = len(level), body.stature_m
    elbow_deg = 10 + left_bent + (138 - left_bent) * level
    aside = (0.05 + 0.014 * effort.habit.width) * stature
    wrist = np.zeros((count, 2, 3))
    wrist[..., 1] = (body.shoulder_half_width_m + aside) * OUTWARD
    wrist[..., 2] = (_BAR_UP - _GRIP) * stature
    behind = stature * (0.01 + 0.045 * level)
    reach = reach_m(body.upper_arm_m, body.forearm_m, elbow_deg)
    below = np.sqrt(reach**2 - behind**2 - aside**2)
    swing_deg = 1.2 * np.sin(2 * np.pi * 0.35 * effort.times_s)
    lean_deg = 3 - 10 * level + swing_deg
    top = np.stack([-behind, 0 * level, wrist[:, 0, 2] - below], axis=-1)
    pelvis = top - turn(about_y(lean_deg), [0, 0, body.trunk_m])
    still = np.zeros((count, 2))
    posture = Posture(
        pelvis_m=pelvis,
        pelvis_rotation=about_y(lean_deg),
        trunk_rotation=about_y(lean_deg),
        head_rotation=about_y(-6 - 8 * level),
        ankle_m=_hanging_ankles_m(body, pelvis, level),
        foot_rotation=np.broadcast_to(about_y(35.0), (count, 2, 3, 3)),
        knee_direction=np.broadcast_to(FORWARD, (count, 2, 3)),
        shoulder_flexion_deg=still,
        shoulder_abduction_deg=still,
        elbow_flexion_deg=still,
        forearm_turn_deg=still,
        hand_rotation=np.broadcast_to(GRIPPING_HANDS, (count, 2, 3, 3)),
    )
    outward = np.stack([0.35 + 0 * OUTWARD, OUTWARD, 0 * OUTWARD], axis=-1)
    return reaching(body, posture, wrist, outward)


def _hanging_ankles_m(body: Proportions, pelvis: Array, level: Array) -> Array:
    """Below the hips, the thighs a little ahead and the shanks a little behind."""
    thigh, shank = (np.radians(deg + 0 * level) for deg in (6 + 10 * level, -24 - 4 * level))
    way = [
        body.thigh_m * np.sin(thigh) + body.shank_m * np.sin(shank),
        0 * level,
        -body.thigh_m * np.cos(thigh) - body.shank_m * np.cos(shank),
    ]
    beside = [0, 1, 0] * (body.hip_half_width_m * OUTWARD[:, None])
    return np.asarray((pelvis + np.stack(way, axis=-1))[:, None] + beside)


def chair(body: Proportions) -> tuple[Prop, ...]:
    """Build a stool as high as the knees."""
    pelvis = _pelvis(body, np.zeros(1))[0]
    up, deep, wide = pelvis[2] - 0.085 * body.stature_m, 0.14, 0.17
    middle = pelvis[0] - 0.01
    seat = Prop((middle, -wide, up), (middle, wide, up), 0.19, stretch=(1.0, 0.35, 0.13))
    legs = [
        Prop((middle + x, y, 0.02), (middle + x, y, up), 0.018)
        for x in (-deep, deep)
        for y in (-wide, wide)
    ]
    return (seat, *legs)


def sit_to_stand(body: Proportions, effort: Effort) -> Posture:
    """Stand up from a stool and sit down again, the trunk leading."""
    level = effort.level
    bow = _bow(level)
    pelvis = _pelvis(body, level)
    posture = stand(
        pelvis,
        ankles(body, len(level), 0.075 * body.stature_m),
        lean_deg=2 + 36 * bow,
        toe_out_deg=8,
        shoulder_flexion_deg=4 + 8 * (1 - level) + 38 * bow,
        elbow_flexion_deg=12 + 34 * (1 - level),
        forearm_turn_deg=14.0,
    )
    return with_hands(body, posture, effort.habit.hands)


def _bow(level: Array) -> Array:
    """0 seated and standing, 1 where the seat leaves the stool."""
    return np.asarray(np.sin(np.pi * np.clip(level, 0, 1) ** 0.6))


def _pelvis(body: Proportions, level: Array) -> Array:
    knee_deg = _SEATED_KNEE_DEG - (_SEATED_KNEE_DEG - 6) * level
    ankle = ankles(body, len(level), 0.075 * body.stature_m)
    return over_feet(body, ankle, knee_deg, 2 + 14 * _bow(level))


PROP_EXERCISES = {
    "pull_up": Exercise(
        Tempo(1.3, 0.2, 1.5, 0.6),
        pull_up,
        "elbow_flexion",
        faults=("too_shallow", "incomplete_extension"),
        aim_height=0.68,
        props=bar,
        position=hanging,
    ),
    "sit_to_stand": Exercise(
        Tempo(1.3, 0.3, 1.5, 0.7),
        sit_to_stand,
        "knee_flexion",
        faults=("too_shallow",),
        props=chair,
        position=on_a_seat,
    ),
}
"""In the order in which people are told of them."""
