"""Where a walker is and faces: speed and heading over time, added up on a fine grid."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.movements import ease
from dancer_pipeline.synthetic.rotations import Array

GRID_S = 0.01
"""Spacing on which speed is added up; positions between are linear."""

_AWAKE_S = 1.0
"""Time between a pause and a turn."""

SLOW_TURN = 0.3
"""Share of the walking speed that is left in the middle of a turn."""


@dataclass(frozen=True)
class Route:
    """Places and headings on a grid; heading 0 walks along x, turns to the left are positive."""

    times_s: Array
    place_m: Array
    heading_deg: Array

    def place(self, times_s: Array) -> Array:
        """Where the pelvis is above the floor: (times, 2)."""
        along = [np.interp(times_s, self.times_s, self.place_m[:, axis]) for axis in range(2)]
        return np.stack(along, axis=-1)

    def heading(self, times_s: Array) -> Array:
        """Where the walker faces, in degrees; it goes on beyond 180."""
        return np.interp(times_s, self.times_s, self.heading_deg)


def grid(duration_s: float, margin_s: float) -> Array:
    """Lay out times from before the start to after the end."""
    return np.arange(-margin_s, duration_s + margin_s + GRID_S, GRID_S)


def turns(
    times_s: Array,
    speed_m_s: Array,
    turn_after_m: float | None,
    turn_s: float,
    pauses_s: tuple[tuple[float, float], ...],
) -> tuple[tuple[float, float], ...]:
    """Tell when the walker turns round: each time so many metres are done, but in no pause."""
    if turn_after_m is None:
        return ()
    found: list[tuple[float, float]] = []
    begins = 0.0
    while begins < times_s[-1]:
        done = np.cumsum(np.where(times_s >= begins, speed_m_s, 0)) * GRID_S
        if done[-1] < turn_after_m:
            break
        start = float(times_s[int(np.argmax(done >= turn_after_m))])
        for pause_start, pause_end in sorted(pauses_s):
            if start + turn_s > pause_start - _AWAKE_S and start < pause_end + _AWAKE_S:
                start = pause_end + _AWAKE_S
        found.append((start, start + turn_s))
        begins = start + turn_s
    return tuple(found)


def route(
    times_s: Array,
    speed_m_s: Array,
    turns_s: tuple[tuple[float, float], ...],
    start_m: tuple[float, float],
) -> Route:
    """Add up the speed along the heading; at time 0 the walker is at `start_m`."""
    heading, speed = np.zeros_like(times_s), speed_m_s.copy()
    for number, (start, end) in enumerate(turns_s):
        share = (times_s - start) / (end - start)
        heading += 180.0 * (-1) ** number * ease(share)
        speed *= 1 - (1 - SLOW_TURN) * ease(4 * share) * ease(4 * (1 - share))
    way = np.stack([np.cos(np.radians(heading)), np.sin(np.radians(heading))], axis=-1)
    steps = speed[:, None] * way * GRID_S
    place = np.concatenate([np.zeros((1, 2)), np.cumsum((steps[1:] + steps[:-1]) / 2, axis=0)])
    at_start = [np.interp(0.0, times_s, place[:, axis]) for axis in range(2)]
    return Route(times_s, place - at_start + np.array(start_m), heading)
