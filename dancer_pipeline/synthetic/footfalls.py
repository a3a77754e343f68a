"""Feet on the floor: where each stands and when, how it rolls on and off, how it swings between.

A foot lands on its heel or its toe, rolls until the sole is flat, and leaves over toe or heel; it
neither slides nor sinks. What is on the floor when is given, so it is exact at any frame rate.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

from dancer_pipeline.synthetic.rotations import Array, about_z, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Proportions

LEAST_KNEE_DEG = 4.0
"""No movement straightens a leg further."""

_LANDING = ((0.0, 1.0), (1.0, 0.0), (-0.83, 0.0))
_LEAVING = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.46))
_SWING_KNOTS = (0.0, 0.184, 0.632, 0.868, 1.0)
_FROM_LEAVING = (_SWING_KNOTS, (1.0, 1.154, 0.0, 0.0, 0.0), (0.0, -1.17, -1.79, 0.0, 0.0))
_ROLLING_ON = (_SWING_KNOTS, (0.0, 0.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 0.0))
_TO_LANDING = (_SWING_KNOTS, (0.0, 0.0, 0.22, 0.94, 1.0), (0.0, 0.0, 1.79, 1.28, -0.83))
"""Shares of the pitch at toe off and at heel strike; knots, values, slopes.

The foot leaves the floor turning as fast as it rolled.
"""

_EDGE_S = 1e-6
_LONGEST_CARRY_S = 0.8
"""A swing keeps the speed with which it began for no longer than this."""

_RISES_DEG = np.linspace(0.0, -72.0, 73)


@dataclass(frozen=True)
class Stance:
    """One foot on the floor; toes up is a positive pitch, `lift_m` is of the swing that follows.

    The place is the floor below the ankle while the sole is flat, from `flat_s` to `heel_off_s`.
    """

    on_s: float
    off_s: float
    x_m: float
    y_m: float
    yaw_deg: float
    flat_s: float
    heel_off_s: float
    land_deg: float
    leave_deg: float
    lift_m: float


_COLUMNS = tuple(field.name for field in fields(Stance))


class Feet:
    """Both feet at any time, from the stances of the left and of the right foot."""

    def __init__(self, body: Proportions, left: Sequence[Stance], right: Sequence[Stance]) -> None:
        self.body = body
        self.tables = tuple(
            dict(zip(_COLUMNS, np.array([astuple(stance) for stance in stances]).T, strict=True))
            for stances in (left, right)
        )

    def at(self, times_s: Array) -> tuple[Array, Array, Array]:
        """Ankle positions, pitches and headings (degrees); the second axis is the side."""
        ankle, pitch, yaw = zip(*(self._foot(table, times_s) for table in self.tables), strict=True)
        return np.stack(ankle, axis=1), np.stack(pitch, axis=1), np.stack(yaw, axis=1)

    def _foot(self, table: dict[str, Array], times_s: Array) -> tuple[Array, Array, Array]:
        last = len(table["on_s"]) - 1
        before = np.clip(np.searchsorted(table["on_s"], times_s, side="right") - 1, 0, last)
        after = np.minimum(before + 1, last)
        this, following = ({k: v[i] for k, v in table.items()} for i in (before, after))
        standing = (times_s <= this["off_s"]) | (before == last)
        flying_s = np.where(standing, 1.0, following["on_s"] - this["off_s"])
        share = np.clip((times_s - this["off_s"]) / flying_s, 0, 1)
        floor = self._rolling(this, times_s)
        air = self._swing(this, following, share, flying_s)
        ankle, pitch, yaw = (
            np.where(standing if on.ndim == 1 else standing[:, None], on, off)
            for on, off in zip(floor, air, strict=True)
        )
        return ankle, pitch, yaw

    def _rolling(self, stance: dict[str, Array], times_s: Array) -> tuple[Array, Array, Array]:
        """Ankle, pitch and heading while the foot rolls over heel, sole and toe."""
        down = _share(times_s, stance["on_s"], stance["flat_s"])
        up = _share(times_s, stance["heel_off_s"], stance["off_s"])
        pitch = stance["land_deg"] * hermite(down, *_LANDING)
        pitch = pitch + stance["leave_deg"] * hermite(up, *_LEAVING)
        place = np.stack([stance["x_m"], stance["y_m"]], axis=-1)
        return rolled(self.body, place, stance["yaw_deg"], pitch), pitch, stance["yaw_deg"]

    def _swing(
        self, this: dict[str, Array], following: dict[str, Array], share: Array, flying_s: Array
    ) -> tuple[Array, Array, Array]:
        start, start_slope = self._edge(this, this["off_s"], -_EDGE_S)
        end, end_slope = self._edge(following, following["on_s"], _EDGE_S)
        carry = np.minimum(flying_s, _LONGEST_CARRY_S)[:, None]
        ankle = _between(share[:, None], start, end, start_slope * carry, end_slope * carry)
        ankle[:, 2] += this["lift_m"] * (4 * share * (1 - share)) ** 2
        rolled = _LEAVING[2][1] * carry[:, 0] / (this["off_s"] - this["heel_off_s"])
        leaving = hermite(share, *_FROM_LEAVING) + rolled * hermite(share, *_ROLLING_ON)
        pitch = this["leave_deg"] * leaving
        pitch = pitch + following["land_deg"] * hermite(share, *_TO_LANDING)
        way = (following["yaw_deg"] - this["yaw_deg"]) * share**2 * (3 - 2 * share)
        return ankle, pitch, this["yaw_deg"] + way

    def _edge(self, stance: dict[str, Array], at_s: Array, inside_s: float) -> tuple[Array, Array]:
        """Ankle and its velocity where the foot leaves or meets the floor."""
        edge, inside = (self._rolling(stance, at_s + step)[0] for step in (0.0, inside_s))
        return edge, (inside - edge) / inside_s


def rolled(body: Proportions, place_m: Array, yaw_deg: Array, pitch_deg: Array) -> Array:
    """Ankle of a foot that stands at a place and has rolled on to its toe or back on its heel."""
    lever = np.where(pitch_deg < 0, body.toe_forward_m, -body.heel_back_m)
    turned, high = np.radians(pitch_deg), body.ankle_height_m
    ahead = lever - lever * np.cos(turned) - high * np.sin(turned)
    height = high * np.cos(turned) - lever * np.sin(turned)
    ankle = turn(about_z(yaw_deg), np.stack([ahead, 0 * ahead, height], axis=-1))
    ankle[..., :2] += place_m
    return ankle


def heel_rise_deg(body: Proportions, place_m: Array, yaw_deg: Array, hip_m: Array) -> Array:
    """Pitch, 0 or toes down, at which a leg just reaches from its hip to a foot on its toe."""
    pitch = np.broadcast_to(_RISES_DEG, (len(place_m), len(_RISES_DEG)))
    ankle = rolled(body, place_m[:, None], yaw_deg[:, None], pitch)
    most = _reach_squared(body) ** 0.5
    over = np.linalg.norm(ankle - hip_m[:, None], axis=-1) - most
    first = np.argmax(over <= 0, axis=1)
    before = np.maximum(first - 1, 0)
    row = np.arange(len(first))
    drop = over[row, before] - over[row, first]
    share = np.divide(over[row, before], drop, out=np.zeros_like(drop), where=drop > 0)
    return np.asarray(_RISES_DEG[before] + share * (_RISES_DEG[first] - _RISES_DEG[before]))


def _reach_squared(body: Proportions) -> float:
    knee = np.radians(LEAST_KNEE_DEG)
    thigh, shank = body.thigh_m, body.shank_m
    return float(thigh**2 + shank**2 + 2 * thigh * shank * np.cos(knee))


def hips_on_floor(body: Proportions, place_m: Array, rotation: Array) -> Array:
    """Both hips as they lie with the pelvis above `place_m` at height 0."""
    hip = turn(rotation, [0, body.hip_half_width_m, 0])[:, None] * OUTWARD[:, None]
    hip[..., :2] += place_m[:, None]
    return np.asarray(hip)


def ceiling_m(body: Proportions, ankle_m: Array, hip_m: Array) -> Array:
    """Height to which the pelvis can rise before a knee is straighter than is allowed.

    `hip_m` holds both hips as they lie with the pelvis at height 0.
    """
    reach_squared = _reach_squared(body)
    gap = np.sum((ankle_m - hip_m)[..., :2] ** 2, axis=-1)
    if gap.max() > reach_squared:
        raise ValueError(f"a foot is {gap.max() ** 0.5:.2f} m beside its hip, beyond its reach")
    return np.asarray((ankle_m[..., 2] - hip_m[..., 2] + np.sqrt(reach_squared - gap)).min(axis=-1))


def below(ceiling: Array, half_width: int) -> Array:
    """Smooth curve that nowhere exceeds the ceiling: the mean of its running minimum."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    size = 2 * half_width + 1
    lowest = minimum_filter1d(ceiling, size, mode="nearest")
    return np.asarray(uniform_filter1d(lowest, size, mode="nearest"))


def hermite(
    at: Array, knots: tuple[float, ...], values: tuple[float, ...], slopes: tuple[float, ...]
) -> Array:
    """Cubic curve through the knots with the given slopes."""
    x, y, m = np.array(knots), np.array(values), np.array(slopes)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    width = x[i + 1] - x[i]
    return _between((at - x[i]) / width, y[i], y[i + 1], m[i] * width, m[i + 1] * width)


def _between(s: Array, start: Array, end: Array, start_slope: Array, end_slope: Array) -> Array:
    return np.asarray(
        start * (1 + 2 * s) * (1 - s) ** 2
        + end * s**2 * (3 - 2 * s)
        + start_slope * s * (1 - s) ** 2
        + end_slope * s**2 * (s - 1)
    )


def _share(times_s: Array, start_s: Array, end_s: Array) -> Array:
    return np.asarray(np.clip((times_s - start_s) / (end_s - start_s), 0, 1))
