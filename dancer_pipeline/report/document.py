"""The report as data: one document per video, strict JSON, for programs.

Its shape is `{video, pose: {pose_summary}, metrics, findings, repetitions, happenings, report}`.
What the uploader said is `video.upload_options`, what it all comes to is `report.overview`, what
is done when (bouts, steps, swings, places on the court) is in `happenings`, by table.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.metrics import ANALYSIS_FAILED
from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.report.overview import overview
from dancer_pipeline.report.reading import (
    SEEN,
    frame_times,
    frames_with_person,
    plain,
    records,
)
from dancer_pipeline.states import Outcome

HAPPENINGS = ("activity", "gait_events", "repetition_form", "swings", "court_positions")
"""Tables of what is done when, and where."""

OUTCOMES = tuple(it for it in Outcome if it is not Outcome.UNFINISHED)
"""How an analysis can have ended."""


def report_json(
    tables: Mapping[str, pd.DataFrame],
    *,
    outcome: str,
    title: str,
    reason: str | None = None,
    missing: Mapping[str, str] | None = None,
    include_frames: bool = False,
) -> dict[str, Any]:
    """Put the tables of one video into one document, without NaN and infinity.

    Parameters
    ----------
    tables
        The stored tables by name; any may be missing.
    outcome
        One of `OUTCOMES`.
    title
        What the video is called, usually its file name.
    reason, missing
        Why it is not complete, in a sentence; the analyses that failed, each with the reason.
    include_frames
        Add the keypoints of every frame, which makes the document large.
    """
    keypoints = tables.get("pose_keypoints")
    pose: dict[str, Any] = {"pose_summary": pose_summary(keypoints)}
    if include_frames:
        pose["frames"] = _frames(keypoints)
    metrics = records(tables.get("pose_metrics"))
    findings = _findings(tables.get("findings"), frame_times(keypoints))
    return {
        "video": {
            "title": title,
            **_first(tables.get("source_video")),
            "upload_options": _first(tables.get("upload_options")),
        },
        "pose": pose,
        "metrics": metrics,
        "findings": findings,
        "repetitions": records(tables.get("repetitions")),
        "happenings": {name: records(tables.get(name)) for name in HAPPENINGS},
        "report": _ending(outcome, reason)
        | {
            "overview": overview(findings, metrics),
            "missing_analyses": _missing(tables.get("pose_metrics"), missing or {}),
        },
    }


def pose_summary(pose_keypoints: pd.DataFrame | None) -> dict[str, Any]:
    """Say in a few numbers how well the person could be followed; nulls where nothing is known."""
    times = frame_times(pose_keypoints)
    if pose_keypoints is None or times.empty:
        return {"frames": 0, "frames_with_person": 0, "person_found_share": None}
    found = frames_with_person(pose_keypoints)
    seen = (pose_keypoints["confidence"] >= SEEN).groupby(pose_keypoints["keypoint"], observed=True)
    span_s = float(times.iloc[-1] - times.iloc[0])
    return {
        "frames": len(times),
        "frames_with_person": int(found.sum()),
        "person_found_share": float(found.mean()),
        "first_time_s": float(times.iloc[0]),
        "last_time_s": float(times.iloc[-1]),
        "frame_rate_hz": (len(times) - 1) / span_s if span_s > 0 else None,
        "mean_confidence": plain(pose_keypoints["confidence"].mean()),
        "seen_share_by_keypoint": {str(name): float(share) for name, share in seen.mean().items()},
    }


def _first(table: pd.DataFrame | None) -> dict[str, Any]:
    return next(iter(records(table)), {})


def _ending(outcome: str, reason: str | None) -> dict[str, Any]:
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome {outcome!r} is not one of {', '.join(OUTCOMES)}")
    return {"outcome": str(outcome), "reason": reason}


def _missing(pose_metrics: pd.DataFrame | None, missing: Mapping[str, str]) -> list[dict[str, str]]:
    """Name the analyses that failed: those given, and those that left a row saying so."""
    failed = {
        row["analysis"]: row["advice"] or ""
        for row in records(pose_metrics)
        if ANALYSIS_FAILED in row["reasons"]
    }
    return [
        {"analysis": one, "reason": why} for one, why in sorted((failed | dict(missing)).items())
    ]


def _findings(findings: pd.DataFrame | None, times: "pd.Series[float]") -> list[dict[str, Any]]:
    """Give each finding the times of its evidence beside the frame numbers."""
    rows = records(findings)
    for row in rows:
        row["evidence_times_s"] = [plain(times.get(frame)) for frame in row["evidence_frames"]]
    return rows


def _frames(pose_keypoints: pd.DataFrame | None) -> list[dict[str, Any]]:
    if pose_keypoints is None or pose_keypoints.empty:
        return []
    columns = ["x_px", "y_px", "confidence"]
    order = (
        pose_keypoints["keypoint"].astype(str).map({name: i for i, name in enumerate(KEYPOINTS)})
    )
    rows = pose_keypoints.assign(order=order).sort_values(["frame", "order"])
    values = rows[columns].to_numpy(dtype=float).round(3).reshape(-1, len(KEYPOINTS), len(columns))
    heads = rows.iloc[:: len(KEYPOINTS)][["frame", "time_s"]].itertuples(index=False)
    return [
        {
            "frame": int(frame),
            "time_s": float(time_s),
            "keypoints": dict(zip(KEYPOINTS, body.tolist(), strict=True))
            if np.isfinite(body).all()
            else None,
        }
        for (frame, time_s), body in zip(heads, values, strict=True)
    ]
