"""The part of the body that an exercise carries through space, and how fast it moves."""

from collections.abc import Iterator, Sequence

import numpy as np

from dancer_pipeline.analyses._repetition import Repetition
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
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
"""Of a movement: what is filled in is smoother and slower than what was seen."""

_LEAST_SAMPLES = 8
_CUTOFF_HZ = 4.0
"""The strokes of an exercise are slower, so more would only let noise in: at 10 Hz that of a pose
model costs 0.6, at 4 Hz 0.1 to 0.3."""
_PER_STROKE = 2.5
"""Of a stroke's inverse: a peak is one moment, which noise moves more, so slow ones get less."""


def _speeds(body: Motion, part: str, cutoff_hz: float) -> list[Floats]:
    """Speed of the left and the right part in torso lengths per second."""
    names = [f"{side}_{part}" for side in SIDES]
    smooth = body.smooth(cutoff_hz, names).image_px
    steps = (np.gradient(smooth[name], 1 / body.rate_hz, axis=0) for name in names)
    return [np.hypot(*step.T) / body.torso_px for step in steps]


def smoothnesses(body: Motion, part: str, moved: Sequence[Repetition], least_s: float) -> Floats:
    """SPARC of each way back, the mean of the sides that are seen nearly all through it."""
    speeds = _speeds(body, part, _CUTOFF_HZ)
    return np.array([_smoothness(body, speeds, part, one, least_s) for one in moved])


def _smoothness(
    body: Motion, speeds: Sequence[Floats], part: str, one: Repetition, least_s: float
) -> float:
    if one.returning(body.time_s).sum() < max(_LEAST_SAMPLES, least_s * body.rate_hz):
        return float("nan")
    ways = [it for it in _seen(body, speeds, part, one) if np.isfinite(it).all()]
    return _mean([spectral_arc_length(it, body.rate_hz) for it in ways])


def peak_speeds(body: Motion, part: str, moved: Sequence[Repetition]) -> Floats:
    """Highest speed of each way back, the mean of the sides that are seen nearly all through it."""
    usual_s = float(np.median([one.end_s - one.turn_s - one.hold_s / 2 for one in moved]))
    speeds = _speeds(body, part, min(_CUTOFF_HZ, _PER_STROKE / max(usual_s, 1e-3)))
    ways = [[it[np.isfinite(it)] for it in _seen(body, speeds, part, one)] for one in moved]
    return np.array([_mean([float(it.max()) for it in sides if len(it)]) for sides in ways])


def filled_share(body: Motion, part: str, one: Repetition) -> float:
    """Share of the way back in which the side that is seen more was not seen."""
    return min(_filled_shares(body, part, one))


def _seen(body: Motion, speeds: Sequence[Floats], part: str, one: Repetition) -> Iterator[Floats]:
    """Speeds on the way back of each side that is seen nearly all through it."""
    for speed, share in zip(speeds, _filled_shares(body, part, one), strict=True):
        if share <= MOST_FILLED:
            yield speed[one.returning(body.time_s)]


def _filled_shares(body: Motion, part: str, one: Repetition) -> list[float]:
    inside = one.returning(body.time_s)
    unseen = [~body.was_seen[f"{side}_{part}"][inside] for side in SIDES]
    return [float(it.mean()) if len(it) else 1.0 for it in unseen]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
