"""What could not be measured, and why: movements that the video does not show, missing numbers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dancer_pipeline.metrics import ANALYSIS_FAILED
from dancer_pipeline.report.wording import analysis_label, metric_label, reason, told

_OTHER_MOVEMENT = frozenset(
    {"not_applicable", "not_periodic", "no_swing_found", "no_movement", "exercise_unknown"}
)
"""With these reasons an analysis is about something that the video does not show."""

_MOST_NAMED = 9

_JOINTS = re.compile(r"\b(knee|hip|ankle|elbow|shoulder|wrist)s?\b|\d+")


@dataclass(frozen=True)
class Gap:
    """Something that could not be measured: why, what to do, and which numbers it took."""

    title: str
    advice: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Absent:
    """Why some analyses have nothing to say: the reason, and each with its own sentence."""

    title: str
    analyses: list[tuple[str, str]] = field(default_factory=list)


def absent(metrics: Iterable[Mapping[str, Any]], named: str | None = None) -> list[Absent]:
    """List what is about movements that the video does not show, an entry per reason.

    The analysis that the uploader named (`named`) is not among them: it is missed, as in `gaps`.
    """
    found: dict[str, Absent] = {}
    for name, rows in _by_analysis(metrics).items():
        if _is_empty(rows):
            missing = [_first_refused(rows)] if _is_elsewhere(rows, named) else []
        else:
            missing = [row for row in rows if _is_beside_the_point(row)]
        for row in missing:
            what = analysis_label(name) if _is_empty(rows) else with_side(row)
            title = reason(_code(row)).title
            found.setdefault(title, Absent(title)).analyses.append((what, _why(row)))
    return list(found.values())


def gaps(metrics: Iterable[Mapping[str, Any]], named: str | None = None) -> list[Gap]:
    """List the numbers that are missing, an entry per reason; no sentence is said twice."""
    found: dict[str, Gap] = {}
    said: set[str] = set()
    for name, rows in _by_analysis(metrics).items():
        if _is_elsewhere(rows, named):
            continue
        refused = [row for row in rows if row["status"] == "refused"]
        for row in refused:
            if _is_beside_the_point(row) and name != named:
                continue
            title = reason(_code(row)).title
            gap = found.setdefault(title, Gap(title))
            what = _all_of(name, refused, rows) or with_side(row)
            if what not in gap.numbers:
                gap.numbers.append(what)
            if news := " ".join(_unsaid(_why(row), said)):
                gap.advice.append(news)
    return list(found.values())


def applied(metrics: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of the analyses that measured something."""
    groups = _by_analysis(metrics).values()
    return [row for rows in groups if not _is_empty(rows) for row in rows]


def with_side(row: Mapping[str, Any]) -> str:
    """Name a metric with its side."""
    label = metric_label(row["metric"])
    return f"{label}, {row['side']}" if row["side"] else label


def _by_analysis(metrics: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in metrics:
        if ANALYSIS_FAILED not in row["reasons"]:
            groups.setdefault(row["analysis"], []).append(row)
    return groups


def _is_empty(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether nothing was measured: a count of nothing, of nothing, is no measurement."""
    return all(row["status"] == "refused" or row["value"] == row["n"] == 0 for row in rows)


def _is_elsewhere(rows: list[Mapping[str, Any]], named: str | None) -> bool:
    first = _first_refused(rows)
    return _is_empty(rows) and _code(first) in _OTHER_MOVEMENT and first["analysis"] != named


def _all_of(name: str, refused: list[Mapping[str, Any]], rows: list[Mapping[str, Any]]) -> str:
    """Name the analysis where its name says shorter what is missing of it; empty elsewhere."""
    if len(refused) == len(rows):
        return analysis_label(name)
    return f"most of: {analysis_label(name)}" if len(refused) > _MOST_NAMED else ""


def _is_beside_the_point(row: Mapping[str, Any]) -> bool:
    return row["status"] == "refused" and _code(row) == "not_applicable"


def _first_refused(rows: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((row for row in rows if row["status"] == "refused"), rows[0])


def _code(row: Mapping[str, Any]) -> str:
    return str(row["reasons"][0]) if row["reasons"] else "reason not stored"


def _why(row: Mapping[str, Any]) -> str:
    why = reason(_code(row))
    return told(row["advice"] or why.advice or why.title)


def _unsaid(advice: str, said: set[str]) -> Iterator[str]:
    """Leave out the sentences that were said before, be it of another joint."""
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", advice):
        key = _JOINTS.sub("", sentence)
        if key not in said:
            said.add(key)
            yield sentence
