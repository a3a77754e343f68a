"""Which exercise a set of cycles is: ranges of what the body does, wide enough for all people.

Each range is what people do in that exercise, in shares of segments that point up (1 straight up,
-1 straight down), which every view shows. Outside of it an exercise fades over `_FADE`; the worst
of its ranges is how well it fits. Nothing here is fitted to recordings.
"""

import numpy as np

from dancer_pipeline.analyses._cycle_features import Features
from dancer_pipeline.signals.tracks import Flags, Floats

FITS = 0.75
"""Less well than this, a movement is not that exercise: a dance goes half way into a squat."""
FITS_NAMED = 0.5
"""The same of a single repetition of an exercise that somebody has named."""
FITS_AROUND = 3
"""So many cycles in a row tell what is done at a time."""
_FADE = 0.15

_ANY = 9.0
Ranges = dict[str, tuple[float, float]]

_ON_FEET: Ranges = {"trunk_start": (0.75, _ANY)}
_STANDING: Ranges = {**_ON_FEET, "thigh_start": (-_ANY, -0.8), "shank_start": (-_ANY, -0.75)}
_LEGS_STILL: Ranges = {
    "trunk_turn": (0.75, _ANY), "thigh_turn": (-_ANY, -0.8), "thigh_apart_turn": (-_ANY, 0.2),
    "drop": (-0.08, 0.08),
}  # fmt: skip
_NO_GESTURE: Ranges = {"hold_share": (0.0, 0.4), "duration": (0.5, 4.5)}
"""Whoever drinks, points or looks at a phone takes longer, and keeps the hand there."""
_FEET_STAY: Ranges = {"foot_gap_change": (-0.35, 0.35)}

_RANGES: dict[str, Ranges] = {
    "squat": {
        **_STANDING, **_FEET_STAY,
        "trunk_turn": (0.35, _ANY), "thigh_turn": (-0.75, 0.4), "shank_turn": (-_ANY, -0.6),
        "thigh_apart_turn": (-_ANY, 0.25), "shank_apart_turn": (-_ANY, 0.25),
        "nod": (-_ANY, 0.04), "drop": (0.2, _ANY), "hinge": (-_ANY, 0.0),
        "hands_overhead": (-_ANY, 0.75), "hips_aside_turn": (-_ANY, 0.28),
    },
    "lunge": {
        **_STANDING,
        "trunk_turn": (0.7, _ANY), "thigh_turn": (-0.9, -0.2), "thigh_apart_turn": (0.4, _ANY),
        "shank_apart_turn": (0.3, _ANY), "reach_start": (-_ANY, 0.3), "reach_turn": (-_ANY, 0.3),
    },
    "sit_to_stand": {
        **_FEET_STAY,
        "trunk_start": (0.75, _ANY), "trunk_turn": (0.85, _ANY), "thigh_start": (-0.55, 0.4),
        "thigh_turn": (-_ANY, -0.8), "shank_start": (-_ANY, -0.75), "nod": (0.1, _ANY),
        "thigh_apart_start": (-_ANY, 0.3), "drop": (-_ANY, -0.25),
    },
    "push_up": {
        "trunk_start": (-0.2, 0.7), "trunk_turn": (-0.3, 0.5), "reach_start": (-_ANY, -0.7),
        "thigh_start": (-0.8, _ANY),
        "reach_turn": (-0.75, 0.3), "forearm_turn": (-_ANY, -0.5), "thigh_turn": (-_ANY, 0.3),
        "wrist_travel": (-0.4, 0.4),
    },
    "pull_up": {
        "trunk_start": (0.75, _ANY), "trunk_turn": (0.65, _ANY), "reach_start": (0.75, _ANY),
        "reach_turn": (-0.4, 0.75), "forearm_turn": (-0.7, _ANY), "hip_travel": (0.3, _ANY),
        "wrist_travel": (-0.6, 0.6),
    },
    "biceps_curl": {
        **_STANDING, **_LEGS_STILL, **_FEET_STAY, **_NO_GESTURE,
        "upper_arm_start": (-_ANY, -0.8), "upper_arm_turn": (-_ANY, -0.5),
        "forearm_start": (-_ANY, -0.6), "forearm_turn": (0.1, _ANY),
    },
    "shoulder_press": {
        **_ON_FEET, **_FEET_STAY, **_NO_GESTURE,
        "trunk_turn": (0.75, _ANY), "reach_start": (-0.35, 0.65), "reach_turn": (0.8, _ANY),
        "forearm_start": (0.55, _ANY), "upper_arm_turn": (0.65, _ANY), "hip_travel": (-0.2, 0.2),
        "wrist_travel": (0.3, _ANY), "drop": (-0.1, 0.1),
    },
    "lateral_raise": {
        **_STANDING, **_LEGS_STILL, **_FEET_STAY, **_NO_GESTURE,
        "upper_arm_start": (-_ANY, -0.8), "upper_arm_turn": (-0.4, 0.4),
        "forearm_turn": (-0.5, 0.5), "reach_turn": (-0.4, 0.35), "reach_start": (-_ANY, -0.75),
        "hand_out_turn": (0.55, _ANY),
    },
    "jumping_jack": {
        **_STANDING, "trunk_turn": (0.8, _ANY), "thigh_turn": (-_ANY, -0.65),
        "reach_start": (-_ANY, -0.5), "reach_turn": (0.3, _ANY), "upper_arm_turn": (0.1, _ANY),
        "foot_gap_change": (0.45, _ANY), "duration": (0.0, 2.5),
    },
    "bridge": {
        "trunk_start": (-0.3, 0.35), "trunk_turn": (-0.8, -0.1), "thigh_start": (0.25, _ANY),
        "shank_start": (-_ANY, -0.45), "shank_turn": (-_ANY, -0.45),
    },
}  # fmt: skip

