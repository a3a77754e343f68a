"""The strokes of a body: which fast hand movements are swings, and what they look like.

Without a word from the uploader a fast hand is a swing only when it moves as in a swing: one hand,
or both on one handle; a burst that ends in a slow hand; and nothing nearly as fast just before or
after. Walking, jumping jacks, curls and presses are none of it: there the hands go back as fast as
they came, or move as each other's mirror image.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.analyses._hands import Hands, aside, on_one_handle
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.swings import (
    LEAST_PEAK,
    Burst,
    Choice,
    bursts,
    peak_threshold,
)
from dancer_pipeline.signals.tracks import Floats

RACKET_SPORTS = ("badminton", "tennis", "squash", "table_tennis", "padel")
SWING_SPORTS = (*RACKET_SPORTS, "batting", "bowling")

_AT_ONCE_S, _ONE_SWING_S, _ONE_BALL_S, _ONE_SWING_SHARE = 0.65, 1.0, 2.5, 0.6
_ONE_BALL_SPORTS = ("batting", "bowling")
_BAT, _RACKET = Choice(0.65, is_last=True), Choice(0.8)
"""A batter's hands are fast until the ball is met. The hand with a racket is fastest before, and
the racket follows. Which of two peaks on the way is a little higher, noise and the view decide."""
_LEAST_TRAVEL = 0.5
_SHORTEST_WIDTH_S, _LONGEST_WIDTH_S = 0.1, 0.6
"""How long a hand is faster than half its peak: a keypoint that jumps is so for 0.08 s at most."""
_SLOW_AT_ENDS = 0.5
_STILL_HAND, _TURN_S, _LONGEST_BACKSWING_S = 1.0, 0.1, 1.2
_SWAP_RATIO, _SWAP_DISTANCE = 0.35, 0.5

_UNTOLD_PEAK = 1.8 * LEAST_PEAK
"""A hand that goes to the head, drinks or stretches reaches 8 torso lengths per second."""
_UNTOLD_WIDTH_S = 0.45
_UNTOLD_REST_S, _UNTOLD_REST_SHARE = 1.2, 0.65
_MIRROR_S, _MIRROR_SHARE, _ONE_HANDLE = 0.15, 0.6, 0.6
_SAME_HAND_SHARE = 0.6


@dataclass(frozen=True)
class Stroke:
    """A swing and the hand that made it."""

    side: str
    burst: Burst
    contact_s: float
    """When the ball may have been hit or released."""


def strokes(body: Hands, exercise: str | None) -> list[Stroke]:
    """Find the swings in order of time.

    `exercise` is what the uploader says; where that is no sport with swings, only what cannot be
    taken for anything else is one.
    """
    is_told = exercise in SWING_SPORTS
    if exercise == "batting":
        body = on_one_handle(body)
    found = [
        stroke
        for stroke in _candidates(body, exercise)
        if _is_stroke(body, stroke) and (is_told or _is_unmistakable(body, stroke))
    ]
    hand = _racket_hand(found) if exercise in RACKET_SPORTS else None
    swing_s = _ONE_BALL_S if exercise in _ONE_BALL_SPORTS else _ONE_SWING_S
    alone = _one_per_swing(found, hand, swing_s)
    if exercise == "batting":
        return _by_handedness(body, alone)
    return [_given_to(body, it, hand) for it in alone] if hand else alone


def _candidates(body: Hands, exercise: str | None) -> Iterator[Stroke]:
    choice = {"batting": _BAT}.get(exercise or "", _RACKET)
    for side in SIDES:
        speeds = body.speed[side]
        threshold = peak_threshold(speeds) if exercise in SWING_SPORTS else _UNTOLD_PEAK
        for burst in bursts(body.motion.time_s, speeds, threshold, choice):
            yield Stroke(side, burst, _contact_s(body, side, burst, exercise))


def _contact_s(body: Hands, side: str, burst: Burst, exercise: str | None) -> float:
    """Say when the ball may be met: the hand with a racket is fastest just before.

    Then the middle of the time in which it is fast is nearer to the contact than its peak. A ball
    is bowled where the hand is highest.
    """
    if exercise == "bowling":
        height = body.place[side][burst.start : burst.end + 1, 1]
        return float(body.motion.time_s[burst.start + int(np.nanargmin(height))])
    return burst.peak_s if exercise == "batting" else max(burst.peak_s, burst.middle_s)


def _racket_hand(found: list[Stroke]) -> str:
    """Name the hand that holds the racket: it is the faster one over a session."""
    return max(SIDES, key=lambda side: sum(it.burst.peak_speed for it in found if it.side == side))


def _one_per_swing(found: list[Stroke], hand: str | None, swing_s: float) -> list[Stroke]:
    """Keep one of what belongs to one swing: the other hand, the way back, the recovery.

    The fastest stays, of the hand with the racket where that is known: the other one is often
    hidden, and a keypoint that jumps is fast.
    """
    kept: list[Stroke] = []
    for stroke in sorted(found, key=lambda it: (it.side != hand, -it.burst.peak_speed)):
        if not any(_belongs_to(stroke, it, swing_s) for it in kept):
            kept.append(stroke)
    return sorted(kept, key=lambda it: it.burst.peak_s)


def _belongs_to(stroke: Stroke, kept: Stroke, swing_s: float) -> bool:
    apart_s = abs(stroke.burst.peak_s - kept.burst.peak_s)
    is_slower = stroke.burst.peak_speed < _ONE_SWING_SHARE * kept.burst.peak_speed
    return apart_s < (swing_s if is_slower else _AT_ONCE_S)


def _by_handedness(body: Hands, found: list[Stroke]) -> list[Stroke]:
    """Name the side on which a batter lifts the bat: right for a right-hander."""
    asides = [aside(body, it.burst.start) for it in found]
    known = [it for it in asides if np.isfinite(it)]
    side = "left" if known and np.median(known) < 0 else "right"
    return [replace(it, side=side) for it in found]


def _given_to(body: Hands, stroke: Stroke, hand: str) -> Stroke:
    """Give a swing to the hand that holds the racket, where that hand was fast too."""
    near = np.abs(body.motion.time_s - stroke.burst.peak_s) <= _MIRROR_S
    fastest = np.max(np.nan_to_num(body.speed[hand][near]), initial=0.0)
    is_fast = fastest >= _SAME_HAND_SHARE * stroke.burst.peak_speed
    return replace(stroke, side=hand) if is_fast else stroke


def _is_stroke(body: Hands, stroke: Stroke) -> bool:
    """Tell a hand that travels in one go from a twitch, an endless whirl and a keypoint's jump."""
    burst, place = stroke.burst, body.place[stroke.side]
    path = place[burst.start : burst.end + 1]
    path = path[np.isfinite(path).all(axis=1)]
    speed = np.nan_to_num(body.speed[stroke.side][[burst.start, burst.end]], nan=np.inf)
    return (
        burst.start < burst.peak < burst.end
        and bool((speed <= _SLOW_AT_ENDS * burst.peak_speed).all())
        and _SHORTEST_WIDTH_S <= burst.width_s <= _LONGEST_WIDTH_S
        and float(np.linalg.norm(np.ptp(path, axis=0))) >= _LEAST_TRAVEL
        and not _is_swap(body, burst)
    )


