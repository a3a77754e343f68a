"""When the feet meet and leave the floor, from where they are relative to the hips.

The coordinate method of Zeni, Richards and Higginson (2008): a heel is farthest ahead of the hips
when it strikes, a toe farthest behind when it leaves. It needs no floor and no steady camera.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.periodicity import vertex
from dancer_pipeline.signals.tracks import Floats

HEEL_STRIKE, TOE_OFF = "heel_strike", "toe_off"

_LEAST_PROMINENCE = 0.35
"""Torso lengths by which an extremum stands out, seen exactly from the side."""
_LEAST_AT_END = 0.1
"""The same where nothing higher follows before the record ends."""
_LEAST_FROM_END_S = 0.06
_LEAST_STRIDE_S = 0.4
_STEP_RATIOS = (0.5, 1.7)
"""A single step against the usual one: a limp of 40 % has 0.8 and 1.2."""
_SAME_FOOT_RATIO = 1.4
_DOUBLE_SUPPORT_RATIO = 0.6
"""The other foot leaves the floor within this share of a step after a strike."""
_UNEVEN_COST, _GAP_COST = 0.5, 0.8
"""What an uneven step, and a missing one, weigh against the prominence of a strike."""


@dataclass(frozen=True)
class Contact:
    """A foot meets or leaves the floor."""

    place: float
    """On the time grid, between its moments too."""
    side: str
    event: str
    prominence: float


def contacts(
    motion: Motion, *, way: float, across: float, step_s: float
) -> tuple[list[Contact], float]:
    """Find the contacts of a walk, in order of time, and the share of extrema that fit into it.

    Parameters
    ----------
    motion
        The walk, low-passed.
    way
        1 when the walker faces right in the picture, -1 to the left.
    across
        Share of a distance ahead that the picture shows: 1 seen from the side.
    step_s
        The usual time of a step.
    """
    candidates = sorted(_extrema(motion, way, across), key=lambda it: it.place)
    strikes = [it for it in candidates if it.event == HEEL_STRIKE]
    step = step_s * motion.rate_hz
    chain = _alternating(strikes, step)
    leaves = [it for it in candidates if it.event == TOE_OFF]
    found = [*chain, *_leaving(chain, leaves, step)]
    return sorted(found, key=lambda it: it.place), _fitting_share(found, candidates)


def _fitting_share(found: list[Contact], candidates: list[Contact]) -> float:
    """Share of the extrema that fit, weighted by how far each stands out."""
    total = sum(it.prominence for it in candidates)
    return sum(it.prominence for it in found) / total if total else 0.0


def _extrema(motion: Motion, way: float, across: float) -> Iterator[Contact]:
    hips = motion.middle_px("hip")[:, 0]
    for side in SIDES:
        for part, event, sign in (("heel", HEEL_STRIKE, 1.0), ("foot_index", TOE_OFF, -1.0)):
            ahead = way * (motion.image_px[f"{side}_{part}"][:, 0] - hips) / motion.torso_px
            for place, prominence in _peaks(sign * ahead / across, motion.rate_hz):
                yield Contact(place, side, event, prominence)


def _peaks(values: Floats, rate_hz: float) -> Iterator[tuple[float, float]]:
    """Peaks of each stretch that was seen, between the moments, and how far they stand out."""
    edges = np.diff(np.isfinite(np.concatenate([[np.nan], values, [np.nan]])).astype(int))
    for start, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        part = values[start:end]
        for place, prominence in _prominent(part, rate_hz):
            yield start + vertex(part, place), prominence


def _prominent(values: Floats, rate_hz: float) -> Iterator[tuple[int, float]]:
    """Peaks that stand out to both sides; to a side where the record ends a little is enough.

    The ends themselves are no peaks, and what is nearer to them than a low-pass can tell is none.
    """
    from scipy.signal import find_peaks

    found, shape = find_peaks(
        values, prominence=_LEAST_AT_END, distance=max(1, round(_LEAST_STRIDE_S * rate_hz))
    )
    bases = zip(found, shape["left_bases"], shape["right_bases"], strict=True)
    for peak, left, right in bases:
        drops = values[peak] - values[[left, right]]
        is_last = np.array(
            [values[:peak].max() <= values[peak], values[peak:].max() <= values[peak]]
        )
        is_near = np.array([peak, len(values) - 1 - peak]) < _LEAST_FROM_END_S * rate_hz
        enough = drops >= np.where(is_last, _LEAST_AT_END, _LEAST_PROMINENCE)
        if enough.all() and not is_near.any() and drops.max() >= _LEAST_PROMINENCE:
            yield int(peak), float(drops.max() if is_last.any() else drops.min())


def _alternating(strikes: list[Contact], step: float) -> list[Contact]:
    """Choose the strikes that make the best walk: left and right in turn, evenly, few missing."""
    best: list[float] = []
    before: list[int | None] = []
    for number, strike in enumerate(strikes):
        links = [best[other] + _link(strikes[other], strike, step) for other in range(number)]
        at = int(np.argmax(links)) if links else -1
        follows = bool(links) and links[at] > 0
        best.append(min(strike.prominence, 1.0) + (links[at] if follows else 0.0))
        before.append(at if follows else None)
    chain: list[Contact] = []
    at_last = int(np.argmax(best)) if best else None
    while at_last is not None:
        chain.append(strikes[at_last])
        at_last = before[at_last]
    return chain[::-1]


def _link(first: Contact, second: Contact, step: float) -> float:
    """How well one strike follows another; minus infinity where it cannot."""
    ratio = (second.place - first.place) / step
    if is_step(first.side, second.side, ratio):
        return -_UNEVEN_COST * abs(ratio - 1)
    is_possible = ratio >= (_SAME_FOOT_RATIO if first.side == second.side else _STEP_RATIOS[1])
    return -_GAP_COST if is_possible else -np.inf


def is_step(first_side: str, second_side: str, ratio: float) -> bool:
    """Whether two strikes make a step; `ratio` is their time over that of a usual step."""
    return first_side != second_side and _STEP_RATIOS[0] <= ratio <= _STEP_RATIOS[1]


def _leaving(strikes: Iterable[Contact], leaves: list[Contact], step: float) -> Iterator[Contact]:
    """Give the toe off that follows each strike: that of the other foot, while both stand."""
    for strike in strikes:
        after = [
            it
            for it in leaves
            if it.side != strike.side
            and 0 < it.place - strike.place <= _DOUBLE_SUPPORT_RATIO * step
        ]
        if after:
            yield max(after, key=lambda it: it.prominence)
