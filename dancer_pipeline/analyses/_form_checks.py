"""What must hold before a number of form is believed: the facing, the body's limits, the seeing."""

from dataclasses import replace

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats

LIMITS = {
    "squat_knee_flexion": (0.0, 165.0),
    "thigh_above_horizontal": (-60.0, 90.0),
    "trunk_lean": (-20.0, 100.0),
    "knee_separation_ratio": (0.0, 3.0),
    "knee_separation_change": (-100.0, 200.0),
    "hip_shift": (-100.0, 100.0),
    "front_knee_flexion": (0.0, 165.0),
    "front_shank_lean": (-45.0, 75.0),
    "body_sag": (-75.0, 60.0),
    "elbow_flexion_at_turn": (0.0, 165.0),
    "elbow_flexion_at_start": (0.0, 165.0),
    "hip_bend": (0.0, 150.0),
    "press_path_drift": (0.0, 150.0),
    "trunk_sway": (0.0, 90.0),
    "arm_elevation": (0.0, 180.0),
    "arm_elevation_difference": (-120.0, 120.0),
}
"""By measure, what a body can do in its exercise, with room for the error of one camera. A knee or
an elbow bends until its limbs touch; nobody stays upright leaning back by more than 20 degrees."""

_LEAST_FOOT = 0.1
"""In torso lengths, from heel to toes across the picture: a foot seen from the side has 0.4."""
_LEAST_AGREEMENT = 0.8
_LEAST_SIDEWAYS = 0.5
_LEAST_SEEN = 0.5


def facing(body: Motion, inside: Flags, yaw: float) -> float:
    """1 where the person faces right in the picture in this stretch, -1 left, NaN if unknown.

    The toes say it, or the trunk where they are hidden. It is unknown where both contradict each
    other, where the toes point both ways, and from ahead.
    """
    by_feet, by_trunk = _toes(body, inside), _trunk(yaw)
    known = {sign for sign in (by_feet, by_trunk) if sign != 0}
    return known.pop() if len(known) == 1 else float("nan")


def is_possible(measure: str, value: float) -> bool:
    """Whether a body can do this."""
    low, high = LIMITS[measure]
    return low <= value <= high


def only_seen(body: Motion) -> Motion:
    """Take out what was filled in between what was seen."""
    image, world = (
        {name: np.where(body.was_seen[name][:, None], it, np.nan) for name, it in places.items()}
        for places in (body.image_px, body.world_m)
    )
    return replace(body, image_px=image, world_m=world)


def is_mostly_seen(seen: Floats, all_of_it: Floats) -> bool:
    """Whether at least half of the known numbers rest on what was seen."""
    known = np.isfinite(all_of_it).sum()
    return bool(np.isfinite(seen).sum() >= _LEAST_SEEN * known)


def _toes(body: Motion, inside: Flags) -> float:
    """Find where the toes point: 1, -1, NaN for both ways, 0 where that is not seen."""
    steps = [body.image_px[f"{it}_foot_index"] - body.image_px[f"{it}_heel"] for it in SIDES]
    ahead = np.concatenate([step[inside, 0] for step in steps]) / body.torso_px
    clear = ahead[np.abs(ahead) >= _LEAST_FOOT]
    if len(clear) == 0:
        return 0.0
    sign = float(np.sign(np.median(clear)))
    return sign if np.mean(np.sign(clear) == sign) >= _LEAST_AGREEMENT else float("nan")


def _trunk(yaw: float) -> float:
    """Whoever shows the left side faces left: 1, -1, or 0 where it is seen from ahead."""
    sideways = float(np.sin(np.radians(yaw)))
    is_clear = abs(sideways) >= _LEAST_SIDEWAYS
    return float(np.sign(sideways)) if is_clear else 0.0
