"""May two videos be compared at all? Every reason why not, in words.

A difference between two videos is one of the movement only where all else is the same: the
exercise, the camera's place, the methods. Otherwise it is refused, never corrected.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dancer_pipeline.comparison.recording import Cycles, Recording
from dancer_pipeline.signals.geometry import wrapped_deg

MOST_YAW_APART_DEG = 15.0
MOST_TURN_DEG = 25.0
LEAST_CYCLES = 3

_PLACES = {"sagittal": "the side", "frontal": "the front", "back": "behind", "oblique": "an angle"}
_MODEL = {
    "mediapipe": "the version of MediaPipe",
    "pose_model_sha256": "the pose model",
    "pose_min_detection": "the settings of the pose model",
    "pose_min_presence": "the settings of the pose model",
    "pose_min_tracking": "the settings of the pose model",
}
"""What the keypoints depend on."""

_BOTH = ("first", "second")


@dataclass(frozen=True)
class Obstacle:
    """Why two videos cannot be compared: a code, and a sentence for the person."""

    reason: str
    advice: str


def obstacles(first: Recording, second: Recording) -> list[Obstacle]:
    """List everything that forbids a comparison; nothing where it may be made."""
    pair = (first, second)
    found = [one for name, it in zip(_BOTH, pair, strict=True) for one in _not_stored(name, it)]
    if found:
        return found
    found = [*_of_movement(*pair), *_of_view(*pair), *_of_methods(*pair)]
    if not any(one.reason in ("exercise_unknown", "different_exercise") for one in found):
        found += _of_number(*pair)
    return found


def common_side(first: Cycles, second: Cycles) -> str | None:
    """Return the side whose repetitions both videos show most of; None where both sides work."""
    sides = {*first.side, *second.side}
    return max(sides, key=lambda side: _both(first, second, side), default=None)


def _both(first: Cycles, second: Cycles, side: str | None) -> tuple[int, str]:
    return min(first.side.count(side), second.side.count(side)), side or ""


def _not_stored(name: str, recording: Recording) -> Iterator[Obstacle]:
    if recording.missing:
        tables = ", ".join(recording.missing)
        yield Obstacle(
            "not_stored",
            f"Of the {name} video there is no {tables}. Run `dancer reanalyse "
            f"{recording.video_id}`; if its keypoints are not stored either, upload it again.",
        )


def _of_movement(first: Recording, second: Recording) -> Iterator[Obstacle]:
    exercises = [first.cycles.exercise, second.cycles.exercise]
    for name, exercise in zip(_BOTH, exercises, strict=True):
        if exercise is None:
            yield Obstacle(
                "exercise_unknown",
                f"What is done in the {name} video cannot be told, so it cannot be known whether "
                "it is the same. Name the exercise when you upload it.",
            )
    if None not in exercises and exercises[0] != exercises[1]:
        shown = [str(one).replace("_", " ") for one in exercises]
        yield Obstacle(
            "different_exercise",
            f"The first video shows {shown[0]}, the second {shown[1]}. "
            "Only two videos of the same movement can be compared.",
        )


def _of_view(first: Recording, second: Recording) -> Iterator[Obstacle]:
    for name, recording in zip(_BOTH, (first, second), strict=True):
        if recording.view is None and len(recording.cycles):
            yield Obstacle(
                "view_uncertain",
                f"From where the {name} video is filmed cannot be told. "
                "Film the whole body from the side or from the front.",
            )
        elif recording.turns_by_deg > MOST_TURN_DEG:
            yield Obstacle(
                "turning",
                f"The person turns in the {name} video (by {recording.turns_by_deg:.0f} degrees). "
                "Film one direction at a time.",
            )
    if first.view and second.view:
        yield from _of_places(first, second, first.view, second.view)


def _of_places(
    first: Recording, second: Recording, first_view: str, second_view: str
) -> Iterator[Obstacle]:
    angles = f"({first.yaw_deg:.0f} and {second.yaw_deg:.0f} degrees)"
    apart = abs(float(wrapped_deg(first.yaw_deg - second.yaw_deg)))
    if first_view != second_view:
        yield Obstacle(
            "different_view",
            f"The first video is filmed from {_PLACES[first_view]}, the second from "
            f"{_PLACES[second_view]} {angles}. Film both from the same place.",
        )
    elif apart > MOST_YAW_APART_DEG:
        yield Obstacle(
            "different_view",
            f"The camera stands {apart:.0f} degrees farther round the person in one video than in "
            f"the other {angles}; at most {MOST_YAW_APART_DEG:.0f} can be compared. Film both "
            "from the same place.",
        )


def _of_number(first: Recording, second: Recording) -> Iterator[Obstacle]:
    side = common_side(first.cycles, second.cycles)
    for name, recording in zip(_BOTH, (first, second), strict=True):
        found = len(recording.cycles.of_side(side))
        if found < LEAST_CYCLES:
            what = "strides" if "stride" in recording.cycles.phases_s else "whole repetitions"
            of_side = f" with the {side} side" if side else ""
            yield Obstacle(
                "too_short",
                f"The {name} video shows only {found} {what}{of_side} that could be measured; "
                f"at least {LEAST_CYCLES} are needed.",
            )


def _of_methods(first: Recording, second: Recording) -> Iterator[Obstacle]:
    models = {words for name, words in _MODEL.items() if _differs(name, first, second)}
    for words in sorted(models):
        yield Obstacle(
            "method_differs",
            f"The keypoints of both videos were found with different means: {words} is not the "
            "same. Upload the older video again.",
        )
    measured = {*first.measured_by, *second.measured_by}
    if older := sorted(name for name in measured if _differs(name, first, second)):
        yield Obstacle(
            "method_differs",
            f"Both videos were measured with different versions of {', '.join(older)}. "
            f"Run `dancer reanalyse {first.video_id} {second.video_id}`.",
        )


def _differs(name: str, first: Recording, second: Recording) -> bool:
    return first.methods.get(name) != second.methods.get(name)
