"""What a video must offer for measures of balance, and what to say where it does not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import camera_speeds_px
from dancer_pipeline.analyses._people import rarely_found
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._stance import FEET, Stance
from dancer_pipeline.analyses._sway import LEAST_SEEN, AboveNoise, feet_follow
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion

STOOD = ("balance", "standing", "single_leg_squat")
"""What uploaders call a video in which balance is to be measured."""


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for measures of balance."""

    person_share: float = 0.6
    visible_share: float = 0.8
    """Of the time with a person, how much must show hips and feet."""
    rate_hz: float = 11.5
    """12 frames per second; below, sway of up to 4 Hz falls between the frames."""
    stance_s: float = 1.0
    """A foot that is up for less is a step."""
    sway_s: float = 3.0
    settling_s: float = 0.5
    """After lifting the foot and before putting it down, the body moves on purpose."""
    standing_s: float = 5.0
    standing_share: float = 0.5
    """Of a video that nobody calls standing, before it is taken for that."""
    camera_torsos_per_s: float = 0.03
    confused_share: float = 0.1
    sure_of_sway: float = 2.5
    """Times the noise floor: from there on the error is below 15 %."""
    sure_of_speed: float = 1.5


USUAL = Requirements()


def problem_of_balance(moves: Motion, exercise: str | None, needs: Requirements) -> Problem | None:
    """Refuse a video that cannot show how somebody stands."""
    if exercise is not None and exercise not in STOOD:
        return "not_applicable", (
            f"You call this {exercise.replace('_', ' ')}, so balance was not measured. If it is "
            f"a test of balance, give one of: {', '.join(STOOD)}."
        )
    if moves.duration_s < needs.stance_s:
        return "too_short", (
            f"The video lasts {moves.duration_s:.1f} s; a stance needs {needs.stance_s:g} s. "
            "Record from before you lift the foot until it is down again."
        )
    if problem := rarely_found(moves.is_person, needs.person_share):
        return problem
    if problem := _unseen(moves, needs, both_feet=False):
        return problem
    if not moves.rate_hz >= needs.rate_hz:
        return "frame_rate_too_low", (
            f"At {moves.rate_hz:.0f} frames per second sway falls between the frames; at least "
            f"{needs.rate_hz:.0f} are needed. Record with 30 frames per second."
        )
    return None


def hidden_foot(moves: Motion, needs: Requirements) -> Problem | None:
    """Refuse a video that shows no stance, where one of the feet is hidden for long.

    While both stand, a foot behind the other does no harm, seen from the side.
    """
    return _unseen(moves, needs, both_feet=True)


def nothing_stood(longest_s: float, standing_s: float, needs: Requirements) -> Problem:
    """Say that nobody stands here, neither on one leg nor on both."""
    return "not_applicable", (
        f"This looks like no standing: on one leg for at most {longest_s:.1f} s "
        f"({needs.stance_s:g} s are needed), quietly on both for {standing_s:.1f} s "
        f"({needs.standing_s:g} s and half of the video are needed). If it is a test of balance, "
        f"give one of: {', '.join(STOOD)}."
    )


def no_stance(side: str, longest_s: float, needs: Requirements) -> Problem:
    """Say that nobody stands on this leg."""
    return "no_single_leg_stance", (
        f"You stand on your {side} leg alone for at most {longest_s:.1f} s; "
        f"{needs.stance_s:g} s are needed. Lift the other foot clearly off the floor, by a hand's "
        "width or more, and hold it."
    )


def problem_of_sway(
    moves: Motion,
    video_extracts: pd.DataFrame,
    start_s: float,
    end_s: float,
    needs: Requirements,
) -> Problem | None:
    """Refuse a stretch in which sway cannot be told from other movement."""
    if end_s - start_s < needs.sway_s:
        return "too_short", (
            f"Only {max(0.0, end_s - start_s):.1f} s of quiet standing are left, of the "
            f"{needs.sway_s:g} s that sway needs. Stand longer."
        )
    speeds = camera_speeds_px(video_extracts, start_s=start_s, end_s=end_s) / moves.torso_px
    moves_fast = bool(len(speeds) and speeds.median() > needs.camera_torsos_per_s)
    if moves_fast and feet_follow(moves.between(start_s, end_s), video_extracts):
        return "camera_moves", (
            f"The camera moves by {speeds.median():.2f} torso lengths per second, which looks like "
            f"sway; {needs.camera_torsos_per_s} at most do no harm. Put it on something firm."
        )
    return None


