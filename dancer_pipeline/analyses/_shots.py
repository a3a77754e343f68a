"""What kind of shot a swing may be, from the body alone: a candidate with a confidence.

A pose does not show the ball or the shuttle, so nothing here is certain. The rules are conventions
of coaches; a label near a limit is `unknown`, which is no mistake, while a wrong label is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.analyses._hands import Hands, aside
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._strokes import Stroke
from dancer_pipeline.signals.tracks import Floats

KINDS = (
    "smash", "clear", "drop", "overhead", "lift", "drive", "forehand", "backhand", "bat_swing",
    "delivery", "unknown",
)  # fmt: skip

OVERHEAD_TORSOS = 0.4
"""So far above the shoulders the hand is over the head."""

BY_SPEED = ("smash", "clear", "drop")
"""Overhead shots that only the speeds of a session tell apart."""

_OF_A_RACKET = ("overhead", "forehand", "backhand", "unknown")
_TOLD = {
    "badminton": (*BY_SPEED, "overhead", "lift", "drive", "unknown"),
    **dict.fromkeys(("tennis", "squash", "table_tennis", "padel"), _OF_A_RACKET),
    "batting": ("bat_swing", "unknown"),
    "bowling": ("delivery", "unknown"),
}

_LEAST_CONFIDENCE, _MOST_CONFIDENCE = 0.5, 0.85
_LEAST_OVERHEADS = 8
_FAST, _SLOW = 75.0, 35.0
_LEAST_SPREAD = 0.25
_STEEP_TORSOS, _SOFT_TORSOS, _BAND_TORSOS = -0.75, -0.45, 0.03
_RISE_TORSOS, _LEVEL_TORSOS = 0.5, 0.2
_ACROSS_TORSOS = 0.25
_FOLLOW_S = 0.25


@dataclass(frozen=True)
class Shot:
    """A swing as it looks at the moment of contact; lengths in torso lengths."""

    height: float
    """Of the hand above the shoulders, at contact."""
    rise: float
    """How far the hand goes up after contact; negative when it goes down."""
    aside: float
    """Of the hand when it sets off, towards its own side of the body; NaN where not known."""
    peak_speed: float


@dataclass(frozen=True)
class Kind:
    """A candidate and how sure it is, 0 to 1."""

    name: str = "unknown"
    confidence: float = 0.0


def shot(body: Hands, stroke: Stroke) -> Shot:
    """Describe one swing."""
    time_s, place = body.motion.time_s, body.place[stroke.side]
    at_s, end_s = stroke.contact_s, float(time_s[stroke.burst.end])
    height, later = (
        _at(time_s, -place[:, 1], moment_s) for moment_s in (at_s, min(at_s + _FOLLOW_S, end_s))
    )
    return Shot(
        height=height,
        rise=later - height,
        aside=_own_side(body, stroke),
        peak_speed=stroke.burst.peak_speed,
    )


def kinds(shots: Sequence[Shot], exercise: str | None, *, compares_speeds: bool) -> list[Kind]:
    """Name a candidate for each swing of a session.

    Smash, clear and drop differ in speed, so they need a session of overhead shots of different
    speeds, and a frame rate at which speeds compare; without, the candidate is `overhead`.
    """
    if exercise == "badminton":
        return _badminton(shots, compares_speeds=compares_speeds)
    if exercise in ("tennis", "squash", "table_tennis", "padel"):
        return [_of_a_racket(it) for it in shots]
    if exercise == "batting":
        return [Kind("bat_swing", 0.8) if it.height < OVERHEAD_TORSOS else Kind() for it in shots]
    if exercise == "bowling":
        return [_sure("delivery", it.height - OVERHEAD_TORSOS) for it in shots]
    return [Kind() for _ in shots]


def told_in(exercise: str) -> Sequence[str]:
    """Kinds that are looked for in this sport; of all others nothing is known there."""
    return _TOLD[exercise]


def alike_overheads(heights: Floats, speeds: Floats) -> Problem | None:
    """Say why the overhead shots of a session cannot be told apart by their speed; None if so.

    `heights` of the hand above the shoulders at contact, in torso lengths.
    """
    overheads = speeds[heights > OVERHEAD_TORSOS]
    if len(overheads) < _LEAST_OVERHEADS:
        return "too_short", (
            f"{len(overheads)} overhead shots were found; at least {_LEAST_OVERHEADS} of different "
            "speeds are needed to tell smash, clear and drop apart. Film more of them."
        )
    if _spread(overheads) < _LEAST_SPREAD:
        return "speeds_alike", (
            f"The middle half of the {len(overheads)} overhead shots differ by "
            f"{_spread(overheads):.0%} in speed; {_LEAST_SPREAD:.0%} are needed to tell smash, "
            "clear and drop apart. Film slow and fast ones in one video."
        )
    return None


def _badminton(shots: Sequence[Shot], *, compares_speeds: bool) -> list[Kind]:
    percentiles = _overhead_percentiles(shots) if compares_speeds else [float("nan")] * len(shots)
    return [_of_a_shuttle(it, rank) for it, rank in zip(shots, percentiles, strict=True)]


def _overhead_percentiles(shots: Sequence[Shot]) -> list[float]:
    """Rank of each overhead shot's speed among them; NaN where they cannot be told apart."""
    from scipy.stats import percentileofscore

    heights = np.array([it.height for it in shots])
    all_speeds = np.array([it.peak_speed for it in shots])
    if alike_overheads(heights, all_speeds):
        return [float("nan")] * len(shots)
    speeds = all_speeds[heights > OVERHEAD_TORSOS]
    return [float(percentileofscore(speeds, it.peak_speed, "mean")) for it in shots]


