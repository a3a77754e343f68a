"""Rows of the table `repetitions` from what was found: times, phases, range and side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dancer_pipeline.analyses._alike import PARTIAL
from dancer_pipeline.analyses._cycle_features import working_arms
from dancer_pipeline.analyses._cycles import Cycle
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.analyses._primary_angle import primary_angle_deg
from dancer_pipeline.analyses._repetition_sets import UNKNOWN, Found
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.tracks import Floats

SURE_RATE_HZ = 12.0
"""Below it the ends of a movement fall between two frames."""


def rows(body: Body, found: Sequence[Found], *, is_named: bool) -> Iterator[dict[str, Any]]:
    """One row per cycle; sets and repetitions are numbered over the whole video."""
    number = 0
    for place, one in enumerate(found, 1):
        shared = {
            "set": place,
            "exercise": one.exercise,
            "recognised_by": "uploader" if is_named else "movement",
            "exercise_confidence": None if one.fit is None else round(one.fit, 3),
            "is_hold": one.kind.is_hold,
            "signal": one.kind.signal,
        } | _doubts(body, one)
        for own in _of_set(body, one):
            number += 1
            yield {"repetition": number, **shared, **own}


def _doubts(body: Body, found: Found) -> dict[str, Any]:
    reasons = list(found.doubts)
    if body.motion.rate_hz < SURE_RATE_HZ:
        reasons.append("frame_rate_too_low")
    if found.exercise == UNKNOWN:
        reasons.append("exercise_unknown")
    return {"status": "low_confidence" if reasons else "ok", "reasons": reasons}


def _of_set(body: Body, found: Found) -> Iterator[dict[str, Any]]:
    cycles = found.cycles
    usual = float(np.median([cycle.rise for cycle in cycles]))
    angles = _ranges_deg(body, found)
    following = [*cycles[1:], None]
    for cycle, angle, side, after in zip(
        cycles, angles, _sides(body, found), following, strict=True
    ):
        share = cycle.rise / usual
        yield {
            "side": side,
            **_times(body, cycle),
            **_phases(body, cycle, after, found),
            "range_deg": float(angle) if np.isfinite(angle) else None,
            "range_share": share,
            "is_partial": share < PARTIAL,
        }


def _ranges_deg(body: Body, found: Found) -> Floats:
    if found.kind.is_hold or not found.kind.joint:
        return np.full(len(found.cycles), np.nan)
    return primary_angle_deg(body, found.kind, found.cycles)


def _times(body: Body, cycle: Cycle) -> Mapping[str, Any]:
    places = {"start": cycle.start, "turn": cycle.turn, "end": cycle.end}
    grid, last = body.motion, len(body.motion.time_s) - 1
    times = {
        f"{name}_s": float(np.interp(place, np.arange(last + 1), grid.time_s))
        for name, place in places.items()
    }
    frames = {f"{name}_frame": int(grid.frame[round(place)]) for name, place in places.items()}
    return times | frames


def _phases(
    body: Body, cycle: Cycle, after: Cycle | None, found: Found
) -> Mapping[str, float | None]:
    rate_hz = body.motion.rate_hz
    out, back = cycle.turn_begins - cycle.start, cycle.end - cycle.turn_ends
    lifting, lowering = (out, back) if found.kind.way_out == "lifting" else (back, out)
    is_known = UNKNOWN not in (found.exercise, found.kind.name) and not found.kind.is_hold
    return {
        "eccentric_s": lowering / rate_hz if is_known else None,
        "hold_s": (cycle.turn_ends - cycle.turn_begins) / rate_hz,
        "concentric_s": lifting / rate_hz if is_known else None,
        "rest_s": None if after is None else max(0.0, after.start - cycle.end) / rate_hz,
    }


def _sides(body: Body, found: Found) -> list[str | None]:
    """Which arm works, or which leg is in front; None where both do the same."""
    if found.kind.takes_sides == "arm":
        starts, turns = (
            np.array([round(getattr(cycle, name)) for cycle in found.cycles])
            for name in ("start", "turn")
        )
        works = working_arms(body, starts, turns)
        return [None if both.all() else SIDES[int(np.argmax(both))] for both in works]
    if found.kind.takes_sides == "leg":
        return [_leg_in_front(body, cycle) for cycle in found.cycles]
    return [None] * len(found.cycles)


def _leg_in_front(body: Body, cycle: Cycle) -> str | None:
    """Tell the front leg: its thigh is level over an upright shank, the other one the reverse."""
    part = slice(round(cycle.half_up), round(cycle.half_down) + 1)
    left, right = (
        thigh[part] - shank[part] for thigh, shank in zip(body.thigh, body.shank, strict=True)
    )
    apart = left - right
    apart = apart[np.isfinite(apart)]
    if not len(apart) or abs(np.median(apart)) < _LEGS_APART:
        return None
    return SIDES[int(np.median(apart) < 0)]


_LEGS_APART = 0.25
"""Shares up by which the legs must differ at least."""
