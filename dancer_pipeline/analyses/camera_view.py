"""From which side the camera looks at the person: what a picture can show depends on it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.metrics import judged, judgement, refusal
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.body_parts import TRUNK
from dancer_pipeline.signals.geometry import circular_median_deg, torso_length
from dancer_pipeline.signals.heading import folded_deg, near_side_of, view_of
from dancer_pipeline.signals.mirroring import unmirrored
from dancer_pipeline.signals.tracks import MIN_CONFIDENCE, Flags, Floats, Tracks, tracks
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "2"

TABLE = Table(
    "camera_view",
    "One row per video: from which side the camera looks at the person.",
    (
        Column("view", LABEL, "sagittal, frontal, back or oblique", nullable=True),
        Column("yaw_deg", pa.float64(), "0 from the front, -90 at the left side", nullable=True),
        Column("yaw_iqr_deg", pa.float64(), "spread of the yaw over the frames", nullable=True),
        Column(
            "shoulder_to_torso",
            pa.float64(),
            "width of the shoulders over length of the torso, in the picture",
            nullable=True,
        ),
        Column("near_side", LABEL, "the side towards the camera in a side view", nullable=True),
        Column("n", pa.int32(), "frames that it rests on"),
        *judgement(),
    ),
)

_FRONTAL_RATIO = 0.67
"""Shoulder width over torso length of a person seen from the front, in the picture."""


@dataclass(frozen=True)
class _View:
    yaw_deg: float
    yaw_iqr_deg: float
    ratio: float
    n: int


def camera_view(
    pose_keypoints: pd.DataFrame,
    upload_options: pd.DataFrame,
    *,
    max_iqr_deg: float = 25.0,
    max_disagreement_deg: float = 15.0,
    min_frames: int = 3,
    min_person_share: float = 0.6,
) -> pd.DataFrame:
    """Side of the person that the camera looks at, from the direction of the line of the hips.

    The yaw is the median over the frames of the direction of the hips in world coordinates: 0 from
    the front, 180 from behind, -90 towards the left side, 90 towards the right. From 60 to 120 the
    view is sagittal, up to 30 frontal, from 150 back, else oblique.

    The width of the shoulders in the picture tells the same a second time. Where both name
    different views, more than `max_disagreement_deg` apart, or where the person turns by more than
    `max_iqr_deg`, the confidence is low. Then the uploader's word for the view decides, if there is
    one. A recording that the uploader calls mirrored has its sides exchanged.
    """
    points = tracks(pose_keypoints, TRUNK)
    if chosen(upload_options, "mirrored", otherwise=False):
        points = unmirrored(points, float("nan"))
    sure = [points.confidence[name] >= MIN_CONFIDENCE for name in TRUNK]
    if len(points.frame) == 0 or points.is_person.mean() < min_person_share:
        return TABLE.frame([_refused("no_person")])
    view = _view(points, np.logical_and.reduce(sure))
    if view.n < min_frames or not np.isfinite(view.yaw_deg):
        return TABLE.frame([_refused("view_uncertain")])
    doubts = _doubts(view, max_iqr_deg, max_disagreement_deg)
    told = chosen(upload_options, "view") if "view_uncertain" in doubts else None
    if told:
        del doubts["view_uncertain"]
    return TABLE.frame([_row(view, doubts, told)])


def _view(points: Tracks, is_sure: Flags) -> _View:
    world = {name: points.world_m[name][is_sure] for name in TRUNK}
    image = {name: points.image_px[name][is_sure] for name in TRUNK}
    across = world["left_hip"] - world["right_hip"]
    yaw, spread = circular_median_deg(np.degrees(np.arctan2(across[:, 2], across[:, 0])))
    ratio = _shoulder_to_torso(image)
    return _View(yaw, spread, ratio, int(is_sure.sum()))


def _shoulder_to_torso(image: dict[str, Floats]) -> float:
    width = np.linalg.norm(image["left_shoulder"] - image["right_shoulder"], axis=-1)
    torso = torso_length(*(image[name] for name in TRUNK))
    ratios = width[torso > 0] / torso[torso > 0]
    return float(np.median(ratios)) if len(ratios) else float("nan")


def _doubts(view: _View, max_iqr_deg: float, max_disagreement_deg: float) -> dict[str, str]:
    doubts = {}
    if view.yaw_iqr_deg > max_iqr_deg:
        doubts["turning"] = (
            f"You turn by more than {view.yaw_iqr_deg:.0f} degrees during the clip. "
            "Film one direction at a time."
        )
    by_hips = folded_deg(view.yaw_deg)
    by_shoulders = float(np.degrees(np.arccos(np.clip(view.ratio / _FRONTAL_RATIO, 0, 1))))
    far_apart = abs(by_hips - by_shoulders) > max_disagreement_deg
    if far_apart and view_of(by_hips) != view_of(by_shoulders):
        doubts["view_uncertain"] = (
            f"The hips look as if seen {by_hips:.0f} degrees off the front, the shoulders "
            f"{by_shoulders:.0f}. Film exactly from the side or from the front, at hip height."
        )
    return doubts


def _row(view: _View, doubts: dict[str, str], told: str | None) -> dict[str, object]:
    name = told or view_of(view.yaw_deg)
    return {
        "view": name,
        "yaw_deg": view.yaw_deg,
        "yaw_iqr_deg": view.yaw_iqr_deg,
        "shoulder_to_torso": view.ratio,
        "near_side": near_side_of(view.yaw_deg) if name == "sagittal" else None,
        "n": view.n,
        **judged(doubts),
        "method_version": METHOD_VERSION,
    }


def _refused(reason: str) -> dict[str, object]:
    advice = (
        "Shoulders and hips were not seen well enough to tell the view. "
        "Film the whole body from the side or from the front."
    )
    return {"n": 0, **refusal(reason, advice), "method_version": METHOD_VERSION}
