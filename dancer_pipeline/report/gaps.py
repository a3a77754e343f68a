"""What could not be measured, and why: analyses that do not apply, and numbers that are missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dancer_pipeline.report.document import FAILED
from dancer_pipeline.report.wording import analysis_label, metric_label, reason


@dataclass(frozen=True)
class Gap:
    """Something that could not be measured: why, what to do, and which numbers it took."""

    title: str
    advice: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Absent:
    """An analysis that gave no number at all: what it is about, and the first reason."""

    title: str
    why: str


def absent(metrics: Iterable[Mapping[str, Any]]) -> list[Absent]:
    """List the analyses that were refused as a whole, each with its first reason."""
    return [
        Absent(analysis_label(name), _why(rows[0]))
        for name, rows in _by_analysis(metrics).items()
        if _is_absent(rows)
    ]


def gaps(metrics: Iterable[Mapping[str, Any]]) -> list[Gap]:
    """List the numbers that are missing from analyses that gave others, an entry per reason."""
    found: dict[str, Gap] = {}
    for rows in _by_analysis(metrics).values():
        for row in rows:
            if row["status"] == "refused" and not _is_absent(rows):
                why = reason(row["reasons"][0]) if row["reasons"] else reason("reason not stored")
                gap = found.setdefault(why.title, Gap(why.title))
                gap.numbers.append(with_side(row))
                if (advice := row["advice"] or why.advice) and advice not in gap.advice:
                    gap.advice.append(advice)
    return list(found.values())


def applied(metrics: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of the analyses that gave at least one number."""
    groups = _by_analysis(metrics).values()
    return [row for rows in groups if not _is_absent(rows) for row in rows]


def with_side(row: Mapping[str, Any]) -> str:
    """Name a metric with its side."""
    label = metric_label(row["metric"])
    return f"{label}, {row['side']}" if row["side"] else label


def _by_analysis(metrics: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in metrics:
        if FAILED not in row["reasons"]:
            groups.setdefault(row["analysis"], []).append(row)
    return groups


def _is_absent(rows: list[Mapping[str, Any]]) -> bool:
    return all(row["status"] == "refused" for row in rows)


def _why(row: Mapping[str, Any]) -> str:
    why = reason(row["reasons"][0]) if row["reasons"] else reason("reason not stored")
    return str(row["advice"] or why.advice or why.title)
