"""Plots over time: as SVG that follows the page's colours, and as PNG for the Dagster UI."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.report.drawing import STAND_INS, WHITE, Colours, Plot, figure_of, png, svg
from dancer_pipeline.report.happenings import Happenings
from dancer_pipeline.report.reading import SEEN, frame_times, frames_with_person
from dancer_pipeline.report.wording import joint_label

_MOST_POINTS = 700

NOTHING = Happenings()


def angle_plots(
    angles: pd.DataFrame, marks: Sequence[float] = (), happens: Happenings = NOTHING
) -> list[Plot]:
    """Draw each joint's angle over time, left and right in one plot.

    Parameters
    ----------
    angles
        Joint angles with the one to show as `angle_deg`.
    marks
        Times that get a number, as the pictures of the page have.
    happens
        Repetitions to shade, and steps or swings to mark.
    """
    plots = []
    for joint, rows in _by_movement(angles):
        if rows["angle_deg"].notna().sum() >= 2:
            figure, (axes,) = figure_of(4.2, 1.9, STAND_INS)
            _draw_joint(axes, rows, STAND_INS)
            _draw_happenings(axes, happens, STAND_INS)
            _time_axis(axes, marks, STAND_INS)
            title = joint_label(str(joint))
            description = f"{title} angle over time: {_ranges(rows)}."
            plots.append(Plot(title, description, svg(figure, description)))
    return plots


def presence_plot(pose_keypoints: pd.DataFrame, marks: Sequence[float] = ()) -> Plot:
    """Draw where in the video a person was found, and how much of the body was in view."""
    figure, (axes,) = figure_of(4.2, 1.9, STAND_INS)
    _draw_presence(axes, pose_keypoints, STAND_INS)
    _time_axis(axes, marks, STAND_INS)
    share = in_words(float(frames_with_person(pose_keypoints).mean()), "share")
    description = f"Share of the body in view over time; a person was found in {share} of frames."
    return Plot("Body in view", description, svg(figure, description))


def angle_plot_png(joint_angles: pd.DataFrame, *, column: str = "image_deg") -> bytes:
    """Draw the joint angles of a video as one PNG picture."""
    angles = joint_angles.assign(angle_deg=joint_angles[column])
    groups = _by_movement(angles)
    rows = max(1, len(groups))
    figure, axes = figure_of(8, 0.6 + 1.3 * rows, WHITE, rows)
    for (joint, group), one in zip(groups, axes, strict=False):
        _draw_joint(one, group, WHITE)
        one.set_ylabel(joint_label(str(joint)), color=WHITE.ink)
    _time_axis(axes[-1], (), WHITE)
    axes[0].set_title("left blue, right orange", fontsize=9, color=WHITE.ink, loc="right")
    return png(figure)


def presence_plot_png(pose_keypoints: pd.DataFrame) -> bytes:
    """Draw where a person was found, and how much of the body was in view, as a PNG picture."""
    figure, (axes,) = figure_of(8, 1.6, WHITE)
    _draw_presence(axes, pose_keypoints, WHITE)
    _time_axis(axes, (), WHITE)
    return png(figure)


def _draw_joint(axes: Any, rows: pd.DataFrame, colours: Colours) -> None:
    from matplotlib.ticker import MaxNLocator

    for side, colour in (("left", colours.left), ("right", colours.right)):
        line = rows[rows["side"] == side].sort_values("time_s")
        line = line.iloc[:: len(line) // _MOST_POINTS + 1]
        # Guessed stretches stay visible, but faint: they look like what they are.
        axes.plot(line["time_s"], line["angle_deg"], color=colour, alpha=0.35, linewidth=1)
        seen = line["angle_deg"].where(line["confidence"] >= SEEN)
        axes.plot(line["time_s"], seen, color=colour, linewidth=1.8)
    if rows["angle_deg"].min() < 0:
        axes.axhline(0, color=colours.ink, linewidth=0.7)
    if rows["time_s"].nunique() > 1:
        axes.set_xlim(rows["time_s"].min(), rows["time_s"].max())
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 3, 5, 10]))
    axes.yaxis.set_major_formatter("{x:.0f}°")


def _draw_happenings(axes: Any, happens: Happenings, colours: Colours) -> None:
    for start_s, end_s in happens.spans:
        axes.axvspan(start_s, end_s, color=colours.grid, alpha=0.45, linewidth=0, zorder=0)
    by_side = {"left": colours.left, "right": colours.right}
    for time_s, side in happens.moments:
        axes.plot(
            [time_s], [0.03], marker="^", markersize=5, color=by_side.get(side or "", colours.ink),
            transform=axes.get_xaxis_transform(), clip_on=False,
        )  # fmt: skip


def _draw_presence(axes: Any, pose_keypoints: pd.DataFrame, colours: Colours) -> None:
    times = frame_times(pose_keypoints)
    seen = (pose_keypoints["confidence"] >= SEEN).groupby(pose_keypoints["frame"]).mean()
    share = seen.sort_index().where(frames_with_person(pose_keypoints), 0.0)
    axes.fill_between(times, 100 * share, color=colours.left, alpha=0.25, linewidth=0, step="mid")
    axes.step(times, 100 * share, color=colours.left, linewidth=1.2, where="mid")
    axes.set_ylim(-3, 103)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])


def _time_axis(axes: Any, marks: Sequence[float], colours: Colours) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 3, 5, 10]))
    axes.xaxis.set_major_formatter("{x:g} s")
    for number, time_s in enumerate(marks, 1):
        axes.axvline(time_s, color=colours.ink, linewidth=0.7, linestyle=(0, (2, 3)))
        axes.annotate(
            str(number), (time_s, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
            textcoords="offset points", ha="center", va="bottom", fontsize=8, color=colours.ink,
        )  # fmt: skip


def _by_movement(angles: pd.DataFrame) -> list[tuple[Any, pd.DataFrame]]:
    """Rows of each joint, the joint that moves most first."""

    def spread(group: tuple[Any, pd.DataFrame]) -> float:
        values = group[1]["angle_deg"].dropna()
        return float(np.ptp(values.quantile([0.025, 0.975]))) if len(values) else 0.0

    groups = list(angles.groupby("joint", observed=True, sort=False))
    return sorted(groups, key=spread, reverse=True)


def _ranges(rows: pd.DataFrame) -> str:
    parts = []
    for side, group in rows.groupby("side", observed=True):
        values = group["angle_deg"].dropna()
        if len(values):
            parts.append(f"{side} from {values.min():.0f}° to {values.max():.0f}°")
    return ", ".join(parts)
