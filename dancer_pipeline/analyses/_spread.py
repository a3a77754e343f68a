"""Medians and 95 % intervals of what a few repeated observations show."""

import numpy as np

from dancer_pipeline.signals.tracks import Floats


def median_known(values: Floats) -> float:
    """Median of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def median_interval(values: Floats) -> tuple[float, float] | None:
    """Interval of the median by order statistics; None below six values, where there is none.

    From the binomial distribution, so nothing is assumed of how the values are spread (Hollander,
    Wolfe, Chicken 2013, section 3.6).
    """
    from scipy.stats import binom

    ordered = np.sort(values)
    outside = int(binom.ppf(0.025, len(ordered), 0.5))
    if outside < 1 or len(ordered) < 6:
        return None
    return float(ordered[outside - 1]), float(ordered[len(ordered) - outside])


def spread_interval(spread: float, n: int) -> tuple[float, float]:
    """Interval of a standard deviation of normal values, by the chi-squared distribution."""
    from scipy.stats import chi2

    low, high = (spread * float(np.sqrt((n - 1) / chi2.ppf(p, n - 1))) for p in (0.975, 0.025))
    return low, high
