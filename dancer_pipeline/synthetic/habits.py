"""How people differ who all do an exercise well: stance, grip, lean, where the hands are."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.arms import reaching
from dancer_pipeline.synthetic.rotations import Array, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions, shoulders_m

HANDS = ("free", "on_hips", "on_chest")


@dataclass(frozen=True)
class Habit:
    """One performer's ways, each from -1 to 1: how wide, how far turned out, leaning, bent."""

    width: float = 0.0
    turn_out: float = 0.0
    lean: float = 0.0
    bend: float = 0.0
    hands: str = "free"


TEXTBOOK = Habit()


def habit(seed: int) -> Habit:
    """Draw a performer's ways."""
    draw = np.random.default_rng([seed, 9])
    width, turn_out, lean, bend = (float(value) for value in draw.uniform(-1, 1, 4))
    return Habit(width, turn_out, lean, bend, str(draw.choice(HANDS)))


def with_hands(body: Proportions, posture: Posture, where: str) -> Posture:
    """Put the hands where the performer keeps them; free hands are left alone."""
    if where == "free":
        return posture
    stature = body.stature_m
    if where == "on_hips":
        place = np.stack([0.02 + 0 * OUTWARD, 0.098 * OUTWARD, 0.055 + 0 * OUTWARD], axis=-1)
        wrist = posture.pelvis_m[:, None] + _along(posture, place) * stature
        return reaching(body, posture, wrist, _along(posture, _ways(-0.7, 1.0, 0.0)))
    place = np.stack([0.085 + 0 * OUTWARD, -0.045 * OUTWARD, -0.07 + 0 * OUTWARD], axis=-1)
    middle = shoulders_m(body, posture).mean(axis=1)[:, None]
    wrist = middle + _along(posture, place) * stature
    return reaching(body, posture, wrist, _along(posture, _ways(0.5, 0.6, -0.8)))


def _ways(ahead: float, aside: float, up: float) -> Array:
    return np.stack([ahead + 0 * OUTWARD, aside * OUTWARD, up + 0 * OUTWARD], axis=-1)


def _along(posture: Posture, ways: Array) -> Array:
    return turn(posture.trunk_rotation[:, None], ways)
