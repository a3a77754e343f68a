"""Where on the court a player was, seen from above."""

from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.report.drawing import STAND_INS, Plot, figure_of, svg

_CELL_M = 0.25
_ROOM_M = 1.0


def court_plot(court_positions: pd.DataFrame | None) -> Plot | None:
    """Draw the heat map of a player's places, on their half where they kept to it; or None."""
    if court_positions is None:
        return None
    places = court_positions[court_positions["status"] != "refused"].dropna(subset="x_m")
    if places.empty:
        return None
    width_m, length_m = (float(places[f"court_{it}_m"].iloc[0]) for it in ("width", "length"))
    is_half = bool((places["y_m"] <= length_m / 2 + _ROOM_M).all())
    shown_m = length_m / 2 if is_half else length_m
    figure, (axes,) = figure_of(2.9, 0.3 + 2.9 * (shown_m + 2) / (width_m + 2), STAND_INS)
    _draw_places(axes, places)
    _draw_lines(axes, width_m, length_m)
    axes.set_xlim(-_ROOM_M, width_m + _ROOM_M)
    axes.set_ylim(-_ROOM_M, shown_m + _ROOM_M)
    axes.set_xticks([0, width_m], ["0", in_words(width_m, "m")])
    net = {length_m / 2: "net"} if is_half else {length_m / 2: "net", length_m: "far"}
    axes.set_yticks([0, *net], ["near", *net.values()])
    total = in_words(float(places["duration_s"].sum()), "s")
    description = f"Places on the court, the darker the longer; {total} in all."
    return Plot("Seen from above", description, svg(figure, description))


def _draw_places(axes: Any, places: pd.DataFrame) -> None:
    """Draw one square per place; its shade grows with the root of the time, so that all show."""
    axes.grid(visible=False)
    axes.set_aspect("equal")
    shade = np.sqrt(places["duration_s"] / places["duration_s"].max())
    squares = axes.bar(
        places["x_m"], _CELL_M, width=_CELL_M, bottom=places["y_m"] - _CELL_M / 2,
        color=STAND_INS.left, linewidth=0,
    )  # fmt: skip
    for square, alpha in zip(squares, np.clip(0.15 + 0.85 * shade, 0, 1), strict=True):
        square.set_alpha(float(alpha))


def _draw_lines(axes: Any, width_m: float, length_m: float) -> None:
    corners_x, corners_y = [0, width_m, width_m, 0, 0], [0, 0, length_m, length_m, 0]
    axes.plot(corners_x, corners_y, color=STAND_INS.ink, linewidth=1.2)
    axes.plot([0, width_m], [length_m / 2] * 2, color=STAND_INS.ink, linewidth=0.8, dashes=(3, 2))
