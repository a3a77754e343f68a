"""The form of an exercise over all of its repetitions: the median of each measure."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._form_measures import MEASURES, Measure
from dancer_pipeline.analyses._spread import median_interval
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.signals.heading import SAGITTAL_DEG, folded_deg

METHOD_VERSION = "2"

_NO_SPINE = Metric(
    "lumbar_rounding",
    "deg",
    status="refused",
    reasons=("not_measurable",),
    advice="Rounding of the lower back cannot be measured: a pose has no keypoints on the spine. "
    "Look at the pictures, or ask a coach.",
)

_HELD = ("plank", "bridge")
"""Often done once and held, so one repetition is all there is."""

_VIEWS = {"sagittal": "the side", "frontal": "the front", "back": "behind"}


def exercise_form(repetition_form: pd.DataFrame, *, min_repetitions: int = 3) -> pd.DataFrame:
    """Form of the exercise that is done most: each measure's median over its repetitions.

    It takes three repetitions, but for what is held: there fewer are of low confidence. The
    interval is that of a median, from six repetitions on. `trunk_lean_change` is the median
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
    is_held = rows["exercise"].isin(_HELD).any()
    if len(known) < (1 if is_held else min_repetitions):
        return _refused(measure, rows, min_repetitions)
    values = known["value"].to_numpy(float)
    doubts = _doubts(known) | ({"too_short"} if len(known) < min_repetitions else set())
    return Metric(
        measure.name,
        measure.unit,
        value=float(np.median(values)),
        n=len(values),
        ci95=median_interval(values),
        status="low_confidence" if doubts else "ok",
        reasons=tuple(sorted(doubts)),
        advice=_advice(doubts, known),
        evidence_frames=tuple(int(it) for it in known["frame"]),
    )


def _doubts(rows: pd.DataFrame) -> set[str]:
    return {code for codes in rows["reasons"] for code in codes}


def _advice(doubts: set[str], rows: pd.DataFrame) -> str | None:
    if not doubts:
        return None
    said = {
        "view_not_supported": _aside(_off_deg(rows)),
        "tracking_unstable": (
            "The limbs that it is measured on were hidden at the turning point and filled in, or "
            "the legs were confused for moments."
        ),
        "too_short": f"It rests on {len(rows)} of them only.",
    }
    of_counting = "The repetitions themselves are counted with low confidence."
    return " ".join(dict.fromkeys(said.get(code, of_counting) for code in sorted(doubts)))


def _aside(off: float) -> str:
    if off >= SAGITTAL_DEG:
        return f"The camera stands {90 - off:.0f} degrees off the side. Film exactly from the side."
    return (
        f"The camera stands {off:.0f} degrees off the front or the back. Film exactly from there."
    )


def _off_deg(rows: pd.DataFrame) -> float:
    """From where the camera looks: 0 front or back, 90 the side."""
    return float(rows["yaw_deg"].map(folded_deg).median())


def _refused(measure: Measure, rows: pd.DataFrame, min_repetitions: int) -> Metric:
    lost = rows[rows["status"] == "refused"]
    reasons = [code for codes in lost["reasons"] for code in codes]
    reason = max(sorted(set(reasons)), key=reasons.count) if reasons else "too_short"
    views = " or ".join(_VIEWS[view] for view in measure.views)
    share = f"in {reasons.count(reason)} of {len(rows)} repetitions"
    advice = {
        "view_not_supported": (
            f"This can be seen only from {views}; {share} {_from_where(lost)}. "
            "Film once more from there."
        ),
        "not_visible": (
            "The limbs that it is measured on are hidden or out of the picture "
            f"{share}. Step back, and film from {views}."
        ),
        "tracking_unstable": (
            f"The legs were not followed steadily {share}: they were confused in a tenth of the "
            "frames, or a bone seemed to change its length by over 15 %. Film in good light, in "
            "clothes that stand out from the background."
        ),
        "facing_uncertain": (
            f"Forward could not be told from backward {share}: toes and trunk contradict each "
            "other. Film without turning, with the feet in the picture."
        ),
        "out_of_range": (
            f"What was measured is not possible for a body {share}, so the keypoints were wrong. "
            "Use more light, and clothes that stand out."
        ),
    }.get(reason, (
        f"It could be measured in {len(rows) - len(lost)} of {len(rows)} repetitions; it takes "
        f"{min_repetitions}. Film more of them in a row."
    ))  # fmt: skip
    return Metric(measure.name, measure.unit, status="refused", reasons=(reason,), advice=advice)


def _from_where(rows: pd.DataFrame) -> str:
    off = _off_deg(rows)
    if not np.isfinite(off):
        return "it is not known from where the camera looks"
    return f"the camera looks from {off:.0f} degrees off the front or the back (the side is 90)"


def _lean_change(rows: pd.DataFrame) -> Metric:
    known, third = rows[rows["status"] != "refused"], len(rows) // 3
    if third < 2 or len(known) < len(rows):
        return Metric("trunk_lean_change", "deg", status="refused", reasons=("too_short",), advice=(
            f"The lean of the trunk is known in {len(known)} of {len(rows)} repetitions; all of "
            "them, and at least six, are needed to see whether it changes. Film from the side."
        ))  # fmt: skip
    values, doubts = known["value"].to_numpy(float), _doubts(known)
    return Metric(
        "trunk_lean_change",
        "deg",
        value=float(np.median(values[-third:]) - np.median(values[:third])),
        n=len(values),
        status="low_confidence" if doubts else "ok",
        reasons=tuple(sorted(doubts)),
        advice=_advice(doubts, known),
        evidence_frames=tuple(int(it) for it in known["frame"].to_numpy()[[0, -1]]),
    )
