"""The measured numbers as the page shows them: by analysis, left and right in one row."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dancer_pipeline.findings.quantities import between, in_column
from dancer_pipeline.outcome import RECORDING
from dancer_pipeline.report.gaps import applied
from dancer_pipeline.report.wording import analysis_label, hint, metric_label, reason, told

RANGES = "range_of_motion"
"""The analysis whose numbers are drawn as bars."""

_FEWEST = 2
"""Of fewer observations nothing is said: one number is one observation."""

_ORDER = (
    "exercise", "exercise_form", "movement_quality", "gait", "dance", "balance", "racket",
    "coach_metrics",
)  # fmt: skip


@dataclass(frozen=True)
class Number:
    """One measured number."""

    side: str
    value: str
    interval: str
    n: int
    """How many observations it rests on; 0 where that says nothing more."""
    status: str
    note: str
    bar: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Value and 95 % interval in percent of the bar's length."""


@dataclass(frozen=True)
class Line:
    """One quantity: its name, what it is, and the number, or one for each side."""

    metric: str
    label: str
    hint: str
    numbers: tuple[Number, ...]

    def of(self, side: str) -> Number | None:
        """Return the number of a side, or None."""
        return next((one for one in self.numbers if one.side == side), None)

    @property
    def is_sided(self) -> bool:
        """Whether it is measured left and right."""
        return any(one.side for one in self.numbers)


@dataclass(frozen=True)
class Group:
    """The numbers of one analysis; `note` is a doubt that all of them share."""

    analysis: str
    title: str
    lines: tuple[Line, ...]
    note: str

    @property
    def is_sided(self) -> bool:
        """Whether some of them are measured left and right."""
        return any(one.is_sided for one in self.lines)

    @property
    def is_doubtful(self) -> bool:
        """Whether nothing in it is sure."""
        return all(one.status != "ok" for line in self.lines for one in line.numbers)

    @property
    def notes(self) -> list[str]:
        """Doubts of single numbers."""
        every = (one.note for line in self.lines for one in line.numbers)
        return [note for note in every if note and note != self.note]


def groups(metrics: Iterable[Mapping[str, Any]], first: str | None = None) -> list[Group]:
    """Everything that was measured: the movement, then the ranges, the recording last.

    An analysis that found nothing to measure has no group. `first` names the analysis that the
    video is about.
    """
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in applied(metrics):
        if row["value"] is not None and not _is_no_candidate(row):
            rows.setdefault(row["analysis"], []).append(row)
    return [_group(name, rows[name]) for name in sorted(rows, key=lambda it: _place(it, first))]


def without_court(found: Sequence[Group]) -> tuple[list[Group], list[Line]]:
    """Take the lines about the court out of their groups: they stand beside its picture."""
    of_court = [one for group in found for one in group.lines if _is_of_court(one)]
    rest = [
        replace(group, lines=tuple(one for one in group.lines if not _is_of_court(one)))
        for group in found
    ]
    return [group for group in rest if group.lines], of_court


def _is_of_court(line: Line) -> bool:
    return line.metric.startswith("court_")


def _is_no_candidate(row: Mapping[str, Any]) -> bool:
    """Whether a row only says that no shot was of its kind."""
    return bool(row["metric"].endswith("_candidates") and not row["value"])


def notes(found: Iterable[Group]) -> dict[str, int]:
    """Give each note of some groups a number, so that each is written once."""
    texts = dict.fromkeys(note for one in found for note in one.notes)
    return {text: place for place, text in enumerate(texts, 1)}


def _place(analysis: str, first: str | None) -> tuple[int, int]:
    if analysis in (RANGES, RECORDING):
        return (1 if analysis == RANGES else 2), 0
    place = _ORDER.index(analysis) if analysis in _ORDER else len(_ORDER)
    return 0, -1 if analysis == first else place


def _group(analysis: str, rows: Sequence[Mapping[str, Any]]) -> Group:
    full = max((row["ci95_high"] or row["value"] for row in rows), default=1.0) or 1.0
    numbers: dict[str, list[Number]] = {}
    for row in rows:
        numbers.setdefault(row["metric"], []).append(_number(row, full))
    texts = {one.note for some in numbers.values() for one in some}
    return Group(
        analysis=analysis,
        title=analysis_label(analysis),
        lines=tuple(
            Line(name, metric_label(name), hint(name), tuple(some))
            for name, some in numbers.items()
        ),
        note=texts.pop() if len(texts) == 1 else "",
    )


def _number(row: Mapping[str, Any], full: float) -> Number:
    low, high, value = row["ci95_low"], row["ci95_high"], row["value"]
    has_interval = low is not None and high is not None
    return Number(
        side=row["side"] or "",
        value=in_column(value, row["unit"]),
        interval=between(low, high, row["unit"]) if has_interval else "",
        n=0 if row["n"] < _FEWEST or row["metric"].endswith("_count") else row["n"],
        status=row["status"],
        note=_note(row),
        bar=(_percent(value, full), _percent(low, full), _percent(high, full)),
    )


def _percent(value: float | None, full: float) -> float:
    share = (value or 0.0) / full
    return max(0.0, min(100.0, 100 * share)) if math.isfinite(share) else 0.0


def _note(row: Mapping[str, Any]) -> str:
    if row["status"] == "ok":
        return ""
    return told(row["advice"] or ", ".join(reason(code).title for code in row["reasons"]))
