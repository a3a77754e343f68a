"""What the recording itself is good for: the person, the light, the camera, the frame rate."""

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import camera_speeds_px
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._still import unchanged_share
from dancer_pipeline.metrics import Metric, metric_table, refused
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.tracks import Flags, Tracks, tracks

METHOD_VERSION = "1"

_UPPER_BODY = ("shoulder", "elbow", "wrist", "hip")
_LOWER_BODY = ("hip", "knee", "ankle", "heel", "foot_index")
_DARK = 0.2
_NOT_MEASURED = "This could not be read from the file. Upload the original recording."


def recording_quality(
    source_video: pd.DataFrame,
    pose_keypoints: pd.DataFrame,
    video_extracts: pd.DataFrame,
    *,
    min_person_share: float = 0.6,
    min_frames: int = 10,
) -> pd.DataFrame:
    """How good the recording is: person, body in view, frame rate, light, sharpness, camera.

    `upper_body_visible_share` and `lower_body_visible_share` count, of the frames with a person,
    those in which one side of the body is seen whole. `camera_motion` is the median speed of the
    picture's background in picture widths per second. A recording without a person, or of a few
    frames, is no recording of a movement: then everything is refused, and the advice says why.
    """
    names = dict.fromkeys(_UPPER_BODY + _LOWER_BODY)
    points = tracks(pose_keypoints, [f"{side}_{name}" for side in SIDES for name in names])
    size_px = _fact(source_video, "display_width_px"), _fact(source_video, "display_height_px")
    brightness = _fact(source_video, "brightness")
    metrics = [
        _person(points),
        _visible("upper_body", _UPPER_BODY, points, size_px),
        _visible("lower_body", _LOWER_BODY, points, size_px),
        _given("analysed_duration", "s", _span_s(points), len(points.frame)),
        _given("frame_rate", "hz", _fact(source_video, "frame_rate_hz"), 1),
        _given("brightness", "share", brightness, 1),
        _given("sharpness", "1", _fact(source_video, "sharpness"), 1),
        _given("unchanged_picture_share", "share", *_unchanged(video_extracts)),
        _given("camera_motion", "widths/s", *_camera_motion(video_extracts, size_px[0])),
    ]
    if problem := _problem(points, brightness, min_person_share, min_frames):
        metrics = [refused(metric.metric, metric.unit, *problem) for metric in metrics]
    return metric_table("recording_quality", metrics, method_version=METHOD_VERSION)


def _problem(
    points: Tracks, brightness: float, min_person_share: float, min_frames: int
) -> Problem | None:
    frames = len(points.frame)
    if frames < min_frames:
        length = "one frame" if frames == 1 else f"{frames} frames"
        return "too_short", f"The video has only {length}. Record the whole movement."
    share = float(points.is_person.mean())
    if share < min_person_share:
        light = " The picture is dark: switch on the light behind the camera."
        return "no_person", (
            f"A person was found in only {share:.0%} of the frames. Keep one person in the picture "
            f"all the time, head to feet.{light if brightness < _DARK else ''}"
        )
    return None


def _person(points: Tracks) -> Metric:
    share = float(points.is_person.mean()) if len(points.frame) else float("nan")
    advice = (
        f"A person was found in {share:.0%} of the frames. Keep one person in the picture all the "
        "time, head to feet, with light from the camera's side."
    )
    told = advice if share < 0.9 else None
    return _given("person_found_share", "share", share, len(points.frame), told)


def _visible(
    body: str, parts: tuple[str, ...], points: Tracks, size_px: tuple[float, float]
) -> Metric:
    found = points.is_person
    whole = [_all_visible(points, [f"{side}_{part}" for part in parts], size_px) for side in SIDES]
    seen = np.logical_or.reduce(whole)[found]
    share = float(seen.mean()) if len(seen) else float("nan")
    advice = (
        f"Your {body.replace('_', ' ')} is out of view or hidden in {1 - share:.0%} of the frames. "
        "Step back until head and feet fit with a hand's width to spare."
    )
    told = advice if share < 0.8 else None
    return _given(f"{body}_visible_share", "share", share, len(seen), told)


def _all_visible(points: Tracks, names: list[str], size_px: tuple[float, float]) -> Flags:
    seen = [points.is_visible(name, size_px) for name in names]
    return np.asarray(np.logical_and.reduce(seen))


def _span_s(points: Tracks) -> float:
    return float(np.ptp(points.time_s)) if len(points.frame) else float("nan")


def _unchanged(video_extracts: pd.DataFrame) -> tuple[float, int]:
    share = unchanged_share(video_extracts)
    measured = video_extracts.loc[video_extracts["measure"] == "local_change", "value"].dropna()
    return float("nan") if share is None else share, len(measured)


def _camera_motion(video_extracts: pd.DataFrame, width_px: float) -> tuple[float, int]:
    speeds = camera_speeds_px(video_extracts)
    return float(speeds.median()) / width_px if width_px > 0 else float("nan"), len(speeds)


def _fact(source_video: pd.DataFrame, column: str) -> float:
    return float("nan") if source_video.empty else float(source_video[column].iloc[0])


def _given(metric: str, unit: str, value: float, n: int, advice: str | None = None) -> Metric:
    if not np.isfinite(value):
        return refused(metric, unit, "not_measured", _NOT_MEASURED)
    return Metric(metric, unit, value, n, advice=advice)
