"""Tracks on an even grid in time: masked, without outliers, short gaps filled, not yet filtered."""

import numpy as np

from dancer_pipeline.signals.cleaning import MAX_GAP_S, outliers, segments
from dancer_pipeline.signals.tracks import Flags, Floats, median_rate_hz

LONGEST_BREAK_S = 10.0
"""No movement goes on across it, so of a longer one without a frame the middle is left out."""

_MAX_RATE_HZ = 1000.0
"""No camera's: where most frames stand nearly at one time their rate would be without bounds."""


def even_grid_s(time_s: Floats) -> Floats:
    """Lay even times from the first to the last, at the median rate: no more than the video has.

    A single moment where all times are the same. Times in the middle of a break of more than
    `LONGEST_BREAK_S` are left out, so a clock that jumps makes no endless grid; all times are true.
    """
    rate_hz = min(median_rate_hz(time_s), _MAX_RATE_HZ)
    if not np.isfinite(rate_hz):
        return time_s[:1].copy()
    breaks = np.flatnonzero(np.diff(time_s) > LONGEST_BREAK_S)
    half_s = LONGEST_BREAK_S / 2
    starts = np.concatenate([time_s[:1], time_s[breaks + 1] - half_s])
    ends = np.concatenate([time_s[breaks] + half_s, time_s[-1:]])
    return np.concatenate([_even(*part, rate_hz) for part in zip(starts, ends, strict=True)])


def _even(start_s: float, end_s: float, rate_hz: float) -> Floats:
    return np.linspace(start_s, end_s, max(1, int((end_s - start_s) * rate_hz + 0.5)) + 1)


def resampled(
    time_s: Floats,
    values: Floats,
    is_valid: Flags,
    grid_s: Floats,
    *,
    max_gap_s: float = MAX_GAP_S,
) -> Floats:
    """Bring values (frames x coordinates) to the grid; NaN inside gaps over `max_gap_s`.

    Outliers are taken out as `cleaning.clean` does; between what is left a shape-preserving cubic
    (PCHIP) goes through every value, so that nothing overshoots.
    """
    seen = is_valid & np.isfinite(values).all(axis=1) & (np.diff(time_s, prepend=-np.inf) > 0)
    seen &= ~outliers(np.where(seen[:, None], values, np.nan), median_rate_hz(time_s))
    result = np.full((len(grid_s), values.shape[1]), np.nan)
    for segment in segments(time_s, seen, max_gap_s=max_gap_s):
        known = segment[seen[segment]]
        first, last = time_s[known[0]], time_s[known[-1]]
        inside = (grid_s >= first - 1e-6) & (grid_s <= last + 1e-6)
        result[inside] = _read(time_s[known], values[known], grid_s[inside])
    return result


def _read(known_s: Floats, known: Floats, wanted_s: Floats) -> Floats:
    if len(known_s) == 1:
        return np.repeat(known, len(wanted_s), axis=0)
    if len(known_s) == len(wanted_s) and np.allclose(known_s, wanted_s, rtol=0, atol=1e-6):
        return known
    from scipy.interpolate import PchipInterpolator

    wanted_s = np.clip(wanted_s, known_s[0], known_s[-1])
    return np.asarray(PchipInterpolator(known_s, known, axis=0)(wanted_s))
