"""Cuts a video into bouts: stretches of walking, running, other movement and stillness."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.analyses._bearing import backward_share, bears_weight
from dancer_pipeline.analyses._leg_swing import LegSwing, bridged, leg_swing, shortening
from dancer_pipeline.analyses._stepping import stepping
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.geometry import wrapped_deg
from dancer_pipeline.signals.heading import FRONTAL_DEG, folded_deg, moving_mean
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

Kind = Literal["walking", "running", "moving", "still"]

LEAST_WALK_S = 2.0
_LEAST_GROWTH = 0.04
"""Growth per second of the body in the picture: walking pace at a distance of 30 m."""
_LEAST_UNUSUAL_S = 3.0
"""A walk backward, or one that only the lifting of the feet tells, must last longer."""
_LEAST_STEPS = 3.5
"""A stretch of four steps is the least that is called a walk; its ends are rough."""
_LEAST_BOUT_S = 1.0
_MOST_OFF_DEG = 40.0
"""Farther from the direction of its bout a walker turns round."""
_SLOWEST = 0.3
"""Of the bout's own speed of the feet: below it somebody starts or stops."""
_STILL_BELOW = 0.4
"""Torso lengths per second of the parts that move most ..."""
_STILL_CUTOFF_HZ = 2.0
"""... after this low-pass, which leaves 0.3 of the noise of a pose model."""
_RUNNING_HZ = 150 / 60
"""Steps per second: nobody walks faster for long."""
_FLIGHT_SHARE = 0.5
"""A foot goes back, relative to the hips, for less than half of a stride only in running."""
_RUNNING_LIFT = 0.6
"""Torso lengths by which a running foot is lifted over the other one."""
_OTHERS: dict[int, Kind] = {1: "moving", 2: "still"}
_FASTEST = 4
_MOVING_PARTS = ("shoulder", "elbow", "wrist", "knee", "ankle")


@dataclass(frozen=True)
class Bout:
    """What is done from one moment to another: places on the time grid, the end not included."""

    kind: Kind
    start: int
    end: int
    is_forward: bool = True
    step_s: float = float("nan")
    """Time of a step, where somebody walks or runs."""
    step_torsos: float = float("nan")
    """Distance of the feet at a step, in torso lengths."""

    @property
    def part(self) -> slice:
        """The bout's place on the time grid."""
        return slice(self.start, self.end)

    @property
    def is_walk(self) -> bool:
        """Whether it is walking or running."""
        return self.kind in ("walking", "running")

    @property
    def speed(self) -> float:
        """Torso lengths per second that the steps would lead."""
        return self.step_torsos / self.step_s


def bouts(motion: Motion, breaks_s: Floats) -> tuple[Bout, ...]:
    """Cut a video into bouts, in order of time; where nobody is seen there is none.

    `breaks_s` are times over which no walk may go on, because the body may be another person's.
    """
    if len(motion.time_s) < 2:
        return ()
    swing = leg_swing(motion)
    found = (_measured(motion, swing, walk) for walk in _walks(swing, breaks_s))
    walks = [walk for walk in found if _is_believable(motion, swing, walk)]
    others = _others(motion, walks)
    return tuple(sorted([*walks, *others], key=lambda bout: bout.start))


def effective_rate_hz(motion: Motion) -> float:
    """Frames per second that were analysed: the time grid hides those that are missing."""
    frames = len(np.unique(motion.frame))
    steps = len(motion.time_s) - 1
    return (frames - 1) / steps * motion.rate_hz if steps > 0 else float("nan")


def _walks(swing: LegSwing, breaks_s: Floats) -> list[Bout]:
    windows = list(stepping(swing))
    balance = np.zeros(len(swing.time_s))
    for window in windows:
        balance[window.start : window.end] += 1 if window.is_forward else -1
    whose = np.searchsorted(breaks_s, swing.time_s, side="right")
    found: list[Bout] = []
    for way in (1, -1):
        for start, end in _runs(np.where(np.sign(balance) == way, 1 + whose, 0)):
            steps = [it.step_s for it in windows if it.start < end and start < it.end]
            walk = Bout("walking", start, end, way > 0, float(np.median(steps)))
            for straight in _straight(swing, walk):
                found += _under_way(swing, straight)
    return found


def _straight(swing: LegSwing, walk: Bout) -> Iterator[Bout]:
    """Cut a walk where the walker has turned."""
    yaw = bridged(swing.yaw_deg[walk.part])
    ahead = np.abs(yaw - np.median(yaw)) <= _MOST_OFF_DEG
    for start, end in _runs(np.where(ahead, 1, 2)):
        piece = replace(walk, start=walk.start + start, end=walk.start + end)
        if (end - start) / swing.rate_hz < LEAST_WALK_S:
            continue
        if ahead[start]:
            yield piece
        else:
            yield from _straight(swing, piece)


def _under_way(swing: LegSwing, walk: Bout) -> Iterator[Bout]:
    """Leave out what comes before the first step and after the last."""
    squares = np.square(swing.speed[walk.part])
    size = max(1, round(walk.step_s * swing.rate_hz))
    pace = np.sqrt(moving_mean(bridged(squares), size))
    least_s = max(LEAST_WALK_S, _LEAST_STEPS * walk.step_s)
    for start, end in _runs((pace >= _SLOWEST * np.median(pace)).astype(int)):
        if (end - start) / swing.rate_hz >= least_s:
            yield replace(walk, start=walk.start + start, end=walk.start + end)


