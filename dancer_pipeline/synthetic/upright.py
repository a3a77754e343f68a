"""Postures of people on their feet, from the angles and places that an exercise prescribes."""

from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.movements import sides
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_y, about_z, turn, unit
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions, hips_m


def ankles(body: Proportions, count: int, half_width_m: Array | float) -> Array:
    """Feet flat on the floor beside each other, that far from the middle."""
    ankle = np.zeros((count, 2, 3))
    ankle[..., 1] = np.broadcast_to(half_width_m, (count,))[:, None] * OUTWARD
    ankle[..., 2] = body.ankle_height_m
    return ankle


def over_feet(body: Proportions, ankle: Array, knee_deg: Array, shank_lean_deg: Array) -> Array:
    """Pelvis position that bends both knees by exactly `knee_deg`."""
    knee, lean = np.radians(knee_deg), np.radians(shank_lean_deg)
    reach = reach_m(body.thigh_m, body.shank_m, knee_deg)
    back = body.shank_m * np.sin(lean) - body.thigh_m * np.sin(knee - lean)
    aside = ankle[:, 0, 1] - body.hip_half_width_m
    height = ankle[:, 0, 2] + np.sqrt(reach**2 - back**2 - aside**2)
    return np.stack([back, np.zeros_like(back), height], axis=-1)


def stand(
    pelvis_m: Array,
    ankle_m: Array,
    *,
    lean_deg: Array,
    shoulder_flexion_deg: Array,
    elbow_flexion_deg: Array,
    shoulder_abduction_deg: Array | float = 9.0,
    toe_out_deg: float = 8.0,
    forearm_turn_deg: Array | float = 10.0,
) -> Posture:
    """Put pelvis and feet where they are said to be, the trunk leaning forward over them."""
    count = len(pelvis_m)
    foot = np.broadcast_to(about_z(toe_out_deg * OUTWARD), (count, 2, 3, 3))
    return Posture(
        pelvis_m=pelvis_m,
        pelvis_rotation=about_y(0.6 * lean_deg),
        trunk_rotation=about_y(lean_deg),
        head_rotation=about_y(0.35 * lean_deg),
        ankle_m=ankle_m,
        foot_rotation=foot,
        knee_direction=turn(foot, FORWARD),
        shoulder_flexion_deg=sides(shoulder_flexion_deg, count),
        shoulder_abduction_deg=sides(shoulder_abduction_deg, count),
        elbow_flexion_deg=sides(elbow_flexion_deg, count),
        forearm_turn_deg=sides(forearm_turn_deg, count),
    )


def with_knees_in(body: Proportions, posture: Posture, shift_m: Array) -> Posture:
    """Turn both legs about their hip-ankle lines until the knees are nearer by exactly `shift_m`.

    Raises
    ------
    ValueError
        When knees bent so little cannot go so far.
    """
    hips = hips_m(body, posture)
    span = posture.ankle_m - hips
    reach = np.linalg.norm(span, axis=-1, keepdims=True)
    axis = span / reach
    along = (body.thigh_m**2 - body.shank_m**2 + reach**2) / (2 * reach)
    radius = np.sqrt(np.maximum(body.thigh_m**2 - along**2, 0))[..., 0]
    ahead = posture.knee_direction
    ahead = unit(ahead - axis * np.sum(ahead * axis, axis=-1, keepdims=True))
    aside = np.cross(axis, ahead)
    turned_rad = _turn_rad(
        radius, ahead[..., 1], aside[..., 1], sides(shift_m, len(hips)) * -OUTWARD
    )
    direction = np.cos(turned_rad)[..., None] * ahead + np.sin(turned_rad)[..., None] * aside
    return replace(posture, knee_direction=direction)


def _turn_rad(radius: Array, ahead: Array, aside: Array, shift: Array) -> Array:
    """Smallest angle that moves a knee on its circle by `shift` to the left."""
    size, start = radius * np.hypot(ahead, aside), np.arctan2(ahead, aside)
    goal = radius * ahead + shift
    moves = np.abs(shift) > 1e-12
    if (moves & (np.abs(goal) > size)).any():
        raise ValueError("the knees cannot go in so far when they are bent so little")
    share = np.clip(np.divide(goal, size, out=np.zeros_like(goal), where=moves), -1, 1)
    found = np.arcsin(share) - start
    other = np.pi - np.arcsin(share) - start
    both = np.stack([found, other])
    both = (both + np.pi) % (2 * np.pi) - np.pi
    nearest = np.take_along_axis(both, np.abs(both).argmin(axis=0)[None], axis=0)[0]
    return np.where(moves, nearest, 0.0)
