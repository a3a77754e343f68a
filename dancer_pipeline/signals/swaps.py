"""Left and right leg exchanged for a moment: found and put right where it is beyond doubt.

Models confuse the legs for a few frames when one passes the other. Only such short bursts are
repaired; a repair that may relabel for longer makes real walks worse.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.tracks import Flags, Floats, Tracks

MAX_BURST_S = 0.20
MAX_JUMP_RATIO = 0.35
"""Exchanging the legs must lower the jumps into and out of a burst to less than this share."""

LEG = ("knee", "ankle", "heel", "foot_index")


def without_leg_swaps(points: Tracks) -> Tracks:
    """Exchange left and right again in the frames in which the legs were confused."""
    is_swapped = leg_swaps(points)
    return replace(
        points,
        image_px=_exchanged(points.image_px, is_swapped),
        world_m=_exchanged(points.world_m, is_swapped),
        confidence=_exchanged(points.confidence, is_swapped),
    )


def leg_swaps(points: Tracks) -> Flags:
    """In which frames the left and the right leg are exchanged, in bursts of at most 0.2 s."""
    is_swapped = np.zeros(len(points.frame), dtype=bool)
    kept, exchanged = _jumps(points)
    for start, end in _bursts(points.time_s, exchanged < kept):
        if is_swapped[start:end].any():
            continue
        before, after = kept[[start, end]].sum(), exchanged[[start, end]].sum()
        if after < MAX_JUMP_RATIO * before:
            is_swapped[start:end] = True
    return is_swapped


def _bursts(time_s: Floats, may_change: Flags) -> Iterator[tuple[int, int]]:
    """First frame of a burst and first frame after it; the shortest for each beginning first."""
    changes = np.flatnonzero(may_change)
    for place, start in enumerate(changes):
        for end in changes[place + 1 :]:
            if time_s[end] - time_s[start] > MAX_BURST_S + 1e-6:
                break
            yield int(start), int(end)


def _jumps(points: Tracks) -> tuple[Floats, Floats]:
    """How far the legs move into each frame: with the sides kept, and with them exchanged."""
    left, right = (_stacked(points, side) for side in SIDES)
    kept = _moved(left[:-1], left[1:]) + _moved(right[:-1], right[1:])
    exchanged = _moved(left[:-1], right[1:]) + _moved(right[:-1], left[1:])
    return np.insert(kept, 0, np.nan), np.insert(exchanged, 0, np.nan)


def _stacked(points: Tracks, side: str) -> Floats:
    return np.stack([points.image_px[f"{side}_{part}"] for part in LEG], axis=1)


def _moved(before: Floats, after: Floats) -> Floats:
    return np.asarray(np.linalg.norm(after - before, axis=-1).sum(axis=1))


def _exchanged(values: dict[str, Floats], is_swapped: Flags) -> dict[str, Floats]:
    result = dict(values)
    for part in LEG:
        left, right = values[f"left_{part}"], values[f"right_{part}"]
        where = is_swapped.reshape(-1, *[1] * (left.ndim - 1))
        result[f"left_{part}"] = np.where(where, right, left)
        result[f"right_{part}"] = np.where(where, left, right)
    return result
