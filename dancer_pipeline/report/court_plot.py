"""Where on the court a player was, seen from above."""

import numpy as np
import pandas as pd

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.report.drawing import STAND_INS, Plot, figure_of, svg


def court_plot(court_positions: pd.DataFrame | None) -> Plot | None:
    """Draw the heat map of a player's places; None where there is none."""
    if court_positions is None:
        return None
    places = court_positions[court_positions["status"] != "refused"].dropna(subset="x_m")
    if places.empty:
        return None
    width_m, length_m = (float(places[f"court_{it}_m"].iloc[0]) for it in ("width", "length"))
    figure, (axes,) = figure_of(2.9, 0.5 + 2.6 * (length_m + 2) / (width_m + 2), STAND_INS)
    axes.grid(visible=False)
    share = places["duration_s"] / places["duration_s"].max()
    axes.scatter(
        places["x_m"], places["y_m"], s=14, marker="s", color=STAND_INS.left, linewidths=0,
        alpha=np.clip(0.12 + 0.88 * share, 0, 1).to_numpy(),
    )  # fmt: skip
    corners_x, corners_y = [0, width_m, width_m, 0, 0], [0, 0, length_m, length_m, 0]
    axes.plot(corners_x, corners_y, color=STAND_INS.ink, linewidth=1.2)
    axes.plot([0, width_m], [length_m / 2] * 2, color=STAND_INS.ink, linewidth=0.8, dashes=(3, 2))
    axes.set_aspect("equal")
    axes.set_xticks([0, width_m], ["0", in_words(width_m, "m")])
    axes.set_yticks([0, length_m], ["near", "far"])
    total = in_words(float(places["duration_s"].sum()), "s")
    description = f"Places on the court, the darker the longer; {total} in all."
    return Plot("On the court", description, svg(figure, description))
