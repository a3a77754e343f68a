"""From one posture into another: how a body gets from what it did to what it does next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.arms import arm_angles_deg
from dancer_pipeline.synthetic.movements import ease
from dancer_pipeline.synthetic.rotations import UP, Array, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import Posture, Proportions, hand_rotation, hips_m, hung_arm

_STEP_M = 0.02
"""Feet that are nearer to their next place than this slide there; others are lifted."""

_STRETCHED = 0.9995


@dataclass(frozen=True)
class Piece:
    """From `start_s` on, after a blend of `blend_s`, a body does this."""

    start_s: float
    blend_s: float
    posture: Callable[[Array], Posture]


def sequence(body: Proportions, pieces: Sequence[Piece]) -> Callable[[Array], Posture]:
    """One posture function of pieces that follow each other; a blend ends before the next piece."""
    starts = np.array([piece.start_s for piece in pieces])

    def posture(times_s: Array) -> Posture:
        now = np.clip(np.searchsorted(starts, times_s, side="right") - 1, 0, len(pieces) - 1)
        parts = []
        for index in np.unique(now):
            chosen = now == index
            parts.append((chosen, _piece(body, pieces, int(index), times_s[chosen])))
        return _gathered(parts, len(times_s))

    return posture


def _piece(body: Proportions, pieces: Sequence[Piece], index: int, times_s: Array) -> Posture:
    piece = pieces[index]
    here = piece.posture(times_s)
    here = replace(here, hand_rotation=hand_rotation(here))
    if index == 0 or not piece.blend_s:
        return here
    share = np.clip((times_s - piece.start_s) / piece.blend_s, 0, 1)
    if (share >= 1).all():
        return here
    return blend(body, pieces[index - 1].posture(times_s), here, share)


def _gathered(parts: list[tuple[NDArray[np.bool_], Posture]], count: int) -> Posture:
    values = {}
    for field in fields(Posture):
        first = np.asarray(getattr(parts[0][1], field.name))
        values[field.name] = np.empty((count, *first.shape[1:]))
        for chosen, posture in parts:
            values[field.name][chosen] = getattr(posture, field.name)
    return Posture(**values)


def blend(body: Proportions, one: Posture, other: Posture, share: Array) -> Posture:
    """Go from one posture (0) to the other (1); feet that move are lifted one after the other."""
    level = ease(share)
    upper, fore = _swung(one, other, level)
    mixed = Posture(
        pelvis_m=_mixed(one.pelvis_m, other.pelvis_m, level),
        pelvis_rotation=_turned(one.pelvis_rotation, other.pelvis_rotation, level),
        trunk_rotation=_turned(one.trunk_rotation, other.trunk_rotation, level),
        head_rotation=_turned(one.head_rotation, other.head_rotation, level),
        ankle_m=_stepped(body, one.ankle_m, other.ankle_m, share),
        foot_rotation=_turned(one.foot_rotation, other.foot_rotation, level),
        knee_direction=_mixed(one.knee_direction, other.knee_direction, level),
        **arm_angles_deg(upper, fore),
        hand_rotation=_turned(hand_rotation(one), hand_rotation(other), level),
    )
    return _above_floor(body, _within_reach(body, mixed))


def placed(posture: Posture, place_m: Sequence[float], heading_deg: float) -> Posture:
    """Take the same posture elsewhere in the room, facing another way."""
    heading, offset = about_z(heading_deg), np.array([place_m[0], place_m[1], 0.0])

    def rotated(matrices: Array) -> Array:
        return np.asarray(heading @ matrices)

    return replace(
        posture,
        pelvis_m=turn(heading, posture.pelvis_m) + offset,
        ankle_m=turn(heading, posture.ankle_m) + offset,
        knee_direction=turn(heading, posture.knee_direction),
        pelvis_rotation=rotated(posture.pelvis_rotation),
        trunk_rotation=rotated(posture.trunk_rotation),
        head_rotation=rotated(posture.head_rotation),
        foot_rotation=rotated(posture.foot_rotation),
        hand_rotation=None if posture.hand_rotation is None else rotated(posture.hand_rotation),
    )


def _mixed(one: Array, other: Array, level: Array) -> Array:
    share = level.reshape(-1, *[1] * (one.ndim - 1))
    return np.asarray(one + share * (other - one))


def _turned(one: Array, other: Array, level: Array) -> Array:
    """Turn about the one axis that leads from each rotation to the other."""
    from scipy.spatial.transform import Rotation

    shape = np.broadcast_shapes(one.shape, other.shape)
    between = np.swapaxes(one, -1, -2) @ other
    way = Rotation.from_matrix(between.reshape(-1, 3, 3)).as_rotvec()
    share = np.broadcast_to(level.reshape(-1, *[1] * (len(shape) - 3)), shape[:-2])
    part = Rotation.from_rotvec(way * share.reshape(-1, 1)).as_matrix().reshape(shape)
    return np.asarray(one @ part)


def _swung(one: Posture, other: Posture, level: Array) -> tuple[Array, Array]:
    """Ways of upper arms and forearms: the shoulder turns, the elbow bends."""
    upper = _turned(hung_arm(one), hung_arm(other), level)
    bent_deg = _mixed(one.elbow_flexion_deg, other.elbow_flexion_deg, level)
    return turn(upper, -UP), turn(upper @ about_y(-bent_deg), -UP)


def _stepped(body: Proportions, one: Array, other: Array, share: Array) -> Array:
    """Ankles: the left goes in the first 0.6 of the time, the right in the last."""
    far = np.linalg.norm(other - one, axis=-1)
    mine = np.clip((share[:, None] - np.array([0.0, 0.4])) / 0.6, 0, 1)
    level = ease(np.where(far > _STEP_M, mine, share[:, None]))
    ankle = one + level[..., None] * (other - one)
    lift = np.where(far > _STEP_M, np.minimum(0.2 * far, 0.03 * body.stature_m), 0.0)
    ankle[..., 2] += lift * (4 * level * (1 - level)) ** 2
    return np.asarray(ankle)


def _within_reach(body: Proportions, posture: Posture) -> Posture:
    """Let feet that the legs do not reach come along."""
    hips = hips_m(body, posture)
    span = posture.ankle_m - hips
    reach = np.linalg.norm(span, axis=-1, keepdims=True)
    most = _STRETCHED * (body.thigh_m + body.shank_m)
    return replace(posture, ankle_m=hips + span * np.minimum(1, most / reach))


def _above_floor(body: Proportions, posture: Posture) -> Posture:
    """Lift feet whose heels or toes would be below the floor."""
    ends = np.array([[-body.heel_back_m, 0, 0], [body.toe_forward_m, 0, 0]])
    ends[:, 2] = -body.ankle_height_m
    lowest = np.stack([turn(posture.foot_rotation, end)[..., 2] for end in ends]).min(axis=0)
    ankle = posture.ankle_m.copy()
    ankle[..., 2] = np.maximum(ankle[..., 2], -lowest)
    return replace(posture, ankle_m=ankle)
