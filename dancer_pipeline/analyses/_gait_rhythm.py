"""Metrics of a walk that shows no contacts: its cadence, and why there is nothing else."""

from collections.abc import Iterator, Sequence

import numpy as np

from dancer_pipeline.analyses._bouts import effective_rate_hz
from dancer_pipeline.analyses._gait_measured import impossible
from dancer_pipeline.analyses._gait_problems import Requirements, lost_frames
from dancer_pipeline.analyses._gait_rows import (
    UNITS,
    answered,
    mean_interval,
    refused,
    refused_rows,
)
from dancer_pipeline.analyses._leg_swing import leg_swing
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._walk_rhythm import Rhythm, rhythm
from dancer_pipeline.analyses._walks import Walk, doubts_of
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.motion import Motion

_STRETCH_STRIDES = 2.5
"""Two are the least that show a rhythm."""


def rhythm_rows(motion: Motion, found: Sequence[Walk], needs: Requirements) -> Iterator[Metric]:
    """Measure the cadence of the walks of one kind, the one that lasts longest."""
    swing = leg_swing(motion)
    kinds = _kinds(found)
    chosen = max(kinds, key=lambda kind: sum(walk.end_s - walk.start_s for walk in kind))
    rhythms = [
        rhythm(swing, walk.part(motion), walk.step_s, is_frontal=_is_frontal(walk))
        for walk in chosen
    ]
    known = [it for it in rhythms if np.isfinite(it.stride_s) and it.steps >= needs.steps]
    if chosen[0].shows_contacts or not known:
        yield from refused_rows(_too_few(chosen, needs))
        return
    names = [name for name in UNITS if name != "cadence"]
    (before, *after) = refused_rows(_why(chosen[0]), names)
    yield before
    yield _cadence(motion, chosen, known, needs)
    yield from after


def _kinds(found: Sequence[Walk]) -> list[list[Walk]]:
    """Sort the walks by why they show no contacts."""
    kinds: dict[str, list[Walk]] = {}
    for walk in found:
        kinds.setdefault("" if walk.shows_contacts else _why(walk)[0], []).append(walk)
    return list(kinds.values())


def _too_few(chosen: Sequence[Walk], needs: Requirements) -> Problem:
    lasts_s = sum(walk.end_s - walk.start_s for walk in chosen)
    steps = sum(int((walk.end_s - walk.start_s) / walk.step_s) for walk in chosen)
    return "too_short", (
        f"Only {steps} steps were found in {lasts_s:.1f} s of walking; at least {needs.steps} that "
        "follow each other are needed. Film a longer walk."
    )


def _why(walk: Walk) -> Problem:
    """Say why there is nothing but a cadence."""
    if walk.activity == "running":
        return "running", (
            "You run: a foot lands under the body, not where it is farthest ahead, so single steps "
            "cannot be timed this way. The cadence is still shown."
        )
    if not walk.is_forward:
        return "walking_backward", (
            "You walk backward, where toes meet the floor before heels, so single steps cannot be "
            "timed this way. The cadence is still shown. Film a walk forward."
        )
    side = "from behind" if walk.view == "back" else "from the front"
    return "view_not_supported", (
        f"This needs a side view; this walk is filmed {side} ({walk.yaw_deg:.0f} degrees). The "
        "cadence is still shown."
    )


def _cadence(
    motion: Motion,
    chosen: Sequence[Walk],
    known: Sequence[Rhythm],
    needs: Requirements,
) -> Metric:
    weights = [it.duration_s for it in known]
    value = float(np.average([it.cadence_spm for it in known], weights=weights))
    apart = float(np.average([it.disagreement for it in known], weights=weights))
    if not needs.cadences_spm[0] <= value <= needs.cadences_spm[1]:
        return refused("cadence", impossible(f"{value:.0f} steps per minute"))
    doubts = doubts_of(chosen) | lost_frames(motion, needs)
    if not apart <= needs.disagreement:
        doubts["methods_disagree"] = (
            "The feet are lifted in another rhythm than they swing. Film from the side, walking "
            "evenly and straight on."
        )
    rate_hz = effective_rate_hz(motion)
    if rate_hz < needs.sure_rate_hz:
        doubts["frame_rate_too_low"] = (
            f"At {rate_hz:.0f} frames per second a cadence is rough. "
            "Record with 30 frames per second."
        )
    places = [walk.part(motion) for walk in chosen]
    frames = [int(motion.frame[at]) for part in places for at in (part.start, part.stop - 1)]
    return answered(
        "cadence",
        value,
        sum(it.steps for it in known),
        doubts,
        ci95=_interval(motion, chosen, value),
        frames=frames,
    )


def _interval(motion: Motion, chosen: Sequence[Walk], value: float) -> tuple[float, float] | None:
    """95 % interval about the cadence, from how it differs between stretches of the walks."""
    swing = leg_swing(motion)
    length = round(_STRETCH_STRIDES * 120 / value * motion.rate_hz)
    found = [
        rhythm(swing, stretch, walk.step_s, is_frontal=_is_frontal(walk)).cadence_spm
        for walk in chosen
        for stretch in _stretches(walk.part(motion), length)
    ]
    known = np.array([cadence for cadence in found if np.isfinite(cadence)])
    interval = mean_interval(known)
    if interval is None:
        return None
    reach = (interval[1] - interval[0]) / 2
    return value - reach, value + reach


def _stretches(part: slice, length: int) -> Iterator[slice]:
    for start in range(part.start, part.stop - length + 1, length):
        yield slice(start, start + length)


def _is_frontal(walk: Walk) -> bool:
    return walk.view in ("frontal", "back")
