"""The report: one HTML page that needs nothing beside itself, and one JSON document.

Pure: tables and pictures in, text out. Everything that came from a file is escaped; the page may
load nothing and run nothing, which its content policy also says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dancer_pipeline.outcome import RECORDING
from dancer_pipeline.report.content import (
    facts,
    finding_cards,
    methods,
    said,
    verdict,
    week,
)
from dancer_pipeline.report.document import report_json
from dancer_pipeline.report.gaps import absent, gaps
from dancer_pipeline.report.happenings import happenings
from dancer_pipeline.report.highlights import (
    analysis_named,
    highlights,
    is_beside,
    main_analysis,
    movement,
)
from dancer_pipeline.report.numbers import RANGES, groups, notes, without_court
from dancer_pipeline.report.pictures import KeyFrame, Picture, pictures_of
from dancer_pipeline.report.reading import (
    frame_times,
    frames_with_person,
    is_somebody,
    shown_angles,
)
from dancer_pipeline.report.repetition_table import repetition_table
from dancer_pipeline.report.templates import template
from dancer_pipeline.report.wording import analysis_label
from dancer_pipeline.states import Outcome

MEASURED = (Outcome.COMPLETE, Outcome.PARTIAL)
"""Outcomes with numbers to show."""

_SEEN_NEARLY_ALWAYS = 0.95


@dataclass(frozen=True)
class Report:
    """What a person reads and what a program reads."""

    html: str
    document: dict[str, Any]


def report(
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str,
    outcome: str,
    reason: str | None = None,
    key_frames: Sequence[KeyFrame] = (),
    missing: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    include_frames: bool = False,
) -> Report:
    """Write the report of one video.

    Parameters
    ----------
    tables, title, outcome, reason, missing, include_frames
        As those of `report_json`.
    key_frames
        The pictures of `key_moments`, cut from the preview at any scale.
    versions
        What else was used and in which version, for example the pose model.
    """
    document = report_json(
        tables, outcome=outcome, title=title, reason=reason, missing=missing,
        include_frames=include_frames,
    )  # fmt: skip
    state = _state(document, tables)
    pictures = list(pictures_of(tables, key_frames))
    return Report(_page(document, state, tables, pictures, versions or {}), document)


def _page(
    document: dict[str, Any],
    state: str,
    tables: Mapping[str, pd.DataFrame],
    pictures: list[Picture],
    versions: Mapping[str, str],
) -> str:
    is_measured = state in MEASURED
    headline, detail = verdict(document, state)
    metrics = document["metrics"] if is_measured else []
    options = document["video"]["upload_options"]
    shown = {picture.frame: picture.number for picture in pictures}
    filled = template("page.html").render(
        title=printable(document["video"]["title"]),
        state=state,
        headline=headline,
        detail=detail,
        facts=facts(document["video"], document["pose"]["pose_summary"]),
        said=said(options),
        problems=options.get("problems", []),
        pictures=pictures,
        findings=list(finding_cards(document["findings"], shown)) if is_measured else [],
        is_narrow=any(one.is_narrow for one in pictures),
        plots=_plots(tables, [picture.time_s for picture in pictures], state),
        overview=document["report"]["overview"],
        week=week(document["report"]["overview"]["plan"]),
        repetitions=repetition_table(tables, document["findings"]) if is_measured else None,
        legend=happenings(tables).legend,
        missing=[
            (analysis_label(one["analysis"]), one["reason"])
            for one in document["report"]["missing_analyses"]
        ],
        methods=methods(document, versions),
        **_numbers(document, metrics, options.get("exercise")),
    )
    return str(filled)


def _numbers(
    document: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]], exercise: str | None
) -> dict[str, Any]:
    """Lay out what was measured, and what was not."""
    main = main_analysis(metrics, exercise)
    measured = groups(metrics, main)
    movements, court = without_court(
        [one for one in measured if one.analysis not in (RANGES, RECORDING)]
    )
    return {
        "movement": movement(document, metrics, exercise) if metrics else "",
        "highlights": highlights(measured, main),
        "groups": [one for one in movements if not is_beside(one, main)],
        "beside": [one for one in movements if is_beside(one, main)],
        "court": court,
        "ranges": [one for one in measured if one.analysis == RANGES],
        "recording": [one for one in measured if one.analysis == RECORDING],
        "notes": notes(measured),
        "gaps": gaps(metrics, analysis_named(exercise)),
        "absent": absent(metrics, analysis_named(exercise)),
    }


def printable(name: str) -> str:
    """Put a visible sign in place of control and direction marks, so that a name cannot lie."""
    joiner = "\u200d"  # holds the parts of one emoji together
    return "".join(one if one.isprintable() or one == joiner else "\ufffd" for one in name)


def _state(document: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> str:
    """Tell what the page is about: an analysis may be complete and yet have seen nobody."""
    outcome = str(document["report"]["outcome"])
    if outcome == "failed" or is_somebody(tables.get("pose_keypoints")):
        return outcome
    return "nothing_measured"


def _plots(
    tables: Mapping[str, pd.DataFrame], marks: Sequence[float], state: str
) -> dict[str, Any]:
    from dancer_pipeline.report.court_plot import court_plot
    from dancer_pipeline.report.plots import angle_plots, presence_plot
    from dancer_pipeline.report.repetition_plots import repetition_plots

    keypoints, angles = tables.get("pose_keypoints"), shown_angles(tables)
    presence = None
    if keypoints is not None and _is_lost(keypoints):
        presence = presence_plot(keypoints, marks)
    if state not in MEASURED:
        return {"presence": presence, "angles": [], "court": None, "repetitions": []}
    return {
        "presence": presence,
        "angles": [] if angles is None else angle_plots(angles, marks, happenings(tables)),
        "court": court_plot(tables.get("court_positions")),
        "repetitions": repetition_plots(tables.get("repetitions")),
    }


def _is_lost(keypoints: pd.DataFrame) -> bool:
    """Whether the person is out of the picture long enough to be worth a plot."""
    if len(frame_times(keypoints)) < 2:
        return False
    return float(frames_with_person(keypoints).mean()) < _SEEN_NEARLY_ALWAYS
