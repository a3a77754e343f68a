"""Range of motion of each joint, or why this video cannot show it."""

from dataclasses import replace

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._ankle import ANKLE_DOUBT
from dancer_pipeline.analyses._joint_track import (
    USUAL,
    JointTrack,
    Requirements,
    doubt_of_leg,
    joint_tracks,
    problem_of_direction,
    problem_of_joint,
    problem_of_leg,
    problem_of_view,
    too_short,
)
from dancer_pipeline.analyses._one_person import doubts_of_others, one_person
from dancer_pipeline.analyses._people import rarely_found
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._still import unchanged_share
from dancer_pipeline.metrics import Metric, judged, metric_table, refused
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import Flags, Floats, median_rate_hz

METHOD_VERSION = "5"

_LIMITS_DEG = {
    "knee": (0.0, 165.0),
    "hip": (-120.0, 160.0),
    "ankle": (-90.0, 90.0),
    "elbow": (0.0, 170.0),
    "shoulder": (0.0, 180.0),
    "shoulder_flexion": (-90.0, 210.0),
}
"""Between what a joint can move; an angle beyond it is a wrong keypoint, not a movement."""

_OFF_SIDE = ("hip", "shoulder_flexion")
"""Their trunk is turned against the camera in walking, so a camera off the side costs them more."""

_SHARED_ERROR_DEG = {"image": 4.0, "world": 10.0}
"""What both looks have wrong in the same way, as a standard deviation: a side view clips about 4
degrees off a knee's range, and angles from estimated depth are off by 9 to 12."""

_VIEW_NAMES = {"frontal": "the front", "back": "behind", "oblique": "an angle"}


