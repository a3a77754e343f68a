"""Beats of the music, from the loudness that is kept of a video's sound."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._rhythm import LONGEST_S, SHORTEST_S, refined_s
from dancer_pipeline.signals.periodicity import autocorrelation
from dancer_pipeline.signals.tracks import Floats

LOUDNESS_HZ = 100.0
LEAST_LOUDNESS = 1e-3
"""RMS, full scale 1: what never gets louder (-60 dB) is silence."""

_QUIET_SHARE = 0.1
_ATTACK_S = 0.02
_USUAL_S, _OCTAVES = 0.5, 0.9
_EVENNESS = 100.0
_MAX_GAP_S = 0.05


@dataclass(frozen=True)
class Music:
    """The beats of a piece of music; without any, the strength says how far it was from one."""

    beats_s: Floats
    period_s: float
    strength: float
    """Autocorrelation of the onsets at the period, 0 to 1."""


def loudness(video_extracts: pd.DataFrame) -> tuple[Floats, Floats]:
    """Read the loudness on an even grid of 100 Hz: times (seconds) and RMS; empty without sound."""
    rows = video_extracts[video_extracts["measure"] == "audio_envelope"].dropna(subset="value")
    rows = rows.sort_values("time_s").drop_duplicates("time_s")
    if len(rows) < 2:
        return np.array([]), np.array([])
    time_s, rms = rows["time_s"].to_numpy(float), rows["value"].to_numpy(float)
    grid_s = time_s[0] + np.arange(int((time_s[-1] - time_s[0]) * LOUDNESS_HZ) + 1) / LOUDNESS_HZ
    after = np.clip(np.searchsorted(time_s, grid_s), 1, len(time_s) - 1)
    is_gap = time_s[after] - time_s[after - 1] > _MAX_GAP_S
    return grid_s, np.where(is_gap, 0.0, np.interp(grid_s, time_s, rms))


def music(time_s: Floats, rms: Floats) -> Music:
    """Find the beats of the music in its loudness.

    Onsets are rises of the compressed loudness. Their autocorrelation, weighted towards 120 beats
    a minute as listeners are, gives the tempo; the beats are the path through the onsets that is
    strong and even at once (dynamic programming; Ellis 2007).
    """
    onset = onsets(rms)
    found_s, strength = _period(onset)
    if not strength > 0:
        return Music(np.array([]), float("nan"), 0.0)
    period_s = refined_s(onset, LOUDNESS_HZ, found_s)
    places = _path(onset / onset.std(), period_s * LOUDNESS_HZ)
    # The smoothed loudness rises steepest about one step before a sound is there.
    return Music(time_s[places] + 1.0 / LOUDNESS_HZ, period_s, strength)


def onsets(rms: Floats) -> Floats:
    """Rise of the loudness at each moment, compressed so that a soft passage counts too."""
    from scipy.ndimage import gaussian_filter1d

    level = np.log1p(rms / (_QUIET_SHARE * np.percentile(rms, 95)))
    rise = gaussian_filter1d(level, _ATTACK_S * LOUDNESS_HZ, order=1, mode="nearest")
    return np.asarray(np.maximum(rise, 0.0))


def _period(onset: Floats) -> tuple[float, float]:
    correlation = autocorrelation(onset, LOUDNESS_HZ, longest_s=LONGEST_S)
    lags = np.arange(1, len(correlation) - 1)
    middle = correlation[1:-1]
    is_peak = (middle > correlation[:-2]) & (middle >= correlation[2:]) & (middle > 0)
    peaks = lags[is_peak & (lags >= SHORTEST_S * LOUDNESS_HZ)]
    if len(peaks) == 0:
        return float("nan"), 0.0
    octaves = np.log2(peaks / LOUDNESS_HZ / _USUAL_S)
    best = peaks[np.argmax(correlation[peaks] * np.exp(-0.5 * (octaves / _OCTAVES) ** 2))]
    return best / LOUDNESS_HZ, float(correlation[best])


def _path(onset: Floats, period: float) -> list[int]:
    """Beats as places: each scores its onset and how even its distance from the one before is."""
    steps = np.arange(-round(2 * period), -round(period / 2) + 1)
    price = -_EVENNESS * np.log(-steps / period) ** 2
    score, before = onset.copy(), np.full(len(onset), -1)
    for place in range(-steps[0], len(onset)):
        options = score[place + steps] + price
        best = int(np.argmax(options))
        score[place] += options[best]
        before[place] = place + steps[best]
    last = max(0, len(onset) - round(period))
    beats = [last + int(np.argmax(score[last:]))]
    while before[beats[-1]] >= 0:
        beats.append(int(before[beats[-1]]))
    return beats[::-1]
