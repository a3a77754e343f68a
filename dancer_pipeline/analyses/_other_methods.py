"""The other way to measure: methods that stand beside those of the analyses, to be held against.

They are simple on purpose and read nothing but the cleaned keypoints, so that what they have in
common with the analyses' own methods is as little as can be.
"""

from collections.abc import Iterator

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.geometry import angle_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.periodicity import LEAST_STRENGTH, period
from dancer_pipeline.signals.tracks import Flags, Floats

_FALL_CUTOFF_HZ = 6.0
_LEAST_FALL = 0.7
"""Torso lengths a second: slower, a heel is not coming down from a swing."""
_USUAL_FALL, _LEAST_SHARE = 75, 0.6
"""Falls that have less than this share of the upper quartile of speeds are noise."""
_SLOWED = 0.25
_LEAST_STRIDE_S = 0.5

_SEGMENTS = {
    "knee": (("hip", "knee"), ("knee", "ankle")),
    "hip": (("shoulder", "hip"), ("hip", "knee")),
    "elbow": (("shoulder", "elbow"), ("elbow", "wrist")),
    "shoulder": (("shoulder", "hip"), ("shoulder", "elbow")),
}
_LEAST_SEEN = 0.7
_AWAY, _BACK = 0.65, 0.35
_NEAR_TOP = 0.05
_LEAST_RANGE_DEG = 35.0
_COUNT_HZ = 4.0
_LONGEST_S, _SHORTEST_S = 8.0, 0.4

_STEPS_HZ = np.arange(40, 221, 0.5) / 60
_LEAST_R2 = 0.3
_SHORTEST_WINDOW_S = 3.0


def contacts_by_fall(motion: Motion) -> dict[str, Floats]:
    """When each heel has come down: its fall has slowed to a quarter of its speed (seconds)."""
    smooth = motion.smooth(_FALL_CUTOFF_HZ, [f"{side}_heel" for side in SIDES])
    return {
        side: _landings(smooth.image_px[f"{side}_heel"][:, 1] / motion.torso_px, smooth)
        for side in SIDES
    }


def _landings(depth: Floats, motion: Motion) -> Floats:
    """Find the ends of falls; `depth` grows downwards."""
    known = np.flatnonzero(np.isfinite(depth))
    if len(known) < 3:
        return np.array([])
    from scipy.signal import find_peaks

    whole = np.interp(np.arange(len(depth)), known, depth[known])
    speed = np.gradient(whole) * motion.rate_hz
    apart = max(1, round(_LEAST_STRIDE_S * motion.rate_hz))
    falls, found = find_peaks(speed, height=_LEAST_FALL, distance=apart)
    if not len(falls):
        return np.array([])
    usual = np.percentile(found["peak_heights"], _USUAL_FALL)
    landings = [_slowed(speed, int(it)) for it in falls if speed[it] >= _LEAST_SHARE * usual]
    seen = [at for at in landings if at is not None and np.isfinite(depth[round(at)])]
    return np.asarray(motion.time_s[0] + np.array(seen, dtype=float) / motion.rate_hz)


def _slowed(speed: Floats, fall: int) -> float | None:
    """Place after a fall's fastest moment at which it has slowed down; None where it has not."""
    limit = _SLOWED * speed[fall]
    slow = np.flatnonzero(speed[fall:] < limit)
    if not len(slow):
        return None
    at = fall + int(slow[0])
    return at - float((limit - speed[at]) / (speed[at - 1] - speed[at]))


