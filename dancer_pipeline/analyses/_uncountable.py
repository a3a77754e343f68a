"""Why repetitions cannot be counted in a video: what was measured, and what to do about it."""

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.analyses._exercise_kinds import Exercise
from dancer_pipeline.analyses._people import rarely_found
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.options import EXERCISES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.people import identity_jumps

LEAST_RATE_HZ = 8.0
_LEAST_PERSON_SHARE = 0.6
_LEAST_SECONDS = 1.5
_MOST_HIDDEN = 0.3

NOT_REPEATED = frozenset(EXERCISES) & {
    "walk", "run", "balance", "standing", "dance", "batting", "bowling", "badminton", "tennis",
    "squash", "table_tennis", "padel",
}  # fmt: skip
"""What an uploader may name that is not done in repetitions."""


def problem_of_video(motion: Motion, said: str | None) -> Problem | None:
    """Refuse what shows nothing countable at all."""
    if len(motion.time_s) < 2 or motion.duration_s < _LEAST_SECONDS:
        return "too_short", (
            f"The video shows {motion.duration_s:.1f} s. "
            "Film at least two whole repetitions from start to end."
        )
    of, done = "frames", "counted"
    if nobody := rarely_found(motion.is_person, _LEAST_PERSON_SHARE, of=of, done=done):
        return nobody
    if said in NOT_REPEATED:
        return "not_applicable", (
            f"The video was uploaded as {said.replace('_', ' ')}, which is not done in "
            "repetitions. Name an exercise, or none, to have them counted."
        )
    if motion.rate_hz < LEAST_RATE_HZ:
        return "frame_rate_too_low", (
            f"{motion.rate_hz:.1f} frames per second were analysed; counting needs "
            f"{LEAST_RATE_HZ:.0f}. Record with 30 frames per second."
        )
    return None


def problem_of_people(motion: Motion, people: pd.DataFrame) -> Problem | None:
    """Refuse a video in which the followed body becomes somebody else's."""
    jumps = identity_jumps(motion, people)
    if len(jumps) == 0:
        return None
    return "several_people", (
        f"More than one person is in the picture, and at {jumps[0]:.1f} s the measurement may have "
        "gone over from one to the other. Film one person at a time."
    )


def problem_of_named(body: Body, kind: Exercise, largest: float) -> Problem:
    """Say why a named exercise was not found."""
    name = kind.name.replace("_", " ")
    hidden = 1 - float(np.isfinite(kind.course(body)).mean())
    if hidden > _MOST_HIDDEN:
        part = "lower" if kind.joint in ("knee", "hip") else "upper"
        return f"{part}_body_not_visible", (
            f"What a {name} is counted on was hidden or out of view in {hidden:.0%} of the frames. "
            "Step back until head, hands and feet fit into the picture."
        )
    if largest > 0:
        return "movement_too_small", (
            f"The largest movement like a {name} had {largest:.0f} degrees; it is counted from "
            f"{kind.gate_deg:.0f} on. Film the whole movement, from start to end."
        )
    return "not_periodic", (
        f"The video was uploaded as {name}, but no movement like it was found. "
        "Film some repetitions from start to end with the whole body in view."
    )


def joint_too_still(kind: Exercise, range_deg: float) -> Problem:
    """Say that something moves as in a named exercise, but not the joint that it is named by."""
    name = kind.name.replace("_", " ")
    return "movement_too_small", (
        f"The video was uploaded as {name}, but the {kind.joint} moved by {range_deg:.0f} degrees; "
        f"a {name} is counted from {kind.gate_deg:.0f} on. Film the whole movement, or name the "
        "exercise that was done."
    )


def no_hold() -> Problem:
    """Say that no plank was held."""
    return "not_periodic", (
        "The video was uploaded as plank, but in no two seconds were shoulders, hips and feet seen "
        "in a line over the arms. Film the whole body from the side."
    )


def nothing_regular(motion: Motion) -> Problem:
    """Say that nothing in the video repeats itself."""
    return "not_periodic", (
        f"No exercise was found in {motion.duration_s:.0f} s of video. If you did one, name it "
        "with the upload, and film three whole repetitions or more with the whole body in view."
    )
