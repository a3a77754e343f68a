"""The report: one HTML page that needs nothing beside itself, and one JSON document.

Pure: tables and pictures in, text out. Everything that came from a file is escaped; the page may
load nothing and run nothing, which its content policy also says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.report.content import (
    facts,
    finding_cards,
    methods,
    notes,
    other_numbers,
    ranges,
    said,
    verdict,
)
from dancer_pipeline.report.document import report_json
from dancer_pipeline.report.gaps import absent, gaps
from dancer_pipeline.report.happenings import happenings
from dancer_pipeline.report.marked_lines import lines_of
from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.reading import cell, frame_times, is_somebody, shown_angles
from dancer_pipeline.report.repetition_table import repetition_table
from dancer_pipeline.report.wording import analysis_label

KeyFrame = tuple[int, float, NDArray[np.uint8]]
"""Frame number, time in seconds, and the RGB picture."""


MEASURED = ("complete", "partial")
"""Outcomes with numbers to show."""


@dataclass(frozen=True)
class Report:
    """What a person reads and what a program reads."""

    html: str
    document: dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """A key frame on the page."""

    number: int
    frame: int
    time_s: float
    caption: str
    uri: str
    is_narrow: bool


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
    tables
        The stored tables by name; any may be missing.
    title
        What the video is called, usually its file name.
    outcome
        `complete`, `partial`, `nothing_measured` or `failed`.
    reason
        Why the video failed, in a sentence.
    key_frames
        The pictures of `key_moments`, cut from the preview at any scale.
    missing
        The analyses that failed, each with the reason.
    versions
        What else was used and in which version, for example the pose model.
    include_frames
        Add the keypoints of every frame to the document.
    """
    document = report_json(
        tables, outcome=outcome, title=title, reason=reason, missing=missing,
        include_frames=include_frames,
    )  # fmt: skip
    state = _state(document, tables)
    pictures = list(_pictures(tables, key_frames))
    return Report(_page(document, state, tables, pictures, versions or {}), document)


def report_page(document: Mapping[str, Any], **parts: Any) -> str:
    """Render the template with a document and the parts that are drawn: pictures and plots."""
    return str(_template().render(document=document, css=_text("page.css"), **parts))


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
    joints, others = ranges(metrics), other_numbers(metrics)
    options = document["video"]["upload_options"]
    numbers = {picture.frame: picture.number for picture in pictures}
    return report_page(
        document,
        title=printable(document["video"]["title"]),
        state=state,
        headline=headline,
        detail=detail,
        facts=facts(document["video"], document["pose"]["pose_summary"]),
        said=said(options),
        problems=options.get("problems", []),
        pictures=pictures,
        findings=list(finding_cards(document["findings"], numbers)) if is_measured else [],
        is_narrow=any(one.is_narrow for one in pictures),
        plots=_plots(tables, [picture.time_s for picture in pictures], state),
        ranges=joints,
        notes=notes(one for group in (*joints.values(), *others.values()) for one in group),
        numbers=others,
        overview=document["report"]["overview"],
        repetitions=repetition_table(tables, document["findings"]) if is_measured else None,
        legend=happenings(tables).legend,
        gaps=gaps(metrics),
        absent=absent(metrics),
        missing=[
            (analysis_label(one["analysis"]), one["reason"])
            for one in document["report"]["missing_analyses"]
        ],
        methods=methods(document, versions),
    )


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


def _pictures(
    tables: Mapping[str, pd.DataFrame], key_frames: Sequence[KeyFrame]
) -> Iterator[Picture]:
    from dancer_pipeline.report.skeleton import annotated, closer, jpeg_uri

    moments = {one.frame: one for one in key_moments(tables, most=len(key_frames) or 1)}
    ordered = sorted(key_frames, key=lambda one: one[1])
    bodies = [_body(tables, frame, image) for frame, _, image in ordered]
    drawn = [
        annotated(image, body, lines_of(moments[frame].metric if frame in moments else None))
        for (frame, _, image), body in zip(ordered, bodies, strict=True)
    ]
    for number, image in enumerate(closer(drawn, bodies), 1):
        frame, time_s, _ = ordered[number - 1]
        caption = moments[frame].caption if frame in moments else "The movement"
        is_narrow = image.shape[1] < 1.1 * image.shape[0]
        yield Picture(number, frame, time_s, caption, jpeg_uri(image), is_narrow)


def _body(
    tables: Mapping[str, pd.DataFrame], frame: int, image: NDArray[np.uint8]
) -> pd.DataFrame | None:
    """Keypoints of one frame in pixels of the picture, where there is somebody to draw."""
    keypoints = tables.get("pose_keypoints")
    if keypoints is None or not is_somebody(keypoints):
        return None
    rows = keypoints[keypoints["frame"] == frame].copy()
    rows[["x_px", "y_px"]] *= _scale(tables, image)
    return rows


def _scale(tables: Mapping[str, pd.DataFrame], image: NDArray[np.uint8]) -> float:
    """Width of the picture over the width that keypoints refer to."""
    width_px = cell(tables.get("source_video"), "display_width_px")
    return image.shape[1] / width_px if width_px else 1.0


def _plots(
    tables: Mapping[str, pd.DataFrame], marks: Sequence[float], state: str
) -> dict[str, Any]:
    from dancer_pipeline.report.court_plot import court_plot
    from dancer_pipeline.report.plots import angle_plots, presence_plot

    keypoints, angles = tables.get("pose_keypoints"), shown_angles(tables)
    has_time = keypoints is not None and len(frame_times(keypoints)) > 1
    drawn = [] if state not in MEASURED or angles is None else angle_plots(
        angles, marks, happenings(tables)
    )  # fmt: skip
    return {
        "presence": presence_plot(keypoints, marks) if keypoints is not None and has_time else None,
        "angles": drawn,
        "court": court_plot(tables.get("court_positions")) if state in MEASURED else None,
    }


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_text("page.html"))


def _text(name: str) -> str:
    return (files("dancer_pipeline.report") / name).read_text(encoding="utf-8")
