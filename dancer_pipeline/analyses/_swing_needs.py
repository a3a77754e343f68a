"""What a video must offer for its swings, and what to say where it does not."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._hands import Hands
from dancer_pipeline.analyses._people import rarely_found, somebody_else
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._strokes import SWING_SPORTS, Stroke
from dancer_pipeline.signals.motion import Motion


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for its swings."""

    person_share: float = 0.6
    hand_share: float = 0.5
    """Of the times with a person, in how many a hand must be seen."""
    rate_hz: float = 11.5
    """12 frames per second; below, a swing falls between the frames."""
    speed_rate_hz: float = 23.5
    """24 frames per second, or 23.976: below, the peaks of a video do not compare."""
    swings_to_rank: int = 5


USUAL = Requirements()


def problem_of_swings(
    body: Motion, exercise: str | None, several: float | None, needs: Requirements
) -> Problem | None:
    """Refuse a video that cannot show swings."""
    if exercise not in SWING_SPORTS and (problem := _untold(exercise, several)):
        return problem
    if len(body.time_s) < 3:
        return "too_short", (
            f"The video has {len(body.time_s)} frames. Record from before the swing to after it."
        )
    if problem := rarely_found(body.is_person, needs.person_share):
        return problem
    if body.rate_hz < needs.rate_hz:
        return "frame_rate_too_low", (
            f"At {body.rate_hz:.0f} frames per second a swing falls between the frames; at least "
            f"{needs.rate_hz:.0f} are needed. Record with 60 frames per second."
        )
    return None


def _untold(exercise: str | None, several: float | None) -> Problem | None:
    """Refuse another movement, and several people of whom nobody says that they play."""
    sports = ", ".join(SWING_SPORTS)
    if exercise is not None:
        return "not_applicable", (
            f"You call this {exercise.replace('_', ' ')}, in which no bat or racket is swung. If "
            f"it is played, give one of: {sports}."
        )
    looks_alike = "and following first one and then the other looks like a swing"
    told = somebody_else(several, f"{looks_alike}. Say which sport it is: {sports}.")
    return ("several_people", told) if told else None


def hands_out_of_sight(followed: Hands, needs: Requirements) -> Problem | None:
    """Refuse a video in which trunk and hands are out of the picture or hidden for long."""
    left, right = (np.isfinite(it[:, 0]) for it in followed.place.values())
    share = float((left | right)[followed.motion.is_person].mean())
    if share >= needs.hand_share:
        return None
    return "upper_body_not_visible", (
        f"Trunk and a hand are out of view or hidden in {1 - share:.0%} of the frames. Film the "
        "whole body, with room for the raised arm and the racket."
    )


def doubts_of_hand(body: Motion, stroke: Stroke, needs: Requirements) -> dict[str, str]:
    """Doubt a swing of a hand that the model hardly sees."""
    during = body.seen(f"{stroke.side}_wrist")[stroke.burst.start : stroke.burst.end + 1]
    if during.mean() >= needs.hand_share:
        return {}
    return {
        "hand_hidden": (
            f"The {stroke.side} hand is hidden or blurred in {1 - during.mean():.0%} of this "
            "swing. Film from the side to which the hands swing, in good light."
        )
    }


def no_swing(followed: Hands, exercise: str | None) -> Problem:
    """Say that nothing looks like a swing, and how fast the hands are."""
    known = np.concatenate([it[np.isfinite(it)] for it in followed.speed.values()])
    fastest = f"{np.percentile(known, 99):.1f}" if len(known) else "no"
    told = "" if exercise else f" If there is one, say which sport: {', '.join(SWING_SPORTS)}."
    return "no_swing_found", (
        f"No swing was found: the hands reach {fastest} torso lengths per second, and no fast "
        f"movement goes one way, starts slow and ends slow as a swing does.{told}"
    )


def doubts_of_swings(
    rate_hz: float, exercise: str | None, several: float | None, needs: Requirements
) -> dict[str, str]:
    """Why swings that were found are not sure, by reason."""
    doubts = {}
    if exercise is None:
        doubts["exercise_unknown"] = (
            f"Nothing says that this is a swing but its look. Say which sport it is: "
            f"{', '.join(SWING_SPORTS)}."
        )
    if rate_hz < needs.speed_rate_hz:
        doubts["frame_rate_too_low"] = (
            f"Recorded at {rate_hz:.0f} frames per second, so the speeds of swings are cut and "
            f"must not be compared; that needs {needs.speed_rate_hz:.0f}, better 60."
        )
    if told := somebody_else(several, "so a swing may be somebody else's. Film one player."):
        doubts["several_people"] = told
    return doubts