def range_of_motion(
    joint_angles: pd.DataFrame,
    body_motion: pd.DataFrame,
    camera_view: pd.DataFrame,
    video_extracts: pd.DataFrame,
    mirror_error: pd.DataFrame,
    people: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """Range of motion of each joint and side over the whole video, in degrees.

    The range is from the 2.5th to the 97.5th percentile of the joint's angle, so a single wrong
    frame does not make it. In a side view the angle in the picture is taken: ok for the near side,
    low confidence for the far one. In any other view it comes from estimated depth, with low
    confidence. Evidence: the frames of both ends.

    Hip and shoulder flexion are signed, so a hip that swings from 15 degrees behind the trunk to 30
    in front of it has a range of 45. Where it cannot be told which way the person faces they are
    refused, and shoulder flexion in every view but the side. Shoulder elevation is how far the arm
    is lifted off the trunk in any direction: an arm that swings 20 degrees to both sides of it has
    a flexion range of 40 and an elevation range of 20. A side view does not show what of it goes
    sideways, so there its confidence is low. An ankle has low confidence always: a pose model marks
    heel and toes too roughly for it.

    The joints of a leg are refused where its bones seem to change their length by more than 15 %,
    and of both where they were confused in a tenth of the frames (low confidence from 5 % on): a
    difference between the sides would be that of the keypoints.

    Where the followed body becomes somebody else's, the longest stretch of one person is measured,
    with low confidence; so it has where somebody else is in the picture for long.

    One range per video has no repeated observations, and the scatter of the frames is not its
    error. So there is a 95 % interval only where the video was looked at a second time, mirrored
    (`mirror_error`). Two looks that each err by s differ by 2 s / sqrt(pi) in the mean, and a range
    errs at both of its ends. With what the looks cannot tell because both have it wrong in the same
    way, b (4 degrees in the picture, 10 in depth), the interval is 1.96 sqrt(2 s^2 + b^2) to either
    side. Against a motion laboratory a single camera at the side differs by about 5 degrees at the
    knee.
    """
    body = motion(body_motion)
    one = one_person(body, people)
    joint_angles = one.moments(joint_angles)
    rate_hz = median_rate_hz(np.unique(joint_angles["time_s"]))
    still_share = unchanged_share(video_extracts)
    problem = _problem_of_video(joint_angles, rate_hz, still_share, needs)
    body = one.of(body)
    others = one.doubts or doubts_of_others(people)
    ranges = (
        _refused(track, *one.why(problem))
        if problem
        else _with_interval(
            _range(track, camera_view.iloc[0], body, rate_hz, needs, others),
            _half_interval_deg(track, camera_view.iloc[0], mirror_error),
        )
        for track in joint_tracks(joint_angles, _LIMITS_DEG)
    )
    return metric_table("range_of_motion", ranges, method_version=METHOD_VERSION)


def _range(
    track: JointTrack,
    view: pd.Series,
    body: Motion,
    rate_hz: float,
    needs: Requirements,
    others: dict[str, str],
) -> Metric:
    is_far = view["view"] == "sagittal" and view["near_side"] != track.side
    refusal = (
        problem_of_view(track, view)
        or problem_of_joint(track, rate_hz, needs, is_far=is_far)
        or problem_of_direction(track, view, rate_hz, needs)
        or problem_of_leg(track, view, body)
    )
    if refusal:
        return _refused(track, *refusal)
    doubts = _doubts(track, view, rate_hz, needs) | doubt_of_leg(track, body) | others
    return _measured(track, view, doubts)


def _with_interval(metric: Metric, half: float | None) -> Metric:
    if metric.value is None or half is None:
        return metric
    return replace(metric, ci95=(max(0.0, metric.value - half), metric.value + half))


def _half_interval_deg(
    track: JointTrack, view: pd.Series, mirror_error: pd.DataFrame
) -> float | None:
    """Half of the interval, from the difference of the angle that this view shows best."""
    space = "image" if view["view"] == "sagittal" else "world"
    is_joint = (mirror_error["joint"] == track.part) & (mirror_error["side"] == track.side)
    differences = mirror_error.loc[is_joint, f"{space}_angle_mae_deg"].dropna()
    if differences.empty:
        return None
    error = float(differences.iloc[0]) * np.sqrt(np.pi) / 2
    return float(1.96 * np.hypot(np.sqrt(2.0) * error, _SHARED_ERROR_DEG[space]))


def _problem_of_video(
    joint_angles: pd.DataFrame, rate_hz: float, still_share: float | None, needs: Requirements
) -> Problem | None:
    found = joint_angles.groupby("frame")["confidence"].count() > 0
    if len(found) < needs.frames:
        return too_short(len(found), rate_hz, needs)
    if problem := rarely_found(found.to_numpy(bool), needs.person_share, of="frames"):
        return problem
    if still_share is not None and still_share >= needs.still_share:
        return "frozen_picture", (
            f"The picture stands still for {still_share:.0%} of the video, so there is no movement "
            "to measure. If you moved, upload the original recording."
        )
    return None


def _measured(track: JointTrack, view: pd.Series, doubts: dict[str, str]) -> Metric:
    angle = track.angle_deg(view)
    seen = np.isfinite(angle)
    low, high = np.percentile(angle[seen], [2.5, 97.5])
    lowest, highest = _LIMITS_DEG[track.joint]
    if low < lowest or high > highest:
        return _impossible(track, low if low < lowest else high)
    doubts |= ANKLE_DOUBT if track.joint == "ankle" else {}
    return Metric(
        metric=track.metric,
        unit="deg",
        side=track.side,
        value=float(high - low),
        n=int(seen.sum()),
        evidence_frames=_ends(track, angle, seen, (low, high)),
        **judged(doubts),
    )


def _impossible(track: JointTrack, reached_deg: float) -> Metric:
    return _refused(
        track,
        "out_of_range",
        f"The {track.part} seems to reach {reached_deg:.0f} degrees, which is not possible, so the "
        "result is withheld. Film from the side, with nothing between you and the camera.",
    )


def _doubts(
    track: JointTrack, view: pd.Series, rate_hz: float, needs: Requirements
) -> dict[str, str]:
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
    if view["view"] == "sagittal" and track.joint == "shoulder":
        doubts["view_not_supported"] = (
            "From the side it cannot be seen how far an arm is lifted sideways. "
            "Film from the front, or use the swing forward and back."
        )
    if off := _off_side_deg(track, view, needs):
        doubts["view_not_supported"] = (
            f"The camera stands {off:.0f} degrees off your side, which can cost the {track.part} "
            "10 degrees. Film exactly from the side."
        )
    if rate_hz < needs.rate_hz:
        doubts["frame_rate_too_low"] = (
            f"At {rate_hz:.0f} frames per second the ends of a movement fall between two frames. "
            "Record with 30 frames per second."
        )
    return doubts


def _off_side_deg(track: JointTrack, view: pd.Series, needs: Requirements) -> float | None:
    """How far a side view is off an exact one, where that matters to the joint."""
    if view["view"] != "sagittal" or track.joint not in _OFF_SIDE:
        return None
    off = abs(90.0 - abs(float(view["yaw_deg"])))
    return off if off > needs.off_side_deg else None


def _ends(
    track: JointTrack, angle: Floats, seen: Flags, ends: tuple[float, float]
) -> tuple[int, ...]:
    frames, values = track.frame[seen], angle[seen]
    return tuple(int(frames[np.argmin(np.abs(values - end))]) for end in ends)


def _refused(track: JointTrack, reason: str, advice: str) -> Metric:
    return refused(track.metric, "deg", reason, advice, track.side)
