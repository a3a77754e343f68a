"""Arms that reach for a place: the angles that put the hands exactly there."""

from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.rotations import Array, about_x, about_y, turn
from dancer_pipeline.synthetic.skeleton import (
    OUTWARD,
    Posture,
    Proportions,
    bend,
    shoulders_m,
)


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
    upper = turn(into_trunk, elbow - shoulder) / body.upper_arm_m
    fore = turn(into_trunk, wrist_m - elbow) / body.forearm_m
    return replace(posture, **_angles_deg(upper, fore))


def _angles_deg(upper: Array, fore: Array) -> dict[str, Array]:
    """Angles whose rotations, in the order in which arms are assembled, give these directions."""
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