def step_rate_hz(motion: Motion) -> float:
    """Find the steps per second: the sinusoid that fits the height of the hips best, or NaN."""
    height = motion.middle_px("hip")[:, 1]
    known = np.isfinite(height)
    time_s = motion.time_s[known]
    if not known.any() or np.ptp(time_s) < _SHORTEST_WINDOW_S:
        return float("nan")
    trend = np.vander(time_s - time_s.mean(), 3)
    left = height[known] - trend @ np.linalg.lstsq(trend, height[known], rcond=None)[0]
    turns = 2 * np.pi * np.outer(_STEPS_HZ, time_s)
    in_phase, across = np.cos(turns) @ left, np.sin(turns) @ left
    explained = 2 * (in_phase**2 + across**2) / len(time_s) / max(float(left @ left), 1e-12)
    best = int(np.argmax(explained))
    return float(_STEPS_HZ[best]) if explained[best] >= _LEAST_R2 else float("nan")


def turns_by_component(motion: Motion, allowed: Flags) -> Floats | None:
    """When repetitions turn, by the first principal component of eight joint angles (seconds).

    None where nothing repeats itself. The component is the direction in which the angles vary
    most; a repetition goes above 65 % of its range and comes back below 35 %.
    """
    if motion.duration_s < 2 * _SHORTEST_S:
        return None
    angles = _angles(motion)
    seen = np.isfinite(angles).mean(axis=0) >= _LEAST_SEEN
    usable = allowed & np.isfinite(angles[:, seen]).all(axis=1)
    if not seen.any() or usable.mean() < _LEAST_SEEN / 2:
        return None
    course = _component(angles[:, seen], usable, motion.rate_hz)
    low, high = np.percentile(course[usable], [5, 95])
    regular = period(course, motion.rate_hz, shortest_s=_SHORTEST_S, longest_s=_LONGEST_S)
    if high - low < _LEAST_RANGE_DEG or regular.strength < LEAST_STRENGTH:
        return None
    level = (course - low) / (high - low)
    return np.array([motion.time_s[0] + at / motion.rate_hz for at in _tops(level)])


def _angles(motion: Motion) -> Floats:
    world = motion.world_m
    return np.stack(
        [
            angle_deg(*(world[f"{side}_{end}"] - world[f"{side}_{start}"] for start, end in pair))
            for pair in _SEGMENTS.values()
            for side in SIDES
        ],
        axis=1,
    )


def _component(angles: Floats, usable: Flags, rate_hz: float) -> Floats:
    """First principal component over time, low-passed; 0 at the beginning and positive away."""
    known = np.flatnonzero(usable)
    places = np.arange(len(angles))
    whole = np.stack([np.interp(places, known, column[known]) for column in angles.T], axis=1)
    centred = whole - whole[known].mean(axis=0)
    _, _, directions = np.linalg.svd(centred[known], full_matrices=False)
    course = low_pass(
        centred @ directions[0], rate_hz=rate_hz, cutoff_hz=min(_COUNT_HZ, 0.2 * rate_hz)
    )
    course = course - course[known[: max(1, round(0.3 * rate_hz))]].mean()
    return np.asarray(course * (np.sign(course[known].mean()) or 1.0))


def _tops(level: Floats) -> Iterator[float]:
    """Middle of the highest part of each excursion that has come back."""
    is_away, since = False, 0
    for at, value in enumerate(level):
        if not is_away and value >= _AWAY:
            is_away, since = True, at
        elif is_away and value <= _BACK:
            part = level[since:at]
            near = np.flatnonzero(part >= part.max() - _NEAR_TOP)
            yield since + float(near[[0, -1]].mean())
            is_away = False


def inward_deg(motion: Motion) -> Floats:
    """How far both knees bend inward in the picture, on average (frontal plane angle)."""
    bends = []
    for side in SIDES:
        hip, knee, ankle = (motion.image_px[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
        thigh, shank = knee - hip, ankle - knee
        towards_middle = np.sign(motion.middle_px("ankle")[:, 0] - ankle[:, 0])
        turn = np.degrees(
            np.arctan2(thigh[:, 0], thigh[:, 1]) - np.arctan2(shank[:, 0], shank[:, 1])
        )
        bends.append(towards_middle * turn)
    return np.asarray(np.mean(bends, axis=0))
