"""Steps of somebody who moves about: alternate feet, that stand still between their steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dancer_pipeline.synthetic.footfalls import (
    Feet,
    Stance,
    below,
    ceiling_m,
    hips_on_floor,
)
from dancer_pipeline.synthetic.movements import ease
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.route import GRID_S, grid
from dancer_pipeline.synthetic.skeleton import Proportions
from dancer_pipeline.synthetic.strides import FOREVER_S

Path = Callable[[Array], Array]
"""Places, or rotations, at any times."""

_SWING_SHARE, _LONGEST_SWING_S = 0.8, 0.35
_SETTLE_S, _PEEL_S = 0.06, 0.10
_SMOOTH_S = 0.12


class Footing(Protocol):
    """Whatever knows where the feet are."""

    def at(self, times_s: Array) -> tuple[Array, Array, Array]:
        """Ankle positions, pitches and headings (degrees); the second axis is the side."""


@dataclass(frozen=True)
class Footstep:
    """A foot leaves the floor, and stands from `down_s` on at another place."""

    side: int
    up_s: float
    down_s: float
    place_m: tuple[float, float]


@dataclass(frozen=True)
class Tread:
    """How feet are set down and taken up: pitches, toe-out, and how high they swing."""

    land_deg: float = -8.0
    leave_deg: float = -20.0
    toe_out_deg: float = 14.0
    lift_m: float = 0.05


def crossing(
    start_s: float, end_s: float, start_m: Array, end_m: Array, offsets_m: Array
) -> list[Footstep]:
    """Walk the feet from one place to another, in steps of about a third of a metre.

    The two last steps bring both feet to `offsets_m` (left, right) around the end.
    """
    way = end_m - start_m
    count = max(2, int(np.ceil(np.linalg.norm(way) / 0.35)))
    first = 0 if way[1] > 0 else 1
    each_s = (end_s - start_s) / count
    swing_s = min(_SWING_SHARE * each_s, _LONGEST_SWING_S)
    found = []
    for number in range(count):
        side, down_s = (first + number) % 2, start_s + (number + 1) * each_s
        share = 1.0 if number >= count - 2 else ease(np.array((number + 1.6) / count))
        x, y = start_m + share * way + offsets_m[side]
        found.append(Footstep(side, down_s - swing_s, down_s, (float(x), float(y))))
    return found


def planted(body: Proportions, starts_m: Array, steps: Sequence[Footstep], tread: Tread) -> Feet:
    """Feet that stand where they start and go from step to step."""
    made: tuple[list[Stance], list[Stance]] = ([], [])
    for side, stances in enumerate(made):
        mine = [step for step in steps if step.side == side]
        places = [tuple(starts_m[side]), *(step.place_m for step in mine)]
        downs = [-FOREVER_S, *(step.down_s for step in mine)]
        ups = [*(step.up_s for step in mine), FOREVER_S]
        for place, down_s, up_s in zip(places, downs, ups, strict=True):
            toes = tread.toe_out_deg * (1 - 2 * side)
            edge_s = max(min((up_s - down_s) / 3, _PEEL_S), 1e-3)
            stances.append(
                Stance(
                    down_s, up_s, place[0], place[1], toes,
                    down_s + min(edge_s, _SETTLE_S), up_s - edge_s,
                    tread.land_deg, tread.leave_deg, tread.lift_m,
                )
            )  # fmt: skip
    return Feet(body, *made)


@dataclass(frozen=True)
class Carriage:
    """How high the pelvis is carried over the feet at any time, before crouching."""

    times_s: Array
    height_m: Array

    def at(self, times_s: Array) -> Array:
        """Height of the pelvis, in metres."""
        return np.interp(times_s, self.times_s, self.height_m)


def carriage(
    body: Proportions, feet: Footing, place: Path, rotation: Path, duration_s: float
) -> Carriage:
    """Carry the pelvis as high as the legs allow, smoothly."""
    times = grid(duration_s, 1.0)
    hips = hips_on_floor(body, place(times), rotation(times))
    ceiling = ceiling_m(body, feet.at(times)[0], hips)
    return Carriage(times, below(ceiling, round(_SMOOTH_S / GRID_S)))
