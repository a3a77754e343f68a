"""Shape and effort of a dance: how far the body reaches, how alike its sides are, how it moves.

Everything is relative to the body: no metres, and no calories.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import FOOT, SIDES
from dancer_pipeline.signals.geometry import joint_angle_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

LIMBS = {"arm": ("shoulder", "elbow", "wrist"), "leg": ("hip", "knee", "ankle")}

TORSO_TO_STATURE = 0.288
"""From the middle of the hips to that of the shoulders, of a person's height (Winter 2009)."""

SEGMENTS = {
    ("shoulder", "elbow"): (0.028, 0.436),
    ("elbow", "wrist"): (0.022, 0.682),
    ("hip", "knee"): (0.100, 0.433),
    ("knee", "ankle"): (0.0465, 0.433),
    ("heel", "foot_index"): (0.0145, 0.5),
}
"""Share of the body's mass, and where the centre of mass lies from the first joint to the second.

Forearm and hand count as one (Winter 2009, table 4.1).
"""

TRUNK_SHARE, HEAD_SHARE = 0.497, 0.081

STEP_STARTS, STEP_ENDS = 1.0, 0.6
"""A foot sets out above this speed and has arrived below that, in torso lengths per second."""

LEAST_REST_S = 0.06
_ALOFT = 0.08
"""In torso lengths; the scatter of a foot's height is a third of it."""


_MIRRORED = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("hip", "shoulder", "elbow"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
}


def extension(moves: Motion, limb: str, side: str) -> Floats:
    """Distance of a limb's ends as a share of its length: 1 stretched out, by moment."""
    near, middle, far = (moves.world_m[f"{side}_{part}"] for part in LIMBS[limb])
    length = np.linalg.norm(middle - near, axis=1) + np.linalg.norm(far - middle, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.linalg.norm(far - near, axis=1) / length)


def expansion(moves: Motion) -> Floats:
    """Area of the box around the body in the picture over the square of the height, by moment."""
    points = np.stack(list(moves.image_px.values()))
    width, height = np.moveaxis(points.max(axis=0) - points.min(axis=0), -1, 0)
    stature_px = moves.torso_px / TORSO_TO_STATURE
    return np.asarray(width * height / stature_px**2)


@dataclass(frozen=True)
class Asymmetry:
    """How much the joint angles differ from those of the mirrored body (RMS)."""

    at_once_deg: float
    lagged_deg: float
    """The least against a mirrored body some time earlier or later."""
    lag_s: float
    seen: float
    """Share of the time in which all joints were seen."""
    n: int
    place: int
    """Where the two differ most at once."""


def asymmetry(moves: Motion, *, longest_s: float) -> Asymmetry | None:
    """Compare the body with its mirror image at lags of up to `longest_s`; None where unseen."""
    left, right = (
        np.stack([_angle_deg(moves, side, joints) for joints in _MIRRORED.values()])
        for side in SIDES
    )
    seen = np.isfinite(left + right).all(axis=0)
    if seen.sum() < 2:
        return None
    lags = range(min(round(longest_s * moves.rate_hz), left.shape[1] // 2) + 1)
    apart = np.array([_difference(left, right, lag) for lag in lags])
    best = int(np.nanargmin(apart))
    differs = np.where(seen, np.square(left - right).sum(axis=0), -1.0)
    return Asymmetry(
        at_once_deg=float(apart[0]),
        lagged_deg=float(apart[best]),
        lag_s=best / moves.rate_hz,
        seen=float(seen.mean()),
        n=int(seen.sum()),
        place=int(np.argmax(differs)),
    )


def foot_place(moves: Motion, side: str) -> Floats:
    """Middle of a foot in the picture, in torso lengths: times x 2, to the right and downwards."""
    parts = [moves.image_px[f"{side}_{part}"] for part in FOOT]
    return np.asarray(np.mean(parts, axis=0) / moves.torso_px)


def step_starts(time_s: Floats, foot: Floats) -> Floats:
    """Give the moments (seconds) at which a foot sets out, from its places in torso lengths.

    Between two steps it rests, if only for 0.06 s. At the top of a step it slows down too; there
    it is higher than where it sets out and than where it arrives.
    """
    if len(time_s) < 2:
        return np.array([])
    step_s = float(np.median(np.diff(time_s)))
    speed = np.linalg.norm(np.gradient(foot, axis=0), axis=1) / step_s
    steps: list[tuple[int, int]] = []
    for first, last in _under_way(time_s, speed, max(LEAST_REST_S, 1.5 * step_s)):
        if steps and _is_aloft(-foot[:, 1], steps[-1], (first, last)):
            steps[-1] = steps[-1][0], last
        else:
            steps.append((first, last))
    return np.array([time_s[it] for it, end in steps if speed[it : end + 1].max() > STEP_STARTS])


def _under_way(time_s: Floats, speed: Floats, rest_s: float) -> Iterator[tuple[int, int]]:
    """First and last moment of each stretch in which a foot moves."""
    with np.errstate(invalid="ignore"):
        moving = np.flatnonzero(speed > STEP_ENDS)
    for part in np.split(moving, np.flatnonzero(np.diff(time_s[moving]) > rest_s) + 1):
        if len(part):
            yield int(part[0]), int(part[-1])


def _is_aloft(height: Floats, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether a foot is up in the air between two stretches of moving."""
    between = float(np.median(height[before[1] : after[0] + 1]))
    return bool(between > max(height[before[0]], height[after[1]]) + _ALOFT)


def kinetic_energy(moves: Motion) -> Floats:
    """Kinetic energy of the segments per kilogram of the body, in J/kg, by moment.

    Only movement against the middle of the hips counts: world coordinates know no other.
    """
    return np.asarray(
        sum(0.5 * share * _squared_speed(moves, centre) for share, centre in _centres(moves))
    )


def _centres(moves: Motion) -> list[tuple[float, Floats]]:
    world = moves.world_m
    parts = [(HEAD_SHARE, (world["left_ear"] + world["right_ear"]) / 2)]
    shoulders = (world["left_shoulder"] + world["right_shoulder"]) / 2
    hips = (world["left_hip"] + world["right_hip"]) / 2
    parts.append((TRUNK_SHARE, (shoulders + hips) / 2))
    for side in SIDES:
        for (near, far), (share, along) in SEGMENTS.items():
            start, end = world[f"{side}_{near}"], world[f"{side}_{far}"]
            parts.append((share, start + along * (end - start)))
    return parts


def _squared_speed(moves: Motion, centre: Floats) -> Floats:
    return np.asarray(np.sum((np.gradient(centre, axis=0) * moves.rate_hz) ** 2, axis=1))


def _angle_deg(moves: Motion, side: str, joints: tuple[str, str, str]) -> Floats:
    return joint_angle_deg(*(moves.world_m[f"{side}_{joint}"] for joint in joints))


def _difference(left: Floats, right: Floats, lag: int) -> float:
    """RMS of left against right a lag later, and of right against left."""
    count = left.shape[1] - lag
    both = np.concatenate([left[:, :count] - right[:, lag:], right[:, :count] - left[:, lag:]])
    seen = np.isfinite(both).all(axis=0)
    return float(np.sqrt(np.mean(both[:, seen] ** 2))) if seen.sum() > 0 else float("nan")
