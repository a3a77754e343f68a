"""Plots over time: as SVG that follows the page's colours, and as PNG for the Dagster UI.

Matplotlib is imported only when a plot is drawn, and never through pyplot, so that drawing has no
global state and no window.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.report.reading import SEEN, frame_times, frames_with_person
from dancer_pipeline.report.wording import plainly


@dataclass(frozen=True)
class _Colours:
    left: str
    right: str
    ink: str
    grid: str


_STAND_INS = _Colours("#010a01", "#010a02", "#010a03", "#010a04")
"""Colours that no plot contains by chance: the page puts its own in their place."""

_PAGE = _Colours("var(--left)", "var(--right)", "var(--muted)", "var(--line)")
_WHITE = _Colours("#1769c2", "#c05a00", "#3a4650", "#d9dee2")

_MOST_POINTS = 700


@dataclass(frozen=True)
class Plot:
    """One plot of the page: what it shows, in words, and as SVG."""

    title: str
    description: str
    svg: str


def angle_plots(angles: pd.DataFrame, marks: Sequence[float] = ()) -> list[Plot]:
    """Draw each joint's angle over time, left and right in one plot.

    Parameters
    ----------
    angles
        Joint angles with the one to show as `angle_deg`.
    marks
        Times that get a number, as the pictures of the page have.
    """
    plots = []
    for joint, rows in _by_movement(angles):
        if rows["angle_deg"].notna().sum() >= 2:
            figure, (axes,) = _figure(4.2, 1.9, _STAND_INS)
            _draw_joint(axes, rows, _STAND_INS)
            _time_axis(axes, marks, _STAND_INS)
            title = plainly(str(joint))
            description = f"{title} angle over time: {_ranges(rows)}."
            plots.append(Plot(title, description, _svg(figure, description)))
    return plots


def presence_plot(pose_keypoints: pd.DataFrame, marks: Sequence[float] = ()) -> Plot:
    """Draw where in the video a person was found, and how much of the body was in view."""
    figure, (axes,) = _figure(4.2, 1.9, _STAND_INS)
    _draw_presence(axes, pose_keypoints, _STAND_INS)
    _time_axis(axes, marks, _STAND_INS)
    share = in_words(float(frames_with_person(pose_keypoints).mean()), "share")
    description = f"Share of the body in view over time; a person was found in {share} of frames."
    return Plot("Body in view", description, _svg(figure, description))


def angle_plot_png(joint_angles: pd.DataFrame, *, column: str = "image_deg") -> bytes:
    """Draw the joint angles of a video as one PNG picture."""
    angles = joint_angles.assign(angle_deg=joint_angles[column])
    groups = _by_movement(angles)
    rows = max(1, len(groups))
    figure, axes = _figure(8, 0.6 + 1.3 * rows, _WHITE, rows)
    for (joint, group), one in zip(groups, axes, strict=False):
        _draw_joint(one, group, _WHITE)
        one.set_ylabel(plainly(str(joint)), color=_WHITE.ink)
    _time_axis(axes[-1], (), _WHITE)
    axes[0].set_title("left blue, right orange", fontsize=9, color=_WHITE.ink, loc="right")
    return _png(figure)


def presence_plot_png(pose_keypoints: pd.DataFrame) -> bytes:
    """Draw where a person was found, and how much of the body was in view, as a PNG picture."""
    figure, (axes,) = _figure(8, 1.6, _WHITE)
    _draw_presence(axes, pose_keypoints, _WHITE)
    _time_axis(axes, (), _WHITE)
    return _png(figure)


def _figure(width: float, height: float, colours: _Colours, rows: int = 1) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    for one in axes:
        one.spines[:].set_visible(False)
        one.grid(axis="y", color=colours.grid, linewidth=0.8)
        one.tick_params(length=0, labelsize=9, labelcolor=colours.ink)
        one.margins(x=0.01)
        one.patch.set_visible(False)
    return figure, list(axes)


def _draw_joint(axes: Any, rows: pd.DataFrame, colours: _Colours) -> None:
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


def _draw_presence(axes: Any, pose_keypoints: pd.DataFrame, colours: _Colours) -> None:
    times = frame_times(pose_keypoints)
    seen = (pose_keypoints["confidence"] >= SEEN).groupby(pose_keypoints["frame"]).mean()
    share = seen.sort_index().where(frames_with_person(pose_keypoints), 0.0)
    axes.fill_between(times, 100 * share, color=colours.left, alpha=0.25, linewidth=0, step="mid")
    axes.step(times, 100 * share, color=colours.left, linewidth=1.2, where="mid")
    axes.set_ylim(-3, 103)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])


def _time_axis(axes: Any, marks: Sequence[float], colours: _Colours) -> None:
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


def _svg(figure: Any, description: str) -> str:
    """Write an SVG for use inside a page: its text in the page's font, its colours the page's."""
    import matplotlib as mpl
    from markupsafe import escape

    target = io.StringIO()
    empty = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": description}):
        figure.savefig(target, format="svg", transparent=True, metadata=empty)
    text = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>", "", target.getvalue(), flags=re.S)
    # What nothing refers to would only clash with the other plots of the page.
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = re.sub(r"font: ([\d.]+px)[^;\"]*", r"font-size: \1", text)
    for field in fields(_Colours):
        text = text.replace(getattr(_STAND_INS, field.name), getattr(_PAGE, field.name))
    (box,) = re.findall(r'viewBox="([^"]*)"', text)
    body = text[text.index(">", text.index("<svg")) + 1 :]
    return f'<svg viewBox="{box}" role="img" aria-label="{escape(description)}">{body}'


def _png(figure: Any) -> bytes:
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=110, facecolor="white", metadata={"Software": None})
    return target.getvalue()
