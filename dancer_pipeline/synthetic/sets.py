"""Performs an exercise: repetitions in sets, and what is done before, between and after them."""

import numpy as np

from dancer_pipeline.synthetic.effort import Exercise, effort
from dancer_pipeline.synthetic.movements import Episode, Motion, Repetition, Schedule
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Posture, Proportions
from dancer_pipeline.synthetic.style import Style


def exercise_motion(
    exercise: Exercise,
    body: Proportions,
    seed: int,
    repetitions: int | None,
    duration_s: float | None,
    style: Style,
) -> Motion:
    """Set a performer to an exercise, done as `style` says."""
    schedule = Schedule(exercise.tempo, seed, style, side=exercise.sides[0])
    done, duration = schedule.lay_out(repetitions, duration_s)

    def posture(times_s: Array) -> Posture:
        return exercise.posture(body, effort(done, style, times_s))

    return Motion(
        posture,
        duration,
        done,
        episodes=tuple(_sets(done)),
        props=exercise.props(body),
        aim_height=exercise.aim_height,
    )


def _sets(repetitions: tuple[Repetition, ...]) -> list[Episode]:
    """Each set from its first repetition's start to its last one's end."""
    numbers = np.array([one.set_number for one in repetitions], int)
    spans = [np.flatnonzero(numbers == number) for number in np.unique(numbers)]
    return [
        Episode(repetitions[span[0]].start_s, repetitions[span[-1]].end_s, "set") for span in spans
    ]
