"""When feet meet and leave the floor: strikes of a gait with pauses, and the stances they make."""

import itertools
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.footfalls import Stance
from dancer_pipeline.synthetic.movements import GaitEvent
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.route import Route
from dancer_pipeline.synthetic.skeleton import OUTWARD, SIDES

FOREVER_S = 1e6
_UNDER_PELVIS = 0.43
"""Share of a stance after which the pelvis is above the foot."""


@dataclass(frozen=True)
class Rhythm:
    """Times of a gait: by side, left first; `jitter` is the CV of single step times."""

    stride_s: float
    asymmetry_percent: float
    stance_share: tuple[float, float]
    jitter: float
    seed: int

    def step_s(self, side: int) -> float:
        """Time from the other foot's strike to this one's."""
        sign = 1 if side == 0 else -1
        return self.stride_s / 2 * (1 + sign * self.asymmetry_percent / 200)


@dataclass(frozen=True)
class Strike:
    """A foot meets the floor and leaves it; a `rest` began before or lasts through a pause."""

    time_s: float
    off_s: float
    side: int
    begins_rest: bool = False
    ends_rest: bool = False


@dataclass(frozen=True)
class Bout:
    """Walking from `start_s` to `end_s`; what is None is beyond the clip."""

    start_s: float | None
    end_s: float | None


def bouts(pauses_s: tuple[tuple[float, float], ...], duration_s: float) -> tuple[Bout, ...]:
    """Divide the time between the pauses.

    Raises
    ------
    ValueError
        When pauses overlap or are shorter than a second, or leave less than 2 s to walk.
    """
    edges: list[float | None] = [None]
    for start, end in sorted(pauses_s):
        if end - start < 1 or start < 0:
            raise ValueError(f"a pause lasts a second or more: not {start} to {end} s")
        edges += [start, end]
    edges.append(None)
    found = [Bout(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    for bout in found:
        start, end = bout.start_s or 0.0, duration_s if bout.end_s is None else bout.end_s
        if pauses_s and 0 < end - start < 2:
            raise ValueError(f"2 s of walking are the least: not {start} to {end} s")
    return tuple(bout for bout in found if bout.end_s != 0 and (bout.start_s or 0) < duration_s)


def strikes(
    rhythm: Rhythm, bout: Bout, number: int, first_s: float, until_s: float
) -> list[Strike]:
    """Strikes of one bout, in order of time; the first two of a bout from rest are before it."""
    draw = np.random.default_rng([rhythm.seed, 5, number])
    side, times = 0, []
    last_s = until_s if bout.end_s is None else bout.end_s
    now = first_s if bout.start_s is None else _first_strike_s(rhythm, bout.start_s)
    while now < last_s + 3 * rhythm.stride_s:
        times.append((now, side))
        side = 1 - side
        now += rhythm.step_s(side) * (1 + rhythm.jitter * float(draw.normal()))
    kept = [
        Strike(at, at + rhythm.stance_share[foot] * (times[i + 2][0] - at), foot)
        for i, (at, foot) in enumerate(times[:-2])
        if at <= last_s
    ]
    return _at_rest(kept, bout)


def _first_strike_s(rhythm: Rhythm, start_s: float) -> float:
    """Time of the strike whose foot is the first to leave the floor, at `start_s`."""
    return start_s - rhythm.stance_share[0] * rhythm.stride_s


def _at_rest(found: list[Strike], bout: Bout) -> list[Strike]:
    """Mark the strikes before the bout as rest that ends, the last of each foot as begun."""
    marked = []
    for index, strike in enumerate(found):
        begins = bout.end_s is not None and index >= len(found) - 2
        ends = bout.start_s is not None and index < 2
        off = FOREVER_S if begins else strike.off_s
        marked.append(Strike(strike.time_s, off, strike.side, begins, ends))
    return marked


@dataclass(frozen=True)
class Roll:
    """How feet land and leave: pitches, shares of the stance, and how high they swing."""

    land_deg: float
    leave_deg: float
    flat_share: float
    heel_off_share: float
    lift_m: float
    half_width_m: float
    toe_out_deg: float


def stances(found: list[Strike], side: int, rhythm: Rhythm, roll: Roll, way: Route) -> list[Stance]:
    """Stances of one foot; a strike that ends a rest prolongs the stance before it."""
    made: list[Stance] = []
    for strike in (strike for strike in found if strike.side == side):
        usual_s = rhythm.stance_share[side] * rhythm.stride_s
        lasts_s = usual_s if strike.begins_rest else strike.off_s - strike.time_s
        heel_off = strike.off_s - (1 - roll.heel_off_share) * lasts_s
        if strike.ends_rest and made:
            x, y, yaw = made[-1].x_m, made[-1].y_m, made[-1].yaw_deg
            on, flat = made[-1].on_s, made[-1].flat_s
            made.pop()
        else:
            settles_s = _UNDER_PELVIS * lasts_s + (0.8 * usual_s if strike.begins_rest else 0)
            on = -FOREVER_S if strike.ends_rest else strike.time_s
            flat = on + roll.flat_share * lasts_s
            x, y, yaw = _placed(way, strike.time_s + settles_s, side, roll)
        made.append(
            Stance(
                on, strike.off_s, x, y, yaw, flat, heel_off,
                roll.land_deg, roll.leave_deg, roll.lift_m,
            )
        )  # fmt: skip
    return made


def _placed(way: Route, at_s: float, side: int, roll: Roll) -> tuple[float, float, float]:
    at = np.array([at_s])
    (x, y), heading = way.place(at)[0], float(way.heading(at)[0])
    aside = float(roll.half_width_m * OUTWARD[side])
    turned = np.radians(heading)
    toes = heading + roll.toe_out_deg * float(OUTWARD[side])
    return x - aside * float(np.sin(turned)), y + aside * float(np.cos(turned)), toes


def gait_events(
    by_side: tuple[list[Stance], list[Stance]], duration_s: float
) -> tuple[GaitEvent, ...]:
    """Every heel strike and toe off within the duration, in order of time."""
    found = [
        GaitEvent(at, side, event)
        for side, made in zip(SIDES, by_side, strict=True)
        for stance in made
        for event, at in (("heel_strike", stance.on_s), ("toe_off", stance.off_s))
        if 0 <= at <= duration_s
    ]
    return tuple(sorted(found, key=lambda event: event.time_s))


class Cycle:
    """Strides since the first: whole at left strikes, half at right ones, smooth between."""

    def __init__(self, found: list[Strike]) -> None:
        from scipy.interpolate import PchipInterpolator

        times, phases = [found[0].time_s], [0.5 * found[0].side]
        for before, strike in itertools.pairwise(found):
            step = 0.5 if strike.side != before.side else 1.0
            if strike.time_s <= times[-1]:
                phases[-1] += step
                continue
            times.append(strike.time_s)
            phases.append(phases[-1] + step)
        times.append(times[-1] + FOREVER_S)
        phases.append(phases[-1] + 1)
        self._at = PchipInterpolator(times, phases)

    def radians(self, times_s: Array) -> Array:
        """Angle of the stride: 0 at a left strike, pi at a right one."""
        return np.asarray(2 * np.pi * self._at(times_s))
