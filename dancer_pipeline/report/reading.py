"""Reading the stored tables for the report: frames, who was seen, which angle counts.

Any table may be missing: a report is made of what there is.
"""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.findings.rules import read_rules

SEEN = 0.5
"""From this confidence on a keypoint counts as seen."""


def frame_times(pose_keypoints: pd.DataFrame | None) -> "pd.Series[float]":
    """Time of each analysed frame, by frame number."""
    if pose_keypoints is None or pose_keypoints.empty:
        return pd.Series(dtype=float)
    return pose_keypoints.groupby("frame")["time_s"].first().sort_index()


def frames_with_person(pose_keypoints: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a person was found, by frame number."""
    return pose_keypoints["confidence"].notna().groupby(pose_keypoints["frame"]).any().sort_index()


def is_somebody(pose_keypoints: pd.DataFrame | None) -> bool:
    """Whether a person was found often enough for anything to be said about them."""
    if pose_keypoints is None or pose_keypoints.empty:
        return True  # not known: then the metrics have the word
    share = float(frames_with_person(pose_keypoints).mean())
    return share >= read_rules().somebody.at_least


def shown_angles(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Joint angles with the one to show as `angle_deg`.

    From the side that is the angle in the picture, else the one from estimated depth, as the
    range of motion is measured. Where that was refused there is none: a curve would say what the
    number may not.
    """
    angles = tables.get("joint_angles")
    if angles is None:
        return None
    view = cell(tables.get("camera_view"), "view")
    column = "image_deg" if view in {"sagittal", None} else "world_deg"
    shown = angles.reset_index(drop=True).assign(angle_deg=lambda rows: rows[column])
    joints = set(shown["joint"])
    refused = {
        (joint_of(row["metric"], joints), row["side"])
        for row in records(tables.get("pose_metrics"))
        if row["metric"].endswith("_range") and row["status"] == "refused"
    }
    keys = zip(shown["joint"], shown["side"], strict=True)
    return shown[np.array([key not in refused for key in keys], dtype=bool)]


def joint_of(metric: str, joints: Collection[str]) -> str:
    """Return the joint that a range is of: `shoulder_elevation_range` is the shoulder's."""
    joint = metric.removesuffix("_range")
    return joint if joint in joints else joint.split("_")[0]


def beat_frames(tables: Mapping[str, pd.DataFrame]) -> list[int]:
    """Frames of the beats of a dance: those that show how even they are."""
    for row in records(tables.get("pose_metrics")):
        if row["metric"] == "beat_evenness":
            return list(row["evidence_frames"])
    return []


def cell(table: pd.DataFrame | None, column: str) -> Any:
    """Value in the first row, or None where there is no such table, row, column or value."""
    if table is None or table.empty or column not in table:
        return None
    return plain(table[column].iloc[0])


def plain(value: Any) -> Any:
    """Turn a value of a table into what JSON knows; what is missing or not finite becomes None."""
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)


def records(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Rows of a table, ready for JSON."""
    if table is None:
        return []
    return [
        {str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")
    ]
