"""Why a video, or a walk in it, cannot be measured: code and advice, with what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._bouts import effective_rate_hz
from dancer_pipeline.analyses._people import rarely_found
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._still import unchanged_share
from dancer_pipeline.analyses._unstable import unstable_legs
from dancer_pipeline.analyses._walks import Walk
from dancer_pipeline.signals.body_parts import LEGS, SOLES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.people import SEVERAL, several_people


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for a gait analysis."""

    person_share: float = 0.6
    visible_share: float = 0.8
    """Of the moments with a person, in how many legs and feet are seen."""
    still_share: float = 0.95
    rate_hz: float = 12.0
    """Frames per second without which nothing is said."""
    sure_rate_hz: float = 15.0
    """Below it the confidence is low."""
    lost_share: float = 0.27
    """Of the frames: of a fifth lost at random a cadence is within 1 /min, of a third within 2."""
    steps: int = 6
    steps_of_a_side: int = 3
    strides: int = 3
    stance_difference: float = 3.0
    """Of a stride, in percentage points between the sides: evenly walked they differ by 0.5."""
    cadences_spm: tuple[float, float] = (40.0, 220.0)
    """What a body can do."""
    disagreement: float = 0.05
    """Between two ways to count the steps."""
    side_view_deg: float = 70.0
    """Folded yaw below which the confidence in angles is low."""
    hip_side_view_deg: float = 73.0


USUAL = Requirements()


def problem_of_video(
    motion: Motion,
    activity: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
    needs: Requirements,
) -> Problem | None:
    """Refuse what is no video of a walk."""
    return (
        _problem_of_person(motion, needs)
        or _problem_of_picture(motion, video_extracts, needs)
        or _problem_of_activity(motion, activity, people, needs)
    )


def unstable_in(motion: Motion, found: Sequence[Walk], sides: Iterable[str]) -> Problem | None:
    """Say what is unsteady about these sides' legs during these walks; None where nothing is."""
    is_exact = all(walk.view == "sagittal" for walk in found)
    during = np.logical_or.reduce([walk.during(motion) for walk in found])
    return unstable_legs(motion.image_px if is_exact else motion.world_m, during, sides)


def lost_frames(motion: Motion, needs: Requirements) -> dict[str, str]:
    """Doubt times between which many frames of the recording are missing."""
    share = 1 - effective_rate_hz(motion) / motion.rate_hz
    if not share > needs.lost_share:
        return {}
    return {
        "tracking_unstable": (
            f"{share:.0%} of the frames are missing in the recording, so the moments of steps are "
            "rough. Close other apps while you record, and upload the original file."
        )
    }


def _problem_of_person(motion: Motion, needs: Requirements) -> Problem | None:
    if len(motion.frame) == 0:
        return "no_person", (
            "No person was found in this video, so nothing was measured. Keep one person in the "
            "picture all the time, head to feet."
        )
    if len(np.unique(motion.frame)) < 2:
        return "too_short", "The video has only one frame. Record at least six steps."
    return rarely_found(motion.is_person, needs.person_share, of="frames")


def _problem_of_picture(
    motion: Motion, video_extracts: pd.DataFrame, needs: Requirements
) -> Problem | None:
    share = unchanged_share(video_extracts)
    if share is not None and share >= needs.still_share:
        return "frozen_picture", (
            f"The picture stands still for {share:.0%} of the video, so there is no movement "
            "to measure. If you moved, upload the original recording."
        )
    rate_hz = effective_rate_hz(motion)
    if rate_hz < needs.rate_hz:
        return "frame_rate_too_low", (
            f"Recorded at {rate_hz:.0f} frames per second; the timing of steps needs at least "
            f"{needs.sure_rate_hz:.0f}. Record with 30 frames per second."
        )
    return None


def _problem_of_activity(
    motion: Motion, activity: pd.DataFrame, people: pd.DataFrame, needs: Requirements
) -> Problem | None:
    if activity["activity"].isin(["walking", "running"]).any():
        return None
    return (
        _problem_of_people(people)
        or _problem_of_legs(motion, needs)
        or _problem_of_turning(activity)
        or _no_walk(activity)
    )


def _problem_of_people(people: pd.DataFrame) -> Problem | None:
    share = several_people(people)
    if share is None or share < SEVERAL:
        return None
    return "several_people", (
        f"No walk of one person could be followed: there is somebody else in {share:.0%} of the "
        "video. Film one person at a time."
    )


def _problem_of_legs(motion: Motion, needs: Requirements) -> Problem | None:
    found = motion.is_person
    legs, feet = (1 - float(motion.seen(*it)[found].mean()) for it in (LEGS, SOLES))
    if max(legs, feet) <= 1 - needs.visible_share:
        return None
    part = "feet" if feet >= legs else "legs"
    return "lower_body_not_visible", (
        f"Your {part} are out of view in {max(legs, feet):.0%} of the frames. Step back until head "
        "and feet fit with a hand's width to spare."
    )


def _problem_of_turning(activity: pd.DataFrame) -> Problem | None:
    turning = activity[activity["reasons"].map(lambda codes: "turning" in list(codes))]
    if turning.empty or (turning["activity"] == "still").all():
        return None
    return "turning", (
        f"You turn by more than {turning['yaw_iqr_deg'].max():.0f} degrees, and there is no walk "
        "straight on of two seconds or more. Walk straight past the camera."
    )


def _no_walk(activity: pd.DataFrame) -> Problem:
    lasts_s = activity["end_s"] - activity["start_s"]
    moving_s = float(lasts_s[activity["activity"] == "moving"].sum())
    still_s = float(lasts_s[activity["activity"] == "still"].sum())
    if moving_s < max(1.0, 0.1 * still_s):
        return "not_periodic", (
            f"You stand still for {still_s:.0f} s, and no walk was found. Film at least six steps "
            "from the side."
        )
    return "not_applicable", (
        f"This video shows no walk: {moving_s:.0f} s of other movement were found, in which the "
        "feet are not carried on in turn and bear the body. Pedals, stairs and steps on the spot "
        "are not measured. For a gait analysis film at least six steps from the side."
    )
