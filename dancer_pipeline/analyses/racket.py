"""A session of strokes: how many, in which rallies, of which kinds, and where on the court."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._court_zones import zones
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._shots import (
    BY_SPEED,
    KINDS,
    OVERHEAD_TORSOS,
    alike_overheads,
    told_in,
)
from dancer_pipeline.analyses._strokes import RACKET_SPORTS, SWING_SPORTS
from dancer_pipeline.metrics import Metric, metric_table, refused
from dancer_pipeline.options import chosen

METHOD_VERSION = "2"

_PERCENTILES = (50, 75, 90)
_LEAST_INTERVALS = 3
_SWINGS_TO_RANK = 5
_SPEED = "peak_speed_torsos_per_s"


def racket(
    swings: pd.DataFrame, court_positions: pd.DataFrame, upload_options: pd.DataFrame
) -> pd.DataFrame:
    """Swings, rallies, shot candidates and court time of a session.

    Rallies and intervals are those of the player who is followed, who hits every second shot of a
    singles rally. Kinds are candidates from the pose alone. Percentiles of the hand's speed compare
    swings of this session only; there is no speed in metres, for one camera cannot show it.
    """
    exercise = chosen(upload_options, "exercise")
    found = swings[swings["status"] != "refused"].sort_values("peak_s")
    metrics = [
        _count(swings, found, exercise),
        *_rallies(swings, found, exercise),
        *_kinds(swings, found, exercise),
        *_percentiles(swings, found),
        *zones(court_positions, exercise),
    ]
    return metric_table("racket", metrics, method_version=METHOD_VERSION)


def _count(swings: pd.DataFrame, found: pd.DataFrame, exercise: str | None) -> Metric:
    """Count the swings; none is an answer only where there should be some."""
    is_none = _reason(swings) == "no_swing_found" and exercise in SWING_SPORTS
    if found.empty and not is_none:
        return _without_swings("swing_count", "1", swings)
    return _given("swing_count", "1", float(len(found)), len(found), found)


def _rallies(swings: pd.DataFrame, found: pd.DataFrame, exercise: str | None) -> Iterator[Metric]:
    names = (("rally_count", "1"), ("shots_per_rally", "1"), ("own_shot_interval", "s"))
    if found.empty:
        yield from (_without_swings(*name, swings) for name in names)
        return
    if exercise not in RACKET_SPORTS:
        yield from (refused(*name, "not_applicable", _no_rallies()) for name in names)
        return
    lengths = found.groupby("rally").size().to_numpy(float)
    yield _given("rally_count", "1", float(len(lengths)), len(found), found)
    yield _given("shots_per_rally", "1", float(np.median(lengths)), len(lengths), found)
    yield _interval(found)


def _interval(found: pd.DataFrame) -> Metric:
    within = found["rally"].diff() == 0
    gaps_s = found["peak_s"].diff()[within].to_numpy(float)
    if len(gaps_s) < _LEAST_INTERVALS:
        return refused(
            "own_shot_interval",
            "s",
            "too_short",
            f"Only {len(gaps_s)} intervals between shots of one rally were found; at least "
            f"{_LEAST_INTERVALS} are needed. Film longer rallies.",
        )
    return _given("own_shot_interval", "s", float(np.median(gaps_s)), len(gaps_s), found)


def _kinds(swings: pd.DataFrame, found: pd.DataFrame, exercise: str | None) -> Iterator[Metric]:
    names = [f"{kind}_candidates" for kind in KINDS]
    if found.empty:
        yield from (_without_swings(name, "1", swings) for name in names)
        return
    if exercise not in SWING_SPORTS:
        yield from (refused(name, "1", "exercise_unknown", _no_sport()) for name in names)
        return
    alike = _alike(found)
    for kind, name in zip(KINDS, names, strict=True):
        shots = found[found["kind"] == kind]
        if kind not in told_in(exercise):
            yield refused(name, "1", "not_applicable", _not_of(kind, exercise))
        elif alike and kind in BY_SPEED:
            yield refused(name, "1", *alike)
        else:
            yield _given(name, "1", float(len(shots)), len(found), found, _how_sure(shots), shots)


def _how_sure(shots: pd.DataFrame) -> str | None:
    if shots.empty:
        return None
    sure = float(shots["label_confidence"].mean())
    return f"A candidate from the pose alone, with a confidence of {sure:.0%} on average."


def _alike(found: pd.DataFrame) -> Problem | None:
    """Why overhead shots cannot be told apart; without one there is none to be told apart."""
    heights = found["contact_height_torsos"].to_numpy(float)
    if not (heights > OVERHEAD_TORSOS).any():
        return None
    if slow := _slow(found):
        return slow
    return alike_overheads(heights, found[_SPEED].to_numpy(float))


def _percentiles(swings: pd.DataFrame, found: pd.DataFrame) -> Iterator[Metric]:
    names = [f"swing_speed_p{percent}" for percent in _PERCENTILES]
    if found.empty:
        yield from (_without_swings(name, "torsos/s", swings) for name in names)
        return
    problem = _incomparable(found)
    for percent, name in zip(_PERCENTILES, names, strict=True):
        if problem:
            yield refused(name, "torsos/s", *problem)
            continue
        speeds = found[_SPEED].to_numpy(float)
        value = float(np.percentile(speeds, percent))
        nearest = found.iloc[[int(np.argmin(np.abs(speeds - value)))]]
        told = "Compare it with swings of this video only: frame rate and view change it."
        yield _given(name, "torsos/s", value, len(found), found, told, nearest)


def _incomparable(found: pd.DataFrame) -> Problem | None:
    if slow := _slow(found):
        return slow
    if len(found) < _SWINGS_TO_RANK:
        return "too_short", (
            f"Only {len(found)} swings were found; at least {_SWINGS_TO_RANK} are needed to "
            "compare their speeds. Film more of them."
        )
    return None


def _slow(found: pd.DataFrame) -> Problem | None:
    is_slow = ["frame_rate_too_low" in it for it in found["reasons"]]
    return ("frame_rate_too_low", str(found["advice"][is_slow].iloc[0])) if any(is_slow) else None


def _given(
    metric: str,
    unit: str,
    value: float,
    n: int,
    rests_on: pd.DataFrame,
    told: str | None = None,
    shown: pd.DataFrame | None = None,
) -> Metric:
    """Row with the doubts of the swings that it rests on; these are shown, or some of them."""
    doubted = rests_on[rests_on["status"] == "low_confidence"]
    shown = rests_on if shown is None else shown
    reasons = tuple(dict.fromkeys(one for row in doubted["reasons"] for one in row))
    said = [told, doubted["advice"].iloc[0] if len(doubted) else None]
    return Metric(
        metric,
        unit,
        value,
        n,
        status="low_confidence" if reasons else "ok",
        reasons=reasons,
        advice=" ".join(filter(None, said)) or None,
        evidence_frames=tuple(int(it) for it in shown["peak_frame"]),
    )


def _reason(swings: pd.DataFrame) -> str:
    return str((*swings["reasons"].iloc[0], "")[0])


def _without_swings(metric: str, unit: str, swings: pd.DataFrame) -> Metric:
    return refused(metric, unit, _reason(swings), str(swings["advice"].iloc[0]))


def _no_rallies() -> str:
    return (
        "Rallies are those of a racket sport. If one is played, say which: exercise is one of "
        f"{', '.join(RACKET_SPORTS)}."
    )


def _not_of(kind: str, exercise: str) -> str:
    looked_for = ", ".join(it.replace("_", " ") for it in told_in(exercise) if it != "unknown")
    return (
        f"You call this {exercise.replace('_', ' ')}, in which no {kind.replace('_', ' ')} is "
        f"looked for, only: {looked_for}. If it is another sport, say which."
    )


def _no_sport() -> str:
    return (
        "Without the sport no kind of shot is named. Say which it is: exercise is one of "
        f"{', '.join(SWING_SPORTS)}."
    )
