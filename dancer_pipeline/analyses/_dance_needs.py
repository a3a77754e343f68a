"""What a video must offer to be measured as a dance, and what to say where it does not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._camera import MOVING_TORSOS_PER_S
from dancer_pipeline.analyses._music import LEAST_LOUDNESS
from dancer_pipeline.analyses._people import rarely_found
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.people import SEVERAL
from dancer_pipeline.signals.periodicity import LEAST_STRENGTH

DANCE = "dance"


@dataclass(frozen=True)
class Requirements:
    """What a video must offer to be measured as a dance."""

    person_share: float = 0.6
    duration_s: float = 8.0
    rate_hz: float = 11.5
    """12 frames per second; below, beats fall between the frames."""
    quick_rate_hz: float = 23.5
    """24 frames per second; below, the cleaning of the keypoints takes quick feet for errors."""
    beats: int = 8
    visible_share: float = 0.8
    most_still_share: float = 0.8
    other_share: float = 0.5
    """A video that is walking, stillness or a known exercise for so much of it is no dance."""
    irregular_percent: float = 15.0
    agreement: float = 0.03
    music_strength: float = 0.35
    least_energy: float = 0.06
    """W/kg: what the noise of a pose model alone looks like."""


USUAL = Requirements()


def problem_of_dance(
    moves: Motion,
    exercise: str | None,
    shares: Mapping[str, float],
    several: float | None,
    needs: Requirements,
) -> Problem | None:
    """Refuse a video that is no dance, or none that can be measured.

    `shares` is how much of the video each activity takes, and `exercise` repetitions of a
    recognised exercise.
    """
    return (
        rarely_found(moves.is_person, needs.person_share)
        or _something_else(exercise, shares, needs)
        or _unfit(moves, several, needs)
    )


def not_rhythmic(strength: float) -> Problem:
    """Say that nothing shows that this is a dance: nobody called it one, and it has no beat."""
    return "not_applicable", (
        f"Nobody called this a dance, and it repeats too irregularly to look like one "
        f"(strength {strength:.2f}, {LEAST_STRENGTH:g} is needed). If it is a dance, upload it "
        f"with exercise={DANCE}."
    )


def no_tempo(pelvis: float, joints: float) -> Problem:
    """Say that no beat repeats."""
    return "not_periodic", (
        f"No steady beat was found between 50 and 200 a minute: the hips repeat with a strength of "
        f"{pelvis:.2f}, arms and legs with {joints:.2f}; {LEAST_STRENGTH:.2f} is needed. Film "
        "one dance with one tempo, without breaks."
    )


def too_few_beats(count: int, needs: Requirements) -> Problem:
    """Say that there are too few moments at which the body nearly stops."""
    return "too_short", (
        f"Only {count} moments were found at which the body marks a beat; at least {needs.beats} "
        "are needed. Film longer."
    )


def hidden(part: str, share: float) -> Problem:
    """Say which part of the body was out of view."""
    is_lower = part.endswith(("leg", "feet"))
    return f"{'lower' if is_lower else 'upper'}_body_not_visible", (
        f"Your {part} could be seen in only {share:.0%} of the dance. Film the whole body, from "
        "the front, with room for arms and feet."
    )


def slow_rate(rate_hz: float, what: str, needs: Requirements) -> Problem:
    """Say that frames are too far apart for quick feet."""
    return "frame_rate_too_low", (
        f"At {rate_hz:.0f} frames per second {what} cannot be measured; at least "
        f"{needs.quick_rate_hz:.0f} are needed. Record with 30 or 60 frames per second."
    )


def moving_camera(what: str, torsos_per_s: float) -> Problem:
    """Say that places in the picture mean nothing under a moving camera."""
    return "camera_moves", (
        f"The camera moves by {torsos_per_s:.2f} torso lengths per second, so {what} cannot be "
        f"told from its movement; up to {MOVING_TORSOS_PER_S} it can. Put it on something firm."
    )


def turned_away(view: str | None, yaw_deg: float) -> Problem:
    """Say that one side of the body hides the other."""
    if view is None or not np.isfinite(yaw_deg):
        return "view_not_supported", (
            "From which side you are filmed could not be measured, and sides are compared only "
            "where both are seen. Film from the front, the whole body in the picture."
        )
    told = "from the side" if view == "sagittal" else "at an angle"
    return "view_not_supported", (
        f"You are filmed {told}: your trunk is turned by {abs(yaw_deg):.0f} degrees from the "
        "camera, so one side of the body hides the other. Film from the front."
    )


def no_sound(loudest: float) -> Problem:
    """Say how loud the sound gets (RMS, full scale 1); 0 where there is none."""
    told = f"gets no louder than {20 * np.log10(loudest):.0f} dB" if loudest > 0 else "is silence"
    return "no_sound", (
        f"While you dance the sound {told}; {20 * np.log10(LEAST_LOUDNESS):.0f} dB of full scale "
        "are needed. Film with the music loud enough to be heard."
    )


def no_music(strength: float, needs: Requirements) -> Problem:
    """Say that the sound has no beat."""
    return "no_beat_in_sound", (
        f"No steady beat was found in the sound (strength {strength:.2f}, "
        f"{needs.music_strength:g} is needed). Play music with a clear beat, near the camera."
    )


def doubts_of_dance(exercise: str | None) -> dict[str, str]:
    """Why what was measured may be no dance."""
    if exercise == DANCE:
        return {}
    return {
        "exercise_unknown": (
            "Nothing says that this is a dance but its rhythm. Upload it with "
            f"exercise={DANCE} if it is one."
        )
    }


def doubts_of_tempo(pelvis: float, joints: float) -> dict[str, str]:
    """Why the tempo is not sure: hips and limbs go by different ones."""
    return {
        "tempo_ambiguous": (
            f"The hips move at {pelvis:.0f} beats a minute, arms and legs at {joints:.0f}. "
            "Dance the beat with the whole body, or take the one that you count."
        )
    }


def doubts_of_evenness(percent: float) -> dict[str, str]:
    """Why the tempo is not sure: the beats come unevenly."""
    return {
        "irregular_beats": (
            f"The beats come unevenly: their distances vary by {percent:.0f} %. Film a part with "
            "one tempo."
        )
    }


def doubts_of_energy(least: float) -> dict[str, str]:
    """Why the energy is not sure: the scatter of the keypoints looks the same."""
    return {
        "below_noise": (
            f"Below {least:g} W/kg the scatter of the keypoints looks the same as movement. "
            "Film from nearer, in good light."
        )
    }


def _something_else(
    exercise: str | None, shares: Mapping[str, float], needs: Requirements
) -> Problem | None:
    if exercise == DANCE:
        return None
    if exercise is not None:
        return "not_applicable", (
            f"You call this {exercise.replace('_', ' ')}, so it was not measured as a dance. If it "
            f"is one, upload it with exercise={DANCE}."
        )
    for kind, share in shares.items():
        if kind != "moving" and share >= needs.other_share:
            return "not_applicable", (
                f"This is {_NAMES[kind]} for {share:.0%} of the video, so it was not measured as a "
                f"dance. If it is one, upload it with exercise={DANCE}."
            )
    return None


_NAMES = {
    "walking": "walking",
    "running": "running",
    "still": "standing still",
    "exercise": "an exercise",
}


def _unfit(moves: Motion, several: float | None, needs: Requirements) -> Problem | None:
    if moves.duration_s < needs.duration_s:
        return "too_short", (
            f"The video lasts {moves.duration_s:.1f} s; a dance is measured from "
            f"{needs.duration_s:g} s on. Film a longer part of it."
        )
    if not moves.rate_hz >= needs.rate_hz:
        return "frame_rate_too_low", (
            f"At {moves.rate_hz:.0f} frames per second beats fall between the frames; at least "
            f"{needs.rate_hz:.0f} are needed. Record with 30 frames per second."
        )
    if several is not None and several >= SEVERAL:
        return "several_people", (
            f"Several people are in the picture in {several:.0%} of the looks at it, and one could "
            "be taken for another. Film one dancer at a time."
        )
    return None


def no_movement(shares: Mapping[str, float], needs: Requirements) -> Problem | None:
    """Refuse who only stands; a dance that is small is told from that by its beat."""
    if shares.get("still", 0.0) < needs.most_still_share:
        return None
    return "no_movement", (
        f"You stand still for {shares['still']:.0%} of the video, so there is no dance to measure. "
        "Film while you dance."
    )
