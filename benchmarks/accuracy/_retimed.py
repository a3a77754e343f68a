"""The same performance at other times: slower and slower, or all of it faster."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.movements import Repetition
from dancer_pipeline.synthetic.performance import Performance
from dancer_pipeline.synthetic.skeleton import Posture, assemble


def retimed(
    performance: Performance, old_s: Sequence[float], new_s: Sequence[float]
) -> Performance:
    """Do at `new_s` what was done at `old_s`, evenly between, by somebody who stays in place."""
    motion, rate_hz = performance.motion, float(performance.view.rate)
    times_s = np.arange(round(new_s[-1] * rate_hz)) / rate_hz

    def later(one: Repetition) -> Repetition:
        start, bottom, end, hold = np.interp(
            [one.start_s, one.bottom_s, one.end_s, one.bottom_s + one.hold_s], old_s, new_s
        )
        return replace(one, start_s=start, bottom_s=bottom, end_s=end, hold_s=hold - bottom)

    def posture(at_s: np.ndarray) -> Posture:
        return motion.posture(np.interp(at_s, new_s, old_s))

    moved = replace(
        motion, posture=posture, duration_s=new_s[-1],
        repetitions=tuple(later(one) for one in motion.repetitions),
    )  # fmt: skip
    return replace(
        performance, motion=moved, times_s=times_s, travel_m=np.zeros(len(times_s)),
        skeleton=assemble(performance.body, moved.posture(times_s)),
    )  # fmt: skip


def slowing(performance: Performance, loss: float) -> Performance:
    """Lose this share of the speed from the first repetition to the last, evenly."""
    done = performance.motion.repetitions
    old, new = [0.0], [0.0]
    for number, one in enumerate(done):
        speed = 1 - loss * number / (len(done) - 1)
        for until_s, pace in ((one.start_s, 1.0), (one.end_s, speed)):
            new.append(new[-1] + (until_s - old[-1]) / pace)
            old.append(until_s)
    rest_s = performance.motion.duration_s - old[-1]
    return retimed(performance, [*old, old[-1] + rest_s], [*new, new[-1] + rest_s])
