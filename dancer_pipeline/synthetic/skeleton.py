"""The performer's skeleton: segment lengths from a seed, and joint positions from a posture.

Segment lengths are fractions of stature (Drillis and Contini, as tabulated by Winter); a seed
varies them as people vary. Joints carry the names that pose estimators use for their keypoints,
and lie where the anatomical joint centres are; heel and foot index lie on the sole, where the shoe
meets the floor.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.limbs import bend
from dancer_pipeline.synthetic.rotations import Array, about_x, about_y, about_z, turn

SIDES = ("left", "right")
OUTWARD = np.array([1.0, -1.0])
"""Sign of the y axis on the left and on the right side."""

HEAD_JOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
)
LIMB_JOINTS = (
    "shoulder",
    "elbow",
    "wrist",
    "index",
    "hip",
    "knee",
    "ankle",
    "heel",
    "foot_index",
)
JOINTS = (*HEAD_JOINTS, *(f"{side}_{joint}" for joint in LIMB_JOINTS for side in SIDES))

SHOE_SOLE = 0.010
"""Thickness of the shoes' soles, as a share of stature, which is measured barefoot."""

_HEAD_OFFSETS = {
    "nose": (0.062, 0.0, -0.013),
    "left_eye": (0.048, 0.0185, 0.003),
    "right_eye": (0.048, -0.0185, 0.003),
    "left_ear": (-0.004, 0.046, -0.009),
    "right_ear": (-0.004, -0.046, -0.009),
    "mouth_left": (0.049, 0.014, -0.038),
    "mouth_right": (0.049, -0.014, -0.038),
}
"""From the head's centre, in fractions of stature."""


@dataclass(frozen=True)
class Proportions:
    """Lengths of one performer; `girth` scales every thickness."""

    stature_m: float
    thigh_m: float
    shank_m: float
    ankle_height_m: float
    hip_half_width_m: float
    trunk_m: float
    shoulder_half_width_m: float
    upper_arm_m: float
    forearm_m: float
    hand_m: float
    heel_back_m: float
    toe_forward_m: float
    girth: float


def proportions(seed: int, stature_m: float | None = None) -> Proportions:
    """Draw a performer: stature 1.55 to 1.92 m unless given, limbs and girth as people vary."""
    draw = np.random.default_rng([seed, 1])
    stature = stature_m or float(draw.uniform(1.55, 1.92))
    leg, arm, broad = draw.normal(1.0, [0.015, 0.015, 0.03]).clip(0.94, 1.06)
    return Proportions(
        stature_m=stature,
        thigh_m=0.245 * leg * stature,
        shank_m=0.246 * leg * stature,
        ankle_height_m=(0.039 + SHOE_SOLE) * stature,
        hip_half_width_m=0.052 * stature,
        trunk_m=(0.818 - 0.039 - 0.491 * leg) * stature,
        shoulder_half_width_m=0.104 * broad * stature,
        upper_arm_m=0.172 * arm * stature,
        forearm_m=0.145 * arm * stature,
        hand_m=0.100 * arm * stature,
        heel_back_m=0.042 * stature,
        toe_forward_m=0.100 * stature,
        girth=float(draw.uniform(0.92, 1.12)),
    )


@dataclass(frozen=True)
class Posture:
    """What a movement prescribes, for every frame; where there is a second axis it is the side.

    Legs are prescribed by the ankle and the direction in which the knee points, so that feet stay
    exactly where they stand; arms by their angles, so that angles are exactly what they are said
    to be.
    """

    pelvis_m: Array
    pelvis_rotation: Array
    trunk_rotation: Array
    head_rotation: Array
    ankle_m: Array
    foot_rotation: Array
    knee_direction: Array
    shoulder_flexion_deg: Array
    shoulder_abduction_deg: Array
    elbow_flexion_deg: Array
    forearm_turn_deg: Array
    hand_rotation: Array | None = None
    """Where the hands lie or hold on to something; in line with the forearms when not given."""


@dataclass(frozen=True)
class Skeleton:
    """Joint positions of every frame, with the orientations that only the drawing needs."""

    joints_m: Array
    head_m: Array
    neck_m: Array
    pelvis_rotation: Array
    trunk_rotation: Array
    head_rotation: Array
    foot_rotation: Array
    hand_rotation: Array

    def joint(self, name: str) -> Array:
        """Position of one joint in every frame."""
        return np.asarray(self.joints_m[:, JOINTS.index(name)])

    def pair(self, name: str) -> Array:
        """Position of the left and the right joint of that name in every frame."""
        return np.stack([self.joint(f"{side}_{name}") for side in SIDES], axis=1)


