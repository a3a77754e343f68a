"""Numbers of a gait analysis as metric rows: their units, intervals and doubts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from dancer_pipeline import metrics
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.body_parts import SIDES, Side
from dancer_pipeline.signals.tracks import Floats

Doubts = Mapping[str, str]
"""Advice by reason code."""

UNITS = {
    "step_count": "steps",
    "cadence": "steps/min",
    "stride_time": "s",
    "step_time": "s",
    "step_time_asymmetry": "percent",
    "stance_share": "percent",
    "swing_share": "percent",
    "double_support_share": "percent",
    "step_regularity": "1",
    "stride_regularity": "1",
    "gait_knee_range": "deg",
    "gait_hip_range": "deg",
    "gait_ankle_range": "deg",
}
"""Every metric with its unit, in the order of the table."""

_SIDED = ("step_time", "stance_share", "swing_share", "gait_knee_range", "gait_hip_range",
          "gait_ankle_range")  # fmt: skip

_MEDIAN_ERROR = 1.2533
"""Standard error of a median over that of a mean, of normal values."""


def refused_rows(problem: Problem, names: Iterable[str] = tuple(UNITS)) -> Iterator[Metric]:
    """Refuse these metrics, of both sides where they have sides."""
    for name in names:
        for side in SIDES if name in _SIDED else (None,):
            yield refused(name, problem, side)


def refused(name: str, problem: Problem, side: Side | None = None) -> Metric:
    """Refuse one metric."""
    return metrics.refused(name, UNITS[name], *problem, side)


def answered(
    name: str,
    value: float,
    n: int,
    doubts: Doubts,
    *,
    side: Side | None = None,
    ci95: tuple[float, float] | None = None,
    frames: Sequence[int] = (),
) -> Metric:
    """Give one metric, with low confidence where there is a doubt."""
    return Metric(
        name,
        UNITS[name],
        side=side,
        value=float(value),
        n=n,
        ci95=ci95,
        evidence_frames=tuple(int(frame) for frame in frames),
        **metrics.judged(doubts),
    )


def mean_interval(values: Floats, *, of_median: bool = False) -> tuple[float, float] | None:
    """95 % interval of the mean (or, wider, about the median) by Student's t; None below three."""
    if len(values) < 3:
        return None
    from scipy.stats import t

    error = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    reach = float(t.ppf(0.975, len(values) - 1)) * error * (_MEDIAN_ERROR if of_median else 1.0)
    middle = float(np.median(values) if of_median else np.mean(values))
    return middle - reach, middle + reach


def asymmetry_percent(left: Floats, right: Floats) -> tuple[float, tuple[float, float]]:
    """Left less right in percent of their mean, with the interval of Welch's t test."""
    from scipy.stats import ttest_ind

    scale = 100 / (0.5 * (left.mean() + right.mean()))
    if np.ptp(left) == 0 and np.ptp(right) == 0:
        value = float(scale * (left.mean() - right.mean()))
        return value, (value, value)
    interval = ttest_ind(left, right, equal_var=False).confidence_interval(0.95)
    return (
        float(scale * (left.mean() - right.mean())),
        (float(scale * interval.low), float(scale * interval.high)),
    )
