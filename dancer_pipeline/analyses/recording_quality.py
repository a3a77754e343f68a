"""What the recording itself is good for: the person, the light, the camera, the frame rate."""

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._still import unchanged_share
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.signals.tracks import Flags, Tracks, tracks

METHOD_VERSION = "1"

_UPPER_BODY = ("shoulder", "elbow", "wrist", "hip")
_LOWER_BODY = ("hip", "knee", "ankle", "heel", "foot_index")
_SIDES = ("left", "right")


def recording_quality(
    source_video: pd.DataFrame, pose_keypoints: pd.DataFrame, video_extracts: pd.DataFrame
) -> pd.DataFrame:
    """How good the recording is: person, body in view, frame rate, light, sharpness, camera.

    `upper_body_visible_share` and `lower_body_visible_share` count, of the frames with a person,
    those in which one side of the body is seen whole. `camera_motion` is the median speed of the
    picture's background in picture widths per second. These numbers describe the file, so they are
    given for a video without a person too.
    """
    names = dict.fromkeys(_UPPER_BODY + _LOWER_BODY)
    points = tracks(pose_keypoints, [f"{side}_{name}" for side in _SIDES for name in names])
    size_px = _fact(source_video, "display_width_px"), _fact(source_video, "display_height_px")
    metrics = (
        _person(points),
        _visible("upper_body", _UPPER_BODY, points, size_px),
        _visible("lower_body", _LOWER_BODY, points, size_px),
        _duration(points),
        _given("frame_rate", "hz", _fact(source_video, "frame_rate_hz"), 1),
        _given("brightness", "share", _fact(source_video, "brightness"), 1),
        _given("sharpness", "1", _fact(source_video, "sharpness"), 1),
        _given("unchanged_picture_share", "share", *_unchanged(video_extracts)),
        _given("camera_motion", "widths/s", *_camera_motion(video_extracts, size_px[0])),
    )
    return metric_table("recording_quality", metrics, method_version=METHOD_VERSION)


def _person(points: Tracks) -> Metric:
    frames = len(points.frame)
    if frames == 0:
        return _refused("person_found_share", "share", *_NO_FRAMES)
    share = float(points.is_person.mean())
    advice = (
        f"A person was found in {share:.0%} of the frames. Keep one person in the picture all the "
        "time, head to feet, with light from the camera's side."
    )
    return Metric("person_found_share", "share", share, frames, advice=_if(share < 0.9, advice))


def _visible(
    body: str, parts: tuple[str, ...], points: Tracks, size_px: tuple[float, float]
) -> Metric:
    metric, found = f"{body}_visible_share", points.is_person
    if not found.any():
        return _refused(metric, "share", *_NO_PERSON)
    whole = [_all_visible(points, [f"{side}_{part}" for part in parts], size_px) for side in _SIDES]
    share = float(np.logical_or.reduce(whole)[found].mean())
    advice = (
        f"Your {body.replace('_', ' ')} is out of view or hidden in {1 - share:.0%} of the frames. "
        "Step back until head and feet fit with a hand's width to spare."
    )
    return Metric(metric, "share", share, int(found.sum()), advice=_if(share < 0.8, advice))


def _all_visible(points: Tracks, names: list[str], size_px: tuple[float, float]) -> Flags:
    seen = [points.is_visible(name, size_px) for name in names]
    return np.asarray(np.logical_and.reduce(seen))


def _duration(points: Tracks) -> Metric:
    if len(points.frame) < 2:
        return _refused("analysed_duration", "s", *_NO_FRAMES)
    duration_s = float(points.time_s[-1] - points.time_s[0])
    return Metric("analysed_duration", "s", duration_s, len(points.frame))


def _unchanged(video_extracts: pd.DataFrame) -> tuple[float, int]:
    share = unchanged_share(video_extracts)
    values = _values(video_extracts, "frame_difference")
    return float("nan") if share is None else share, len(values)


def _camera_motion(video_extracts: pd.DataFrame, width_px: float) -> tuple[float, int]:
    across, down = (_values(video_extracts, f"camera_shift_{axis}") for axis in "xy")
    both = pd.concat([across, down], axis=1, join="inner").to_numpy(float)
    if len(both) == 0:
        return float("nan"), 0
    return float(np.median(np.hypot(both[:, 0], both[:, 1]))) / width_px, len(both)


def _values(video_extracts: pd.DataFrame, measure: str) -> pd.Series:
    rows = video_extracts[video_extracts["measure"] == measure]
    return rows.dropna(subset="value").drop_duplicates("time_s").set_index("time_s")["value"]


def _fact(source_video: pd.DataFrame, column: str) -> float:
    return float("nan") if source_video.empty else float(source_video[column].iloc[0])


def _given(metric: str, unit: str, value: float, n: int) -> Metric:
    if not np.isfinite(value):
        return _refused(metric, unit, *_NOT_MEASURED)
    return Metric(metric, unit, value, n)


def _refused(metric: str, unit: str, reason: str, advice: str) -> Metric:
    return Metric(metric, unit, status="refused", reasons=(reason,), advice=advice)


def _if(condition: bool, advice: str) -> str | None:  # noqa: FBT001
    return advice if condition else None


_NO_FRAMES = ("too_short", "Too few frames could be read. Record a few seconds.")
_NO_PERSON = (
    "no_person",
    "Nobody was found in this video. Keep one person in the picture, head to feet.",
)
_NOT_MEASURED = ("not_measured", "This could not be read from the file. Upload it as MP4.")