def no_standing(longest_s: float, needs: Requirements) -> Problem:
    """Say that nobody stands quietly on both feet for long enough."""
    return "too_short", (
        f"You stand quietly on both feet for {longest_s:.1f} s; {needs.standing_s:g} s are needed. "
        "Stand still for longer."
    )


def hidden_trunk(seen: int, count: int) -> Problem:
    """Say that the trunk was not seen for long enough."""
    return "upper_body_not_visible", (
        f"Your trunk is hidden in {1 - seen / max(count, 1):.0%} of the {count} frames of the "
        "stance. Film the whole body."
    )


def lost_hips(seen_share: float, duration_s: float) -> Problem:
    """Say how much of a stretch shows the hips."""
    return "tracking_unstable", (
        f"Your hips could be followed in {seen_share:.0%} of {duration_s:.1f} s; "
        f"{LEAST_SEEN:.0%} of it are needed. Film in good light, in tight clothes."
    )


def unseen_direction(name: str, view: str | None, yaw_deg: float) -> Problem:
    """Say that sway in this direction is along the line of sight."""
    is_aside = name == "sway_side_to_side"
    told = {
        "frontal": "is filmed from the front",
        "back": "is filmed from behind",
        "sagittal": "is filmed from the side",
        "oblique": "is filmed at an angle",
    }.get(view or "", "does not show from where it is filmed")
    return "view_not_supported", (
        f"Sway {'from side to side' if is_aside else 'forward and back'} can be seen exactly from "
        f"{'the front or from behind' if is_aside else 'the side'}; this stance {told}"
        f"{_turned(yaw_deg)}. Film it once more from there."
    )


def below_noise(found: AboveNoise, unit: str) -> Problem:
    """Say that the keypoints scatter more than the body moves."""
    return "below_noise", (
        f"Sway is smaller than {_shown(found.floor, unit)}, which is what the scatter of the "
        "keypoints in this video looks like, so you stand very still or the picture is too "
        "coarse. Film from nearer, in good light."
    )


def near_noise(found: AboveNoise, unit: str) -> dict[str, str]:
    """Why sway is not sure: the keypoints scatter nearly as much as the body moves."""
    return {
        "below_noise": (
            f"Of this, the scatter of the keypoints alone would give {_shown(found.floor, unit)}. "
            "Film from nearer, in good light."
        )
    }


def doubts_of_lean(view: str | None, yaw_deg: float) -> dict[str, str]:
    """Why the direction of a lean is not sure."""
    if view in ("frontal", "back", "sagittal"):
        return {}
    return {
        "view_not_supported": (
            f"The camera stands at an angle to you{_turned(yaw_deg)}, so a lean forward and one to "
            "the side look alike. Film exactly from the front or from the side."
        )
    }


def doubts_of_stance(stance: Stance, needs: Requirements) -> dict[str, str]:
    """Why a stance may not be what it seems."""
    doubts: dict[str, str] = {}
    if stance.confused_share > needs.confused_share:
        doubts["tracking_unstable"] = (
            f"Left and right leg were confused in {stance.confused_share:.0%} of the stance. Film "
            "from the front, in tight clothes and good light."
        )
    if stance.is_cut:
        doubts["lower_body_not_visible"] = (
            f"A foot was hidden while it left the floor or came back, so you stood for at least "
            f"{stance.duration_s:.1f} s. Film from the front, head to feet."
        )
    return doubts


def _turned(yaw_deg: float) -> str:
    return f" (your trunk is turned by {abs(yaw_deg):.0f} degrees)" if np.isfinite(yaw_deg) else ""


def _shown(value: float, unit: str) -> str:
    is_percent = unit == "percent"
    return f"{value:.1f} % of the torso" if is_percent else f"{value:.2f} torso lengths per second"


def _unseen(moves: Motion, needs: Requirements, *, both_feet: bool) -> Problem | None:
    """Refuse where the hips and some part of a foot, or of both feet, are not seen for long."""
    left, right = (
        np.logical_or.reduce([moves.seen(name) for name in FEET if name.startswith(side)])
        for side in SIDES
    )
    feet = left & right if both_feet else left | right
    seen = (feet & moves.seen("left_hip", "right_hip"))[moves.is_person].mean()
    if seen >= needs.visible_share:
        return None
    part = "one of your feet is" if both_feet else "feet are"
    return "lower_body_not_visible", (
        f"Your hips or {part} out of view in {1 - seen:.0%} of the frames, so it cannot be told on "
        "which leg you stand. Step back until head and feet fit with a hand's width to spare."
    )
