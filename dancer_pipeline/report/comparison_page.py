"""The page about two videos of one movement: what differs, and what is no difference.

Pure: tables in, text out. It needs nothing beside itself, like the report of one video.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dancer_pipeline.comparison.videos import WHOLE
from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.report.comparison_plots import phase_plots
from dancer_pipeline.report.page import printable
from dancer_pipeline.report.reading import records
from dancer_pipeline.report.templates import template
from dancer_pipeline.report.wording import metric_label, plainly, reason

_WALKS = ("walk", "run")
_MOMENTS = {
    "start": "at the start", "turn": "at the turning point", "end": "at the end",
    "range": "range of movement", "highest": "at the most",
}  # fmt: skip
_CLOSE = "Differences that error or chance may explain"


def comparison_page(
    differences: pd.DataFrame, curves: pd.DataFrame, *, titles: tuple[str, str]
) -> str:
    """Write the page.

    Parameters
    ----------
    differences, curves
        Rows of `VIDEO_COMPARISON` and of `VIDEO_COMPARISON_CURVES`.
    titles
        What the two videos are called, usually their file names.
    """
    rows = records(differences)
    refusals = [(reason(one["reasons"][0]).title, one["advice"]) for one in _of_whole(rows)]
    compared = [line(one) for one in rows if one["mdc"] is not None]
    beyond = [one for one in compared if one["is_beyond"]]
    within = [one for one in compared if not one["is_beyond"]]
    headline, detail = _verdict(refusals, beyond, compared)
    exercise = rows[0]["exercise"] or "" if rows else ""
    return str(
        template("comparison.html").render(
            title=printable(" and ".join(titles)),
            titles=[printable(one) for one in titles],
            state="failed" if refusals else "complete",
            headline=headline,
            detail=detail,
            facts=_facts(rows, exercise),
            refusals=refusals,
            beyond=beyond,
            others={_CLOSE: within} if within else {},
            timing=_timing(rows),
            gaps=_gaps(rows),
            plots=phase_plots(curves, is_walk=exercise in _WALKS),
            is_walk=exercise in _WALKS,
        )
    )


def line(row: Mapping[str, Any]) -> dict[str, Any]:
    """Put one difference into words: its label, both values, how far apart, from when it counts."""
    unit = row["unit"]
    return {
        "label": label(row),
        "first": in_words(row["value_a"], unit),
        "second": in_words(row["value_b"], unit),
        "difference": _signed(row["difference"], unit),
        "mdc": in_words(row["mdc"], unit),
        "is_beyond": bool(row["is_beyond"]),
        "status": row["status"],
    }


def label(row: Mapping[str, Any]) -> str:
    """Name what is compared: `Knee flexion, left, at the turning point`."""
    moment = _MOMENTS.get(row["landmark"] or "")
    return ", ".join(filter(None, [metric_label(row["quantity"]), row["side"], moment]))


def _signed(difference: float, unit: str) -> str:
    words = in_words(abs(difference), unit)
    if words == in_words(0.0, unit):
        return words
    return f"{'+' if difference > 0 else '−'}{words}"  # noqa: RUF001 - a minus, not a hyphen


def _verdict(
    refusals: list[Any], beyond: list[dict[str, Any]], compared: list[Any]
) -> tuple[str, str]:
    if refusals:
        return "These two videos cannot be compared", (
            "They would differ for reasons that are not the movement. Below is what stands "
            "against it, and what to do."
        )
    checked = f"{len(compared)} quantities were compared."
    if not beyond:
        return "No difference that can be told", checked
    count = "One difference" if len(beyond) == 1 else f"{len(beyond)} differences"
    return f"{count} beyond error and chance", f"{checked} Second less first: + is more."


def _facts(rows: list[dict[str, Any]], exercise: str) -> list[tuple[str, str]]:
    counted = [one for one in rows if one["landmark"] and one["status"] != "refused"]
    if not counted:
        return []
    what = "Strides" if exercise in _WALKS else "Repetitions"
    counts = f"{counted[0]['n_a']} and {counted[0]['n_b']}"
    return [("Movement", plainly(exercise)), (what, counts)]


def _timing(rows: list[dict[str, Any]]) -> str | None:
    shares = [one["difference"] for one in rows if one["quantity"] == "timing"]
    if not shares:
        return None
    return (
        "Laid over each other from start to end alone, moments of the movement lie "
        f"{shares[0]:.0f} % of its duration apart on average."
    )


def _gaps(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Sentences, each with what it is about."""
    gaps: dict[str, list[str]] = {}
    for one in rows:
        if one["status"] == "refused" and one["quantity"] != WHOLE:
            gaps.setdefault(one["advice"], []).append(label(one))
    return gaps


def _of_whole(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in rows if one["quantity"] == WHOLE]
