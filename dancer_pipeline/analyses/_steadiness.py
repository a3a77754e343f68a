"""How even repetitions are: their spread within sets, slowing down, and one arm by the other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._carried import CARRIED
from dancer_pipeline.analyses._repetition import Repetition
from dancer_pipeline.analyses._results import Problem, Value
from dancer_pipeline.analyses._spread import median_interval, spread_interval
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.heading import folded_deg, view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.symmetry import symmetry_angle_percent
from dancer_pipeline.signals.tracks import Floats

_ONE_SIDED = (
    "not_applicable",
    "Only exercises in which both arms move together show how evenly the sides move.",
)

_LEAST_OF_BOTH = 0.25
"""Of the other arm's height: less is an arm that rests, more one that is lifted less."""


def too_few(found: int, needed: int) -> Problem:
    """Say that there are too few repetitions."""
    return "too_short", (
        f"Only {found} repetitions could be used; at least {needed} are needed. Film more of them "
        "in a row, with the moving limbs in full view."
    )


def median(values: Floats, least: int) -> Value | Problem:
    """Median of what is known, with its interval."""
    known = values[np.isfinite(values)]
    if len(known) < least:
        return too_few(len(known), least)
    return Value(float(np.median(known)), len(known), ci95=median_interval(known))


def variability(values: Floats, sets: Sequence[int], why_few: Problem) -> Value | Problem:
    """Give the standard deviation within sets, in percent of each set's mean, over all sets.

    From one set to the next weight and tempo may change on purpose, so that does not count.
    """
    known = pd.Series(values).groupby(np.asarray(sets)).transform(lambda it: it / it.mean())
    known = known.dropna()
    free = len(known) - known.groupby(np.asarray(sets)[known.index]).ngroups
    if free < 2:
        return why_few
    percent = 100 * float(np.sqrt(np.sum((known - 1) ** 2) / free))
    return Value(percent, len(known), ci95=spread_interval(percent, free + 1))


def tiring(
    peaks: Floats, table: pd.DataFrame, least: int, why_unknown: Problem | None
) -> tuple[Value | Problem, ...]:
    """Velocity loss and slope of the way back's speed, in the set with the most repetitions.

    Repetitions whose speed is not known are left out; then both are doubted. Where there are too
    few of them anyhow, it is not for `why_unknown`.
    """
    is_meant = (table["set"] == table["set"].mode().iloc[0]) & ~table["is_partial"].astype(bool)
    meant = peaks[is_meant.to_numpy(bool)]
    places = np.flatnonzero(np.isfinite(meant))
    if len(places) < least:
        why_few = why_unknown if len(meant) >= least else None
        return (why_few or too_few(len(places), least),) * 2
    from scipy.stats import theilslopes

    speed = meant[places]
    percent = 100 * speed / np.median(speed)
    slope, _, low, high = (float(it) for it in theilslopes(percent, places))
    loss = 100 * float(1 - speed[-1] / speed.max())
    doubts = dict([why_unknown]) if why_unknown and len(places) < len(meant) else {}
    lost = Value(loss, len(speed), doubts=doubts)
    return lost, replace(lost, value=slope, ci95=(low, high))


def symmetry(body: Motion, moved: Sequence[Repetition], least: int) -> Value | Problem:
    """Height that the left wrist gains over that of the right one, in exercises of both arms."""
    if CARRIED.get(moved[0].exercise) != "wrist" or all(it.side for it in moved):
        return _ONE_SIDED
    during = np.logical_or.reduce([it.during(body.time_s) for it in moved])
    yaws = yaw_deg(body)[during]
    known = yaws[np.isfinite(yaws)]
    if len(known) == 0 or view_of(float(np.median(known))) not in ("frontal", "back"):
        return _elsewhere(known)
    parts = [f"{side}_{part}" for side in SIDES for part in ("wrist", "shoulder")]
    smooth = body.smooth(6.0, parts).image_px
    heights = [(smooth[f"{side}_shoulder"] - smooth[f"{side}_wrist"])[:, 1] for side in SIDES]
    gained = np.array([[np.ptp(it[one.during(body.time_s)]) for it in heights] for one in moved])
    gained = gained[np.isfinite(gained).all(axis=1)]
    is_both = gained.min(axis=1) >= _LEAST_OF_BOTH * gained.max(axis=1)
    if 2 * is_both.sum() < len(gained):
        return _ONE_SIDED
    return median(gained[is_both, 0] / gained[is_both, 1], least)


def as_angle(ratio: Value | Problem) -> Value | Problem:
    """Give a ratio of left to right as a symmetry angle, which changes no side's part."""
    if not isinstance(ratio, Value):
        return ratio
    ends = sorted(symmetry_angle_percent(it, 1.0) for it in ratio.ci95) if ratio.ci95 else None
    interval = (ends[0], ends[1]) if ends else None
    return replace(ratio, value=symmetry_angle_percent(ratio.value, 1.0), ci95=interval)


def _elsewhere(yaws: Floats) -> Problem:
    where = "it is not known from where this video is filmed"
    if len(yaws):
        off = folded_deg(float(np.median(yaws)))
        where = f"this video is filmed {off:.0f} degrees off it, where one arm may hide"
    return (
        "view_not_supported",
        f"This needs a view from the front or from behind; {where}. Film once more from there.",
    )
