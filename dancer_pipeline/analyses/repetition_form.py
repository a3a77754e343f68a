"""How each repetition of an exercise is done: depth, lean, knees, sag, path; a row per measure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._form_checks import (
    facing,
    is_mostly_seen,
    is_possible,
    only_seen,
)
from dancer_pipeline.analyses._form_measures import FACE_ON, MEASURES, Body, Measure
from dancer_pipeline.analyses._repetition import Repetition, repetitions_of
from dancer_pipeline.analyses._spread import median_known
from dancer_pipeline.analyses._unstable import confused_legs, confusion_doubt, unstable_legs
from dancer_pipeline.metrics import judgement
from dancer_pipeline.signals.geometry import wrapped_deg
from dancer_pipeline.signals.heading import folded_deg, near_side_of, view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import Flags, Floats
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "2"

TABLE = Table(
    "repetition_form",
    "One row per repetition and measure of its form; null with a reason where it cannot be seen.",
    (
        Column("repetition", pa.int32(), "number of the repetition, as in the table repetitions"),
        Column("exercise", LABEL, "the exercise"),
        Column("measure", LABEL, "what was measured, for example trunk_lean"),
        Column("value", pa.float64(), "the number, in `unit`", nullable=True),
        Column("unit", LABEL, "deg, percent or ratio"),
        Column("frame", pa.int32(), "the frame of the turning point, which shows it"),
        Column("yaw_deg", pa.float64(), "from where it is seen, as in camera_view", nullable=True),
        *judgement(advice=None),
    ),
)

_CUTOFF_HZ = 6.0
_AROUND = 0.05
"""Of a repetition's duration: so far to both sides its turning point and its ends reach."""

_SURE_SIDE_DEG = 70.0
"""Off this yaw a side view costs a knee angle more than 4 degrees: low confidence."""


def repetition_form(body_motion: pd.DataFrame, repetitions: pd.DataFrame) -> pd.DataFrame:
    """Form of each repetition: the measures that matter in its exercise, from views that show them.

    Angles are in the picture, so those of the sagittal plane need a side view (60 to 120 degrees of
    yaw, low confidence off 70 to 110) and those of the frontal plane a view from the front or from
    behind (within 30 degrees). `thigh_above_horizontal` and the elbow of a push-up follow from
    lengths that are upright, as shares of those at the start and the end, and so mind the yaw less.
    `hip_shift` is across the body in world coordinates, of low confidence off the front or the back
    by more than 20 degrees. What the view does not show is null with the reason
    `view_not_supported`, what is hidden with `not_visible`, what no body can do with
    `out_of_range`. Which way the person faces is taken from each repetition: where toes and trunk
    do not tell, what needs it is null with `facing_uncertain`. Keypoints are low-passed at 6 Hz.
    Values that rest mostly on keypoints filled in over short gaps are of low confidence. What is
    measured on a leg is null with `tracking_unstable` where its bones seem to change their length
    by more than 15 % or legs were confused in a tenth of all repetitions, and of low confidence
    where they were in 5 %.

    `knee_separation_ratio` is the distance of the knees over that of the ankles at the turn (KASR).
    """
    body = motion(body_motion)
    done = [one for one in repetitions_of(repetitions) if one.exercise in MEASURES]
    if not done:
        return TABLE.frame()
    smooth, yaws = body.smooth(_CUTOFF_HZ), yaw_deg(body)
    seen = only_seen(smooth)
    legs = _Legs(body, np.logical_or.reduce([one.during(body.time_s) for one in done]))

    @cache
    def courses(measure: Measure, near: str, forward: float, yaw: float) -> _Courses:
        whole, part = (measure.of(Body(it, near, forward, yaw)) for it in (smooth, seen))
        return _Courses(whole, part)

    def rows(one: Repetition) -> Iterator[dict[str, object]]:
        look = _look(one, body, yaws)
        for measure in MEASURES[one.exercise]:
            problem = _problem(measure, look)
            if problem:
                yield _row(one, look, measure, float("nan"), [problem])
                continue
            forward = look.forward if measure.needs_facing else 1.0
            yaw = look.yaw if measure.needs_yaw else 0.0
            found = courses(measure, look.near, forward, yaw)
            judged = _judged(measure, found, one, look, smooth)
            yield _row(one, look, measure, *legs.judged(measure, one, look, *judged))

    return TABLE.frame(row for one in done for row in rows(one))


@dataclass(frozen=True)
class _Look:
    """How the camera sees one repetition."""

    yaw: float
    near: str
    view: str
    forward: float


@dataclass(frozen=True)
class _Courses:
    """A measure over time, and what of it rests on keypoints that were seen, not filled in."""

    whole: Floats
    seen: Floats


