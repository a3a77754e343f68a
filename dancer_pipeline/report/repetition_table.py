"""The table of repetitions as the page shows it: one line each, with what stands out marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dancer_pipeline.findings.quantities import in_column, in_words
from dancer_pipeline.options import NAMELESS
from dancer_pipeline.report.reading import records
from dancer_pipeline.report.wording import metric_label, plainly

_MOST_MEASURES = 4


@dataclass(frozen=True)
class Line:
    """One repetition: its cells, and which of them a finding is about."""

    number: int
    cells: tuple[str, ...]
    marked: frozenset[int]
    note: str


@dataclass(frozen=True)
class Repetitions:
    """All repetitions of a video, set by set."""

    title: str
    columns: tuple[str, ...]
    sets: tuple[tuple[Line, ...], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.sets))

    @property
    def is_marked(self) -> bool:
        """Whether a finding is about some of them."""
        return any(line.marked for lines in self.sets for line in lines)


def repetition_table(
    tables: Mapping[str, pd.DataFrame], findings: Iterable[Mapping[str, Any]] = ()
) -> Repetitions | None:
    """Lay out the repetitions; None where there are none.

    Columns are time, duration, the way down, the hold, the way up, the range, and the measures of
    form that could be seen. A cell is marked where a finding names that repetition.
    """
    rows = records(tables.get("repetitions"))
    if not rows:
        return None
    rows.sort(key=lambda row: row["start_s"])
    form = _form(tables.get("repetition_form"))
    measures = list(dict.fromkeys(name for cells in form.values() for name in cells))
    measures = measures[:_MOST_MEASURES]
    marked = {(row["metric"], number) for row in findings for number in row.get("repetitions", ())}
    has_range = any(row["range_deg"] is not None for row in rows)
    heads = ["At", "Lasts", "Down", "Hold", "Up", *(["Range"] if has_range else [])]
    sets: dict[int, list[Line]] = {}
    for row in rows:
        cells = [*_times(row), *([in_words(row["range_deg"], "deg")] if has_range else [])]
        hits = {
            len(heads) + place
            for place, name in enumerate(measures)
            if (name, row["repetition"]) in marked
        }
        cells += [
            form.get(row["repetition"], {}).get(name, in_words(None, "")) for name in measures
        ]
        line = Line(row["repetition"], tuple(cells), frozenset(hits), _note(row))
        sets.setdefault(row["set"], []).append(line)
    return Repetitions(
        title=_title(rows),
        columns=(*heads, *map(metric_label, measures)),
        sets=tuple(map(tuple, sets.values())),
    )


def _title(rows: list[dict[str, Any]]) -> str:
    exercises = list(dict.fromkeys(row["exercise"] for row in rows))
    names = " and ".join(plainly(one) for one in exercises if one not in NAMELESS)
    return names or "A movement that was not recognised"


def _times(row: Mapping[str, Any]) -> list[str]:
    lasts = row["end_s"] - row["start_s"]
    phases = (row["eccentric_s"], row["hold_s"], row["concentric_s"])
    return [in_column(row["start_s"], "s"), *(in_column(it, "s") for it in (lasts, *phases))]


def _note(row: Mapping[str, Any]) -> str:
    notes = [
        "held" if row["is_hold"] else "",
        "partial" if row["is_partial"] else "",
        row["side"] or "",
        "low confidence" if row["status"] == "low_confidence" else "",
    ]
    return ", ".join(filter(None, notes))


def _form(table: pd.DataFrame | None) -> dict[int, dict[str, str]]:
    """Measures in words by repetition, in the order in which they are looked at."""
    form: dict[int, dict[str, str]] = {}
    for row in records(table):
        if row["value"] is not None:
            shown = in_words(row["value"], row["unit"])
            form.setdefault(row["repetition"], {})[row["measure"]] = shown
    return form