_RANGES["single_leg_squat"] = {"trunk_start": (0.75, _ANY), "drop": (0.15, _ANY)}

_ESSENTIAL: dict[str, Ranges] = {
    "squat": {"drop": (0.06, _ANY), "duration": (0.8, _ANY), "thigh_apart_turn": (-_ANY, 0.5)},
    "single_leg_squat": {"drop": (0.06, _ANY), "duration": (0.8, _ANY)},
    "lunge": {"duration": (1.0, _ANY), "thigh_apart_turn": (0.15, _ANY)},
    "sit_to_stand": {"drop": (-_ANY, -0.15), "duration": (0.9, _ANY)},
    "push_up": {"duration": (0.6, _ANY), "reach_start": (-_ANY, -0.4)},
    "pull_up": {
        "duration": (0.8, _ANY),
        "reach_start": (0.5, _ANY),
        "hip_travel": (0.08, _ANY),
    },
    "lifted_body": {
        "duration": (0.8, _ANY),
        "hip_travel": (0.3, _ANY),
        "drop": (-0.2, 0.2),
        "trunk_start": (0.75, _ANY),
    },
    "biceps_curl": {"duration": (0.7, _ANY), "forearm_turn": (-0.75, _ANY)},
    "shoulder_press": {"duration": (0.7, _ANY), "reach_turn": (0.5, _ANY)},
    "lateral_raise": {"duration": (0.7, _ANY), "upper_arm_turn": (-0.9, _ANY)},
    "jumping_jack": {"reach_turn": (-0.4, _ANY)},
    "bridge": {"thigh_start": (0.0, _ANY)},
}
"""Without it a movement is not that exercise, whoever says so: steps are no squats."""

_OF_UNKNOWN: Ranges = {"duration": (0.8, _ANY)}


_TELLING = {
    "lunge": ("thigh_apart_turn",),
    "jumping_jack": ("foot_gap_change",),
    "lateral_raise": ("hand_out_turn",),
}
"""What tells an exercise from those that are otherwise like it: without it, it is unknown."""


def is_telling(exercise: str, found: Features) -> bool:
    """Tell whether what marks an exercise was seen."""
    return all(bool(np.isfinite(found[name]).any()) for name in _TELLING.get(exercise, ()))


def is_possible(exercise: str, found: Features) -> Flags:
    """Tell which cycles may be repetitions of an exercise at all; what is not seen may be."""
    missed = [
        (found[name] < low) | (found[name] > high)
        for name, (low, high) in _ESSENTIAL.get(exercise, _OF_UNKNOWN).items()
    ]
    return np.asarray(~np.logical_or.reduce(missed))


def fit(exercise: str, found: Features) -> float:
    """How well the median of some cycles fits an exercise, 0 to 1; 0 where much is not seen."""
    marks = []
    for name, (low, high) in _RANGES[exercise].items():
        known = found[name][np.isfinite(found[name])]
        if len(known):
            value = float(np.median(known))
            outside = max(low - value, value - high, 0.0)
            marks.append(max(0.0, 1.0 - outside / _FADE))
    return min(marks) if len(marks) >= 0.7 * len(_RANGES[exercise]) else 0.0


def fit_around(exercise: str, found: Features) -> Floats:
    """How well each cycle fits together with its neighbours, three in all."""
    count = len(found["duration"])
    windows = [
        fit(exercise, {name: values[first : first + FITS_AROUND] for name, values in found.items()})
        for first in range(count - FITS_AROUND + 1)
    ]
    nearest = np.clip(np.arange(count) - FITS_AROUND // 2, 0, len(windows) - 1)
    return np.array(windows)[nearest]
