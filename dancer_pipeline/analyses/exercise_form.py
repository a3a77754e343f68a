"""The form of an exercise over all of its repetitions: the median of each measure."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._form_measures import MEASURES, Measure
from dancer_pipeline.analyses._spread import median_interval
from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"

_NO_SPINE = Metric(
    "lumbar_rounding",
    "deg",
    status="refused",
    reasons=("not_measurable",),
    advice="Rounding of the lower back cannot be measured: a pose has no keypoints on the spine. "
    "Look at the pictures, or ask a coach.",
)

_VIEWS = {"sagittal": "the side", "frontal": "the front", "back": "behind"}


def exercise_form(repetition_form: pd.DataFrame, *, min_repetitions: int = 3) -> pd.DataFrame:
    """Form of the exercise that is done most: each measure's median over its repetitions.

    The interval is that of a median, from six repetitions on. `trunk_lean_change` is the median
    lean of the last third of the repetitions less that of the first third: somebody who tires leans
    more. Rounding of the lower back is always refused: a pose has no keypoints along the spine.
    """
    metrics = _metrics(repetition_form, min_repetitions)
    return metric_table("exercise_form", metrics, method_version=METHOD_VERSION)


def _metrics(form: pd.DataFrame, min_repetitions: int) -> Iterator[Metric]:
    if form.empty:
        yield Metric("form", "1", status="refused", reasons=("not_periodic",), advice=(
            "No repetitions of an exercise that is known were found, so their form was not looked "
            "at. Name the exercise when you upload the video, and film it from the side."
        ))  # fmt: skip
        return
    exercise = str(form.groupby("exercise", observed=True)["repetition"].nunique().idxmax())
    rows = form[form["exercise"] == exercise].sort_values("repetition")
    for measure in MEASURES[exercise]:
        yield _metric(measure, rows[rows["measure"] == measure.name], min_repetitions)
    if exercise == "squat":
        yield _lean_change(rows[rows["measure"] == "trunk_lean"])
        yield _NO_SPINE


def _metric(measure: Measure, rows: pd.DataFrame, min_repetitions: int) -> Metric:
    known = rows[rows["status"] != "refused"]
    if len(known) < min(min_repetitions, len(rows)) or known.empty:
        return _refused(measure, rows, min_repetitions)
    values = known["value"].to_numpy(float)
    doubts = tuple(sorted({code for codes in known["reasons"] for code in codes}))
    return Metric(
        measure.name,
        measure.unit,
        value=float(np.median(values)),
        n=len(values),
        ci95=median_interval(values),
        status="low_confidence" if doubts else "ok",
        reasons=doubts,
        advice=_advice(doubts),
        evidence_frames=tuple(int(it) for it in known["frame"]),
    )


def _advice(doubts: tuple[str, ...]) -> str | None:
    if not doubts:
        return None
    if "view_uncertain" in doubts:
        return "The camera stands more than 20 degrees off the side. Film exactly from the side."
    return "The repetitions themselves are counted with low confidence."


def _refused(measure: Measure, rows: pd.DataFrame, min_repetitions: int) -> Metric:
    reasons = [code for codes in rows["reasons"] for code in codes]
    reason = max(sorted(set(reasons)), key=reasons.count) if reasons else "too_short"
    views = " or ".join(_VIEWS[view] for view in measure.views)
    advice = {
        "view_not_supported": f"This can be seen only from {views}. Film once more from there.",
        "not_visible": (
            "The limbs that it is measured on are hidden or out of the picture in "
            f"{reasons.count(reason)} of {len(rows)} repetitions. Step back, and film from {views}."
        ),
    }.get(reason, f"It could be measured in fewer than {min_repetitions} repetitions.")
    return Metric(measure.name, measure.unit, status="refused", reasons=(reason,), advice=advice)


def _lean_change(rows: pd.DataFrame) -> Metric:
    values, third = rows["value"].dropna().to_numpy(float), len(rows) // 3
    if third < 2 or len(values) < len(rows):
        return Metric("trunk_lean_change", "deg", status="refused", reasons=("too_short",), advice=(
            f"The lean of the trunk is known in {len(values)} repetitions; six from the side are "
            "needed to see whether it changes."
        ))  # fmt: skip
    change = float(np.median(values[-third:]) - np.median(values[:third]))
    frames = tuple(int(it) for it in rows["frame"].to_numpy()[[0, -1]])
    return Metric("trunk_lean_change", "deg", value=change, n=len(values), evidence_frames=frames)
