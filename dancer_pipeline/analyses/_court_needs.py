"""What a video must offer for places on a court, and what is said where it does not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import MOVING_TORSOS_PER_S, camera_torsos_per_s
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._strokes import RACKET_SPORTS
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.court import Court
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats, size_px_of

COURTS_M = {
    "badminton": (6.10, 13.40),
    "tennis": (10.97, 23.77),
    "squash": (6.40, 9.75),
    "table_tennis": (7.0, 14.0),
    "padel": (10.0, 20.0),
}
"""Width and length between the outer lines, doubles where there are; in table tennis the playing
area between the barriers, for the player does not stand on the table."""


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for places on a court."""

    person_share: float = 0.6
    inverted_share: float = 0.1
    """With more of the time upside down, the model mistakes head for feet all through."""
    feet_share: float = 0.5
    """Of the times with a person, in how many a foot must be seen."""
    margin_m: float = 2.0
    """Farther outside of the court nobody plays: it is somebody else, or a wrong keypoint."""
    outside_share: float = 0.3
    misfit: float = 1.3
    coarse_m: float = 0.7
    """With larger errors than this the far end of the court is low confidence."""
    duration_s: float = 2.0


USUAL = Requirements()

_NEARER = "Film so that the player fills at least a third of the picture's height."
"""Below, the pose model does not always find somebody who is seen from behind."""


def untold(exercise: str | None, corners: object) -> Problem | None:
    """Refuse what the uploader did not say."""
    if exercise not in COURTS_M:
        return "not_applicable", (
            "Places are measured on the court of a racket sport. If one is played, say which: "
            f"exercise is one of {', '.join(RACKET_SPORTS)}."
        )
    if corners is None:
        return "court_unknown", (
            "The corners of the court are not known. Give them as court: x,y of the lower left, "
            "lower right, upper right and upper left corner, as shares of the picture from 0 to 1."
        )
    return None


def problem_of_video(
    body: Motion,
    source_video: pd.DataFrame,
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> Problem | None:
    """Refuse a video that shows no player's feet on a court that stays in its place."""
    if not np.isfinite(size_px_of(source_video)).all():
        return "not_measured", "The size of the picture is not known. Upload the video as MP4."
    if body.duration_s < needs.duration_s:
        return "too_short", (
            f"The video lasts {body.duration_s:.1f} s; at least {needs.duration_s:g} s are needed."
        )
    if unfollowed := _unfollowed(body, needs):
        return unfollowed
    feet = _feet_seen(body)
    share = float(feet[body.is_person].mean()) if body.is_person.any() else 0.0
    if share < needs.feet_share:
        return "lower_body_not_visible", (
            f"Your feet are out of view in {1 - share:.0%} of the frames. Film the whole court, "
            "with both base lines, from higher up."
        )
    speed = camera_torsos_per_s(video_extracts, body.torso_px)
    if speed > MOVING_TORSOS_PER_S:
        return "camera_moves", (
            f"The camera moves by {speed:.2f} torso lengths of the player per second, so the "
            "corners of the court do not stay where they were given. Put it on a tripod."
        )
    return None


def nobody(ground: Court, places: Floats) -> Problem:
    """Say that the feet are not on the court, and where they are."""
    where = ", ".join(f"{it:.1f}" for it in np.median(places, axis=0)) if len(places) else "nowhere"
    return "not_on_court", (
        f"Nobody stands on the court of {ground.width_m:g} x {ground.length_m:g} m: the feet "
        f"are at {where} m. Check the order of the corners: lower left, lower right, "
        "upper right, upper left in the upright picture."
    )


def mostly_outside(share: float) -> Problem:
    """Say in how much of the time the feet are far outside of the court."""
    return "not_on_court", (
        f"In {share:.0%} of the time the feet are over 2 m outside of the court, so the corners or "
        "the followed person are wrong. Give the outer corners, and film one player."
    )


def _unfollowed(body: Motion, needs: Requirements) -> Problem | None:
    """Refuse a player who is not found, or is so small that the model takes the head for feet."""
    found = float(body.is_person.mean())
    if found < needs.person_share:
        return "no_person", (
            f"A player was found in only {found:.0%} of the video. {_NEARER[:-1]}, in good light."
        )
    share = float(inverted(body)[body.is_person].mean())
    if share <= needs.inverted_share:
        return None
    return "tracking_unstable", (
        f"In {share:.0%} of the frames the player was seen upside down, the trunk only "
        f"{body.torso_px:.0f} pixels long. {_NEARER}"
    )


def inverted(body: Motion) -> Flags:
    """When the shoulders are below the hips: no place is told from such a body."""
    return np.asarray(body.middle_px("shoulder")[:, 1] > body.middle_px("hip")[:, 1])


def _feet_seen(body: Motion) -> Flags:
    left, right = (body.seen(f"{it}_heel", f"{it}_foot_index") for it in SIDES)
    return np.asarray(left | right)
