"""Which moments of a video are worth a picture. Pure: no pixels here."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.report.reading import (
    SEEN,
    beat_frames,
    frame_times,
    frames_with_person,
    is_somebody,
    joint_of,
    records,
    shown_angles,
)
from dancer_pipeline.report.wording import metric_label, plainly

_OF_NOBODY = 3


class Moment(NamedTuple):
    """A frame worth showing, and why."""

    time_s: float
    frame: int
    caption: str
    metrics: tuple[str, ...] = ()
    """The numbers that the findings are about which it shows."""


def key_moments(tables: Mapping[str, pd.DataFrame], *, most: int | None = None) -> list[Moment]:
    """Choose the frames to show, in the order of time.

    What the findings rest on comes first, then the extremes of the joints that move most, then
    frames evenly spread over the time in which a person was found. Where it is not said how many
    (`most`) there are six, and up to nine where so many findings want one.
    """
    if most is None:
        is_seen = is_somebody(tables.get("pose_keypoints"))
        most = min(9, max(6, len(records(tables.get("findings"))))) if is_seen else _OF_NOBODY
    times = frame_times(tables.get("pose_keypoints"))
    if times.empty:
        return []
    apart_s = (times.iloc[-1] - times.iloc[0]) / (3 * most)
    shows = _findings_by_frame(tables)
    chosen: list[Moment] = []
    for frame, caption, metric in _candidates(tables, times):
        time_s = float(times.get(frame, np.nan))
        if np.isfinite(time_s) and all(abs(time_s - one.time_s) > apart_s for one in chosen):
            shown = tuple(dict.fromkeys(filter(None, (metric, *shows.get(frame, ())))))
            chosen.append(Moment(time_s, frame, caption, shown))
        if len(chosen) >= most:
            break
    return sorted(chosen)


_Candidate = tuple[int, str, str | None]


def _candidates(
    tables: Mapping[str, pd.DataFrame], times: "pd.Series[float]"
) -> Iterator[_Candidate]:
    keypoints = tables["pose_keypoints"]
    if not is_somebody(keypoints):
        yield from _spread(times, "Not measured")
        return
    yield from _of_findings(tables)
    yield from _of_happenings(tables)
    yield from _of_angles(shown_angles(tables))
    found = frames_with_person(keypoints)
    yield from _spread(times[found[found].index], "The movement")


def _of_findings(tables: Mapping[str, pd.DataFrame], *, most_each: int = 3) -> Iterator[_Candidate]:
    """One frame of each finding in turn, so that none takes all the pictures."""
    angles, form = shown_angles(tables), records(tables.get("repetition_form"))
    shows = _findings_by_frame(tables)
    frames = (
        [(row, one) for one in row["evidence_frames"][:most_each]]
        for row in records(tables.get("findings"))
    )
    for turn in zip_longest(*frames):
        for row, frame in filter(None, turn):
            caption = _repetition_at(frame, shows[frame], form)
            caption = caption or _angles_at(frame, row["metric"], angles) or row["headline"]
            yield frame, caption, row["metric"]


def _findings_by_frame(tables: Mapping[str, pd.DataFrame]) -> dict[int, list[str]]:
    """Metrics of the findings that a frame shows."""
    shows: dict[int, list[str]] = {}
    for row in records(tables.get("findings")):
        for frame in row["evidence_frames"]:
            shows.setdefault(frame, []).append(row["metric"])
    return shows


def _repetition_at(frame: int, measures: list[str], form: list[dict[str, Any]]) -> str:
    """Say the repetition and its measures, or nothing where there is none at that frame."""
    rows = [
        row
        for measure in measures
        for row in form
        if (row["frame"], row["measure"]) == (frame, measure) and row["value"] is not None
    ]
    said = [
        f"{metric_label(row['measure']).lower()} {in_words(row['value'], row['unit'])}"
        for row in rows
    ]
    return f"Repetition {rows[0]['repetition']}: {'; '.join(said)}" if rows else ""


def _angles_at(frame: int, metric: str, angles: pd.DataFrame | None) -> str:
    """Say the angles of the joint that a finding is about, or nothing where it is about none."""
    if angles is None:
        return ""
    joint = joint_of(metric, set(angles["joint"]))
    rows = angles[(angles["frame"] == frame) & (angles["joint"] == joint)].dropna(
        subset="angle_deg"
    )
    sides = (f"{row['side']} {round(row['angle_deg'])}°" for row in records(rows))
    words = ", ".join(sides)
    return f"{plainly(joint)}: {words}" if words else ""


def _of_happenings(tables: Mapping[str, pd.DataFrame]) -> Iterator[_Candidate]:
    """Offer turning points, contacts of the heels, swings, beats: what a coach looks at."""
    for row in _spaced(records(tables.get("repetitions"))):
        yield row["turn_frame"], f"Repetition {row['repetition']}: turning point", None
    for row in records(tables.get("repetitions"))[:1]:
        yield row["start_frame"], f"Repetition {row['repetition']}: start", None
    events = records(tables.get("gait_events"))
    strikes = [
        _spaced([row for row in events if (row["side"], row["event"]) == (side, "heel_strike")])
        for side in ("left", "right")
    ]
    for row in (one for turn in zip_longest(*strikes) for one in turn if one):
        yield row["frame"], f"The {row['side']} heel meets the floor", None
    swings = [row for row in records(tables.get("swings")) if row["peak_frame"] is not None]
    for row in _spaced(swings):
        yield row["peak_frame"], f"Swing {row['swing']}: the hand at its fastest", None
    beats = list(enumerate(beat_frames(tables), 1))
    # An odd step: every other beat looks like the one before.
    for number, frame in beats[:: len(beats) // 6 | 1]:
        yield frame, f"Beat {number} of the dance", None


def _spaced(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pick the middle one, the first and the last."""
    places = dict.fromkeys((len(rows) // 2, 0, len(rows) - 1)) if rows else {}
    return [rows[place] for place in places]


def _of_angles(angles: pd.DataFrame | None) -> Iterator[_Candidate]:
    if angles is None or angles.empty:
        return
    seen = angles[angles["confidence"] >= SEEN].dropna(subset=["angle_deg"])
    groups = [group for _, group in seen.groupby(["joint", "side"], observed=True)]
    groups.sort(key=lambda group: -float(np.ptp(group["angle_deg"])))
    for group in groups:
        ordered = records(group.sort_values("angle_deg", kind="stable"))
        for row in (ordered[-1], ordered[0]):
            caption = plainly(f"{row['side']} {row['joint']} at {round(row['angle_deg'])}°")
            yield row["frame"], caption, None


def _spread(times: "pd.Series[float]", caption: str) -> Iterator[_Candidate]:
    """Evenly over the time: the middles of halves, of quarters, and so on."""
    for parts in (1, 2, 4, 8, 16):
        for part in range(parts):
            place = (2 * part + 1) * (len(times) - 1) / (2 * parts)
            yield int(times.index[round(place)]), caption, None