def _spread(speeds: Floats) -> float:
    low, middle, high = np.percentile(speeds, [25, 50, 75])
    return float((high - low) / middle)


def _of_a_shuttle(it: Shot, percentile: float) -> Kind:
    if it.height > OVERHEAD_TORSOS:
        return _overhead(it, percentile)
    if it.height < 0 and it.rise > _RISE_TORSOS:
        return _sure("lift", min(-it.height, it.rise - _RISE_TORSOS))
    if abs(it.height) < _LEVEL_TORSOS and abs(it.rise) < _RISE_TORSOS:
        return _sure("drive", min(_LEVEL_TORSOS - abs(it.height), _RISE_TORSOS - abs(it.rise)))
    return Kind()


def _overhead(it: Shot, percentile: float) -> Kind:
    """Fast and steep is a smash, slow and soft a drop, and what is neither by both a clear."""
    if percentile >= _FAST and it.rise < _STEEP_TORSOS:
        return Kind("smash", _LEAST_CONFIDENCE)
    if percentile <= _SLOW and it.rise > _SOFT_TORSOS:
        return Kind("drop", _LEAST_CONFIDENCE)
    is_between = _STEEP_TORSOS + _BAND_TORSOS < it.rise < _SOFT_TORSOS - _BAND_TORSOS
    if _SLOW < percentile < _FAST and is_between:
        return Kind("clear", _LEAST_CONFIDENCE)
    return _sure("overhead", it.height - OVERHEAD_TORSOS)


def _of_a_racket(it: Shot) -> Kind:
    if it.height > OVERHEAD_TORSOS:
        return _sure("overhead", it.height - OVERHEAD_TORSOS)
    if it.aside > _ACROSS_TORSOS:
        return _sure("forehand", it.aside - _ACROSS_TORSOS)
    if it.aside < -_ACROSS_TORSOS:
        return _sure("backhand", -_ACROSS_TORSOS - it.aside)
    return Kind()


def _sure(name: str, margin_torsos: float) -> Kind:
    """Name a candidate, the surer the farther it is from the limit; `unknown` just at it."""
    if not margin_torsos > 0.05:
        return Kind()
    return Kind(name, min(_MOST_CONFIDENCE, _LEAST_CONFIDENCE + margin_torsos))


def _own_side(body: Hands, stroke: Stroke) -> float:
    """Place of the hand at the start, along the line of the shoulders to its own side."""
    to_the_right = aside(body, stroke.burst.start, (stroke.side,))
    return to_the_right if stroke.side == "right" else -to_the_right


def _at(time_s: Floats, values: Floats, moment_s: float) -> float:
    return float(np.interp(moment_s, time_s, values))