@dataclass(frozen=True)
class _Legs:
    """How steadily the legs are followed over these moments, all repetitions together."""

    body: Motion
    moved: Flags

    def judged(
        self, measure: Measure, one: Repetition, look: _Look, value: float, reasons: list[str]
    ) -> tuple[float, list[str]]:
        """Withhold a number that rests on legs that were not followed steadily, or doubt it."""
        sides = measure.legs(look.near)
        if not sides or not np.isfinite(value):
            return value, reasons
        points = self.body.image_px if look.view == "sagittal" else self.body.world_m
        during, exchanged = one.during(self.body.time_s), self.body.legs_exchanged[self.moved]
        if confused_legs(exchanged) or unstable_legs(points, during, sides, most_hidden=1.0):
            return float("nan"), ["tracking_unstable"]
        return value, list(dict.fromkeys([*confusion_doubt(exchanged), *reasons]))


def _look(one: Repetition, body: Motion, yaws: Floats) -> _Look:
    inside = one.during(body.time_s)
    yaw = median_known(yaws[inside])
    view = view_of(yaw) if np.isfinite(yaw) else "unknown"
    return _Look(yaw, near_side_of(yaw), view, facing(body, inside, yaw))


def _problem(measure: Measure, look: _Look) -> str | None:
    if look.view not in measure.views:
        return "view_not_supported"
    is_unsure = measure.needs_facing and not np.isfinite(look.forward)
    return "facing_uncertain" if is_unsure else None


def _judged(
    measure: Measure, found: _Courses, one: Repetition, look: _Look, body: Motion
) -> tuple[float, list[str]]:
    """Take the value, or NaN, with the reasons for not being sure of it."""
    value = _value(measure, found.whole, one, body)
    if not np.isfinite(value):
        return value, ["not_visible"]
    if not is_possible(measure.name, value):
        return float("nan"), ["out_of_range"]
    off = folded_deg(look.yaw)
    is_off = look.view == "sagittal" and off < _SURE_SIDE_DEG
    is_off |= look.view in FACE_ON and off > measure.sure_off_deg
    rests_on = _rests_on(measure, one, body)
    is_filled = not is_mostly_seen(found.seen[rests_on], found.whole[rests_on])
    doubts = [
        *(["view_not_supported"] if is_off else []),
        *(["tracking_unstable"] if is_filled else []),
    ]
    return value, [*doubts, *one.reasons]


def _value(measure: Measure, course: Floats, one: Repetition, body: Motion) -> float:
    if measure.at in ("range", "peak"):
        inside = course[one.during(body.time_s)]
        inside = inside[np.isfinite(inside)]
        if len(inside) == 0:
            return float("nan")
        low, high = np.percentile(inside, [2.5, 97.5])
        return float(high - low) if measure.at == "range" else float(high)
    turn, ends = (median_known(course[flags]) for flags in _moments(one, body))
    if measure.at == "change":
        return 100 * (turn / ends - 1) if ends else float("nan")
    if measure.at == "share":
        return measure.angle_of(turn / ends) if ends > 0 else float("nan")
    return turn if measure.at == "turn" else ends


def _rests_on(measure: Measure, one: Repetition, body: Motion) -> Flags:
    """At which times a value is taken."""
    turn, ends = _moments(one, body)
    moments = {"turn": turn, "start": ends, "change": turn | ends, "share": turn | ends}
    return moments.get(measure.at, one.during(body.time_s))


def _moments(one: Repetition, body: Motion) -> tuple[Flags, Flags]:
    """Find the times around the turning point, the hold included, and around both ends."""
    reach_s = max(_AROUND * (one.end_s - one.start_s), 1.01 / body.rate_hz)
    time_s = body.time_s
    turn = np.abs(time_s - one.turn_s) <= max(reach_s, one.hold_s / 2)
    ends = (np.abs(time_s - one.start_s) <= reach_s) | (np.abs(time_s - one.end_s) <= reach_s)
    return turn, ends


def _row(
    one: Repetition, look: _Look, measure: Measure, value: float, reasons: list[str]
) -> dict[str, object]:
    known = bool(np.isfinite(value))
    return {
        "repetition": one.number,
        "exercise": one.exercise,
        "measure": measure.name,
        "value": value if known else None,
        "unit": measure.unit,
        "frame": one.turn_frame,
        "yaw_deg": float(wrapped_deg(look.yaw)) if np.isfinite(look.yaw) else None,
        "status": ("low_confidence" if reasons else "ok") if known else "refused",
        "reasons": reasons,
        "method_version": METHOD_VERSION,
    }
