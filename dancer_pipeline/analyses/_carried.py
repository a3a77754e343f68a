"""The part of the body that an exercise carries through space, and how fast it moves."""

from collections.abc import Sequence

import numpy as np

from dancer_pipeline.analyses._repetition import Repetition
from dancer_pipeline.signals.motion import SIDES, Motion
from dancer_pipeline.signals.smoothness import spectral_arc_length
from dancer_pipeline.signals.tracks import Floats

CARRIED = {
    "squat": "hip",
    "sit_to_stand": "hip",
    "lunge": "hip",
    "bridge": "hip",
    "push_up": "shoulder",
    "pull_up": "shoulder",
    "biceps_curl": "wrist",
    "shoulder_press": "wrist",
    "lateral_raise": "wrist",
    "jumping_jack": "wrist",
}
"""By exercise: hips, shoulders or wrists."""

MOST_FILLED = 0.1
"""Of a movement: what is filled in is smoother than what was seen."""

_LEAST_SAMPLES = 8
_CUTOFF_HZ = 4.0
"""The strokes of an exercise are slower, so more would only let noise in: at 10 Hz that of a pose
model costs 0.6, at 4 Hz 0.1 to 0.3."""


def carried_speeds(body: Motion, part: str) -> list[Floats]:
    """Speed of the left and the right part in torso lengths per second."""
    names = [f"{side}_{part}" for side in SIDES]
    smooth = body.smooth(_CUTOFF_HZ, names).image_px
    steps = (np.gradient(smooth[name], 1 / body.rate_hz, axis=0) for name in names)
    return [np.hypot(*step.T) / body.torso_px for step in steps]


def smoothness_of(
    body: Motion, speeds: Sequence[Floats], part: str, one: Repetition, least_s: float
) -> float:
    """SPARC of the way back, the mean of the sides that are seen nearly all through it."""
    inside = one.returning(body.time_s)
    if inside.sum() < max(_LEAST_SAMPLES, least_s * body.rate_hz):
        return float("nan")
    lengths = [
        spectral_arc_length(it[inside], body.rate_hz)
        for it, share in zip(speeds, _filled_shares(body, part, one), strict=True)
        if np.isfinite(it[inside]).all() and share <= MOST_FILLED
    ]
    return float(np.mean(lengths)) if lengths else float("nan")


def filled_share(body: Motion, part: str, one: Repetition) -> float:
    """Share of the way back in which the side that is seen more was not seen."""
    return min(_filled_shares(body, part, one))


def _filled_shares(body: Motion, part: str, one: Repetition) -> list[float]:
    inside = one.returning(body.time_s)
    unseen = [~body.was_seen[f"{side}_{part}"][inside] for side in SIDES]
    return [float(it.mean()) if len(it) else 1.0 for it in unseen]


def peak_speeds(body: Motion, speeds: Sequence[Floats], moved: Sequence[Repetition]) -> Floats:
    """Highest speed of each way back, the mean of the sides that are seen."""
    inside = [one.returning(body.time_s) for one in moved]
    peaks = np.array([[_highest(it[flags]) for it in speeds] for flags in inside])
    known = np.isfinite(peaks)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, peaks, 0).sum(axis=1) / known.sum(axis=1))


def _highest(speed: Floats) -> float:
    known = speed[np.isfinite(speed)]
    return float(known.max()) if len(known) else float("nan")
