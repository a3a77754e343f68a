"""Coach's measures of a stance: the head and the balance, or why this one cannot show them.

A measure is a number, or a `Missing` with a reason and a sentence to the person who filmed.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import HEAD, SIDES, SOLES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.technique import balance_offset, excursion, path_speed
from dancer_pipeline.signals.tracks import Flags, Floats

_SEEN_SHARE = 0.8
_LEAST_STANCE_TORSOS = 0.25
_PLANTED_TORSOS = 0.35
_STANCE_ACROSS_DEG, _STANCE_DOUBT_DEG = 30.0, 50.0


@dataclass(frozen=True)
class Missing:
    """Why a measure is not there."""

    reason: str
    advice: str


Measures = dict[str, float]


def head(smooth: Motion, torso_px: float) -> Measures | Missing:
    """Excursion of the head in % of the torso and its speed in torso lengths per second.

    The head is the mean of nose and ears, low-passed at 4 Hz, over this stretch of time. It is
    measured while one foot stays where it is: of somebody who runs it would be the run.
    """
    places = [smooth.image_px[name] for name in HEAD]
    seen = smooth.seen(*HEAD)
    if len(seen) < 4 or seen.mean() < _SEEN_SHARE:
        return Missing(
            "upper_body_not_visible",
            f"Nose and ears are seen together in {_share(seen)} of the stance. Film from the "
            "front, with the face in the light.",
        )
    if away := _leaves_its_place(smooth, torso_px):
        return away
    place = np.mean(places, axis=0)[seen] / torso_px
    return {
        "excursion": 100 * excursion(place),
        "speed": path_speed(smooth.time_s[seen], place),
    }


def _leaves_its_place(smooth: Motion, torso_px: float) -> Missing | None:
    moved = min(
        _spread(_foot(smooth, side)) / torso_px if len(_foot(smooth, side)) else np.inf
        for side in SIDES
    )
    if moved <= _PLANTED_TORSOS:
        return None
    how = f"both feet move by {moved:.1f} torso lengths" if moved < np.inf else "no foot is seen"
    return Missing(
        "not_in_stance",
        f"This is measured in a stance, but before the swing {how}. Film with your feet in the "
        "picture, and stand still before you play.",
    )


def hips_leave_their_place(smooth: Motion, torso_px: float) -> Missing | None:
    """Tell a stance from an exercise on planted feet: there the hips go down and up, or aside."""
    hips = smooth.middle_px("hip")
    hips = hips[np.isfinite(hips).all(axis=1)]
    moved = _spread(hips) / torso_px if len(hips) else 0.0
    if moved <= _PLANTED_TORSOS:
        return None
    return Missing(
        "not_in_stance",
        f"This is measured in a stance, but your hips move by {moved:.1f} torso lengths while a "
        f"foot stays where it is; {_PLANTED_TORSOS} at most are a stance. Stand still, or upload "
        "the video with the exercise that it shows.",
    )


def _foot(smooth: Motion, side: str) -> Floats:
    sole = (smooth.image_px[f"{side}_heel"] + smooth.image_px[f"{side}_foot_index"]) / 2
    return np.asarray(sole[np.isfinite(sole).all(axis=1)])


def _spread(place: Floats) -> float:
    low, high = np.percentile(place, [5, 95], axis=0)
    return float(np.hypot(*(high - low)))


def balance(smooth: Motion, torso_px: float) -> Measures | Missing:
    """Offset of the hips from the middle of the feet, 1 over a foot, and its drift (p95 - p5).

    Across the picture, low-passed at 4 Hz, over this stretch of time.
    """
    seen = smooth.seen(*SOLES, "left_hip", "right_hip")
    if len(seen) < 4 or seen.mean() < _SEEN_SHARE:
        return Missing(
            "lower_body_not_visible",
            f"Hips and both feet are seen together in {_share(seen)} of the stance. Step back "
            "until head and feet fit with a hand's width to spare.",
        )
    if away := _leaves_its_place(smooth, torso_px):
        return away
    left, right = (_sole_x(smooth, side)[seen] for side in SIDES)
    width = float(np.median(np.abs(left - right))) / torso_px
    if width < _LEAST_STANCE_TORSOS:
        return Missing(
            "stance_too_narrow",
            f"The feet are {width:.2f} torso lengths apart in the picture; at least "
            f"{_LEAST_STANCE_TORSOS} are needed. Film so that your feet are side by side.",
        )
    turned = _stance_turn_deg(smooth)
    if turned > _STANCE_DOUBT_DEG:
        return Missing(
            "view_not_supported",
            f"The line between your feet points {turned:.0f} degrees out of the picture. Film at "
            "right angles to that line.",
        )
    offset = balance_offset(smooth.middle_px("hip")[seen, 0], left, right)
    low, high = np.percentile(offset, [5, 95])
    return {
        "offset": float(np.median(offset)),
        "drift": float(high - low),
        "doubt_deg": turned if turned > _STANCE_ACROSS_DEG else 0.0,
    }


def _sole_x(smooth: Motion, side: str) -> Floats:
    sole = smooth.image_px[f"{side}_heel"] + smooth.image_px[f"{side}_foot_index"]
    return np.asarray(sole[:, 0] / 2)


def _stance_turn_deg(smooth: Motion) -> float:
    """How far the line between the feet points out of the picture: 0 across, 90 at the camera."""
    left, right = (
        smooth.world_m[f"{side}_heel"] + smooth.world_m[f"{side}_foot_index"] for side in SIDES
    )
    return out_of_picture_deg(left - right)


def out_of_picture_deg(vectors: Floats) -> float:
    """How far directions in world coordinates (n x 3), as seen from above, leave the picture."""
    across, _, ahead = np.nanmedian(vectors, axis=0)
    return float(np.degrees(np.arctan2(abs(ahead), abs(across))))


def _share(seen: Flags) -> str:
    return f"{float(np.mean(seen)) if len(seen) else 0.0:.0%}"
