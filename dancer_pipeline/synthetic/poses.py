"""What people look like between exercises: standing about, bent over, crouching, on the floor.

Each is a posture function of time that breathes and sways a little, in the middle of the room.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.arms import FLAT_HANDS, reaching_for
from dancer_pipeline.synthetic.rotations import Array, about_y, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions
from dancer_pipeline.synthetic.upright import ankles, over_feet, stand

Pose = Callable[[Array], Posture]


def _wave(times_s: Array, rate_hz: float, phase: float = 0.0) -> Array:
    return np.asarray(np.sin(2 * np.pi * rate_hz * times_s + phase))


def upright(body: Proportions, *, knee_deg: float = 5.0, lean_deg: float = 1.0) -> Pose:
    """Stand with the arms hanging, swaying."""

    def posture(times_s: Array) -> Posture:
        sway = _wave(times_s, 0.27)
        ankle = ankles(body, len(times_s), 0.065 * body.stature_m)
        shank_deg = 2 + 0.3 * knee_deg + 0.3 * sway
        pelvis = over_feet(body, ankle, knee_deg + 0.5 * sway, shank_deg)
        pelvis[:, 1] += 0.006 * _wave(times_s, 0.11, 1.0)
        return stand(
            pelvis,
            ankle,
            lean_deg=lean_deg + 0.5 * _wave(times_s, 0.22),
            shoulder_flexion_deg=3 + 0.35 * lean_deg + 0.6 * sway,
            elbow_flexion_deg=12 + 0 * sway,
        )

    return posture


def bent_over(body: Proportions) -> Pose:
    """Recover with the hands on the knees, breathing hard."""

    def posture(times_s: Array) -> Posture:
        breath = _wave(times_s, 0.55)
        ankle = ankles(body, len(times_s), 0.085 * body.stature_m)
        pelvis = over_feet(body, ankle, 32 + 0 * breath, 6 + 0 * breath)
        flat = 0 * breath
        bent = stand(
            pelvis,
            ankle,
            lean_deg=74 + 1.5 * breath,
            toe_out_deg=12,
            shoulder_flexion_deg=flat,
            elbow_flexion_deg=flat,
        )
        knee = np.array([0.075, 0.0, 0.305]) * body.stature_m
        wrist = np.broadcast_to(knee, (len(times_s), 2, 3)).copy()
        wrist[..., 1] = 0.085 * body.stature_m * OUTWARD
        return reaching_for(body, bent, wrist, _outwards(0.4, -0.2))

    return posture


def hands_on_hips(body: Proportions) -> Pose:
    """Stand with the hands at the waist."""
    standing = upright(body)

    def posture(times_s: Array) -> Posture:
        one = standing(times_s)
        aside = np.array([0.02, 0.0, 0.055]) * body.stature_m
        wrist = one.pelvis_m[:, None] + aside + _outwards(0, 0) * 0.098 * body.stature_m
        return reaching_for(body, one, wrist, _outwards(-0.7, 0))

    return posture


def shaking_out(body: Proportions) -> Pose:
    """Shake the arms loose, shifting from foot to foot."""
    standing = upright(body)

    def posture(times_s: Array) -> Posture:
        one = standing(times_s)
        shake = _wave(times_s, 3.1)[:, None]
        one.pelvis_m[:, 1] += 0.025 * _wave(times_s, 0.6)
        return replace(
            one,
            shoulder_abduction_deg=16 + 4 * shake + 0 * OUTWARD,
            elbow_flexion_deg=28 + 13 * shake * OUTWARD,
        )

    return posture


def _outwards(ahead: float, up: float) -> Array:
    return np.stack([ahead + 0 * OUTWARD, OUTWARD, up + 0 * OUTWARD], axis=-1)


def crouch(body: Proportions, hands_ahead_m: float, *, hands_half_width: float = 0.13) -> Pose:
    """Squat low with both hands on the floor in front, heels up."""

    def posture(times_s: Array) -> Posture:
        count, stature = len(times_s), body.stature_m
        heel_up = about_y(34.0)
        lift = turn(heel_up, [-body.toe_forward_m, 0, body.ankle_height_m])
        ankle = ankles(body, count, 0.07 * stature)
        ankle[..., 0] = body.toe_forward_m + lift[0]
        ankle[..., 2] = lift[2]
        pelvis = np.broadcast_to(np.array([-0.02, 0, 0.25]) * stature, (count, 3)).copy()
        still = np.zeros(count)
        low = stand(
            pelvis,
            ankle,
            lean_deg=82 + still,
            shoulder_flexion_deg=still,
            elbow_flexion_deg=still,
        )
        low = replace(
            low,
            foot_rotation=np.broadcast_to(heel_up, (count, 2, 3, 3)),
            head_rotation=about_y(40 + still),
            hand_rotation=np.broadcast_to(FLAT_HANDS, (count, 2, 3, 3)),
        )
        wrist = np.broadcast_to([hands_ahead_m, 0, 0.018 * stature], (count, 2, 3)).copy()
        wrist[..., 1] = hands_half_width * stature * OUTWARD
        return reaching_for(body, low, wrist, _outwards(-0.8, 0.2))

    return posture


def seated_on_floor(body: Proportions, ankle_ahead_m: float) -> Pose:
    """Sit on the floor with the knees up, leaning back on the hands."""

    def posture(times_s: Array) -> Posture:
        count, stature = len(times_s), body.stature_m
        ankle = ankles(body, count, body.hip_half_width_m)
        ankle[..., 0] = ankle_ahead_m
        pelvis = np.broadcast_to(np.array([0, 0, 0.066]) * stature, (count, 3)).copy()
        pelvis[:, 0] = ankle_ahead_m - 0.25 * stature
        still = np.zeros(count)
        low = stand(
            pelvis,
            ankle,
            lean_deg=-22 + _wave(times_s, 0.25),
            toe_out_deg=0.0,
            shoulder_flexion_deg=still,
            elbow_flexion_deg=still,
        )
        low = replace(
            low,
            pelvis_rotation=about_y(-30 + still),
            head_rotation=about_y(-5 + still),
            hand_rotation=np.broadcast_to(FLAT_HANDS, (count, 2, 3, 3)),
        )
        wrist = np.broadcast_to(pelvis[:, None], (count, 2, 3)).copy()
        wrist[..., 0] -= 0.17 * stature
        wrist[..., 1] = 0.15 * stature * OUTWARD
        wrist[..., 2] = 0.02 * stature
        return reaching_for(body, low, wrist, _outwards(-0.6, 0))

    return posture


def kneeling(body: Proportions, toe_behind_m: float) -> Pose:
    """Sit back on the heels, shins on the floor."""

    def posture(times_s: Array) -> Posture:
        count, stature = len(times_s), body.stature_m
        still = np.zeros(count)
        foot = about_y(105.0)
        toe_to_ankle = turn(foot, [-body.toe_forward_m, 0, body.ankle_height_m])
        ankle = ankles(body, count, body.hip_half_width_m)
        ankle[..., 0] = toe_behind_m + toe_to_ankle[0]
        ankle[..., 2] = toe_to_ankle[2]
        drop = ankle[:, 0, 2] - 0.036 * stature
        thigh = np.radians(36 + 1.0 * _wave(times_s, 0.3))
        pelvis = np.zeros((count, 3))
        pelvis[:, 0] = ankle[:, 0, 0] + np.sqrt(body.shank_m**2 - drop**2)
        pelvis[:, 0] -= body.thigh_m * np.cos(thigh)
        pelvis[:, 2] = 0.036 * stature + body.thigh_m * np.sin(thigh)
        low = stand(
            pelvis,
            ankle,
            lean_deg=8 + 1.5 * _wave(times_s, 0.3),
            shoulder_flexion_deg=14 + still,
            elbow_flexion_deg=40 + still,
        )
        return replace(low, foot_rotation=np.broadcast_to(foot, (count, 2, 3, 3)))

    return posture


def arms_up(body: Proportions, wrist_m: Array) -> Pose:
    """Reach for a bar overhead, as far as the arms go."""
    standing = upright(body, knee_deg=14)

    def posture(times_s: Array) -> Posture:
        return reaching_for(body, standing(times_s), wrist_m, _outwards(0.4, 0))

    return posture
