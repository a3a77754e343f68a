"""Rhythm of a movement or of music: how long a beat lasts, and when the beats are."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.periodicity import LEAST_STRENGTH, period
from dancer_pipeline.signals.tracks import Floats

SHORTEST_S, LONGEST_S = 0.3, 1.2
"""A beat lasts that long: 200 to 50 in a minute."""

BEAT_RATE_HZ = 100.0
"""Beats are looked for on a grid this fine, whatever the frame rate."""

JOINTS = tuple(
    f"{side}_{part}"
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in SIDES
)
LEAST_JOINTS = 6
LEAST_SEEN = 0.8
"""Of the time, how much must show a joint for it to count."""

_CUTOFF_HZ, _TREND_HZ = 5.0, 0.5
_SEARCH = 0.06
_HARMONICS = (1, 2)
_FINENESS = 5e-4
_APART = 0.6
_PROMINENCE = 0.05
_MAX_GAP_S = 0.35
_USUAL_BEAT_S = 0.42
_BEAT_SIGMA_S = 0.05
_GRID_SEARCH = 0.05


@dataclass(frozen=True)
class Rhythm:
    """How long one beat lasts; NaN, with strength 0, where nothing repeats."""

    period_s: float
    strength: float
    """Autocorrelation at the period: 1 for a perfect repetition."""

    @property
    def is_regular(self) -> bool:
        """Whether it repeats clearly enough to be called a tempo."""
        return self.strength >= LEAST_STRENGTH

    @property
    def bpm(self) -> float:
        """Beats in a minute."""
        return 60.0 / self.period_s


def rhythm(values: Floats, rate_hz: float) -> Rhythm:
    """Find how long the beat of evenly spaced values lasts; NaN (not seen) is left out.

    The autocorrelation tells which peak of the spectrum it is; where exactly, the spectrum of the
    whole record tells several times more finely than a single lag.
    """
    found = period(values, rate_hz, shortest_s=SHORTEST_S, longest_s=LONGEST_S)
    if not found.strength > 0:
        return Rhythm(float("nan"), 0.0)
    return Rhythm(refined_s(values, rate_hz, found.period_s), found.strength)


def refined_s(values: Floats, rate_hz: float, period_s: float) -> float:
    """Move a period to the highest place of the spectrum near it, its first harmonic included."""
    seen = np.isfinite(values)
    centred = np.where(seen, values - values[seen].mean(), 0.0) * np.hanning(len(values))
    least = max(4 * len(values), rate_hz * period_s / _FINENESS)
    size = 1 << int(np.ceil(np.log2(least)))
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    bins = np.arange(len(power))
    frequencies = np.linspace(1 - _SEARCH, 1 + _SEARCH, 481) / period_s
    places = frequencies * size / rate_hz
    total = sum(np.interp(harmonic * places, bins, power) for harmonic in _HARMONICS)
    return float(1 / frequencies[np.argmax(total)])


def pelvis_height(moves: Motion) -> Floats:
    """Height of the middle of the hips about its own slow trend, in torso lengths."""
    hips = ("left_hip", "right_hip")
    quick, slow = (
        moves.smooth(cutoff, hips).middle_px("hip")[:, 1] for cutoff in (_CUTOFF_HZ, _TREND_HZ)
    )
    return np.asarray((slow - quick) / moves.torso_px)


def joint_speed(moves: Motion, *, is_relative: bool) -> tuple[Floats, Floats]:
    """Mean speed of the joints in torso lengths per second: times (100 Hz) and speeds.

    A joint that is hidden for long is left out; where one of the others is not seen the speed is
    NaN. Empty where too few are seen. `is_relative` is against the middle of the hips, for a
    camera that moves.
    """
    names = [name for name in JOINTS if _share_seen(moves, name) >= LEAST_SEEN]
    if len(names) < LEAST_JOINTS or not {"left_hip", "right_hip"} <= set(names):
        return np.array([]), np.array([])
    smooth = moves.smooth(_CUTOFF_HZ, names)
    origin = smooth.middle_px("hip") if is_relative else 0.0
    fine_s = np.arange(moves.time_s[0], moves.time_s[-1], 1 / BEAT_RATE_HZ)
    speeds = [
        _speed(fine_s, moves.time_s, (smooth.image_px[name] - origin) / moves.torso_px)
        for name in names
    ]
    return fine_s, np.asarray(np.mean(speeds, axis=0))


def beats_s(time_s: Floats, speed: Floats, rhythm: Rhythm) -> Floats:
    """Give the beats of a movement in seconds: the moments at which its speed is least.

    Minima count that are deep against the range of the speed (5 % of it) and, where there is a
    tempo, at least 0.6 of a beat apart. The speed is smoothed by a Gaussian of 0.05 s (AIST++,
    Li et al. 2021, takes 0.083 s), for who rests on a beat is slow for a while.
    """
    from scipy.signal import find_peaks

    speed = _smoothed(speed)
    known = speed[np.isfinite(speed)]
    low, high = np.percentile(known, [10, 90]) if len(known) else (0.0, 0.0)
    if not high > low:
        return np.array([])
    beat_s = rhythm.period_s if rhythm.is_regular else _USUAL_BEAT_S
    found, _ = find_peaks(
        np.where(np.isfinite(speed), -speed, -np.inf),
        distance=max(1, round(_APART * beat_s * BEAT_RATE_HZ)),
        prominence=_PROMINENCE * (high - low),
    )
    return np.asarray(time_s[found])


def evenness(times_s: Floats, period_s: float) -> float:
    """How well moments lie on one even grid: the resultant length of their phases.

    1 exactly on it, near 0 anywhere between; of the grids within 5 % of the period the best.
    """
    periods = period_s * np.linspace(1 - _GRID_SEARCH, 1 + _GRID_SEARCH, 201)
    phases = np.exp(2j * np.pi * times_s[None, :] / periods[:, None])
    return float(np.abs(phases.mean(axis=1)).max())


def _smoothed(values: Floats) -> Floats:
    """Gaussian smoothing of what is seen; NaN stays."""
    from scipy.ndimage import gaussian_filter1d

    seen = np.isfinite(values)
    width = _BEAT_SIGMA_S * BEAT_RATE_HZ
    total = gaussian_filter1d(np.where(seen, values, 0.0), width, mode="constant")
    share = gaussian_filter1d(seen.astype(float), width, mode="constant")
    return np.where(seen, total / np.maximum(share, 1e-9), np.nan)


def _share_seen(moves: Motion, name: str) -> float:
    return float(moves.seen(name)[moves.is_person].mean()) if moves.is_person.any() else 0.0


def _speed(fine_s: Floats, time_s: Floats, places: Floats) -> Floats:
    """Speed of a joint on the fine grid, NaN in gaps that are longer than a beat may be.

    It is that of a spline, so that a turning point between two frames is one.
    """
    from scipy.interpolate import CubicSpline

    seen = np.isfinite(places).all(axis=1)
    known_s = time_s[seen]
    if len(known_s) < 4:
        return np.full(len(fine_s), np.nan)
    after = np.clip(np.searchsorted(known_s, fine_s), 1, len(known_s) - 1)
    is_near = known_s[after] - known_s[after - 1] <= _MAX_GAP_S
    is_inside = (fine_s >= known_s[0]) & (fine_s <= known_s[-1])
    velocity = CubicSpline(known_s, places[seen])(fine_s, 1)
    return np.where(is_near & is_inside, np.linalg.norm(velocity, axis=1), np.nan)
