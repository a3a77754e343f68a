"""How regularly a signal repeats itself, and after how long."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.tracks import Floats

LEAST_STRENGTH = 0.5
"""Below this strength nothing repeats regularly."""

_FIRST_PEAK_SHARE = 0.8
"""Of the highest peak: what repeats after T repeats after 2 T as well, so the first is taken."""

_PEAK_REACH = 0.12
"""Of the lag: so far to both sides a peak is a parabola."""

_LEAST_PAIRS = 0.25
"""Of the values that are seen: fewer pairs are no evidence for a lag."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Period:
    """After how long a signal repeats itself. Without a repetition: NaN, with strength 0."""

    period_s: float
    strength: float
    """Autocorrelation at the period: 1 for a perfect repetition."""


def period(values: Floats, rate_hz: float, *, shortest_s: float, longest_s: float) -> Period:
    """Find the period of evenly spaced values as the first high peak of their autocorrelation.

    The peak lies strictly between `shortest_s` and `longest_s`, and the record must hold two
    periods; its place is refined by a parabola, so it is finer than the distance of the values.
    NaN (not seen) is left out.
    """
    correlation = autocorrelation(values, rate_hz, longest_s=longest_s)
    lags = np.arange(1, len(correlation) - 1)
    middle = correlation[1:-1]
    is_peak = (middle > correlation[:-2]) & (middle >= correlation[2:]) & (middle > 0)
    peaks = lags[is_peak & (lags >= shortest_s * rate_hz)]
    if len(peaks) == 0:
        return Period(float("nan"), 0.0)
    heights = correlation[peaks]
    first = int(peaks[np.argmax(heights >= _FIRST_PEAK_SHARE * heights.max())])
    place = vertex(correlation, first, reach=max(1, round(_PEAK_REACH * first)))
    return Period(place / rate_hz, float(correlation[first]))


def autocorrelation(values: Floats, rate_hz: float, *, longest_s: float) -> Floats:
    """Correlation of evenly spaced values with themselves, by lag from 0 on, from -1 to 1.

    Each lag is Pearson's correlation of the pairs that exist, so it does not shrink with the lag
    (unbiased, Moe-Nilssen and Helbostad 2004) and a record that ends within a period does not
    shift it. Lags beyond half of the record, which too few pairs support, are left out. A constant
    has none: the result is empty.
    """
    seen = np.isfinite(values)
    longest = min(int(longest_s * rate_hz) + 2, (len(values) + 1) // 2)
    if longest < 2 or not seen.any():
        return np.array([])
    centred = np.where(seen, values - values[seen].mean(), 0.0)
    if not np.abs(centred).max() > _ROUNDING * np.abs(values[seen]).max():
        return np.array([])
    return _correlation(centred, seen.astype(float), longest)


def vertex(values: Floats, peak: int, *, reach: int = 1) -> float:
    """Place of the extremum near an index, between the values: that of the parabola through them.

    `reach` is how many values to both sides take part; more of them bear more noise. At the ends of
    the values, and where the parabola has no extremum among them, it is the index itself.
    """
    reach = min(reach, peak, len(values) - 1 - peak)
    if reach < 1:
        return float(peak)
    places = np.arange(-reach, reach + 1)
    bend, slope, _ = np.polyfit(places, values[peak - reach : peak + reach + 1], 2)
    shift = -slope / (2 * bend) if bend else 0.0
    return peak + float(shift) if abs(shift) <= reach else float(peak)


def _correlation(centred: Floats, seen: Floats, count: int) -> Floats:
    squares = np.square(centred)
    pairs = _lagged(seen, seen, count)
    number = np.maximum(np.round(pairs), 1.0)
    late, early = _lagged(centred, seen, count), _lagged(seen, centred, count)
    late_spread = _lagged(squares, seen, count) - late**2 / number
    early_spread = _lagged(seen, squares, count) - early**2 / number
    scale = np.sqrt(np.maximum(late_spread, 0.0) * np.maximum(early_spread, 0.0))
    enough = (pairs >= _LEAST_PAIRS * seen.sum()) & (scale > _ROUNDING * squares.sum())
    products = _lagged(centred, centred, count) - early * late / number
    return np.where(enough, products / np.where(enough, scale, 1.0), 0.0)


def _lagged(later: Floats, earlier: Floats, count: int) -> Floats:
    """Sum over time of the values times the earlier ones, by lag."""
    from scipy.signal import correlate

    sums = correlate(later, earlier, mode="full")[len(earlier) - 1 :]
    return np.asarray(sums[:count], dtype=float)
