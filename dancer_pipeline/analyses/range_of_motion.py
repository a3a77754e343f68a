"""Range of motion of each joint, or why this video cannot show it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._still import unchanged_share
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.signals.tracks import Flags, Floats, median_rate_hz

METHOD_VERSION = "1"

_LIMITS_DEG = {"knee": 165.0, "hip": 160.0, "ankle": 90.0, "elbow": 170.0, "shoulder": 180.0}
"""What a joint can reach at most; a larger angle is a wrong keypoint, not a movement."""

_LOWER_BODY = ("hip", "knee", "ankle")
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_VIEW_NAMES = {"frontal": "the front", "back": "behind", "oblique": "an angle"}


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for a range of motion."""

    person_share: float = 0.6
    visible_share: float = 0.8
    """Of the frames with a person, in how many the joint must be seen."""
    duration_s: float = 1.0
    frames: int = 10
    still_share: float = 0.95
    """From this share of unchanged pictures on the picture counts as frozen."""
    rate_hz: float = 12.0
    """Below it the confidence is low."""


@dataclass(frozen=True)
class _Track:
    """One joint of one side over the frames in which a person was found."""

    joint: str
    side: Literal["left", "right"]
    frame: Floats
    time_s: Floats
    image_deg: Floats
    world_deg: Floats

    @property
    def metric(self) -> str:
        movement = "elevation" if self.joint == "shoulder" else "flexion"
        return f"{self.joint}_{movement}_range"


def range_of_motion(
    joint_angles: pd.DataFrame,
    camera_view: pd.DataFrame,
    video_extracts: pd.DataFrame,
    *,
    needs: Requirements = Requirements(),
) -> pd.DataFrame:
    """Range of motion of each joint and side over the whole video, in degrees.

    The range is from the 2.5th to the 97.5th percentile of the joint's angle, so a single wrong
    frame does not make it. In a side view the angle in the picture is taken: ok for the near side,
    low confidence for the far one. In any other view it comes from estimated depth, with low
    confidence. Evidence: the frames of both ends.

    There is no 95 % interval: one range per video has no repeated observations to build it from,
    and the scatter of the frames is not its error. Against a motion laboratory a single camera at
    the side differs by about 5 degrees at the knee.
    """
    rate_hz = median_rate_hz(np.unique(joint_angles["time_s"]))
    still_share = unchanged_share(video_extracts)
    problem = _problem_of_video(joint_angles, rate_hz, still_share, needs)
    ranges = (
        _refused(track, *problem) if problem else _range(track, camera_view.iloc[0], rate_hz, needs)
        for track in _tracks(joint_angles)
    )
    return metric_table("range_of_motion", ranges, method_version=METHOD_VERSION)


def _tracks(joint_angles: pd.DataFrame) -> Iterator[_Track]:
    found = joint_angles[joint_angles["confidence"].notna()].sort_values("time_s")
    for joint in _LIMITS_DEG:
        for side in _SIDES:
            rows = found[(found["joint"] == joint) & (found["side"] == side)]
            names = ("frame", "time_s", "image_deg", "world_deg")
            yield _Track(joint, side, *(rows[name].to_numpy(float) for name in names))


def _range(track: _Track, view: pd.Series, rate_hz: float, needs: Requirements) -> Metric:
    is_far = view["view"] == "sagittal" and view["near_side"] != track.side
    refusal = _problem_of_joint(track, rate_hz, needs, is_far=is_far)
    return _refused(track, *refusal) if refusal else _measured(track, view, rate_hz, needs)


def _problem_of_video(
    joint_angles: pd.DataFrame, rate_hz: float, still_share: float | None, needs: Requirements
) -> tuple[str, str] | None:
    found = joint_angles.groupby("frame")["confidence"].count() > 0
    if len(found) < needs.frames:
        return _too_short(len(found), rate_hz, needs)
    share = float(found.mean())
    if share < needs.person_share:
        return "no_person", (
            f"A person was found in only {share:.0%} of the frames, so nothing was measured. "
            "Keep one person in the picture all the time, head to feet."
        )
    if still_share is not None and still_share >= needs.still_share:
        return "frozen_picture", (
            f"The picture stands still for {still_share:.0%} of the video, so there is no movement "
            "to measure. If you moved, upload the original recording."
        )
    return None


