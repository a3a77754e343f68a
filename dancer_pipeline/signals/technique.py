"""What coaches look at in a stroke or a delivery, as plain functions over arrays.

Lengths are in torso lengths or in shares of another length of the same body, times in seconds, so
nothing depends on the frame rate, the camera's distance or the shape of the picture.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.tracks import Flags, Floats

LAG_REACH_S = 0.5

STRIDE_TORSOS_PER_S, STRIDE_TORSOS = 1.0, 0.2
"""A stride, which may come towards the camera and look short. The noise of a foot that stands is
below 0.8 and 0.15, and where there is half as much noise again, below 1.1 and 0.18."""
_PLANTED_TORSOS_PER_S = 0.7
_LANDING_SHARE = 0.15


def excursion(place: Floats) -> float:
    """Root mean square distance of a point (n x 2) from its mean place."""
    return float(np.sqrt(np.square(place - place.mean(axis=0)).sum(axis=1).mean()))


def path_speed(time_s: Floats, place: Floats) -> float:
    """Median speed of a point (n x 2)."""
    return float(np.median(_speed(time_s, place)))


def balance_offset(hips_x: Floats, left_foot_x: Floats, right_foot_x: Floats) -> Floats:
    """Where the hips are over the feet, across the picture: 0 in the middle, 1 over a foot."""
    width = np.abs(left_foot_x - right_foot_x)
    return np.asarray(2 * np.abs(hips_x - (left_foot_x + right_foot_x) / 2) / width)


@dataclass(frozen=True)
class Landing:
    """A foot that strides and is put down; `place` is the index just before."""

    place: int
    time_s: float


@dataclass(frozen=True)
class Stride:
    """How a foot moved in a stretch of time."""

    length: float
    """Of the box around its places: its diagonal."""
    speed: float
    """At most."""


def stride(time_s: Floats, foot: Floats) -> Stride | None:
    """How far and how fast a foot (n x 2) moved; None where it is not seen all the time."""
    if len(time_s) < 4 or not np.isfinite(foot).all():
        return None
    return Stride(float(np.hypot(*np.ptp(foot, axis=0))), float(_speed(time_s, foot).max()))


def _speed(time_s: Floats, place: Floats) -> Floats:
    return np.asarray(np.linalg.norm(np.gradient(place, time_s, axis=0), axis=1))


def landing(time_s: Floats, foot: Floats) -> Landing | None:
    """When a foot (n x 2, torso lengths) was put down for good; None where it never was.

    It must be planted at the end, after a stride. The time is that at which its speed falls below
    0.7 torso lengths per second, or 15 % of the stride's speed.
    """
    strode = stride(time_s, foot)
    if strode is None or strode.speed < STRIDE_TORSOS_PER_S or strode.length < STRIDE_TORSOS:
        return None
    speed = _speed(time_s, foot)
    level = max(_PLANTED_TORSOS_PER_S, _LANDING_SHARE * strode.speed)
    moving = np.flatnonzero(speed > level)
    if moving[-1] >= len(speed) - 2:
        return None
    last = int(moving[-1])
    share = (speed[last] - level) / (speed[last] - speed[last + 1])
    return Landing(last, float(time_s[last] + share * (time_s[last + 1] - time_s[last])))


def line_yaw_deg(left: Floats, right: Floats) -> Floats:
    """Direction of a line of the body seen from above (n), unwrapped, from world coordinates."""
    across = left - right
    return np.asarray(np.degrees(np.unwrap(np.arctan2(across[:, 2], across[:, 0]))))


@dataclass(frozen=True)
class Turn:
    """A turn of a line of the body from one direction to another."""

    time_s: float
    """Its middle, where it is fastest."""
    size_deg: float
    misfit: float
    """What the turn does not explain, as a share of its size."""


def turn(time_s: Floats, yaw_deg: Floats, near_s: float) -> Turn | None:
    """Find the fastest turn within half a second of a moment, as an S-shaped step.

    The step is fitted to half a second on both sides. Its middle is where an S is fastest, and it
    rests on all values instead of on the three around the peak of a derivative: at the noise of
    a pose model half of the lags of single swings are right within 16 ms instead of 30. None where
    nothing can be fitted.
    """
    from scipy.optimize import curve_fit

    near = np.flatnonzero(np.abs(time_s - near_s) <= LAG_REACH_S)
    if len(near) < 5:
        return None
    fastest = time_s[near[np.argmax(np.abs(np.gradient(yaw_deg, time_s)[near]))]]
    part = np.abs(time_s - fastest) <= LAG_REACH_S
    times, yaws = time_s[part] - fastest, yaw_deg[part]
    size = float(yaws[-1] - yaws[0])
    try:
        (middle, width, low, size), _ = curve_fit(
            _step, times, yaws, p0=(0.0, 0.06, yaws[0], size),
            bounds=((-0.3, 0.02, -np.inf, -400), (0.3, 0.2, np.inf, 400)),
        )  # fmt: skip
    except (RuntimeError, ValueError):  # no fit, or a start beyond the bounds
        return None
    rest = float(np.std(yaws - _step(times, middle, width, low, size)))
    misfit = rest / abs(size) if size else np.inf
    return Turn(float(fastest + middle), float(size), float(misfit))


def _step(time_s: Floats, middle_s: float, width_s: float, low: float, size: float) -> Floats:
    return np.asarray(low + size / (1 + np.exp(-(time_s - middle_s) / width_s)))


def runs(flags: Flags) -> list[slice]:
    """Stretches in which a condition holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