def _is_swap(body: Hands, burst: Burst) -> bool:
    """Whether the hands only exchanged their names: one is after where the other was before."""
    before, after = max(0, burst.peak - 2), min(len(body.scale_px) - 1, burst.peak + 2)
    left, right = (body.place[side] for side in SIDES)
    kept = _distance(left[before], left[after]) + _distance(right[before], right[after])
    swapped = _distance(left[before], right[after]) + _distance(right[before], left[after])
    apart = _distance(left[before], right[before])
    return bool(apart > _SWAP_DISTANCE and swapped < _SWAP_RATIO * kept)


def _distance(one: Floats, other: Floats) -> float:
    return float(np.hypot(*(one - other)[:2]))


def _is_unmistakable(body: Hands, stroke: Stroke) -> bool:
    return (
        stroke.burst.width_s <= _UNTOLD_WIDTH_S
        and _stands_alone(body, stroke)
        and not _is_mirrored(body, stroke)
    )


def _stands_alone(body: Hands, stroke: Stroke) -> bool:
    """Nothing nearly as fast just before or after: a hand that waves or exercises goes back."""
    burst, time_s = stroke.burst, body.motion.time_s
    near = np.abs(time_s - burst.peak_s) <= _UNTOLD_REST_S
    near[burst.start : burst.end + 1] = False
    rest = np.nan_to_num(body.speed[stroke.side][near])
    return float(rest.max(initial=0.0)) <= _UNTOLD_REST_SHARE * burst.peak_speed


def _is_mirrored(body: Hands, stroke: Stroke) -> bool:
    """Both hands fast at once and not on one handle: an exercise of both arms."""
    burst, other = stroke.burst, SIDES[1 - SIDES.index(stroke.side)]
    near = np.abs(body.motion.time_s - burst.peak_s) <= _MIRROR_S
    fastest = float(np.nan_to_num(body.speed[other][near]).max(initial=0.0))
    apart = _distance(body.place["left"][burst.peak], body.place["right"][burst.peak])
    return fastest >= _MIRROR_SHARE * burst.peak_speed and not apart <= _ONE_HANDLE


def lift_s(body: Hands, stroke: Stroke) -> float:
    """When the hand was still for the last time before it was lifted for this stroke."""
    time_s, hand_speed = body.motion.time_s, body.speed[stroke.side]
    top_s = float(time_s[stroke.burst.start])
    before = (time_s < top_s - _TURN_S) & (time_s >= top_s - _LONGEST_BACKSWING_S)
    moved = np.flatnonzero(before & (hand_speed >= _STILL_HAND))
    still = np.flatnonzero(before & (hand_speed < _STILL_HAND))
    still = still[still < moved[-1]] if len(moved) else still
    if not len(still):
        return max(float(time_s[0]), top_s - _LONGEST_BACKSWING_S)
    last = int(still[-1])
    moments, speeds = time_s[last : last + 2], hand_speed[last : last + 2]
    is_rising = len(speeds) == 2 and speeds[1] > _STILL_HAND
    return float(np.interp(_STILL_HAND, speeds, moments)) if is_rising else float(moments[0])