def assemble(body: Proportions, posture: Posture) -> Skeleton:
    """Place every joint of every frame."""
    hips, shoulders = hips_m(body, posture), shoulders_m(body, posture)
    neck, head = _neck_m(body, posture), head_m(body, posture)
    hand, arm = _arms(body, posture, shoulders)
    legs = _legs(body, posture, hips)
    limbs = {"shoulder": shoulders, "hip": hips, **arm, **legs}
    faces = [
        head + turn(posture.head_rotation, np.array(_HEAD_OFFSETS[name]) * body.stature_m)
        for name in HEAD_JOINTS
    ]
    sides = [limbs[name][:, side] for name in LIMB_JOINTS for side in range(2)]
    return Skeleton(
        joints_m=np.stack(faces + sides, axis=1),
        head_m=head,
        neck_m=neck,
        pelvis_rotation=posture.pelvis_rotation,
        trunk_rotation=posture.trunk_rotation,
        head_rotation=posture.head_rotation,
        foot_rotation=posture.foot_rotation,
        hand_rotation=hand,
    )


def hips_m(body: Proportions, posture: Posture) -> Array:
    """Positions of both hip joints."""
    beside = _beside(posture.pelvis_rotation, body.hip_half_width_m)
    return np.asarray(posture.pelvis_m[:, None] + beside)


def shoulders_m(body: Proportions, posture: Posture) -> Array:
    """Positions of both shoulder joints."""
    beside = _beside(posture.trunk_rotation, body.shoulder_half_width_m)
    return np.asarray(_top_of_trunk(body, posture)[:, None] + beside)


def head_m(body: Proportions, posture: Posture) -> Array:
    """Middle of the head."""
    up = turn(posture.head_rotation, np.array([0.012, 0, 0.103]) * body.stature_m)
    return np.asarray(_neck_m(body, posture) + up)


def _neck_m(body: Proportions, posture: Posture) -> Array:
    up = turn(posture.trunk_rotation, np.array([-0.004, 0, 0.012]) * body.stature_m)
    return np.asarray(_top_of_trunk(body, posture) + up)


def _top_of_trunk(body: Proportions, posture: Posture) -> Array:
    return np.asarray(posture.pelvis_m + turn(posture.trunk_rotation, [0, 0, body.trunk_m]))


def _beside(rotation: Array, half_width_m: float) -> Array:
    offset = turn(rotation, [0, half_width_m, 0])
    return np.asarray(offset[:, None] * OUTWARD[:, None])


def hung_arm(posture: Posture) -> Array:
    """Rotations of the upper arms in the trunk's frame."""
    return np.asarray(
        about_y(-posture.shoulder_flexion_deg)
        @ about_x(posture.shoulder_abduction_deg * OUTWARD)
        @ about_z(-posture.forearm_turn_deg * OUTWARD)
    )


def _arm_rotations(posture: Posture) -> tuple[Array, Array]:
    upper = posture.trunk_rotation[:, None] @ hung_arm(posture)
    return upper, upper @ about_y(-posture.elbow_flexion_deg)


def hand_rotation(posture: Posture) -> Array:
    """Rotations of the hands, whether prescribed or in line with the forearms."""
    prescribed = posture.hand_rotation
    return _arm_rotations(posture)[1] if prescribed is None else prescribed


def _arms(body: Proportions, posture: Posture, shoulders: Array) -> tuple[Array, dict[str, Array]]:
    upper, fore = _arm_rotations(posture)
    elbow = shoulders + turn(upper, [0, 0, -body.upper_arm_m])
    wrist = elbow + turn(fore, [0, 0, -body.forearm_m])
    hand = hand_rotation(posture)
    index = wrist + turn(hand, [0, 0, -0.8 * body.hand_m])
    return hand, {"elbow": elbow, "wrist": wrist, "index": index}


def _legs(body: Proportions, posture: Posture, hips: Array) -> dict[str, Array]:
    foot = posture.foot_rotation
    down = -body.ankle_height_m
    return {
        "knee": bend(hips, posture.ankle_m, posture.knee_direction, body.thigh_m, body.shank_m),
        "ankle": posture.ankle_m,
        "heel": posture.ankle_m + turn(foot, [-body.heel_back_m, 0, down]),
        "foot_index": posture.ankle_m + turn(foot, [body.toe_forward_m, 0, down]),
    }
