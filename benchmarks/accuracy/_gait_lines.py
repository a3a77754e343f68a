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
    recall: float = 0.95,
    **noise: Any,
) -> Iterator[Line]:
    """Measure random walkers: their cadence, steps and symmetry, or only the near knee."""
    shows = [random_walk(seed, yaw_deg=yaw_deg) for seed in scale.seeds(count)]
    tables = [measured(show, **noise) for show in shows]
    truths = [Truth(show) for show in shows]
    if knees:
        yield _knees(name, tables, truths)
        return
    cadences = [metric(it, "gait", "cadence") for it in tables]
    yield from agreement(
        name, cadences, [truth.cadence_spm for truth in truths], cadence_bar(scale)
    )
    yield from _step_times(name, tables, truths, recall)
    yield _asymmetry(name, tables, truths)


def _step_times(
    name: str, tables: list[Tables], truths: list[Truth], recall: float
) -> Iterator[Line]:
    """Compare the time of every step that there was; one that is not found is a miss."""
    found = [error for it, truth in zip(tables, truths, strict=True) for error in _steps(it, truth)]
    errors = np.abs([error for error in found if error is not None])
    share, mean = len(errors) / len(found), float(errors.mean())
    yield Line(
        f"{name}: step time", f"{len(found)} steps", f"{share:.1%} found",
        f"MAE {1000 * mean:.1f} ms", f"<= 20 ms, {recall:.0%} found",
        passed=bool(mean <= 0.02 and share >= recall),
    )  # fmt: skip
    rows = pd.concat([it["gait"][it["gait"]["metric"] == "step_time"] for it in tables])
    answered = float((rows["status"] == "ok").mean())
    yield Line(
        f"{name}: step time of a side", f"{len(rows)} sides", f"{answered:.0%} ok",
        "", "95 % ok", passed=answered >= 0.95,
    )  # fmt: skip


def _asymmetry(name: str, tables: list[Tables], truths: list[Truth]) -> Line:
    pairs = [
        (metric(it, "gait", "step_time_asymmetry"), truth.asymmetry_percent)
        for it, truth in zip(tables, truths, strict=True)
    ]
    held = np.mean([row["ci95_low"] <= true <= row["ci95_high"] for row, true in pairs])
    sure = [row["value"] - true for row, true in pairs if row["status"] == "ok"]
    if min(abs(truth.performance.view.yaw_deg % 180 - 90) for truth in truths) >= 30:
        return Line(
            f"{name}: step asymmetry", f"{len(pairs)} walkers", f"{len(sure)} ok",
            "", "low confidence", passed=not sure,
        )  # fmt: skip
    bias, bar = float(np.mean(sure)), 1.0 if len(pairs) >= _MANY else 2.5
    return Line(
        f"{name}: step asymmetry", f"{len(pairs)} walkers",
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
        f"{name}: cadence", f"{len(found)} walkers", f"{answered:.0%} ok",
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
        f"{name}: knee range", f"{len(errors)} walkers", f"{np.mean(answers):.0%} ok",
        f"bias {bias:.1f}, sd {spread:.1f} deg", "bias <= 5 deg, 95 % ok",
        passed=bool(abs(bias) <= 5 and np.mean(answers) >= 0.95),
    )  # fmt: skip


def _steps(tables: Tables, truth: Truth) -> Iterator[float | None]:
    """Error of the time of each step that there was, both strikes within the video; None: missed.

    A strike is found by the foot's way to it and from it, so not at the video's very ends.
    """
    last_s = truth.performance.motion.duration_s - _NEAR_S
    inside = [it for it in truth.strikes if _NEAR_S < it[0] < last_s]
    for first, second in pairwise(inside):
        start, end = (_nearest(tables["gait_events"], *strike) for strike in (first, second))
        yield None if start is None or end is None else (end - start) - (second[0] - first[0])


def _nearest(events: pd.DataFrame, true_s: float, side: str) -> float | None:
    strikes = events[(events["event"] == "heel_strike") & (events["side"] == side)]["time_s"]
    near = [found for found in strikes if abs(found - true_s) < _NEAR_S]
    return min(near, key=lambda found: abs(found - true_s)) if near else None


def cadence_of_clip(name: str, tables: Tables, truth: float, bar: float) -> Line:
    """Compare the cadence of a clip with what was counted by hand."""
    row = metric(tables, "gait", "cadence")
    error = abs(row["value"] - truth)
    return Line(
        f"clip {name}: cadence", f"{truth}", f"{row['value']:.1f} {row['status']}",
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
        f"clip {name}: contacts", f"{len(truth)}", f"{len(strikes)}",
        f"worst {1000 * max(errors):.0f} ms", f"all within {1000 * _CONTACT_S:.0f} ms, no other",
        passed=max(errors) <= _CONTACT_S and len(strikes) == len(truth),
    )  # fmt: skip


def cadence_bar(scale: Scale) -> float:
    """Limits of agreement in steps a minute; of few walkers they are wider by chance."""
    return 2.0 if scale.quick else 1.5


def measured(show: Performance, **noise: Any) -> Tables:
    """Take a performance through the analysis of gait, by noisy keypoints."""
    return analysed(synthetic_tables(show, noise_seed=show.seed, **noise), "gait")
