"""The exercises on the floor: push-up, plank and bridge, hands, feet and shoulders planted.

The body lies along x. Its trunk and legs are a chain in one upright plane whose ends are held, so
that everything follows from one angle.
"""

import numpy as np

from dancer_pipeline.synthetic.arms import FLAT_HANDS, reaching
from dancer_pipeline.synthetic.effort import Effort, Exercise
from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.movements import Tempo
from dancer_pipeline.synthetic.positions import face_down, on_forearms, on_the_back
from dancer_pipeline.synthetic.prone import HAND_UP, STRAIGHT_ELBOW_DEG, Prone, on_hands
from dancer_pipeline.synthetic.rotations import UP, Array, about_y
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions

_BACK_UP, _SEAT_UP = 0.062, 0.066
"""Height of the shoulders and of the hips of somebody on their back."""


def push_up(body: Proportions, effort: Effort) -> Posture:
    """On hands and toes, as straight as a board, until the elbows bend to about 112 degrees."""
    left_bent = effort.fault("incomplete_extension")
    elbow_deg = STRAIGHT_ELBOW_DEG + left_bent + (104 - left_bent) * effort.level
    return on_hands(body, elbow_deg, effort.fault("hip_sag"), effort.habit)


def plank(body: Proportions, effort: Effort) -> Posture:
    """On forearms and toes; the hips rise from the floor, are held in line and go down again."""
    prone = Prone(body, 27 * (1 - effort.level) + effort.fault("hip_sag") * effort.shape)
    hold = (prone.above(body.upper_arm_m), HAND_UP * body.stature_m)
    posture = prone.posture(prone.tilt_deg(hold, np.full_like(effort.level, body.upper_arm_m)))
    wrist = np.zeros((len(effort.level), 2, 3))
    wrist[..., 0], wrist[..., 2] = hold[0] + body.forearm_m, hold[1]
    wrist[..., 1] = body.shoulder_half_width_m * OUTWARD
    return reaching(body, posture, wrist, -UP)


def bridge(body: Proportions, effort: Effort) -> Posture:
    """On the back, feet flat: the hips rise until trunk and thighs are in line."""
    count, stature = len(effort.level), body.stature_m
    back = np.array([-0.42, 0, _BACK_UP]) * stature
    ankle = np.array(
        [
            back[0] + body.trunk_m + (0.27 + 0.025 * effort.habit.width) * stature,
            0,
            body.ankle_height_m,
        ]
    )
    rest_deg = _resting_hip_deg(body, back, ankle)
    hip_deg = rest_deg * (1 - effort.level)
    pelvis, slope_deg = _bridging(body, back, ankle, hip_deg)
    feet = np.broadcast_to(ankle, (count, 2, 3)) + [0, 1, 0] * (
        body.hip_half_width_m * OUTWARD[:, None]
    )
    still = np.zeros((count, 2))
    trunk = about_y(-90 - slope_deg)
    posture = Posture(
        pelvis_m=pelvis,
        pelvis_rotation=trunk,
        trunk_rotation=trunk,
        head_rotation=about_y(-84 + 0 * slope_deg),
        ankle_m=feet,
        foot_rotation=np.broadcast_to(np.eye(3), (count, 2, 3, 3)),
        knee_direction=np.broadcast_to([0.3, 0, 1.0], (count, 2, 3)),
        shoulder_flexion_deg=still,
        shoulder_abduction_deg=still,
        elbow_flexion_deg=still,
        forearm_turn_deg=still,
        hand_rotation=np.broadcast_to(FLAT_HANDS, (count, 2, 3, 3)),
    )
    return reaching(body, posture, _hands_beside(body, back), _OUTWARD_DOWN)


_OUTWARD_DOWN = np.stack([0 * OUTWARD, OUTWARD, -0.2 + 0 * OUTWARD], axis=-1)


def _hands_beside(body: Proportions, back: Array) -> Array:
    """Wrists on the floor beside the hips, the arms almost straight."""
    down = (_BACK_UP - HAND_UP) * body.stature_m
    aside = 0.065 * body.stature_m
    reach = reach_m(body.upper_arm_m, body.forearm_m, np.array(14.0))
    along = float(np.sqrt(reach**2 - down**2 - aside**2))
    wrist = np.broadcast_to(back + np.array([along, 0, -down]), (2, 3)).copy()
    wrist[:, 1] = (body.shoulder_half_width_m + aside) * OUTWARD
    return wrist[None]


def _resting_hip_deg(body: Proportions, back: Array, ankle: Array) -> float:
    """Hip flexion with the seat on the floor."""
    sink = back[2] - _SEAT_UP * body.stature_m
    hip = back + np.array([np.sqrt(body.trunk_m**2 - sink**2), 0, -sink])
    span = ankle - hip
    reach = np.hypot(span[0], span[2])
    at_hip = np.arccos((reach**2 + body.thigh_m**2 - body.shank_m**2) / (2 * reach * body.thigh_m))
    thigh = np.arctan2(span[2], span[0]) + at_hip
    return float(np.degrees(thigh - np.arctan2(-sink, hip[0] - back[0])))


def _bridging(body: Proportions, back: Array, ankle: Array, hip_deg: Array) -> tuple[Array, Array]:
    """Pelvis, and how far the trunk rises towards it, for an angle between trunk and thighs."""
    span = ankle - back
    base = np.hypot(span[0], span[2])
    reach = reach_m(body.trunk_m, body.thigh_m, hip_deg)
    at_back = np.arccos((base**2 + reach**2 - body.shank_m**2) / (2 * base * reach))
    bend = np.radians(hip_deg)
    below_trunk = np.arctan2(
        body.thigh_m * np.sin(bend), body.trunk_m + body.thigh_m * np.cos(bend)
    )
    slope = np.arctan2(span[2], span[0]) + at_back - below_trunk
    way = np.stack([np.cos(slope), 0 * slope, np.sin(slope)], axis=-1)
    return back + body.trunk_m * way, np.degrees(slope)


FLOOR_EXERCISES = {
    "push_up": Exercise(
        Tempo(1.2, 0.15, 1.0, 0.4),
        push_up,
        "elbow_flexion",
        faults=("too_shallow", "hip_sag", "incomplete_extension"),
        aim_height=0.25,
        position=face_down,
    ),
    "plank": Exercise(
        Tempo(1.6, 10.0, 1.6, 1.5),
        plank,
        "hip_flexion",
        faults=("hip_sag",),
        aim_height=0.2,
        position=on_forearms,
    ),
    "bridge": Exercise(
        Tempo(1.2, 0.4, 1.3, 0.6),
        bridge,
        "hip_flexion",
        faults=("too_shallow",),
        aim_height=0.2,
        position=on_the_back,
    ),
}
"""In the order in which people are told of them."""
