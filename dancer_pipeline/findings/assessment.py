"""Findings: what the rules say about the numbers of one video.

Only what was measured is judged: a refused number is never a finding, and a video in which nobody
was found has none. Nothing here knows a threshold or a sentence; they are the rules' data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.findings.rules import SEVERITIES, Condition, Rule, Rules, read_rules
from dancer_pipeline.tables import LABEL, Column, Table

FINDINGS = Table(
    "findings",
    "What is worth looking at in a video, one row per finding, the most severe first.",
    (
        Column("finding", LABEL, "the rule that made it"),
        Column("severity", LABEL, "info, low, medium or high"),
        Column("metric", LABEL, "the metric that it rests on, as in pose_metrics"),
        Column("analysis", LABEL, "the analysis that measured it"),
        Column("side", LABEL, "left or right; null for both or none", nullable=True),
        Column("value", pa.float64(), "the number, or the difference of the sides, in `unit`"),
        Column("unit", LABEL, "the unit of value and threshold"),
        Column("threshold", pa.float64(), "the threshold that was passed"),
        Column("comparison", LABEL, "above or below the threshold"),
        Column("status", LABEL, "of the numbers: ok or low_confidence"),
        Column("headline", pa.string(), "the finding in one line"),
        Column("text", pa.string(), "what it means"),
        Column("cue", pa.string(), "what to do"),
        Column("drill", pa.string(), "an exercise for it", nullable=True),
        Column("origin", pa.string(), "where the threshold comes from"),
        Column("evidence_frames", pa.list_(pa.int32()), "frames that show it"),
        Column("rule_version", LABEL, "version of the rules file"),
    ),
)


def findings(
    pose_metrics: pd.DataFrame,
    camera_view: pd.DataFrame | None = None,
    *,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """Judge the metrics of one video.

    Parameters
    ----------
    pose_metrics
        The metric rows of every analysis, as in `metrics.POSE_METRICS`.
    camera_view
        The table of that analysis. Without it, or where it is not sure, the rules that hold only
        in certain views are left out.
    rules
        The rules to apply; without them, those of the package.

    Returns
    -------
    pd.DataFrame
        As in `FINDINGS`, the most severe first, empty where nothing stands out.
    """
    rules = rules or read_rules()
    measured = pose_metrics[pose_metrics["status"].isin(["ok", "low_confidence"])]
    view = _sure_view(camera_view)
    rows: list[dict[str, Any]] = []
    if _holds(rules.somebody, measured):
        for rule in rules.rules:
            if _applies(rule, measured, view):
                rows += [_row(rule, one, rules.version) for one in _observations(rule, measured)]
    rows = [row for row in rows if row]
    rows.sort(key=lambda row: -SEVERITIES.index(row["severity"]))
    return FINDINGS.frame(rows)


@dataclass(frozen=True)
class _Observation:
    """One number that a rule judges, with what its texts may mention."""

    value: float
    error: float
    status: str
    side: str | None
    source: Any
    frames: tuple[int, ...]
    advice: tuple[str, ...]
    words: dict[str, str]


def _sure_view(camera_view: pd.DataFrame | None) -> str | None:
    if camera_view is None or camera_view.empty or camera_view["status"].iloc[0] != "ok":
        return None
    return str(camera_view["view"].iloc[0])


def _applies(rule: Rule, measured: pd.DataFrame, view: str | None) -> bool:
    is_in_view = not rule.views or view in rule.views
    return is_in_view and all(_holds(condition, measured) for condition in rule.only_if)


def _holds(condition: Condition, measured: pd.DataFrame) -> bool:
    values = measured.loc[measured["metric"] == condition.metric, "value"]
    inside = values.between(condition.at_least, condition.at_most)
    return bool(len(values) and inside.all())


def _observations(rule: Rule, measured: pd.DataFrame) -> Iterator[_Observation]:
    rows = list(measured[measured["metric"] == rule.metric].itertuples())
    if rule.compare == "value":
        yield from (_of_value(row) for row in rows)
        return
    sides = {row.side: row for row in rows if isinstance(row.side, str)}
    if {"left", "right"} <= set(sides):
        yield _of_sides(sides["left"], sides["right"])


def _of_value(row: Any) -> _Observation:
    side = row.side if isinstance(row.side, str) else None
    frames = tuple(map(int, row.evidence_frames))
    words = {"side": side or ""}
    return _Observation(row.value, _error(row), row.status, side, row, frames, _advice(row), words)


def _of_sides(left: Any, right: Any) -> _Observation:
    larger, smaller = (left, right) if left.value >= right.value else (right, left)
    uncertain = next((row for row in (left, right) if row.status != "ok"), None)
    words = {
        "left": in_words(left.value, left.unit),
        "right": in_words(right.value, right.unit),
        "larger": larger.side,
        "smaller": smaller.side,
    }
    return _Observation(
        value=larger.value - smaller.value,
        error=(_error(left) ** 2 + _error(right) ** 2) ** 0.5,
        status="low_confidence" if uncertain else "ok",
        side=None,
        source=left,
        frames=tuple(sorted({*map(int, left.evidence_frames), *map(int, right.evidence_frames)})),
        advice=tuple(dict.fromkeys((*_advice(left), *_advice(right)))),
        words=words,
    )


def _error(row: Any) -> float:
    """Half of the 95 % interval, nothing where it is unknown."""
    half = (row.ci95_high - row.ci95_low) / 2 if pd.notna(row.ci95_low) else 0.0
    return half if pd.notna(half) else 0.0


def _advice(row: Any) -> tuple[str, ...]:
    return (row.advice,) if isinstance(row.advice, str) and row.status != "ok" else ()


def _row(rule: Rule, seen: _Observation, version: str) -> dict[str, Any]:
    passed = [level for level in rule.thresholds if _excess(rule, seen, level[1]) > 0]
    if not passed:
        return {}
    severity, threshold = passed[-1]
    unit = str(seen.source.unit)
    words = seen.words | {
        "value": in_words(seen.value, unit),
        "threshold": in_words(threshold, unit),
    }
    return {
        "finding": rule.id,
        "severity": _lowered(severity, rule, seen),
        "metric": rule.metric,
        "analysis": str(seen.source.analysis),
        "side": seen.side,
        "value": seen.value,
        "unit": unit,
        "threshold": threshold,
        "comparison": rule.comparison,
        "status": seen.status,
        "headline": rule.headline.format(**words),
        "text": " ".join((rule.text.format(**words), *_doubts(rule, seen))),
        "cue": rule.cue.format(**words),
        "drill": rule.drill.format(**words) if rule.drill else None,
        "origin": rule.origin,
        "evidence_frames": list(seen.frames),
        "rule_version": version,
    }


def _excess(rule: Rule, seen: _Observation, threshold: float) -> float:
    return seen.value - threshold if rule.comparison == "above" else threshold - seen.value


def _is_grey(rule: Rule, seen: _Observation) -> bool:
    """Whether the number lies so close to the mildest threshold that it may be error."""
    margin = max(rule.grey_band, seen.error)
    return 0 < margin >= _excess(rule, seen, rule.thresholds[0][1])


def _lowered(severity: str, rule: Rule, seen: _Observation) -> str:
    if _is_grey(rule, seen):
        return "info"
    steps = 1 if seen.status == "low_confidence" else 0
    return SEVERITIES[max(0, SEVERITIES.index(severity) - steps)]


def _doubts(rule: Rule, seen: _Observation) -> list[str]:
    doubts = []
    if seen.status == "low_confidence":
        doubts.append(" ".join(("Measured with low confidence.", *seen.advice)))
    if _is_grey(rule, seen):
        limit = in_words(rule.thresholds[0][1], str(seen.source.unit))
        doubts.append(f"This is so close to {limit} that it may be measuring error.")
    return doubts
