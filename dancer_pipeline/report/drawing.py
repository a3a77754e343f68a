"""What every plot is drawn with: its colours, its axes, and how it becomes SVG or PNG.

Matplotlib is imported only when a plot is drawn, and never through pyplot, so that drawing has no
global state and no window.
"""

import io
import re
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Colours:
    """The four colours of a plot."""

    left: str
    right: str
    ink: str
    grid: str


STAND_INS = Colours("#010a01", "#010a02", "#010a03", "#010a04")
"""Colours that no plot contains by chance: the page puts its own in their place."""

_PAGE = Colours("var(--left)", "var(--right)", "var(--muted)", "var(--line)")
WHITE = Colours("#1769c2", "#c05a00", "#3a4650", "#d9dee2")
"""On white paper, for pictures."""


@dataclass(frozen=True)
class Plot:
    """One plot of the page: what it shows, in words, and as SVG."""

    title: str
    description: str
    svg: str


def figure_of(
    width: float, height: float, colours: Colours, rows: int = 1
) -> tuple[Any, list[Any]]:
    """Begin a plot of so many inches, with so many pairs of axes above one another."""
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


def svg(figure: Any, description: str) -> str:
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
    for field in fields(Colours):
        text = text.replace(getattr(STAND_INS, field.name), getattr(_PAGE, field.name))
    (box,) = re.findall(r'viewBox="([^"]*)"', text)
    body = text[text.index(">", text.index("<svg")) + 1 :]
    return f'<svg viewBox="{box}" role="img" aria-label="{escape(description)}">{body}'


def png(figure: Any) -> bytes:
    """Write a PNG picture on white."""
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=110, facecolor="white", metadata={"Software": None})
    return target.getvalue()
