"""One joint of one side over a video, and whether it can be measured there at all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._unstable import confused_legs, confusion_doubt, unstable_legs
from dancer_pipeline.signals.body_parts import SIDES, Side
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats

_LOWER_BODY = {"hip": ("thigh",), "knee": ("thigh", "lower leg"), "ankle": ("lower leg",)}
"""The joints of a leg, and the bones that their angles rest on."""


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
    off_side_deg: float = 17.0
    """Farther off an exact side view the confidence in hip and shoulder flexion is low."""


USUAL = Requirements()


@dataclass(frozen=True)
class JointTrack:
    """One joint of one side over the frames in which a person was found."""

    joint: str
    side: Side
    frame: Floats
    time_s: Floats
    image_deg: Floats
    world_deg: Floats

    @property
    def metric(self) -> str:
        movement = "elevation" if self.joint == "shoulder" else "flexion"
        return f"{self.part}_{movement}_range"

    @property
    def part(self) -> str:
        """Name the part of the body as a person would."""
        return self.joint.partition("_")[0]

    @property
    def is_visible(self) -> Flags:
        """In which frames the keypoints are seen, whether or not the angle has a direction."""
        return np.isfinite(self.image_deg) | np.isfinite(self.world_deg)

    def angle_deg(self, view: pd.Series) -> Floats:
        """Take the angle that this view shows best."""
        return self.image_deg if view["view"] == "sagittal" else self.world_deg


def joint_tracks(joint_angles: pd.DataFrame, joints: Iterable[str]) -> Iterator[JointTrack]:
    """Take these joints of both sides from a table of joint angles."""
    found = joint_angles[joint_angles["confidence"].notna()].sort_values("time_s")
    for joint in joints:
        for side in SIDES:
            rows = found[(found["joint"] == joint) & (found["side"] == side)]
            names = ("frame", "time_s", "image_deg", "world_deg")
            yield JointTrack(joint, side, *(rows[name].to_numpy(float) for name in names))


def problem_of_joint(
    track: JointTrack, rate_hz: float, needs: Requirements, *, is_far: bool
) -> Problem | None:
    """Refuse what is hidden or too short."""
    seen = track.is_visible
    if not _is_long_enough(len(seen), rate_hz, needs):
        return too_short(len(seen), rate_hz, needs)
    if seen.mean() < needs.visible_share:
        return _hidden(track, 1 - float(seen.mean()), is_far=is_far)
    if not _is_long_enough(int(seen.sum()), rate_hz, needs):
        return too_short(int(seen.sum()), rate_hz, needs)
    return None


def problem_of_leg(track: JointTrack, view: pd.Series, body: Motion) -> Problem | None:
    """Refuse a joint of a leg that was not followed steadily, or confused with the other one."""
    if track.joint not in _LOWER_BODY:
        return None
    points = body.image_px if view["view"] == "sagittal" else body.world_m
    return confused_legs(body.legs_exchanged[body.is_person]) or unstable_legs(
        points, body.is_person, [track.side], bones=_LOWER_BODY[track.joint]
    )


def doubt_of_leg(track: JointTrack, body: Motion) -> dict[str, str]:
    """Doubt a joint of a leg where legs were confused for moments, and put right."""
    is_leg = track.joint in _LOWER_BODY
    return confusion_doubt(body.legs_exchanged[body.is_person]) if is_leg else {}


def problem_of_view(track: JointTrack, view: pd.Series) -> Problem | None:
    """Refuse what this view cannot show at all.

    An arm that is lifted sideways and overhead passes from 0 to 180 degrees of flexion at once, so
    a range of shoulder flexion means something only where a side view shows no such movement.
    """
    if track.joint != "shoulder_flexion" or view["view"] == "sagittal":
        return None
    return "view_not_supported", (
        "How far the arm swings forward and back can be seen from the side only. "
        f"Film once more from your {track.side}."
    )


def problem_of_direction(
    track: JointTrack, view: pd.Series, rate_hz: float, needs: Requirements
) -> Problem | None:
    """Refuse what is in view but cannot be told forward from backward."""
    known = np.isfinite(track.angle_deg(view))
    share = 1 - float(known[track.is_visible].mean())
    if 1 - share < needs.visible_share:
        return _undirected(track, share, is_side_view=view["view"] == "sagittal")
    if not _is_long_enough(int(known.sum()), rate_hz, needs):
        return too_short(int(known.sum()), rate_hz, needs)
    return None


def _undirected(track: JointTrack, share: float, *, is_side_view: bool) -> Problem:
    if is_side_view:
        return "facing_uncertain", (
            f"In {share:.0%} of the frames it cannot be told which way you face, and so whether "
            f"the {track.part} bends forward or backward. Film exactly from the side, with feet "
            "and head in the picture, and move in one direction."
        )
    return "sideways", (
        f"The limb at your {track.side} {track.part} points sideways in {share:.0%} of the frames, "
        "where it bends neither forward nor backward. Film the movement forward and back, from "
        "the side."
    )


def _hidden(track: JointTrack, share: float, *, is_far: bool) -> Problem:
    is_lower = track.joint in _LOWER_BODY
    if is_far:
        advice = f"That side is turned away from the camera. Film once more from your {track.side}."
    elif is_lower:
        advice = "Step back until head and feet fit with a hand's width to spare."
    else:
        advice = "Turn so that this arm is towards the camera and not hidden."
    return f"{'lower' if is_lower else 'upper'}_body_not_visible", (
        f"Your {track.side} {track.part} cannot be seen well enough in {share:.0%} of the frames. "
        f"{advice}"
    )


def _is_long_enough(frames: int, rate_hz: float, needs: Requirements) -> bool:
    return frames >= needs.frames and frames / rate_hz >= needs.duration_s


def too_short(frames: int, rate_hz: float, needs: Requirements) -> Problem:
    """Say that so few frames are no movement."""
    length = "one frame" if frames == 1 else f"{frames} frames"
    duration = f" ({frames / rate_hz:.1f} s)" if rate_hz > 0 else ""
    return "too_short", (
        f"Only {length}{duration} could be used; at least {needs.frames} frames and "
        f"{needs.duration_s:g} s are needed. Record the whole movement."
    )
