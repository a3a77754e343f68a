"""Statistics of two methods on one video: how far they agree, and which of them is steadier.

None of them says which method is right: for that a truth is needed, and a video has none.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.comparison.agreement import Agreement, agreement
from dancer_pipeline.comparison.matching import Matching, matched
from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.tracks import Floats

ABOVE_HZ = 6.0
"""What a body does is slower; what is faster is mostly noise of the method."""

_ALIKE = 0.1
"""Methods whose noise differs by less than this share are equally steady."""
_LEAST_CORRELATED = 4
"""Fewer pairs have no rank correlation worth naming."""
_LEAST_FRAMES = 15


@dataclass(frozen=True)
class Statistic:
    """One number about two methods."""

    name: str
    value: float
    unit: str
    n: int
    steadier: int | None = None
    """0 or 1: which of the two; None where it says nothing about that, or they are alike."""


def of_events(
    first: Mapping[str, Floats], second: Mapping[str, Floats], *, tolerance_s: float
) -> Iterator[Statistic]:
    """Compare moments that both methods found; each kind (such as a side) is matched for itself.

    Precision and recall take the first method for the reference, which makes it no truth.
    """
    nothing = np.array([])
    parts = [
        matched(first.get(kind, nothing), second.get(kind, nothing), tolerance_s=tolerance_s)
        for kind in sorted({*first, *second})
    ]
    both = Matching(
        sum(one.first_count for one in parts),
        sum(one.second_count for one in parts),
        np.concatenate([one.errors_s for one in parts]) if parts else nothing,
    )
    yield Statistic("count_a", both.first_count, "count", both.first_count)
    yield Statistic("count_b", both.second_count, "count", both.second_count)
    difference = both.second_count - both.first_count
    yield Statistic("count_difference", difference, "count", both.first_count)
    for name, share in (("precision", both.precision), ("recall", both.recall), ("f1", both.f1)):
        yield from _known(name, share, "ratio", len(both.errors_s))
    if len(both.errors_s):
        yield from _differences(agreement(np.zeros_like(both.errors_s), both.errors_s), "s")


def of_values(first: Floats, second: Floats, unit: str) -> Iterator[Statistic]:
    """Compare what both methods say of the same repetitions or strides; NaN is a refusal."""
    given = np.isfinite(first), np.isfinite(second)
    yield Statistic("refusal_agreement", float((given[0] == given[1]).mean()), "share", len(first))
    if (given[0] & given[1]).any():
        found = agreement(first, second)
        yield from _differences(found, unit)
        yield from _known("icc_2_1", found.icc, "ratio", found.n)


def of_ranks(first: Floats, second: Floats) -> Iterator[Statistic]:
    """Compare methods whose units differ by the order into which they put the repetitions."""
    both = np.isfinite(first) & np.isfinite(second)
    count = int(both.sum())
    given = np.isfinite(first) == np.isfinite(second)
    yield Statistic("refusal_agreement", float(given.mean()), "share", len(first))
    if count >= _LEAST_CORRELATED:
        from scipy.stats import rankdata

        ranks = rankdata(first[both]), rankdata(second[both])
        if min(np.ptp(one) for one in ranks) > 0:
            correlation = float(np.corrcoef(*ranks)[0, 1])
            yield Statistic("rank_correlation", correlation, "ratio", count)


def of_courses(first: Floats, second: Floats, rate_hz: float, unit: str) -> Iterator[Statistic]:
    """Compare how steady two courses of the same quantity are: noise, and what is missing."""
    for name, course in (("gaps_a", first), ("gaps_b", second)):
        yield Statistic(name, 100 * float(np.isnan(course).mean()), "%", len(course))
    noise = [residual(one, rate_hz) for one in (first, second)]
    if all(math.isfinite(one) for one in noise):
        yield from steadiness("residual_above_6_hz", noise[0], noise[1], unit, len(first))


def steadiness(name: str, first: float, second: float, unit: str, n: int) -> Iterator[Statistic]:
    """Give a measure of unsteadiness for both, and their ratio: below 1 the first is steadier."""
    yield Statistic(f"{name}_a", first, unit, n)
    yield Statistic(f"{name}_b", second, unit, n)
    if first > 0 and second > 0:
        ratio = first / second
        is_clear = abs(math.log(ratio)) > math.log1p(_ALIKE)
        steadier = (0 if ratio < 1 else 1) if is_clear else None
        yield Statistic(f"{name}_ratio", ratio, "ratio", n, steadier)


def residual(course: Floats, rate_hz: float) -> float:
    """Measure what a course holds above 6 Hz: its standard deviation, or NaN for too little."""
    known = np.flatnonzero(np.isfinite(course))
    if len(known) < _LEAST_FRAMES:
        return math.nan
    whole = np.interp(np.arange(known[0], known[-1] + 1), known, course[known])
    slow = low_pass(whole, rate_hz=rate_hz, cutoff_hz=ABOVE_HZ)
    fast = (whole - slow)[known - known[0]]
    return float(fast.std()) if not np.array_equal(slow, whole) else math.nan


def variation(lengths: Floats) -> float:
    """Measure how a length varies that ought to stay the same: its CV in percent, or NaN."""
    known = lengths[np.isfinite(lengths)]
    return 100 * float(known.std() / known.mean()) if len(known) >= _LEAST_FRAMES else math.nan


def _differences(found: Agreement, unit: str) -> Iterator[Statistic]:
    yield Statistic("bias", found.bias, unit, found.n)
    yield Statistic("mae", found.mae, unit, found.n)
    for name, limit in zip(("limits_low", "limits_high"), found.limits, strict=True):
        yield from _known(name, limit, unit, found.n)


def _known(name: str, value: float, unit: str, n: int) -> Iterator[Statistic]:
    if math.isfinite(value):
        yield Statistic(name, value, unit, n)
