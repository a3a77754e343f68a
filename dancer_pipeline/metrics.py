"""The metric row: what every analysis says about a video, or why it cannot say it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, get_args

import pandas as pd
import pyarrow as pa

from dancer_pipeline.signals.body_parts import Side
from dancer_pipeline.tables import LABEL, Column, SchemaError, Table

Status = Literal["ok", "low_confidence", "refused"]

ANALYSIS_FAILED = "analysis_failed"
"""Reason code of the row that stands for an analysis that failed."""


class Judgement(TypedDict):
    """How sure a row is, and why it is no surer."""

    status: Status
    reasons: tuple[str, ...]
    advice: str | None


def judgement(
    *statuses: Status, advice: str | None = "what was wrong, measured, and what to do"
) -> tuple[Column, ...]:
    """Declare how rows are judged: these statuses occur, all where none is named."""
    *others, last = statuses or get_args(Status)
    explained = "codes that explain a status other than ok"
    return (
        Column("status", LABEL, f"{', '.join(others)} or {last}"),
        Column("reasons", pa.list_(pa.string()), explained),
        *([Column("advice", pa.string(), advice, nullable=True)] if advice else []),
        Column("method_version", LABEL, "version of the method"),
    )


def judged(doubts: Mapping[str, str]) -> Judgement:
    """Lower the confidence where there are doubts: sentences of advice by reason code."""
    return {
        "status": "low_confidence" if doubts else "ok",
        "reasons": tuple(doubts),
        "advice": " ".join(filter(None, doubts.values())) or None,
    }


def refusal(reason: str, advice: str) -> Judgement:
    """Say why there is no number."""
    return {"status": "refused", "reasons": (reason,), "advice": advice}


METRIC_COLUMNS = (
    Column("analysis", LABEL, "the analysis that measured it: a file of dancer_pipeline/analyses"),
    Column("metric", LABEL, "what is measured, for example knee_flexion_range"),
    Column("side", LABEL, "left, right, or null where the metric has no side", nullable=True),
    Column("value", pa.float64(), "the number, in `unit`; null when refused", nullable=True),
    Column("unit", LABEL, "the unit of value and interval, for example deg, s, hz, ratio"),
    Column("n", pa.int32(), "how many observations the value rests on"),
    Column("ci95_low", pa.float64(), "lower end of the 95 % interval", nullable=True),
    Column("ci95_high", pa.float64(), "upper end of the 95 % interval", nullable=True),
    *judgement(),
    Column("evidence_frames", pa.list_(pa.int32()), "frames that show it"),
)

POSE_METRICS = Table(
    "pose_metrics", "One row per metric and side, from every analysis.", METRIC_COLUMNS
)


@dataclass(frozen=True)
class Metric:
    """One metric of one video. `value` is None exactly when the status is `refused`."""

    metric: str
    unit: str
    value: float | None = None
    n: int = 0
    side: Side | None = None
    status: Status = "ok"
    reasons: tuple[str, ...] = ()
    advice: str | None = None
    ci95: tuple[float, float] | None = None
    evidence_frames: tuple[int, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a metric that contradicts itself."""
        if (self.value is None) != (self.status == "refused"):
            raise ValueError(f"{self.metric}: a value is null exactly when refused")
        if self.status != "ok" and not self.reasons:
            raise ValueError(f"{self.metric}: {self.status} needs a reason")


def refused(metric: str, unit: str, reason: str, advice: str, side: Side | None = None) -> Metric:
    """Withhold a metric: a reason code, and what was wrong, was measured and is to be done."""
    return Metric(metric, unit, side=side, **refusal(reason, advice))


def metric_table(analysis: str, metrics: Iterable[Metric], *, method_version: str) -> pd.DataFrame:
    """Rows of `POSE_METRICS` for one analysis."""
    return POSE_METRICS.frame(_row(analysis, metric, method_version) for metric in metrics)


def _row(analysis: str, metric: Metric, method_version: str) -> dict[str, object]:
    low, high = metric.ci95 or (None, None)
    return {
        "analysis": analysis,
        "metric": metric.metric,
        "side": metric.side,
        "value": metric.value,
        "unit": metric.unit,
        "n": metric.n,
        "ci95_low": low,
        "ci95_high": high,
        "status": metric.status,
        "reasons": list(metric.reasons),
        "advice": metric.advice,
        "method_version": method_version,
        "evidence_frames": list(metric.evidence_frames),
    }


def check_metrics(frame: pd.DataFrame, *, analysis: str, method_version: str) -> None:
    """Refuse metric rows that contradict themselves or claim another analysis.

    Raises
    ------
    SchemaError
        Naming the analysis, the metric and the contradiction.
    """
    for row in frame.to_dict("records"):
        problem = _problem(row, analysis, method_version)
        if problem:
            raise SchemaError(f"{analysis}: metric {row['metric']}: {problem}")


def _problem(row: Mapping[Any, Any], analysis: str, method_version: str) -> str | None:
    if (row["analysis"], row["method_version"]) != (analysis, method_version):
        return f"must carry analysis {analysis} and method_version {method_version}"
    if row["status"] not in get_args(Status):
        return f"status {row['status']} is none of {', '.join(get_args(Status))}"
    if pd.isna(row["value"]) != (row["status"] == "refused"):
        return "a value is null exactly when refused"
    if row["status"] != "ok" and not len(row["reasons"]):
        return f"{row['status']} needs a reason"
    return None


def collect(tables: Mapping[str, pd.DataFrame], expected: Mapping[str, str]) -> pd.DataFrame:
    """Bring the metric rows of all analyses into one table; nothing goes missing in silence.

    Parameters
    ----------
    tables
        Metric tables by analysis; other tables among them are left out.
    expected
        Method version by analysis, of every analysis that ought to have given metrics. One without
        a table becomes a refused row with the reason `analysis_failed`.
    """
    parts = [
        tables[name] if name in tables else metric_table(name, [_missing(name)], method_version=it)
        for name, it in expected.items()
    ]
    rows = (row for part in parts for row in POSE_METRICS.arrow(part).to_pylist())
    return POSE_METRICS.frame(rows)


def _missing(analysis: str) -> Metric:
    return Metric(
        metric=analysis,
        unit="1",
        status="refused",
        reasons=(ANALYSIS_FAILED,),
        advice=f"The analysis {analysis} failed, so what it measures is missing. Run it again.",
    )
