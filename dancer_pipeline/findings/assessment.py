"""Findings: what the rules say about the numbers of one video.

Only what was measured is judged: a refused number is never a finding, and a video in which nobody
was found has none. Nothing here knows a threshold or a sentence; they are the rules' data.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.findings.observations import Observation, is_of, listed, observations
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
        Column(
            "repetitions",
            pa.list_(pa.int32()),
            "the repetitions that show it; empty where it is about the whole video",
        ),
        Column("rule_version", LABEL, "version of the rules file"),
    ),
)


_MOST_FRAMES = 6
"""Of the repetitions that show a finding, those that show it most."""


def findings(
    pose_metrics: pd.DataFrame,
    camera_view: pd.DataFrame | None = None,
    repetition_form: pd.DataFrame | None = None,
    repetitions: pd.DataFrame | None = None,
    *,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """Judge the metrics of one video, and the form of its repetitions.

    Parameters
    ----------
    pose_metrics
        The metric rows of every analysis, as in `metrics.POSE_METRICS`.
    camera_view
        The table of that analysis. Without it, or where it is not sure, the rules that hold only
        in certain views are left out.
    repetition_form
        The table of that analysis; without it nothing is said about repetitions.
    repetitions
        The table of that analysis. Without it, the rules that judge the whole video in certain
        exercises only are left out.
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
            if _applies(rule, measured, view) and is_of(rule, repetitions):
                seen = observations(rule, measured, repetition_form)
                rows += [_row(rule, one, rules.version) for one in seen]
    rows = [row for row in rows if row]
    rows.sort(key=lambda row: -SEVERITIES.index(row["severity"]))
    return FINDINGS.frame(rows)


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


def _row(rule: Rule, seen: Observation, version: str) -> dict[str, Any]:
    passed = [
        (*level, places) for level in rule.thresholds if (places := seen.beyond(rule, level[1]))
    ]
    if not passed:
        return {}
    severity, threshold, places = passed[-1]
    value = float(np.median([seen.values[place] for place in places]))
    numbers = [seen.repetitions[place] for place in places] if seen.repetitions else []
    words = {
        **seen.words,
        "value": in_words(value, seen.unit),
        "threshold": in_words(threshold, seen.unit),
        "count": str(len(places)),
        "repetitions": listed(numbers) if numbers else "",
    }
    return {
        "finding": rule.id,
        "severity": _lowered(severity, rule, seen, value),
        "metric": rule.metric,
        "analysis": seen.analysis,
        "side": seen.side,
        "value": value,
        "unit": seen.unit,
        "threshold": threshold,
        "comparison": rule.comparison,
        "status": seen.status,
        "headline": rule.headline.format(**words),
        "text": " ".join((rule.text.format(**words), *_doubts(rule, seen, value))),
        "cue": rule.cue.format(**words),
        "drill": rule.drill.format(**words) if rule.drill else None,
        "origin": rule.origin,
        "evidence_frames": _frames(seen, places),
        "repetitions": sorted(numbers),
        "rule_version": version,
    }


def _frames(seen: Observation, places: list[int]) -> list[int]:
    frames = [frame for place in places[:_MOST_FRAMES] for frame in seen.frames[place]]
    return list(dict.fromkeys(frames))


def _is_grey(rule: Rule, seen: Observation, value: float) -> bool:
    """Whether the number lies so close to the mildest threshold that it may be error."""
    mildest = rule.thresholds[0][1]
    excess = value - mildest if rule.comparison == "above" else mildest - value
    margin = max(rule.grey_band, seen.error)
    return 0 < margin >= excess


def _lowered(severity: str, rule: Rule, seen: Observation, value: float) -> str:
    if _is_grey(rule, seen, value):
        return "info"
    steps = 1 if seen.status == "low_confidence" else 0
    return SEVERITIES[max(0, SEVERITIES.index(severity) - steps)]


def _doubts(rule: Rule, seen: Observation, value: float) -> list[str]:
    doubts = []
    if seen.status == "low_confidence":
        doubts.append(" ".join(("Measured with low confidence.", *seen.advice)))
    if _is_grey(rule, seen, value):
        limit = in_words(rule.thresholds[0][1], seen.unit)
        doubts.append(f"This is so close to {limit} that it may be measuring error.")
    return doubts
