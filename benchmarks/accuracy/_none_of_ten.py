"""People who do an exercise that the product does not know: none of them may be called another."""

from dataclasses import replace

import numpy as np

from benchmarks.accuracy._exercisers import draw_of, random_view
from benchmarks.accuracy._lifts import (
    Act,
    arm_circles,
    arms,
    burpee,
    calf_raise,
    good_morning,
    hinge,
    knee_up,
    row,
    side_lunge,
    squatting,
    step_up,
    thruster,
)
from benchmarks.accuracy._machines import moving
from dancer_pipeline.synthetic.effort import Effort, Exercise
from dancer_pipeline.synthetic.errands import Place
from dancer_pipeline.synthetic.exercises_floor import bridge
from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.movements import Tempo
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.prone import on_hands
from dancer_pipeline.synthetic.rotations import Array, about_y, about_z
from dancer_pipeline.synthetic.sets import exercise_motion
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions, proportions
from dancer_pipeline.synthetic.style import Style


def _on_back(body: Proportions, level: Array, *, curl_deg: float, legs: str) -> Posture:
    """Lie with the knees drawn up; the trunk curls up, or the legs rise."""
    none = Effort(level, 0 * level, 1 + 0 * level, np.ones((len(level), 2)), 0.0, {})
    flat = bridge(body, none)
    slope = -88 + curl_deg * level
    trunk = about_y(slope)
    angles = {
        "shoulder_flexion_deg": 60.0, "shoulder_abduction_deg": 8.0, "elbow_flexion_deg": 70.0,
        "forearm_turn_deg": 10.0,
    }  # fmt: skip
    lying = replace(
        flat, trunk_rotation=trunk, head_rotation=trunk, hand_rotation=None,
        **{name: np.full((len(level), 2), value) for name, value in angles.items()},
    )  # fmt: skip
    if legs == "still":
        return lying
    rise = np.radians(5 + 75 * level)
    way = np.stack([np.cos(rise), 0 * rise, np.sin(rise)], axis=-1)
    reach = reach_m(body.thigh_m, body.shank_m, np.array(12.0))
    hips = lying.pelvis_m[:, None] + [0, 1, 0] * (body.hip_half_width_m * OUTWARD[:, None])
    return replace(lying, ankle_m=hips + reach * way[:, None])


def _sit_up(body: Proportions, level: Array, _works: Array, draw: np.random.Generator) -> Posture:
    """Curl up from the back to the knees."""
    return _on_back(body, level, curl_deg=float(draw.uniform(60, 95)), legs="still")


def _leg_raise(
    body: Proportions, level: Array, _works: Array, _draw: np.random.Generator
) -> Posture:
    """Lift straight legs from the floor."""
    return _on_back(body, level, curl_deg=0.0, legs="rising")


def _twist(body: Proportions, level: Array, works: Array, _draw: np.random.Generator) -> Posture:
    """Sit leaning back, and turn the trunk and the hands from side to side."""
    leaning = _on_back(body, 1 + 0 * level, curl_deg=45.0, legs="still")
    side = (works * OUTWARD).sum(axis=1)
    turned = leaning.trunk_rotation @ about_z(50 * side * level)
    return replace(leaning, trunk_rotation=turned)


def _climber(body: Proportions, level: Array, works: Array, _draw: np.random.Generator) -> Posture:
    """On hands and toes, draw one knee to the chest."""
    posture = on_hands(body, 8 + 0 * level, 0 * level)
    draw_in = (works * level[:, None])[..., None] * [0.34, 0, 0.04]
    return replace(posture, ankle_m=posture.ankle_m + draw_in * body.stature_m)


NONE_OF_TEN: dict[str, tuple[Act, str]] = {
    "deadlift": (hinge((45, 78), (52, 72)), "both"),
    "romanian_deadlift": (hinge((18, 35), (60, 82)), "both"),
    "kettlebell_swing": (hinge((35, 60), (45, 65), arms_forward=80.0), "both"),
    "good_morning": (good_morning, "both"),
    "thruster": (thruster, "both"),
    "front_raise": (arms(85, 0, 0, (3, 9, 10)), "both"),
    "upright_row": (arms(0, 70, 115, (3, 8, 10)), "both"),
    "triceps_extension": (arms(0, 0, -105, (165, 8, 120)), "both"),
    "arm_circles": (arm_circles, "both"),
    "row": (row, "both"),
    "calf_raise": (calf_raise, "both"),
    "side_lunge": (side_lunge, "alternating"),
    "step_up": (step_up, "alternating"),
    "knee_up": (knee_up, "alternating"),
    "burpee": (burpee, "both"),
    "sit_up": (_sit_up, "both"),
    "leg_raise": (_leg_raise, "both"),
    "russian_twist": (_twist, "alternating"),
    "mountain_climber": (_climber, "alternating"),
}
"""How each is done, and by which side."""


SQUATS: dict[str, tuple[Act, str]] = {
    "arms_forward": (squatting(38, "forward"), "both"),
    "overhead_squat": (squatting(28, "overhead"), "both"),
    "leaning_squat": (squatting(52, "forward"), "both"),
    "weights_hanging": (squatting(34, "hanging"), "both"),
}
"""Squats all the same, whatever the arms and the trunk do."""


def other_set(name: str, seed: int, view: View | None = None) -> Performance:
    """Perform 4 to 10 repetitions of one of these, at any tempo, from anywhere."""
    act, side = (NONE_OF_TEN | SQUATS)[name]
    draw, body = draw_of(seed), proportions(seed)

    def posture(body: Proportions, effort: Effort) -> Posture:
        return act(body, effort.level, effort.working, np.random.default_rng([seed, 42]))

    exercise = Exercise(Tempo(1.1, 0.2, 1.1, 0.4), posture, "knee_flexion", sides=(side,))
    style = Style(tempo=(0.7, 1.3), depth=(0.9, 1.0))
    count = int(draw.integers(4, 11))
    motion = exercise_motion(exercise, body, seed, count, None, style, Place(3.0, 0.0, 0.0))
    seen = view or random_view(draw)
    return moving(
        perform("standing", seed=seed, duration_s=motion.duration_s, view=seen), name, motion
    )
