"""Which moments of a video are worth a picture. Pure: no pixels here."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import pandas as pd

from dancer_pipeline.report.reading import (
    SEEN,
    frame_times,
    frames_with_person,
    is_somebody,
    joint_of,
    records,
    shown_angles,
)
from dancer_pipeline.report.wording import plainly


class Moment(NamedTuple):
    """A frame worth showing, and why."""

    time_s: float
    frame: int
    caption: str


def key_moments(tables: Mapping[str, pd.DataFrame], *, most: int = 6) -> list[Moment]:
    """Choose the frames to show, in the order of time.

    What the findings rest on comes first, then the extremes of the joints that move most, then
    frames evenly spread over the time in which a person was found.
    """
    times = frame_times(tables.get("pose_keypoints"))
    if times.empty:
        return []
    apart_s = (times.iloc[-1] - times.iloc[0]) / (3 * most)
    chosen: list[Moment] = []
    for frame, caption in _candidates(tables, times):
        time_s = float(times.get(frame, np.nan))
        if np.isfinite(time_s) and all(abs(time_s - one.time_s) > apart_s for one in chosen):
            chosen.append(Moment(time_s, frame, caption))
        if len(chosen) >= most:
            break
    return sorted(chosen)


def _candidates(
    tables: Mapping[str, pd.DataFrame], times: "pd.Series[float]"
) -> Iterator[tuple[int, str]]:
    keypoints = tables["pose_keypoints"]
    if not is_somebody(keypoints):
        yield from _spread(times, "Not measured")
        return
    yield from _of_findings(tables.get("findings"), shown_angles(tables))
    yield from _of_angles(shown_angles(tables))
    found = frames_with_person(keypoints)
    yield from _spread(times[found[found].index], "The movement")


def _of_findings(
    findings: pd.DataFrame | None, angles: pd.DataFrame | None, *, most_each: int = 3
) -> Iterator[tuple[int, str]]:
    """One frame of each finding in turn, so that none takes all the pictures."""
    frames = (
        [(row, one) for one in row["evidence_frames"][:most_each]] for row in records(findings)
    )
    for turn in zip_longest(*frames):
        for row, frame in filter(None, turn):
            yield frame, _angles_at(frame, row["metric"], angles) or row["headline"]


def _angles_at(frame: int, metric: str, angles: pd.DataFrame | None) -> str:
    """Say the angles of the joint that a finding is about, or nothing where it is about none."""
    if angles is None:
        return ""
    joint = joint_of(metric, set(angles["joint"]))
    rows = angles[(angles["frame"] == frame) & (angles["joint"] == joint)].dropna(
        subset="angle_deg"
    )
    sides = (f"{row['side']} {row['angle_deg']:.0f}°" for row in records(rows))
    words = ", ".join(sides)
    return f"{plainly(joint)}: {words}" if words else ""


def _of_angles(angles: pd.DataFrame | None) -> Iterator[tuple[int, str]]:
    if angles is None or angles.empty:
        return
    seen = angles[angles["confidence"] >= SEEN].dropna(subset=["angle_deg"])
    groups = [group for _, group in seen.groupby(["joint", "side"], observed=True)]
    groups.sort(key=lambda group: -float(np.ptp(group["angle_deg"])))
    for group in groups:
        ordered = records(group.sort_values("angle_deg", kind="stable"))
        for row in (ordered[-1], ordered[0]):
            yield row["frame"], plainly(f"{row['side']} {row['joint']} at {row['angle_deg']:.0f}°")


def _spread(times: "pd.Series[float]", caption: str) -> Iterator[tuple[int, str]]:
    """Evenly over the time: the middles of halves, of quarters, and so on."""
    for parts in (1, 2, 4, 8, 16):
        for part in range(parts):
            place = (2 * part + 1) * (len(times) - 1) / (2 * parts)
            yield int(times.index[round(place)]), caption
