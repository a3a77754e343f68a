"""Sway: how far and how fast the middle of the hips wanders over feet that stand still."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import camera_path_px
from dancer_pipeline.analyses._stance import foot_px
from dancer_pipeline.signals.geometry import circular_median_deg
from dancer_pipeline.signals.heading import view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

CUTOFF_HZ = 4.0
_HIPS = ("left_hip", "right_hip")

_RMS_OF_NOISE, _SPEED_OF_NOISE = 0.48, 4.1
"""What noise leaves below 4 Hz, per standard deviation of its second differences.

For noise of which half is white and half drifts over a fifth of a second; the same at 12 to 60
frames per second. The speed is per second.
"""

LEAST_FLOOR, LEAST_SPEED_FLOOR = 0.3, 0.01
"""Percent of the torso, and torso lengths per second: finer than this no pose model is."""

_FOLLOWS = 0.3
"""Of what the camera seems to move, how much a standing foot moves: 1 if it does, 0 if not."""

_LEAST_SAMPLES = 12
LEAST_SEEN = 0.8
"""Share of a stretch in which the hips must be seen."""


@dataclass(frozen=True)
class AboveNoise:
    """A value freed of what the noise of the keypoints adds, and how much that is."""

    value: float
    """0 where the noise explains it all."""
    floor: float


@dataclass(frozen=True)
class Sway:
    """Sway of the hips along the picture's horizontal."""

    wandering: AboveNoise
    """Root mean square about the mean, in percent of the torso."""
    speed: AboveNoise
    """Path length per second, in torso lengths."""
    n: int


def sway(moves: Motion, start_s: float, end_s: float) -> Sway | None:
    """Measure the sway of a stretch; None where the hips are seen in too little of it.

    The feet stand still and so does the camera, so the place of the hips in the picture is their
    place over the feet: subtracting a foot would only add its noise. The share of the noise, told
    by the second differences of the place, is taken off in quadrature.
    """
    raw = moves.between(start_s, end_s).middle_px("hip")[:, 0] / moves.torso_px
    smooth = moves.smooth(CUTOFF_HZ, _HIPS).between(start_s, end_s)
    place = smooth.middle_px("hip")[:, 0] / moves.torso_px
    seen = np.isfinite(place)
    if len(seen) < _LEAST_SAMPLES or seen.mean() < LEAST_SEEN:
        return None
    noise = _spread(np.diff(raw, 2))
    path = np.abs(np.diff(place))
    speed = float(np.nanmean(path)) * moves.rate_hz
    return Sway(
        _without(100 * _spread(place), max(100 * _RMS_OF_NOISE * noise, LEAST_FLOOR)),
        _without(speed, max(_SPEED_OF_NOISE * noise, LEAST_SPEED_FLOOR)),
        int(seen.sum()),
    )


def feet_follow(stretch: Motion, video_extracts: pd.DataFrame) -> bool:
    """Whether feet that stand move in the picture as the camera seems to.

    In front of a bare wall what is taken for the background may be the person who sways.
    """
    path_px = camera_path_px(video_extracts, stretch.time_s)
    feet = [foot_px(stretch, "left")[:, 0], foot_px(stretch, "right")[:, 0]]
    known = [it[np.isfinite(it)] for it in feet]
    if not np.ptp(path_px) > 0 or min(len(it) for it in known) < LEAST_SEEN * len(path_px):
        return True
    steady = feet[int(np.argmin([np.std(it) for it in known]))]
    seen = np.isfinite(steady)
    slope = np.polyfit(path_px[seen], steady[seen], 1)[0]
    return bool(slope > _FOLLOWS)


def trunk_lean_deg(moves: Motion) -> Floats:
    """Angle of the trunk from the vertical of the picture, positive to the right, by moment."""
    smooth = moves.smooth(CUTOFF_HZ, (*_HIPS, "left_shoulder", "right_shoulder"))
    trunk = smooth.middle_px("shoulder") - smooth.middle_px("hip")
    return np.asarray(np.degrees(np.arctan2(trunk[:, 0], -trunk[:, 1])))


def view_between(moves: Motion, start_s: float, end_s: float) -> tuple[str | None, float]:
    """View of a stretch and its yaw in degrees; None where it cannot be told."""
    inside = (moves.time_s >= start_s) & (moves.time_s <= end_s)
    middle, _ = circular_median_deg(yaw_deg(moves)[inside])
    return (view_of(middle) if np.isfinite(middle) else None), middle


def _without(measured: float, noise: float) -> AboveNoise:
    return AboveNoise(float(np.sqrt(max(measured**2 - noise**2, 0.0))), noise)


def _spread(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.std(known)) if len(known) else 0.0
