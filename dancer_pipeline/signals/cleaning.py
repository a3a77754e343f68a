"""Cleaning of a track: outliers out, short gaps filled, long gaps kept, noise filtered.

What was not seen stays NaN. A gap is as long as the time between the values around it, so frames
that were dropped from the file count like frames in which a keypoint was hidden.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.tracks import Flags, Floats, median_rate_hz

MAX_GAP_S = 0.20
_MIN_OUTLIER_RATE_HZ = 20.0
"""Below it seven frames last over 0.3 s, in which a quick step looks like an outlier; and of fewer
frames the deviations are so uneven that quick movement is taken for outliers at any rate."""
_TOLERANCE_S = 1e-6
_SCALED_MAD = 1.4826


def clean(
    time_s: Floats,
    values: Floats,
    is_valid: Flags,
    *,
    cutoff_hz: float,
    max_gap_s: float = MAX_GAP_S,
) -> Floats:
    """Clean and filter values (frames, or frames x coordinates) at their own timestamps.

    Masks what is not valid, removes outliers, fills gaps of at most `max_gap_s`, brings each
    segment between longer gaps to an even rate (the median one), filters it without a lag, and
    reads it again at the timestamps. Frames inside longer gaps are NaN.
    """
    table = (values[:, None] if values.ndim == 1 else values).astype(float)
    seen = is_valid & np.isfinite(table).all(axis=1) & (np.diff(time_s, prepend=-np.inf) > 0)
    rate_hz = median_rate_hz(time_s)
    seen &= ~outliers(np.where(seen[:, None], table, np.nan), rate_hz)
    result = np.full_like(table, np.nan)
    for segment in segments(time_s, seen, max_gap_s=max_gap_s):
        known = segment[seen[segment]]
        result[segment] = _smoothed(
            time_s[known], table[known], time_s[segment], rate_hz=rate_hz, cutoff_hz=cutoff_hz
        )
    return result.reshape(values.shape)


def outliers(values: Floats, rate_hz: float) -> Flags:
    """In which frames of values (frames x coordinates; NaN where not seen) one is an outlier.

    Below 20 frames a second an outlier cannot be told from a quick movement, so there is none.
    """
    if not rate_hz >= _MIN_OUTLIER_RATE_HZ:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(is_outlier(values).any(axis=1))


def is_outlier(values: Floats, *, window: int = 7, threshold: float = 3.0) -> Flags:
    """Hampel's test: further than `threshold` scaled MADs from the median of its neighbours.

    Works along the first axis and ignores NaN. Near the first and the last value there are as many
    neighbours before as after, or else a quick movement would be an outlier there; a window with
    fewer than four values judges nothing.
    """
    if not np.isfinite(values).any():
        return np.zeros(values.shape, dtype=bool)
    padding = [(window // 2, window // 2)] + [(0, 0)] * (values.ndim - 1)
    padded = np.pad(values, padding, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=0)
    windows = np.where(_is_within_reach(values, window), windows, np.nan)
    middle = _median(windows)
    spread = _SCALED_MAD * _median(np.abs(windows - middle[..., None]))
    enough = np.isfinite(windows).sum(axis=-1) >= 4
    return np.asarray(enough & (np.abs(values - middle) > threshold * spread + 1e-9))


def _is_within_reach(values: Floats, window: int) -> Flags:
    """Which neighbours are no farther away than the first or the last value that is known."""
    known = np.flatnonzero(np.isfinite(values.reshape(len(values), -1)).any(axis=1))
    places = np.arange(len(values))
    reach = np.minimum(places - known[0], known[-1] - places)
    offsets = np.abs(np.arange(window) - window // 2)
    return np.asarray(offsets <= reach.reshape(-1, *[1] * values.ndim))


def segments(
    time_s: Floats, is_seen: Flags, *, max_gap_s: float = MAX_GAP_S
) -> Iterator[NDArray[np.intp]]:
    """Frames of each stretch without a gap longer than `max_gap_s`, hidden frames within it too."""
    seen = np.flatnonzero(is_seen)
    if len(seen) == 0:
        return
    breaks = np.flatnonzero(np.diff(time_s[seen]) > max_gap_s + _TOLERANCE_S) + 1
    for part in np.split(seen, breaks):
        yield np.arange(part[0], part[-1] + 1)


def _smoothed(
    known_s: Floats, known: Floats, wanted_s: Floats, *, rate_hz: float, cutoff_hz: float
) -> Floats:
    if len(known_s) < 3:
        return _read(known_s, known, wanted_s)
    from scipy.interpolate import PchipInterpolator

    steps = max(2, round((known_s[-1] - known_s[0]) * rate_hz))
    even_s = np.linspace(known_s[0], known_s[-1], steps + 1)
    even = PchipInterpolator(known_s, known, axis=0)(even_s)
    even_rate_hz = steps / (known_s[-1] - known_s[0])
    filtered = low_pass(even, rate_hz=even_rate_hz, cutoff_hz=cutoff_hz)
    return _read(even_s, filtered, wanted_s)


def _read(time_s: Floats, values: Floats, wanted_s: Floats) -> Floats:
    return np.column_stack([np.interp(wanted_s, time_s, column) for column in values.T])


def _median(windows: Floats) -> Floats:
    """Median over the last axis without NaN, quietly NaN where there is nothing else."""
    ordered = np.sort(windows, axis=-1)
    count = np.isfinite(windows).sum(axis=-1)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, windows.shape[-1] - 1)
    pair = [np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (low, high)]
    return np.where(count > 0, (pair[0] + pair[1]) / 2, np.nan)
