"""What people do with hands and head while they stand about: no exercise in it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.arms import one_handed, reaching_for
from dancer_pipeline.synthetic.poses import Pose, upright
from dancer_pipeline.synthetic.rotations import Array, about_x, about_y, about_z
from dancer_pipeline.synthetic.skeleton import OUTWARD, SIDES, Posture, Proportions, head_m
from dancer_pipeline.synthetic.timeline import keyed

_LASTS_S = 60.0
"""Longer than anything that is drawn here goes on."""


def wandering(
    draw: np.random.Generator, spread: Array, every_s: tuple[float, float]
) -> Callable[[Array], Array]:
    """Values that go from one drawn place to the next, with a pause at each, at no set pace."""
    knots, now = [(0.0, 0 * spread)], 0.0
    while now < _LASTS_S:
        value = draw.uniform(-1, 1, np.shape(spread)) * spread
        now += float(draw.uniform(*every_s))
        knots.append((now, value))
        now += float(draw.uniform(0.2, 1.3))
        knots.append((now, value))
    phase = float(draw.uniform(0, 5))
    return lambda times_s: keyed((times_s + phase) % _LASTS_S, knots)


def looking_around(body: Proportions, draw: np.random.Generator) -> Pose:
    """Turn the head this way and that."""
    way, standing = wandering(draw, np.array([55.0, 14.0]), (0.4, 0.9)), upright(body)

    def posture(times_s: Array) -> Posture:
        yaw, nod = way(times_s).T
        head = about_z(yaw) @ about_y(nod)
        return replace(
            standing(times_s), head_rotation=head, trunk_rotation=about_z(0.2 * yaw) @ about_y(1.0)
        )

    return posture


def shifting_weight(body: Proportions, draw: np.random.Generator) -> Pose:
    """Stand now on one leg more, now on the other."""
    way, standing = wandering(draw, np.array(0.045), (0.6, 1.2)), upright(body, knee_deg=16)

    def posture(times_s: Array) -> Posture:
        one, aside = standing(times_s), way(times_s)
        one.pelvis_m[:, 1] += aside
        tilt = about_x(60 * aside)
        return replace(
            one,
            pelvis_rotation=tilt @ one.pelvis_rotation,
            trunk_rotation=about_x(-25 * aside) @ one.trunk_rotation,
        )

    return posture


def fidgeting(body: Proportions, draw: np.random.Generator) -> Pose:
    """Never keep quite still."""
    way, standing = (
        wandering(draw, np.array([9.0, 6, 16, 9, 6, 16, 9, 14]), (0.3, 0.8)),
        upright(body),
    )

    def posture(times_s: Array) -> Posture:
        one, off = standing(times_s), way(times_s)
        return replace(
            one,
            trunk_rotation=about_z(off[:, 6]) @ one.trunk_rotation,
            head_rotation=about_z(off[:, 7]) @ one.head_rotation,
            shoulder_flexion_deg=one.shoulder_flexion_deg + off[:, [0, 3]],
            shoulder_abduction_deg=one.shoulder_abduction_deg + np.abs(off[:, [1, 4]]),
            elbow_flexion_deg=one.elbow_flexion_deg + np.abs(off[:, [2, 5]]),
        )

    return posture


def _to_head(
    body: Proportions, side: str, place: tuple[float, float, float], head_deg: float, rub_m: float
) -> Pose:
    """Bring one hand to a place from the middle of the head (ahead, outward, up; in statures)."""
    standing = upright(body)

    def posture(times_s: Array) -> Posture:
        one = standing(times_s)
        one = replace(one, head_rotation=about_y(head_deg + 0 * times_s))
        offset = np.array(place) * body.stature_m * _aside(1.0, 1.0)
        wrist = head_m(body, one)[:, None] + offset
        wrist[..., 0] += rub_m * np.sin(2 * np.pi * 2.3 * times_s)[:, None]
        raised = reaching_for(body, one, wrist, _aside(0.6, -0.6))
        return one_handed(one, raised, side)

    return posture


def scratching_head(body: Proportions, draw: np.random.Generator) -> Pose:
    """Scratch the head with one hand."""
    return _to_head(body, str(draw.choice(SIDES)), (0.02, 0.065, 0.035), 6.0, 0.012)


def drinking(body: Proportions, draw: np.random.Generator) -> Pose:
    """Hold a bottle to the mouth, the head back."""
    return _to_head(body, str(draw.choice(SIDES)), (0.115, 0.035, -0.02), -16.0, 0.0)


def reading_phone(body: Proportions, draw: np.random.Generator) -> Pose:
    """Look down at something in both hands."""
    standing, way = upright(body), wandering(draw, np.array([0.008, 0.012]), (0.2, 0.5))

    def posture(times_s: Array) -> Posture:
        one = standing(times_s)
        ahead = np.array([0.17, 0, 0.19]) * body.stature_m + np.array([0, 0.045, 0]) * (
            body.stature_m * OUTWARD[:, None]
        )
        wrist = one.pelvis_m[:, None] + ahead
        wrist[..., 2] += way(times_s)
        held = reaching_for(body, one, wrist, _aside(-0.3, -0.8))
        return replace(held, head_rotation=about_y(30 + 0 * times_s))

    return posture


def gesturing(body: Proportions, draw: np.random.Generator) -> Pose:
    """Talk with the hands."""
    standing = upright(body)
    way = wandering(draw, np.array([[0.05, 0.07, 0.10]] * 2), (0.3, 0.7))
    middle = np.array([0.15, 0.0, 0.16]) + np.array([0, 0.13, 0]) * OUTWARD[:, None]

    def posture(times_s: Array) -> Posture:
        one = standing(times_s)
        wrist = one.pelvis_m[:, None] + (middle + way(times_s)) * body.stature_m
        return reaching_for(body, one, wrist, _aside(-0.3, -0.7))

    return posture


def stretching(body: Proportions, draw: np.random.Generator) -> Pose:
    """Stretch both arms to the ceiling, leaning a little to one side."""
    standing, side = upright(body), float(draw.choice([-1, 1]))

    def posture(times_s: Array) -> Posture:
        one = standing(times_s)
        still = 0 * one.elbow_flexion_deg
        return replace(
            one,
            trunk_rotation=about_x(side * 9 + 0 * times_s) @ about_y(-5.0),
            head_rotation=about_y(-18 + 0 * times_s),
            shoulder_flexion_deg=165 + still,
            shoulder_abduction_deg=12 + still,
            elbow_flexion_deg=22 + still,
        )

    return posture


def _aside(ahead: float, up: float) -> Array:
    return np.stack([ahead + 0 * OUTWARD, OUTWARD, up + 0 * OUTWARD], axis=-1)