def _problem_of_joint(
    track: _Track, rate_hz: float, needs: Requirements, *, is_far: bool
) -> tuple[str, str] | None:
    seen = np.isfinite(track.image_deg)
    if not _is_long_enough(len(seen), rate_hz, needs):
        return _too_short(len(seen), rate_hz, needs)
    if seen.mean() < needs.visible_share:
        return _hidden(track, 1 - float(seen.mean()), is_far=is_far)
    if not _is_long_enough(int(seen.sum()), rate_hz, needs):
        return _too_short(int(seen.sum()), rate_hz, needs)
    return None


def _hidden(track: _Track, share: float, *, is_far: bool) -> tuple[str, str]:
    is_lower = track.joint in _LOWER_BODY
    if is_far:
        advice = f"That side is turned away from the camera. Film once more from your {track.side}."
    elif is_lower:
        advice = "Step back until head and feet fit with a hand's width to spare."
    else:
        advice = "Turn so that this arm is towards the camera and not hidden."
    return f"{'lower' if is_lower else 'upper'}_body_not_visible", (
        f"Your {track.side} {track.joint} cannot be seen well enough in {share:.0%} of the frames. "
        f"{advice}"
    )


def _is_long_enough(frames: int, rate_hz: float, needs: Requirements) -> bool:
    return frames >= needs.frames and frames / rate_hz >= needs.duration_s


def _too_short(frames: int, rate_hz: float, needs: Requirements) -> tuple[str, str]:
    length = "one frame" if frames == 1 else f"{frames} frames"
    duration = f" ({frames / rate_hz:.1f} s)" if rate_hz > 0 else ""
    return "too_short", (
        f"Only {length}{duration} could be used; at least {needs.frames} frames and "
        f"{needs.duration_s:g} s are needed. Record the whole movement."
    )


def _measured(track: _Track, view: pd.Series, rate_hz: float, needs: Requirements) -> Metric:
    is_side_view = view["view"] == "sagittal"
    angle = track.image_deg if is_side_view else track.world_deg
    seen = np.isfinite(angle)
    low, high = np.percentile(angle[seen], [2.5, 97.5])
    if high > _LIMITS_DEG[track.joint]:
        return _refused(
            track,
            "out_of_range",
            f"The {track.joint} seems to reach {high:.0f} degrees, which is not possible, so the "
            "result is withheld. Film from the side, with nothing between you and the camera.",
        )
    doubts = _doubts(track, view, rate_hz, needs)
    return Metric(
        metric=track.metric,
        unit="deg",
        side=track.side,
        value=float(high - low),
        n=int(seen.sum()),
        status="low_confidence" if doubts else "ok",
        reasons=tuple(doubts),
        advice=" ".join(doubts.values()) or None,
        evidence_frames=_ends(track, angle, seen, (low, high)),
    )


def _doubts(track: _Track, view: pd.Series, rate_hz: float, needs: Requirements) -> dict[str, str]:
    doubts: dict[str, str] = {}
    if view["status"] != "ok":
        doubts |= dict.fromkeys(view["reasons"], "") | {view["reasons"][0]: str(view["advice"])}
    if view["view"] in _VIEW_NAMES:
        doubts["view_not_supported"] = (
            f"This needs a side view; this video is filmed from {_VIEW_NAMES[view['view']]} "
            f"({view['yaw_deg']:.0f} degrees), so the number comes from estimated depth."
        )
    elif view["view"] == "sagittal" and view["near_side"] != track.side:
        doubts["far_side"] = (
            f"The {track.side} side is turned away from the camera. "
            f"Film once more from your {track.side}."
        )
    if rate_hz < needs.rate_hz:
        doubts["frame_rate_too_low"] = (
            f"At {rate_hz:.0f} frames per second the ends of a movement fall between two frames. "
            "Record with 30 frames per second."
        )
    return doubts


def _ends(track: _Track, angle: Floats, seen: Flags, ends: tuple[float, float]) -> tuple[int, ...]:
    frames, values = track.frame[seen], angle[seen]
    return tuple(int(frames[np.argmin(np.abs(values - end))]) for end in ends)


def _refused(track: _Track, reason: str, advice: str) -> Metric:
    return Metric(
        metric=track.metric,
        unit="deg",
        side=track.side,
        status="refused",
        reasons=(reason,),
        advice=advice,
    )
