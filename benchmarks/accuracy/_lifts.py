"""Exercises on one's feet that the product does not know, and squats as some people do them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.rotations import Array, about_y
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions
from dancer_pipeline.synthetic.upright import ankles, over_feet, stand

Act = Callable[[Proportions, Array, Array, np.random.Generator], Posture]
"""A posture from a body, how far it is (0 to 1), which side works (times x 2), and a draw."""


def on_feet(
    body: Proportions, knee_deg: Array, shank_deg: Array, *, lean_deg: Array, shoulder_deg: Array,
    elbow_deg: Array, abduction_deg: Array | float = 9.0, width: float = 0.075,
) -> Posture:  # fmt: skip
    ankle = ankles(body, len(knee_deg), width * body.stature_m)
    return stand(
        over_feet(body, ankle, knee_deg, shank_deg), ankle, lean_deg=lean_deg,
        shoulder_flexion_deg=shoulder_deg, elbow_flexion_deg=elbow_deg,
        shoulder_abduction_deg=abduction_deg,
    )  # fmt: skip


def hinge(knee: tuple[float, float], lean: tuple[float, float], arms_forward: float = 0.0) -> Act:
    """Push the hips back and bow; the arms hang, or swing forward on the way up."""

    def act(body: Proportions, level: Array, _works: Array, draw: np.random.Generator) -> Posture:
        knees, bow = float(draw.uniform(*knee)), float(draw.uniform(*lean))
        shank = float(draw.uniform(3, 12))
        leaning = 2 + bow * level
        return on_feet(
            body, 6 + (knees - 6) * level, 2 + shank * level, lean_deg=leaning,
            shoulder_deg=2 + leaning + arms_forward * (1 - level), elbow_deg=6 + 0 * level,
        )  # fmt: skip

    return act


def good_morning(
    body: Proportions, level: Array, _works: Array, draw: np.random.Generator
) -> Posture:
    """Bow with a bar on the shoulders."""
    leaning = 2 + float(draw.uniform(55, 80)) * level
    return on_feet(
        body, 6 + 18 * level, 2 + 4 * level, lean_deg=leaning,
        shoulder_deg=20 + 0 * level, elbow_deg=130 + 0 * level, abduction_deg=50.0,
    )  # fmt: skip


def thruster(body: Proportions, level: Array, _works: Array, draw: np.random.Generator) -> Posture:
    """Squat with the hands at the shoulders, and press them overhead on the way up."""
    lean = float(draw.uniform(22, 38))
    return on_feet(
        body, 6 + float(draw.uniform(80, 100)) * level, 2 + 27 * level, lean_deg=2 + lean * level,
        shoulder_deg=170 - 130 * level, elbow_deg=10 + 120 * level,
    )  # fmt: skip


def arms(flexion: float, abduction: float, elbow: float, start: tuple[float, ...]) -> Act:
    """Stand and move the arms alone, from a start to so much more of flexion and so on."""

    def act(body: Proportions, level: Array, _works: Array, draw: np.random.Generator) -> Posture:
        far = float(draw.uniform(0.9, 1.1)) * level
        still = 0 * level
        return on_feet(
            body, 5 + still, 2 + still, lean_deg=1 + still,
            shoulder_deg=start[0] + flexion * far, abduction_deg=start[1] + abduction * far,
            elbow_deg=start[2] + elbow * far,
        )  # fmt: skip

    return act


def arm_circles(
    body: Proportions, level: Array, _works: Array, draw: np.random.Generator
) -> Posture:
    """Turn straight arms in small circles at shoulder height."""
    size = float(draw.uniform(12, 25))
    way = np.pi * level
    return on_feet(
        body, 5 + 0 * level, 2 + 0 * level, lean_deg=1 + 0 * level,
        shoulder_deg=size * np.sin(2 * way), abduction_deg=85 + size * np.cos(2 * way),
        elbow_deg=8 + 0 * level,
    )  # fmt: skip


def row(body: Proportions, level: Array, _works: Array, draw: np.random.Generator) -> Posture:
    """Bent over, pull the hands to the belly."""
    lean = float(draw.uniform(45, 70)) + 0 * level
    return on_feet(
        body, 28 + 0 * level, 8 + 0 * level, lean_deg=lean,
        shoulder_deg=lean - 75 * level, elbow_deg=8 + 95 * level,
    )  # fmt: skip


def calf_raise(
    body: Proportions, level: Array, _works: Array, _draw: np.random.Generator
) -> Posture:
    """Rise on the toes."""
    still = 0 * level
    posture = on_feet(
        body, 5 + still, 2 + still, lean_deg=1 + still, shoulder_deg=3 + still, elbow_deg=8 + still
    )
    up = (0.055 * body.stature_m * level)[:, None]
    return replace(
        posture, pelvis_m=posture.pelvis_m + up * [0, 0, 1.0],
        ankle_m=posture.ankle_m + (up * [0.2, 0, 1.0])[:, None],
        foot_rotation=np.repeat(about_y(38 * level)[:, None], 2, axis=1),
    )  # fmt: skip


def side_lunge(body: Proportions, level: Array, works: Array, draw: np.random.Generator) -> Posture:
    """Stand wide, and bend one knee while the pelvis goes over to it; the other leg is straight."""
    wide, still = float(draw.uniform(0.22, 0.27)) * body.stature_m, 0 * level
    ankle = ankles(body, len(level), wide)
    aside = (works * OUTWARD).sum(axis=1) * level * float(draw.uniform(0.55, 0.62)) * wide
    back = -0.08 * body.stature_m * level
    gap = np.abs(ankle[..., 1] - aside[:, None] - body.hip_half_width_m * OUTWARD).max(axis=1)
    reach = reach_m(body.thigh_m, body.shank_m, np.array(8.0))
    up = body.ankle_height_m + np.sqrt(reach**2 - back**2 - gap**2)
    return stand(
        np.stack([back, aside, up], axis=-1), ankle, lean_deg=2 + 30 * level, toe_out_deg=15,
        shoulder_flexion_deg=10 + 45 * level, elbow_flexion_deg=40 + still,
    )  # fmt: skip


def step_up(body: Proportions, level: Array, works: Array, draw: np.random.Generator) -> Posture:
    """Step on a box with one foot, the other after it, and back down."""
    box, ahead = float(draw.uniform(0.12, 0.2)) * body.stature_m, 0.2 * body.stature_m
    first, second = (np.clip(level * 2 - place, 0, 1) for place in (0.0, 1.0))
    share = np.where(works > 0, first[:, None], second[:, None])
    ankle = ankles(body, len(level), 0.06 * body.stature_m)
    ankle[..., 0] += ahead * share
    ankle[..., 2] += box * share + 0.04 * np.sin(np.pi * share)
    x = ahead * (0.5 * first + 0.5 * second)
    lowest = ankle[..., 2].min(axis=1)
    reach = reach_m(body.thigh_m, body.shank_m, np.array(8.0))
    up = lowest + np.sqrt(reach**2 - np.max((ankle[..., 0] - x[:, None]) ** 2, axis=1))
    still = 0 * level
    return stand(
        np.stack([x, still, up - 0.02], axis=-1), ankle, lean_deg=4 + 12 * np.sin(np.pi * level),
        shoulder_flexion_deg=5 + still, elbow_flexion_deg=20 + still,
    )  # fmt: skip


def knee_up(body: Proportions, level: Array, works: Array, _draw: np.random.Generator) -> Posture:
    """Stand, and lift one knee as high as the hip."""
    still = 0 * level
    posture = on_feet(
        body, 6 + still, 2 + still, lean_deg=1 + still, shoulder_deg=5 + still, elbow_deg=30 + still
    )
    lift = (works * level[:, None])[..., None] * [0.14, 0, 0.22]
    return replace(posture, ankle_m=posture.ankle_m + lift * body.stature_m)


def burpee(body: Proportions, level: Array, _works: Array, _draw: np.random.Generator) -> Posture:
    """Crouch with the hands to the floor, and come up again with the arms overhead."""
    low, up = np.clip(level * 1.6, 0, 1), np.clip(1 - 3 * level, 0, 1)
    return on_feet(
        body, 8 + 122 * low, 2 + 28 * low, lean_deg=2 + 66 * low,
        shoulder_deg=30 + 60 * low + 100 * up, elbow_deg=12 + 0 * level,
    )  # fmt: skip


def squatting(lean_deg: float, arms: str) -> Act:
    """Squat, leaning so far at the turn, the arms `forward` or `overhead` all the time."""

    def act(body: Proportions, level: Array, _works: Array, draw: np.random.Generator) -> Posture:
        leaning = 2 + lean_deg * level
        raised = leaning + {"forward": 88.0, "overhead": 172.0, "hanging": 2.0}[arms]
        return on_feet(
            body, 6 + float(draw.uniform(88, 108)) * level, 2 + float(draw.uniform(22, 28)) * level,
            lean_deg=leaning, shoulder_deg=np.minimum(raised, 185), elbow_deg=6 + 0 * level,
        )  # fmt: skip

    return act
