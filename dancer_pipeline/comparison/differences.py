"""What differs between two videos, and whether it is more than error and chance.

A difference counts where it is beyond the minimal detectable change: 1.96 * sqrt(2) * SEM (with
Student's quantile for few repetitions). The standard error of measurement is the scatter of the
repetitions within the videos, and what a mirrored re-run shows where there is one; the change is
never below what the method itself can show. So a person whose repetitions differ a lot is told
less, not more.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.comparison.agreement import detectable_change
from dancer_pipeline.comparison.courses import Course
from dancer_pipeline.comparison.phases import PHASES, Floats, beyond_half_s, counted
from dancer_pipeline.comparison.recording import Cycles
from dancer_pipeline.metrics import refusal

Row = dict[str, Any]

LEAST_SEEN = 3
"""Repetitions of each video in which a quantity must have been seen."""

_NEAR = 5.0
"""Percent of a repetition around a landmark over which it is read: one point would be all noise."""

_METRICS = {
    "cadence": 1.5,
    "step_time_asymmetry": 6.0,
    "smoothness": 0.3,
}
"""Metrics of whole videos that are compared, with the smallest difference that they can show."""

_PLACES = {"start": 0.0, "turn": 50.0, "end": 100.0}

_FRAMES = math.sqrt(2)
"""Of the lower rate: how far apart two durations may be by reading them off frames alone."""
_PHASE_S = 0.1
"""A movement leaves and reaches rest gradually: so uncertain are the ends of its phases as well."""


@dataclass(frozen=True)
class Observed:
    """One quantity, repetition by repetition, in both videos."""

    quantity: str
    unit: str
    first: Floats
    second: Floats
    least_mdc: float
    side: str | None = None
    landmark: str | None = None
    error: float = 0.0
    """A further standard error of measurement, such as that of a mirrored re-run."""
    doubt: str | None = None

    def row(self) -> Row:
        """Compare the medians; refused where too few repetitions show it in one of the videos."""
        first, second = (one[np.isfinite(one)] for one in (self.first, self.second))
        head = self._head(len(first), len(second))
        if min(len(first), len(second)) < LEAST_SEEN:
            return head | refusal(
                "not_seen_in_both",
                f"It was seen in {len(first)} repetitions of the first video and {len(second)} of "
                f"the second; {LEAST_SEEN} of each are needed. Film both from the same place, with "
                "the whole body in the picture.",
            )
        values = float(np.median(first)), float(np.median(second))
        by_scatter = _by_scatter(first, second, self.error)
        return head | judged(values, self.least_mdc, by_scatter) | doubted(self.doubt)

    def _head(self, n_a: int, n_b: int) -> Row:
        return {
            "quantity": self.quantity, "side": self.side, "landmark": self.landmark,
            "unit": self.unit, "n_a": n_a, "n_b": n_b,
        }  # fmt: skip


def judged(values: tuple[float, float], least_mdc: float, by_scatter: float) -> Row:
    """Say how far apart two values are and whether that is beyond what error explains."""
    mdc, difference = max(least_mdc, by_scatter), values[1] - values[0]
    return {
        "value_a": values[0],
        "value_b": values[1],
        "difference": difference,
        "mdc": mdc,
        "mdc_origin": "method" if least_mdc >= by_scatter else "repetitions",
        "is_beyond": bool(abs(difference) > mdc),
        "status": "ok",
        "reasons": [],
    }


def doubted(reason: str | None) -> Row:
    """Lower the confidence in what comes from estimated depth."""
    if reason is None:
        return {}
    advice = (
        "This comes from estimated depth, because the videos are not filmed from the side. "
        "Only large differences can be told. Film both from the side."
    )
    return {"status": "low_confidence", "reasons": [reason], "advice": advice}


def with_doubts(row: Row, doubts: frozenset[str]) -> Row:
    """Lower the confidence where the repetitions or contacts themselves have little of it."""
    if row["status"] == "refused" or not doubts:
        return row
    advice = "The repetitions or steps themselves are uncertain: see what their reports say."
    return row | {
        "status": "low_confidence",
        "reasons": list(dict.fromkeys([*row["reasons"], *sorted(doubts)])),
        "advice": " ".join(filter(None, [row.get("advice"), advice])),
    }


def of_course(course: Course, first: Floats, second: Floats) -> Iterator[Row]:
    """Compare two phase-locked courses (repetitions x 101) at their landmarks."""
    for landmark in course.landmarks:
        yield Observed(
            quantity=course.quantity,
            unit=course.unit,
            first=_at(landmark, first),
            second=_at(landmark, second),
            least_mdc=course.least_mdc,
            side=course.side,
            landmark=landmark,
            error=course.error,
            doubt=course.doubt,
        ).row()


def _at(landmark: str, courses: Floats) -> Floats:
    courses = counted(courses)
    if landmark == "range":
        return np.asarray(np.nanmax(courses, axis=1) - np.nanmin(courses, axis=1))
    if landmark == "highest":
        return np.asarray(np.nanmax(courses, axis=1))
    is_near = np.abs(PHASES - _PLACES[landmark]) <= _NEAR
    near = courses[:, is_near]
    return np.asarray(near[np.isfinite(near).all(axis=1)].mean(axis=1))


def _by_scatter(first: Floats, second: Floats, error: float) -> float:
    """Smallest difference that the scatter of the repetitions of both videos lets us tell."""
    freedom = len(first) + len(second) - 2
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in (first, second))
    return detectable_change(math.hypot(math.sqrt(squares / freedom), error), freedom=freedom)


def of_tempo(first: Cycles, second: Cycles, rate_hz: float) -> Iterator[Row]:
    """Compare how long the phases of a repetition, or the strides, take."""
    for name in first.phases_s:
        values = (first.phases_s[name], second.phases_s[name])
        if all(np.isfinite(one).any() for one in values):
            ends_s = 0.0 if name == "stride" else _PHASE_S
            least_s = math.hypot(_FRAMES / rate_hz, ends_s)
            yield Observed(f"{name}_duration", "s", *values, least_mdc=least_s).row()


def of_speed(courses: tuple[Floats, Floats], first: Cycles, second: Cycles, rate_hz: float) -> Row:
    """Compare how long the repetitions are beyond half of the way, by one course of both videos."""
    values = [
        beyond_half_s(course, cycles.phases_s["repetition"])
        for course, cycles in zip(courses, (first, second), strict=True)
    ]
    return Observed(
        "beyond_half_duration", "s", values[0], values[1], least_mdc=_FRAMES / rate_hz
    ).row()


def of_metrics(first: pd.DataFrame | None, second: pd.DataFrame | None) -> Iterator[Row]:
    """Compare metrics of whole videos that both have, measured by the same method."""
    if first is None or second is None:
        return
    keys = ["analysis", "metric", "side", "unit", "method_version"]
    pairs = _measured(first).merge(_measured(second), on=keys, suffixes=("_a", "_b"))
    for pair in pairs.to_dict("records"):
        yield _metric_row(pair)


def _measured(metrics: pd.DataFrame) -> pd.DataFrame:
    rows = metrics[metrics["metric"].isin(_METRICS) & metrics["value"].notna()].copy()
    return rows.astype(dict.fromkeys(("analysis", "metric", "side", "unit"), object)).astype(
        {"method_version": object}
    )


def _metric_row(pair: Mapping[Any, Any]) -> Row:
    """Judge by the 95 % intervals where there are any: they are 1.96 standard errors wide."""
    widths = [(pair[f"ci95_high_{video}"] - pair[f"ci95_low_{video}"]) / 2 for video in ("a", "b")]
    by_scatter = math.hypot(*(0.0 if math.isnan(one) else one for one in widths))
    values = float(pair["value_a"]), float(pair["value_b"])
    side = pair["side"] if isinstance(pair["side"], str) else None
    row = {"quantity": pair["metric"], "side": side, "unit": pair["unit"]}
    row |= {"n_a": pair["n_a"], "n_b": pair["n_b"]}
    row |= judged(values, _METRICS[pair["metric"]], by_scatter)
    doubts = _doubts(pair)
    return row | ({"status": "low_confidence", "reasons": doubts} if doubts else {})


def _doubts(pair: Mapping[Any, Any]) -> list[str]:
    both: Iterable[str] = (*pair["reasons_a"], *pair["reasons_b"])
    return list(dict.fromkeys(both))
