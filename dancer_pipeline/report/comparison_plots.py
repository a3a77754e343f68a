"""Plots of two videos of one movement: their median repetitions over each other, with bands."""

from typing import Any

import pandas as pd

from dancer_pipeline.report.drawing import STAND_INS, Colours, Plot, figure_of, svg
from dancer_pipeline.report.wording import plainly

FILES = {"a": "left", "b": "right"}
"""Which colour is which video's: the page's two colours, here of no side."""

_LEAST_DEG = 15.0

_LOCKED = ((0, 50, 100), ("start", "turn", "end"))
_STRIDE = ((0, 50, 100), ("contact", "half", "contact"))


def phase_plots(curves: pd.DataFrame, *, is_walk: bool) -> list[Plot]:
    """Draw each quantity of `VIDEO_COMPARISON_CURVES` over the phase, both videos in one plot.

    What moves most comes first; joints that hardly move are left out.
    """
    plots = []
    for quantity, both in _by_quantity(curves):
        sides = both.assign(side=both["side"].astype(object).fillna(""))
        for side, rows in sides.groupby("side"):
            plots.append(_plot(quantity, str(side), rows, is_walk=is_walk))
    return plots


def _by_quantity(curves: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    groups = [(str(name), rows) for name, rows in curves.groupby("quantity", observed=True)]
    shown = [(name, rows) for name, rows in groups if _range(rows) >= _LEAST_DEG]
    ratios = [(name, rows) for name, rows in groups if (rows["unit"] != "deg").all()]
    return sorted(shown, key=lambda group: -_range(group[1])) + ratios


def _range(rows: pd.DataFrame) -> float:
    """Range of the course that moves most, without the outermost twentieths, which may be noise."""
    courses = rows.groupby(["video", "side"], observed=True, dropna=False)["median"]
    return float((courses.quantile(0.95) - courses.quantile(0.05)).max())


def _plot(quantity: str, side: str, rows: pd.DataFrame, *, is_walk: bool) -> Plot:
    figure, (axes,) = figure_of(4.2, 2.1, STAND_INS)
    for video, colour in FILES.items():
        _draw(axes, rows[rows["video"] == video], getattr(STAND_INS, colour))
    _phase_axis(axes, is_walk=is_walk)
    _value_axis(axes, str(rows["unit"].iloc[0]), STAND_INS)
    title = f"{plainly(quantity)}, {side}" if side else plainly(quantity)
    description = f"{title} over a repetition: {_extremes(rows)}."
    return Plot(title, description, svg(figure, description))


def _draw(axes: Any, rows: pd.DataFrame, colour: str) -> None:
    line = rows.sort_values("phase_percent")
    phase = line["phase_percent"]
    axes.fill_between(phase, line["low"], line["high"], color=colour, alpha=0.18, linewidth=0)
    axes.plot(phase, line["median"], color=colour, linewidth=1.8)


def _phase_axis(axes: Any, *, is_walk: bool) -> None:
    places, names = _STRIDE if is_walk else _LOCKED
    axes.set_xlim(0, 100)
    axes.set_xticks(places, names)
    for place in places[1:-1]:
        axes.axvline(place, color=STAND_INS.ink, linewidth=0.7, linestyle=(0, (2, 3)))


def _value_axis(axes: Any, unit: str, colours: Colours) -> None:
    from matplotlib.ticker import MaxNLocator

    if axes.get_ylim()[0] < 0:
        axes.axhline(0, color=colours.ink, linewidth=0.7)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 3, 5, 10]))
    axes.yaxis.set_major_formatter("{x:.0f}°" if unit == "deg" else "{x:g}")


def _extremes(rows: pd.DataFrame) -> str:
    degree = "°" if (rows["unit"] == "deg").all() else ""
    digits = 0 if degree else 2
    parts = []
    for video, name in (("a", "first video"), ("b", "second video")):
        values = rows.loc[rows["video"] == video, "median"].dropna()
        low, high = f"{values.min():.{digits}f}", f"{values.max():.{digits}f}"
        parts.append(f"{name} from {low}{degree} to {high}{degree}")
    return ", ".join(parts)
