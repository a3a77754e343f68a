"""Balance: how long somebody stands on one leg, and how still, on one leg or on both."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses import _balance_needs as needed
from dancer_pipeline.analyses._balance_needs import USUAL, Requirements
from dancer_pipeline.analyses._camera import unmirrored_camera
from dancer_pipeline.analyses._one_person import doubts_of_others, one_person
from dancer_pipeline.analyses._results import Problem, Results, Value, doubted, rows
from dancer_pipeline.analyses._stance import Stance, stances, touch_downs
from dancer_pipeline.analyses._standing import longest_standing, without_steps
from dancer_pipeline.analyses._still import problem_of_stillness
from dancer_pipeline.analyses._sway import AboveNoise, sway, trunk_lean_deg, view_between
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.body_parts import SIDES, Side
from dancer_pipeline.signals.motion import Motion, motion

METHOD_VERSION = "2"

_ON_ONE_LEG = {
    "single_leg_stance_time": "s",
    "single_leg_stance_count": "1",
    "touch_down_count": "1",
    "stance_trunk_lean": "deg",
    "stance_trunk_lean_range": "deg",
    "sway_side_to_side": "percent",
    "sway_fore_aft": "percent",
    "sway_speed": "torso/s",
}
_ON_BOTH = {
    "standing_sway_side_to_side": "percent",
    "standing_sway_fore_aft": "percent",
    "standing_sway_speed": "torso/s",
}
_STANDING = "standing_"
_SHOWN_FROM = {
    "frontal": "sway_side_to_side",
    "back": "sway_side_to_side",
    "sagittal": "sway_fore_aft",
}


@dataclass(frozen=True)
class _Video:
    """What is read of a video once, for all of its metrics."""

    moves: Motion
    extracts: pd.DataFrame
    needs: Requirements

    def frames(self, *times_s: float) -> tuple[int, ...]:
        """Frames of the file that are nearest to these times."""
        places = [int(np.argmin(np.abs(self.moves.time_s - it))) for it in times_s]
        return tuple(int(self.moves.frame[it]) for it in places)


def balance(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    repetitions: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
    upload_options: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """How long and how still somebody stands on one leg; how still on both.

    A stance on one leg lasts from the moment the other foot leaves the floor until it is back, at
    least 1 s; `side` is the standing leg. Where nobody says that balance is tested, steps of a walk
    and parts of a known exercise do not count.
    `single_leg_stance_time` is the longest. In `touch_down_count` the lifted foot came down for a
    moment (up to 1.5 s) and was lifted again.

    Sway is how far the middle of the hips wanders from its mean over the standing foot: the root
    mean square in percent of the torso's length, below 4 Hz, without the first and the last half
    second. A view from the front or from behind shows `sway_side_to_side`, one from the side
    `sway_fore_aft`; the other one is refused. `sway_speed` is the path per second in the direction
    that is seen. The noise of the keypoints is taken off; what is below it is refused, and what is
    hardly above it (2.5 times for sway, 1.5 times for its speed) has low confidence. A pose model
    that smooths over time makes quick sway smaller and its speed up to 40 % lower, so compare only
    recordings that were made alike. `standing_` sway is the same for the longest quiet stretch on
    both feet.

    `stance_trunk_lean` is the mean angle of the trunk from the vertical of the picture in the
    longest stance: towards the standing leg in a view from the front or from behind, forward in one
    from the side. `stance_trunk_lean_range` is from its 2.5th to its 97.5th percentile. The tilt of
    a camera adds to it.

    Where the followed body becomes somebody else's, only the longest stretch of one person is
    measured, with low confidence.
    """
    one = one_person(motion(body_motion), people)
    moves, exercise = one.of(motion(body_motion)), chosen(upload_options, "exercise")
    activity = one.spans(activity)
    problem = needed.problem_of_balance(moves, exercise, needs)
    if problem := problem or problem_of_stillness(video_extracts):
        return _all_refused(one.why(problem))
    found = stances(moves)
    is_test = exercise in needed.STOOD
    if not is_test:
        found = without_steps(found, activity, repetitions, needed.STOOD)
    longest_s = max((it.duration_s for it in found), default=0.0)
    if longest_s < needs.stance_s and (problem := needed.hidden_foot(moves, needs)):
        return _all_refused(problem)
    standing = longest_standing(moves, activity, found, is_test=is_test)
    stood_s = standing[1] - standing[0]
    stands = stood_s >= max(needs.standing_s, needs.standing_share * moves.duration_s)
    if not is_test and longest_s < needs.stance_s and not stands:
        return _all_refused(needed.nothing_stood(longest_s, stood_s, needs))
    if chosen(upload_options, "mirrored", otherwise=False):
        video_extracts = unmirrored_camera(video_extracts)
    video = _Video(moves, video_extracts, needs)
    doubts = one.doubts or doubts_of_others(people)
    sided = [
        row
        for side in SIDES
        for row in rows(doubted(_of_leg(video, side, found), doubts), _ON_ONE_LEG, side)
    ]
    both = rows(doubted(_of_standing(video, *standing), doubts), _ON_BOTH)
    return _table([*sided, *both])


def _of_leg(video: _Video, side: Side, found: Sequence[Stance]) -> Results:
    mine = [it for it in found if it.side == side]
    held = [it for it in mine if it.duration_s >= video.needs.stance_s]
    count = Value(float(len(held)), len(held), video.frames(*(it.start_s for it in held)))
    if not held:
        longest_s = max((it.duration_s for it in mine), default=0.0)
        problem = needed.no_stance(side, longest_s, video.needs)
        return dict.fromkeys(_ON_ONE_LEG, problem) | {"single_leg_stance_count": count}
    downs = touch_downs(mine, video.needs.stance_s)
    longest = max(held, key=lambda it: it.duration_s)
    results: Results = {
        "single_leg_stance_time": Value(
            longest.duration_s, len(held), video.frames(longest.start_s, longest.end_s)
        ),
        "single_leg_stance_count": count,
        "touch_down_count": Value(float(len(downs)), len(held), video.frames(*downs)),
    }
    doubts = needed.doubts_of_stance(longest, video.needs)
    return doubted({**results, **_of_stance(video, longest)}, doubts)


def _of_stance(video: _Video, stance: Stance) -> Results:
    settling_s = min(video.needs.settling_s, stance.duration_s / 4)
    start_s, end_s = stance.start_s + settling_s, stance.end_s - settling_s
    view, yaw = view_between(video.moves, start_s, end_s)
    lean = _of_trunk(video, stance.side, view, yaw, start_s, end_s)
    return {**lean, **_of_sway(video, view, yaw, start_s, end_s)}


def _of_standing(video: _Video, start_s: float, end_s: float) -> Results:
    if end_s - start_s < video.needs.standing_s:
        return dict.fromkeys(_ON_BOTH, needed.no_standing(end_s - start_s, video.needs))
    view, yaw = view_between(video.moves, start_s, end_s)
    found = _of_sway(video, view, yaw, start_s, end_s)
    return {_STANDING + name: result for name, result in found.items()}


def _of_trunk(
    video: _Video, side: Side, view: str | None, yaw: float, start_s: float, end_s: float
) -> Results:
    lean = trunk_lean_deg(video.moves.between(start_s, end_s))
    known = lean[np.isfinite(lean)]
    names = ("stance_trunk_lean", "stance_trunk_lean_range")
    if len(known) < max(3, video.needs.visible_share * len(lean)):
        return dict.fromkeys(names, needed.hidden_trunk(len(known), len(lean)))
    low, high = np.percentile(known, [2.5, 97.5])
    values = float(np.mean(known)) * _sign_of_lean(side, view, yaw), float(high - low)
    frames, doubts = video.frames(start_s, end_s), needed.doubts_of_lean(view, yaw)
    return {
        name: Value(value, len(known), frames, doubts)
        for name, value in zip(names, values, strict=True)
    }


def _sign_of_lean(side: Side, view: str | None, yaw: float) -> int:
    """Turn `to the right in the picture` into `towards the standing leg`, or into `forward`."""
    if view in ("frontal", "back"):
        return 1 if (side == "left") == (view == "frontal") else -1
    return 1 if np.sin(np.radians(yaw)) > 0 else -1


def _of_sway(video: _Video, view: str | None, yaw: float, start_s: float, end_s: float) -> Results:
    names = ("sway_side_to_side", "sway_fore_aft", "sway_speed")
    problem = needed.problem_of_sway(video.moves, video.extracts, start_s, end_s, video.needs)
    if problem:
        return dict.fromkeys(names, problem)
    found = sway(video.moves, start_s, end_s)
    if found is None:
        return dict.fromkeys(names, _lost_hips(video.moves.between(start_s, end_s)))
    frames = video.frames(start_s, end_s)
    wandered = _judged(found.wandering, found.n, frames, "percent", video.needs.sure_of_sway)
    speed = _judged(found.speed, found.n, frames, "torso/s", video.needs.sure_of_speed)
    shown = _SHOWN_FROM.get(view or "")
    return {
        name: wandered if name == shown else needed.unseen_direction(name, view, yaw)
        for name in names[:2]
    } | {"sway_speed": speed}


def _lost_hips(stretch: Motion) -> Problem:
    seen = stretch.seen("left_hip", "right_hip")
    return needed.lost_hips(float(seen.mean()) if len(seen) else 0.0, stretch.duration_s)


def _judged(
    found: AboveNoise, n: int, frames: tuple[int, ...], unit: str, sure: float
) -> Value | Problem:
    """Refuse what is below the noise; doubt what is hardly above it."""
    if found.value < found.floor:
        return needed.below_noise(found, unit)
    is_sure = found.value >= sure * found.floor
    return Value(found.value, n, frames, {} if is_sure else needed.near_noise(found, unit))


def _all_refused(problem: Problem) -> pd.DataFrame:
    sided = [
        row
        for side in SIDES
        for row in rows(dict.fromkeys(_ON_ONE_LEG, problem), _ON_ONE_LEG, side)
    ]
    return _table([*sided, *rows(dict.fromkeys(_ON_BOTH, problem), _ON_BOTH)])


def _table(metrics: Sequence[Metric]) -> pd.DataFrame:
    return metric_table("balance", metrics, method_version=METHOD_VERSION)