def _measured(motion: Motion, swing: LegSwing, walk: Bout) -> Bout:
    yaw = float(np.nanmedian(swing.yaw_deg[walk.part]))
    low, high = np.nanpercentile(swing.ahead[walk.part], [5, 95])
    return replace(
        walk,
        kind=_gait(motion, swing, walk),
        is_forward=walk.is_forward and not _recedes(swing, walk, yaw),
        step_torsos=float(high - low) / 2 / shortening(yaw),
    )


def _recedes(swing: LegSwing, walk: Bout, yaw: float) -> bool:
    """Whether somebody seen from the front goes away, or from behind comes nearer."""
    if folded_deg(yaw) > FRONTAL_DEG:
        return False
    growth = slope(swing.time_s[walk.part], np.log(swing.torso_px[walk.part]))
    facing = 1 if abs(float(wrapped_deg(yaw))) <= 90 else -1
    return bool(facing * growth < -_LEAST_GROWTH)


def _is_believable(motion: Motion, swing: LegSwing, walk: Bout) -> bool:
    """Doubt what is seldom done, or hard to see, for a moment only; nobody runs backward.

    Feet that go round or up and down in turn, but do not carry the body, do not walk.
    """
    if not bears_weight(
        motion, swing, walk.part, walk.step_s,
        is_forward=walk.is_forward, is_run=walk.kind == "running",
    ):  # fmt: skip
        return False
    yaw = float(np.nanmedian(swing.yaw_deg[walk.part]))
    if walk.is_forward and folded_deg(yaw) > FRONTAL_DEG:
        return True
    lasts_s = (walk.end - walk.start) / swing.rate_hz
    return lasts_s >= _LEAST_UNUSUAL_S and (walk.is_forward or walk.kind == "walking")


def _gait(motion: Motion, swing: LegSwing, walk: Bout) -> Kind:
    """Tell running from walking: by the cadence, or by the flight that a side view shows."""
    if 1 / walk.step_s >= _RUNNING_HZ:
        return "running"
    yaw = float(np.nanmedian(swing.yaw_deg[walk.part]))
    low, high = np.nanpercentile(swing.lifted[walk.part], [5, 95])
    if folded_deg(yaw) <= FRONTAL_DEG or high - low < _RUNNING_LIFT:
        return "walking"
    share = backward_share(motion, walk.part, yaw, is_forward=walk.is_forward)
    return "running" if share < _FLIGHT_SHARE else "walking"


def _others(motion: Motion, walks: list[Bout]) -> Iterator[Bout]:
    """Find moving and stillness in what the walks leave."""
    size = max(1, round(_LEAST_BOUT_S * motion.rate_hz))
    speed = moving_mean(_speed_of_parts(motion), size)
    kinds = np.where(np.isfinite(speed), np.where(speed >= _STILL_BELOW, 1, 2), 0)
    for walk in walks:
        kinds[walk.part] = 0
    for start, end in _runs((kinds > 0).astype(int)):
        if end - start >= size:
            part = _without_short_runs(kinds[start:end], size)
            for first, last in _runs(part):
                yield Bout(_OTHERS[int(part[first])], start + first, start + last)


def _without_short_runs(kinds: NDArray[Any], size: int) -> NDArray[Any]:
    """Give what lasts less than `size` the other kind, the shortest first."""
    kinds = kinds.copy()
    while len(runs := _runs(kinds)) > 1:
        start, end = min(runs, key=lambda run: run[1] - run[0])
        if end - start >= size:
            break
        kinds[start:end] = 3 - kinds[start]
    return kinds


def _speed_of_parts(motion: Motion) -> Floats:
    """Speed of the four parts that move most, against the hips, in torso lengths per second."""
    parts = [f"{side}_{part}" for side in SIDES for part in _MOVING_PARTS]
    smooth = motion.smooth(_STILL_CUTOFF_HZ, [*parts, *(f"{side}_hip" for side in SIDES)])
    hips = smooth.middle_px("hip")
    speeds = []
    for part in parts:
        steps = np.gradient(smooth.image_px[part] - hips, axis=0) / motion.torso_px
        speeds.append(np.linalg.norm(steps, axis=1) * motion.rate_hz)
    ranked = np.sort(np.nan_to_num(speeds, nan=-1.0), axis=0)[-_FASTEST:]
    return np.where(ranked.min(axis=0) >= 0, ranked.mean(axis=0), np.nan)


def slope(time_s: Floats, values: Floats) -> float:
    """Rise per second of the line through the values; NaN for fewer than two."""
    known = np.isfinite(values)
    if known.sum() < 2:
        return float("nan")
    return float(np.polyfit(time_s[known] - time_s[0], values[known], 1)[0])


def _runs(labels: NDArray[Any]) -> list[tuple[int, int]]:
    """First place of each stretch of one label, and the place after it; 0 is no label."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], labels, [0]])))
    return [(int(start), int(end)) for start, end in pairwise(edges) if labels[start] != 0]
