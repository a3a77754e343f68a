"""Lines of the cases of gait: limits of agreement, errors of steps, contacts of real clips."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._walkers import Truth, random_walk
from benchmarks.accuracy.material import Tables, analysed, metric, synthetic_tables
from dancer_pipeline.synthetic.performance import Performance

FIRST_SEED = 50_000
_NEAR_S = 0.2
_CONTACT_S = 0.07
_MANY = 50
"""Walkers from which on the mean and spread of their errors are a bias and limits, not chance."""


def walker_lines(
    scale: Scale,
    count: int,
    name: str,
    yaw_deg: tuple[float, float],
    *,
    knees: bool = False,
    **noise: Any,
) -> Iterator[Line]:
    """Measure random walkers: their cadence, steps and symmetry, or only the near knee."""
    shows = [random_walk(seed, yaw_deg=yaw_deg) for seed in seeds(scale, count)]
    tables = [measured(show, **noise) for show in shows]
    truths = [Truth(show) for show in shows]
    if knees:
        yield _knees(name, tables, truths)
        return
    cadences = [metric(it, "gait", "cadence") for it in tables]
    bar = 1.5 if count >= _MANY else 2.0
    yield from agreement(name, cadences, [truth.cadence_spm for truth in truths], bar)
    errors = np.abs(
        [error for it, truth in zip(tables, truths, strict=True) for error in _steps(it, truth)]
    )
    yield Line(
        "gait", f"{name}: step time", f"{len(errors)} steps", "",
        f"MAE {1000 * errors.mean():.1f} ms", "<= 20 ms", passed=bool(errors.mean() <= 0.02),
    )  # fmt: skip
    yield _asymmetry(name, tables, truths)


def _asymmetry(name: str, tables: list[Tables], truths: list[Truth]) -> Line:
    pairs = [
        (metric(it, "gait", "step_time_asymmetry"), truth.asymmetry_percent)
        for it, truth in zip(tables, truths, strict=True)
    ]
    held = np.mean([row["ci95_low"] <= true <= row["ci95_high"] for row, true in pairs])
    sure = [row["value"] - true for row, true in pairs if row["status"] == "ok"]
    if min(abs(truth.performance.view.yaw_deg % 180 - 90) for truth in truths) >= 30:
        return Line(
            "gait", f"{name}: step asymmetry", f"{len(pairs)} walkers", f"{len(sure)} ok",
            "", "low confidence", passed=not sure,
        )  # fmt: skip
    bias, bar = float(np.mean(sure)), 1.0 if len(pairs) >= _MANY else 2.5
    return Line(
        "gait", f"{name}: step asymmetry", f"{len(pairs)} walkers",
        f"in {held:.0%} of the intervals", f"bias {bias:.2f} pp", f"<= {bar} pp, 95 % ok",
        passed=abs(bias) <= bar and len(sure) >= 0.95 * len(pairs),
    )  # fmt: skip


def agreement(name: str, found: list[pd.Series], truths: list[float], bar: float) -> Iterator[Line]:
    """Limits of agreement with the truth, and how many are answered with confidence."""
    errors = np.array([row["value"] - true for row, true in zip(found, truths, strict=True)], float)
    errors = errors[np.isfinite(errors)]
    bias, reach = float(errors.mean()), 1.96 * float(errors.std())
    answered = float(np.mean([row["status"] == "ok" for row in found]))
    yield Line(
        "gait", f"{name}: cadence", f"{len(found)} walkers", f"{answered:.0%} ok",
        f"{bias:+.2f} +- {reach:.2f}", f"limits within {bar} /min, 95 % ok",
        passed=abs(bias) + reach <= bar and answered >= 0.95,
    )  # fmt: skip


def _knees(name: str, tables: list[Tables], truths: list[Truth]) -> Line:
    errors, answers = [], []
    for it, truth in zip(tables, truths, strict=True):
        near = "left" if truth.performance.view.yaw_deg > 0 else "right"
        row = metric(it, "gait", "gait_knee_range", near)
        answers.append(row["status"] == "ok")
        errors.append(row["value"] - truth.knee_range_deg(near))
    bias, spread = float(np.nanmean(errors)), float(np.nanstd(errors))
    return Line(
        "gait", f"{name}: knee range", f"{len(errors)} walkers", f"{np.mean(answers):.0%} ok",
        f"bias {bias:.1f}, sd {spread:.1f} deg", "bias <= 5 deg, 95 % ok",
        passed=bool(abs(bias) <= 5 and np.mean(answers) >= 0.95),
    )  # fmt: skip


def _steps(tables: Tables, truth: Truth) -> Iterator[float]:
    """Error of the time of each step that was found."""
    events = tables["gait_events"]
    strikes = events[events["event"] == "heel_strike"]
    found = list(zip(strikes["time_s"], strikes["side"], strict=True))
    for first, second in pairwise(found):
        ends = [_nearest(truth, time_s, side) for time_s, side in (first, second)]
        if first[1] != second[1] and None not in ends:
            yield (second[0] - first[0]) - (ends[1] - ends[0])  # type: ignore[operator]


def _nearest(truth: Truth, time_s: float, side: str) -> float | None:
    near = [true for true, of in truth.strikes if of == side and abs(true - time_s) < _NEAR_S]
    return min(near, key=lambda true: abs(true - time_s)) if near else None


def cadence_of_clip(name: str, tables: Tables, truth: float, bar: float) -> Line:
    """Compare the cadence of a clip with what was counted by hand."""
    row = metric(tables, "gait", "cadence")
    error = abs(row["value"] - truth)
    return Line(
        "gait", f"clip {name}: cadence", f"{truth}", f"{row['value']:.1f} {row['status']}",
        f"{error:.1f}", f"<= {bar}, ok", passed=bool(error <= bar and row["status"] == "ok"),
    )  # fmt: skip


def contacts_of_clip(name: str, tables: Tables, truth: list[dict[str, object]]) -> Line:
    """Find each contact that was labelled by hand, and no other."""
    events = tables["gait_events"]
    strikes = events[events["event"] == "heel_strike"]
    sides = {"L": "left", "R": "right"}
    errors = []
    for contact in truth:
        same = strikes.loc[strikes["side"] == sides[str(contact["side"])], "time_s"]
        errors.append(float((same - float(str(contact["t_s"]))).abs().min()))
    return Line(
        "gait", f"clip {name}: contacts", f"{len(truth)}", f"{len(strikes)}",
        f"worst {1000 * max(errors):.0f} ms", f"all within {1000 * _CONTACT_S:.0f} ms, no other",
        passed=max(errors) <= _CONTACT_S and len(strikes) == len(truth),
    )  # fmt: skip


def measured(show: Performance, **noise: Any) -> Tables:
    """Take a performance through the analysis of gait, by noisy keypoints."""
    return analysed(synthetic_tables(show, noise_seed=show.seed, **noise), "gait")


def seeds(scale: Scale, count: int) -> range:
    """Seeds of the table, never looked at in development."""
    first = scale.first_seed(FIRST_SEED)
    return range(first, first + count)
