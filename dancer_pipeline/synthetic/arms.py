"""Arms that reach for a place: the angles that put the hands exactly there."""

from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.limbs import bend
from dancer_pipeline.synthetic.rotations import Array, about_x, about_y, turn, unit
from dancer_pipeline.synthetic.skeleton import (
    OUTWARD,
    SIDES,
    Posture,
    Proportions,
    shoulders_m,
)

_STRETCHED = 0.985
_ARM_ANGLES = (
    "shoulder_flexion_deg",
    "shoulder_abduction_deg",
    "elbow_flexion_deg",
    "forearm_turn_deg",
)

FLAT_HANDS = np.stack(
    [np.array([[0, 0, -1], [-side, 0, 0], [0, side, 0]], float) for side in OUTWARD]
)
"""Rotations of hands on the floor: palms down, fingers ahead, thumbs towards each other."""


def reaching(
    body: Proportions, posture: Posture, wrist_m: Array, elbow_direction: Array
) -> Posture:
    """Bend both arms so that the wrists are at `wrist_m`, the elbows towards `elbow_direction`.

    Raises
    ------
    ValueError
        When a wrist is farther away than the arm is long.
    """
    shoulder = shoulders_m(body, posture)
    reach = np.linalg.norm(wrist_m - shoulder, axis=-1).max()
    if reach > body.upper_arm_m + body.forearm_m + 1e-9:
        raise ValueError(f"the wrist is {reach:.3f} m from the shoulder, beyond the arm's reach")
    toward = np.broadcast_to(elbow_direction, shoulder.shape)
    elbow = bend(shoulder, wrist_m, toward, body.upper_arm_m, body.forearm_m)
    into_trunk = np.swapaxes(posture.trunk_rotation, -1, -2)[:, None]
    upper, fore = turn(into_trunk, elbow - shoulder), turn(into_trunk, wrist_m - elbow)
    return replace(posture, **arm_angles_deg(upper, fore))


def arm_angles_deg(upper: Array, fore: Array) -> dict[str, Array]:
    """Angles of arms that point there; ways in the trunk's frame, of any length."""
    upper, fore = unit(upper), unit(fore)
    abduction = np.degrees(np.arcsin(np.clip(OUTWARD * upper[..., 1], -1, 1)))
    flexion = np.degrees(np.arctan2(upper[..., 0], -upper[..., 2]))
    hung = about_y(-flexion) @ about_x(abduction * OUTWARD)
    ahead, aside, up = np.moveaxis(turn(np.swapaxes(hung, -1, -2), fore), -1, 0)
    return {
        "shoulder_flexion_deg": flexion,
        "shoulder_abduction_deg": abduction,
        "elbow_flexion_deg": np.degrees(np.arctan2(np.hypot(ahead, aside), -up)),
        "forearm_turn_deg": np.degrees(np.arctan2(-OUTWARD * aside, ahead)),
    }


def reaching_for(
    body: Proportions, posture: Posture, wrist_m: Array, elbow_direction: Array
) -> Posture:
    """Reach for a place, and stop short of it where the arms end."""
    shoulder = shoulders_m(body, posture)
    span = wrist_m - shoulder
    far = np.linalg.norm(span, axis=-1, keepdims=True)
    most = _STRETCHED * (body.upper_arm_m + body.forearm_m)
    return reaching(body, posture, shoulder + span * np.minimum(1, most / far), elbow_direction)


def one_handed(one: Posture, other: Posture, side: str) -> Posture:
    """Do with the arm of that side what `other` does, and all else as `one` does."""
    mine = np.array([name == side for name in SIDES])
    return replace(
        one,
        **{name: np.where(mine, getattr(other, name), getattr(one, name)) for name in _ARM_ANGLES},
    )
