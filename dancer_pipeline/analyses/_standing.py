"""Standing told from walking: which lifts of a foot are steps, where somebody stands quietly."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._stance import Stance, foot_px
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion

STRAIGHT = 1.3
"""Torso lengths: a leg is 1.7 of them long, a seat 0.9 high."""

_AT_ONCE_S = 0.25
_LONGEST_STEP_S, _LEAST_CONFUSED = 1.5, 0.1


def without_steps(
    found: Sequence[Stance],
    activity: pd.DataFrame,
    repetitions: pd.DataFrame,
    tests_of_balance: Sequence[str],
) -> list[Stance]:
    """Leave out what may be steps of a walk, and what is a part of a known exercise.

    A walker is on one leg for less than 1.5 s; who stands on a leg again and again looks as if he
    walked.
    """
    walks = activity[activity["activity"].isin(["walking", "running"])]
    known = repetitions[~repetitions["exercise"].isin(["unknown", *tests_of_balance])]
    return [
        it
        for it in found
        if _shared_s(it, known) < it.duration_s / 2
        and (
            _shared_s(it, walks) < it.duration_s / 2
            or (it.duration_s > _LONGEST_STEP_S and it.confused_share < _LEAST_CONFUSED)
        )
    ]


def _shared_s(stance: Stance, others: pd.DataFrame) -> float:
    starts_s, ends_s = (others[name].to_numpy(float) for name in ("start_s", "end_s"))
    overlap = np.minimum(ends_s, stance.end_s) - np.maximum(starts_s, stance.start_s)
    return float(np.maximum(overlap, 0.0).sum())


def longest_standing(
    moves: Motion, activity: pd.DataFrame, found: Sequence[Stance], *, is_test: bool
) -> tuple[float, float]:
    """Longest stretch of quiet standing on straight legs in which no foot is up.

    Where the uploader says that balance is tested, somebody who sways so much that it looks like
    another movement stands as well.
    """
    kinds = ["still", "moving"] if is_test else ["still"]
    pieces = [
        piece
        for span in _spans(activity[activity["activity"].isin(kinds)])
        for piece in _without_stances(*span, found)
    ]
    upright = (it for it in pieces if _is_upright(moves.between(*it)))
    return max(upright, key=lambda it: it[1] - it[0], default=(0.0, 0.0))


def _spans(bouts: pd.DataFrame) -> list[tuple[float, float]]:
    """Bouts in order of time, those that follow each other at once made one."""
    spans: list[tuple[float, float]] = []
    for start_s, end_s in bouts.sort_values("start_s")[["start_s", "end_s"]].to_numpy(float):
        if spans and start_s - spans[-1][1] < _AT_ONCE_S:
            spans[-1] = spans[-1][0], float(end_s)
        else:
            spans.append((float(start_s), float(end_s)))
    return spans


def _without_stances(
    start_s: float, end_s: float, found: Sequence[Stance]
) -> Iterator[tuple[float, float]]:
    for stance in found:
        if stance.start_s < end_s and stance.end_s > start_s:
            yield start_s, max(start_s, stance.start_s)
            start_s = stance.end_s
    yield start_s, max(start_s, end_s)


def _is_upright(moves: Motion) -> bool:
    """Tell whether the hips are a straight leg's length above both feet, most of the time."""
    heights = [(foot_px(moves, side) - moves.middle_px("hip"))[:, 1] for side in SIDES]
    lower = np.min(heights, axis=0)
    known = lower[np.isfinite(lower)]
    return bool(len(known) and np.median(known) > STRAIGHT * moves.torso_px)
