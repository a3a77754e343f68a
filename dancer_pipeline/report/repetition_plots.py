"""How range and time of the repetitions develop, set by set."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from dancer_pipeline.findings.quantities import between
from dancer_pipeline.report.drawing import STAND_INS, Plot, figure_of, svg
from dancer_pipeline.report.reading import records

_FEWEST = 3

_Of = Callable[[dict[str, Any]], float | None]


def repetition_plots(repetitions: pd.DataFrame | None) -> list[Plot]:
    """Draw a bar for each repetition: its range, and how long it takes; nothing for fewer than 3.

    Partial repetitions are pale, a gap is a rest between two sets.
    """
    rows = sorted(records(repetitions), key=lambda row: row["start_s"])
    if len(rows) < _FEWEST:
        return []
    return [
        plot
        for plot in (
            _plot("Range of each repetition", "deg", rows, lambda row: row["range_deg"]),
            _plot("Time of each repetition", "s", rows, lambda row: row["end_s"] - row["start_s"]),
        )
        if plot is not None
    ]


def _plot(title: str, unit: str, rows: list[dict[str, Any]], value_of: _Of) -> Plot | None:
    known = [(row, value) for row in rows if (value := value_of(row)) is not None]
    if len(known) < _FEWEST:
        return None
    values = [value for _, value in known]
    figure, (axes,) = figure_of(4.2, 1.7, STAND_INS)
    places = [_place(row, rows) for row, _ in known]
    bars = axes.bar(places, values, width=0.72, color=STAND_INS.left, linewidth=0)
    for bar, (row, _) in zip(bars, known, strict=True):
        bar.set_alpha(0.4 if row["is_partial"] else 1.0)
    axes.set_axisbelow(True)
    step = len(known) // 16 + 1
    axes.set_xticks(places[::step], [str(row["repetition"]) for row, _ in known][::step])
    axes.set_xlim(-0.8, max(6.0, places[-1] + 0.8))
    axes.yaxis.set_major_locator(_few_ticks())
    axes.yaxis.set_major_formatter("{x:.0f}°" if unit == "deg" else "{x:g} s")
    partial = sum(bool(row["is_partial"]) for row, _ in known)
    description = f"{title}: {len(known)} bars, {between(min(values), max(values), unit)}" + (
        f", {partial} of them partial." if partial else "."
    )
    return Plot(title, description, svg(figure, description))


def _place(row: dict[str, Any], rows: list[dict[str, Any]]) -> float:
    """Place along the axis: one further with each repetition, one more with each set."""
    return float(rows.index(row) + len({it["set"] for it in rows if it["set"] < row["set"]}))


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4, steps=[1, 2, 3, 5, 10])
