"""How each repetition of an exercise is done: depth, lean, knees, sag, path; a row per measure."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._form_measures import MEASURES, Body, Measure
from dancer_pipeline.analyses._repetition import Repetition, repetitions_of
from dancer_pipeline.signals.heading import folded_deg, view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import Flags, Floats
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

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
        Column("status", LABEL, "ok, low_confidence or refused"),
        Column("reasons", pa.list_(pa.string()), "codes that explain a status other than ok"),
        Column("method_version", LABEL, "version of the analysis's method"),
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
    behind (within 30 degrees). What the view does not show is null with the reason
    `view_not_supported`, what is hidden with `not_visible`. Keypoints are low-passed at 6 Hz.

    `knee_separation_ratio` is the distance of the knees over that of the ankles at the turn (KASR).
    """
    body = motion(body_motion)
    done = [one for one in repetitions_of(repetitions) if one.exercise in MEASURES]
    if not done:
        return TABLE.frame()
    smooth, yaws = body.smooth(_CUTOFF_HZ), yaw_deg(body)

    @cache
    def course(measure: Measure, near: str, view: str) -> Floats:
        return measure.of(Body(smooth, near, view))

    def rows(one: Repetition) -> Iterator[dict[str, object]]:
        yaw = _yaw_of(yaws[one.during(body.time_s)])
        near, view = "left" if np.sin(np.radians(yaw)) < 0 else "right", view_of(yaw)
        for measure in MEASURES[one.exercise]:
            value, reasons = float("nan"), ["view_not_supported"]
            if view in measure.views:
                value = _value(measure, course(measure, near, view), one, smooth)
                reasons = _doubts(value, view, yaw, one)
            yield _row(one, measure, value, reasons)

    return TABLE.frame(row for one in done for row in rows(one))


def _yaw_of(yaws: Floats) -> float:
    known = yaws[np.isfinite(yaws)]
    return float(np.median(known)) if len(known) else 45.0  # an oblique view, that shows no plane


def _value(measure: Measure, course: Floats, one: Repetition, body: Motion) -> float:
    if measure.at in ("range", "peak"):
        inside = _known(course[one.during(body.time_s)])
        if len(inside) == 0:
            return float("nan")
        low, high = np.percentile(inside, [2.5, 97.5])
        return float(high - low) if measure.at == "range" else float(high)
    turn, ends = (_median(course[flags]) for flags in _moments(one, body))
    if measure.at == "change":
        return 100 * (turn / ends - 1) if ends else float("nan")
    return turn if measure.at == "turn" else ends


def _moments(one: Repetition, body: Motion) -> tuple[Flags, Flags]:
    """Find the times around the turning point, the hold included, and around both ends."""
    reach_s = max(_AROUND * (one.end_s - one.start_s), 1.01 / body.rate_hz)
    time_s = body.time_s
    turn = np.abs(time_s - one.turn_s) <= max(reach_s, one.hold_s / 2)
    ends = (np.abs(time_s - one.start_s) <= reach_s) | (np.abs(time_s - one.end_s) <= reach_s)
    return turn, ends


def _median(values: Floats) -> float:
    known = _known(values)
    return float(np.median(known)) if len(known) else float("nan")


def _known(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _doubts(value: float, view: str, yaw: float, one: Repetition) -> list[str]:
    if not np.isfinite(value):
        return ["not_visible"]
    is_off = view == "sagittal" and folded_deg(yaw) < _SURE_SIDE_DEG
    return [*(["view_uncertain"] if is_off else []), *one.reasons]


def _row(one: Repetition, measure: Measure, value: float, reasons: list[str]) -> dict[str, object]:
    known = bool(np.isfinite(value))
    return {
        "repetition": one.number,
        "exercise": one.exercise,
        "measure": measure.name,
        "value": value if known else None,
        "unit": measure.unit,
        "frame": one.turn_frame,
        "status": ("low_confidence" if reasons else "ok") if known else "refused",
        "reasons": reasons,
        "method_version": METHOD_VERSION,
    }
