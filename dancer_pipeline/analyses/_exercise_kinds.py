"""The exercises that can be counted: on what course, in which posture, from which range on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._exercise_body import Body, bend_deg, higher, lift_deg
from dancer_pipeline.signals.tracks import Flags, Floats
from dancer_pipeline.signals.verticals import mean

_POSE = (
    "trunk", "thigh", "shank", "thigh_apart", "shank_apart", "upper_arm", "forearm", "reach",
)  # fmt: skip


@dataclass(frozen=True)
class Exercise:
    """How one exercise is counted."""

    name: str
    signal: str
    """What its course is called in the table."""
    course: Callable[[Body], Floats]
    """In degrees or nearly so: low in the starting position, high at the turn."""
    posture: Callable[[Body], Flags]
    """When the person is in a posture in which this exercise is possible at all."""
    gate_deg: float
    """Smaller movements are not counted."""
    joint: str
    """Whose angle is told as the range of a repetition."""
    way_out: str
    """Whether the way to the turn is the `lifting` (concentric) or the `lowering` one."""
    least: int
    """So many alike make it this exercise where nobody has named it."""
    takes_sides: str | None = None
    """`arm` or `leg` where one side may work alone."""
    is_hold: bool = False
    """A position that is held instead of a movement that is repeated."""
    pose: tuple[str, ...] = _POSE
    """In what its repetitions are alike."""


def _upright(body: Body) -> Flags:
    return body.trunk > 0.3


def _standing_tall(body: Body) -> Flags:
    return body.trunk > 0.6


def _on_hands(body: Body) -> Flags:
    """Trunk sloping or level, over hands that bear it; knees not above the hips."""
    is_level = (body.trunk < 0.75) & (mean(body.thigh) < 0.35)
    return is_level & (mean(body.reach) < 0.1)


def _on_back(body: Body) -> Flags:
    """Lying, with the knees drawn up over the feet."""
    return (np.abs(body.trunk) < 0.75) & (mean(body.shank) < -0.25) & (mean(body.thigh) > -0.25)


def _hanging(body: Body) -> Flags:
    return _standing_tall(body) & (mean(body.reach) > -0.25)


def _hands_up(body: Body) -> Flags:
    return _standing_tall(body) & (mean(body.forearm) > 0.0)


def _bent_legs(body: Body) -> Floats:
    """Count from the foot that stands: steps lift the other one."""
    return bend_deg(body.hips_over_lower_foot)


def _lunging_legs(body: Body) -> Floats:
    """Count from the middle of the feet: the one in front may look lower for being nearer."""
    return bend_deg(body.hips_over_feet)


def _straight_legs(body: Body) -> Floats:
    return 180.0 - bend_deg(body.hips_over_lower_foot)


def _bent_arms_below(body: Body) -> Floats:
    return bend_deg(-mean(body.reach))


def _bent_arms_above(body: Body) -> Floats:
    return bend_deg(mean(body.reach))


def _straight_arms_above(body: Body) -> Floats:
    return 180.0 - bend_deg(mean(body.reach))


def _forearm_lift(body: Body) -> Floats:
    return lift_deg(higher(body.forearm))


def _arm_lift(body: Body) -> Floats:
    return lift_deg(higher(body.reach))


def _hip_lift(body: Body) -> Floats:
    """How far the hips are above the shoulders, as the slope of the trunk."""
    return np.degrees(np.arcsin(np.clip(-body.trunk, -1.0, 1.0)))


_KINDS = (
    Exercise("squat", "hip_height", _bent_legs, _upright, 40, "knee", "lowering", 2),
    Exercise(
        "lunge",
        "hip_height",
        _lunging_legs,
        _upright,
        35,
        "knee",
        "lowering",
        2,
        "leg",
        pose=tuple(name for name in _POSE if name != "shank"),  # it may be that of either leg
    ),
    Exercise("sit_to_stand", "hip_height", _straight_legs, _upright, 40, "knee", "lifting", 2),
    Exercise("push_up", "shoulder_height", _bent_arms_below, _on_hands, 40, "elbow", "lowering", 2),
    Exercise("pull_up", "shoulder_height", _bent_arms_above, _hanging, 50, "elbow", "lifting", 2),
    Exercise(
        "biceps_curl", "forearm_lift", _forearm_lift, _upright, 50, "elbow", "lifting", 3, "arm"
    ),
    Exercise(
        "shoulder_press", "hand_height", _straight_arms_above, _hands_up, 50, "elbow", "lifting", 3
    ),
    Exercise("lateral_raise", "arm_lift", _arm_lift, _upright, 40, "shoulder", "lifting", 3, "arm"),
    Exercise("jumping_jack", "arm_lift", _arm_lift, _upright, 40, "shoulder", "lifting", 2),
    Exercise("bridge", "hip_height", _hip_lift, _on_back, 12, "hip", "lifting", 1),
)

RECOGNISABLE = {kind.name: kind for kind in _KINDS}

COUNTABLE = RECOGNISABLE | {
    "single_leg_squat": Exercise(
        "single_leg_squat", "hip_height", _bent_legs, _upright, 30, "knee", "lowering", 2, "leg"
    )
}
"""Those that can be counted when the uploader names them."""


def _body_lift(body: Body) -> Floats:
    return _LIFT_DEG * body.hip_place


_LIFT_DEG = 160.0
"""For a torso length: whoever pulls up bends the elbows by so much on the way."""

BY_HEIGHT = {
    "pull_up": Exercise(
        "lifted_body", "body_height", _body_lift, _standing_tall, 50, "", "lifting", 2,
        pose=("hip_place", "trunk", "thigh", "shank"),
    )
}  # fmt: skip
"""What an exercise of the arms that has been named is counted on where they are not followed."""

PLANK = Exercise(
    "plank", "body_line", _bent_arms_below, _on_hands, 0, "hip", "lifting", 1, is_hold=True
)
