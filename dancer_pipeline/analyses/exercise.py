"""How often and at what tempo an exercise was done, or why it was not counted."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dancer_pipeline import metrics
from dancer_pipeline.analyses._repetition_search import searched
from dancer_pipeline.analyses._spread import median_interval
from dancer_pipeline.metrics import Metric, judged, metric_table
from dancer_pipeline.signals.tracks import Floats, median_rate_hz

METHOD_VERSION = "2"

_UNITS = {
    "repetition_count": "1",
    "partial_repetition_count": "1",
    "set_count": "1",
    "repetition_rate": "1/min",
    "repetition_duration": "s",
    "eccentric_duration": "s",
    "hold_duration": "s",
    "concentric_duration": "s",
    "rest_duration": "s",
    "repetition_range": "deg",
}
_COUNTS = ("repetition_count", "partial_repetition_count", "set_count")
_COLUMNS = {
    "eccentric_duration": "eccentric_s",
    "hold_duration": "hold_s",
    "concentric_duration": "concentric_s",
    "rest_duration": "rest_s",
    "repetition_range": "range_deg",
}
"""Metrics that are the median of a column of the table `repetitions`."""

_SURE_RATE_HZ = 20.0
_DOUBTS = {
    "frame_rate_too_low": "With so few frames per second the ends of a movement fall between two "
    "frames. Record with 30 frames per second.",
    "exercise_unknown": "It was counted, but which exercise it is could not be told. "
    "Name it with the upload.",
    "upper_body_not_visible": "The arms could not be followed, so it was counted on how the body "
    "goes up and down. Film so that both arms are seen.",
    "looks_like_another": "The movement looks like another exercise than the one that the video "
    "was uploaded as. Name what was done, or nothing.",
}


def exercise(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    upload_options: pd.DataFrame,
    people: pd.DataFrame,
    camera_view: pd.DataFrame,
    repetitions: pd.DataFrame,
) -> pd.DataFrame:
    """Count repetitions and sets, with the median tempo and range of a repetition.

    Tempo: `eccentric_duration` (lowering), `hold_duration` (standing still at the turning point; of
    a plank the longest hold), `concentric_duration` (lifting), `rest_duration` (between repetitions
    of a set). A phase ends where the speed falls below 5 % of the highest, so slow ends of a
    movement count to the hold or the rest: squats read 0.1 s short. `repetition_rate` counts within
    sets, without the rests between them. `repetition_range` is the range of the joint that the
    exercise is named by: the knee in a squat, the elbow in a push-up. Intervals are those of a
    median, from six repetitions on. A video without repetitions has no count of 0: it says why none
    was counted. Where it shows several exercises, counts are those of all of them together and say
    so, and there are no medians; the table `repetitions` has each set with its exercise.
    """
    if repetitions.empty:
        problem = searched(body_motion, activity, upload_options, people).problem
        return _table(_refused(name, *(problem or _NONE)) for name in _UNITS)
    rows = repetitions.sort_values("start_s")
    rate_hz = median_rate_hz(np.sort(body_motion["time_s"].to_numpy(float)))
    return _table(_metrics(rows, rate_hz, str(camera_view["view"].iloc[0])))


_NONE = ("not_periodic", "No exercise was found. Film some repetitions with the body in view.")


def _table(metrics: Iterator[Metric]) -> pd.DataFrame:
    return metric_table("exercise", metrics, method_version=METHOD_VERSION)


def _metrics(rows: pd.DataFrame, rate_hz: float, view: str) -> Iterator[Metric]:
    counted = rows[~rows["is_hold"].astype(bool)]
    if counted.empty:
        yield from _of_holds(rows)
        return
    doubts = {code: _DOUBTS.get(code, "") for reasons in counted["reasons"] for code in reasons}
    doubts |= (several := _several(counted))
    frames = tuple(int(frame) for frame in counted["turn_frame"])
    counts = {
        "repetition_count": len(counted),
        "partial_repetition_count": int(counted["is_partial"].sum()),
        "set_count": counted["set"].nunique(),
    }
    for name, count in counts.items():
        yield _measured(name, np.array([float(count)]), doubts, len(counted), frames)
    if several:
        yield from (_refused(name, *_NOT_MIXED) for name in _UNITS if name not in _COUNTS)
        return
    slow = doubts | (_COARSE if rate_hz < _SURE_RATE_HZ else {})
    yield _rate(counted, doubts, frames)
    yield _measured("repetition_duration", _lengths_s(counted), slow, frames=frames)
    for name, column in _COLUMNS.items():
        values = counted[column].dropna().to_numpy(float)
        known = doubts | _doubts_of_view(counted, view) if name == "repetition_range" else slow
        yield _measured(name, values, known, frames=frames)


_NOT_MIXED = (
    "several_exercises",
    "The video shows several exercises, and the middle of all their repetitions would describe "
    "none of them. Film each exercise in a video of its own.",
)


def _several(rows: pd.DataFrame) -> dict[str, str]:
    """Tell how often each exercise was done where there are several."""
    counts = rows["exercise"].astype(str).value_counts(sort=False)
    if len(counts) < 2:
        return {}
    told = ", ".join(f"{count} of {str(name).replace('_', ' ')}" for name, count in counts.items())
    return {"several_exercises": f"All repetitions of the video together: {told}."}


_COARSE = {
    "frame_rate_too_low": "Below 20 frames per second times are right to a tenth of a second at "
    "best. Record with 30 frames per second."
}


def _doubts_of_view(rows: pd.DataFrame, view: str) -> dict[str, str]:
    """Doubt angles that this view shows only by estimated depth."""
    of_front = str(rows["exercise"].iloc[0]) in _SEEN_FROM_FRONT
    if view in (("frontal", "back") if of_front else ("sagittal",)):
        return {}
    side = "the front" if of_front else "the side"
    return {
        "view_not_supported": f"The range comes from estimated depth. Film exactly from {side}."
    }


_SEEN_FROM_FRONT = ("lateral_raise", "jumping_jack")


def _lengths_s(rows: pd.DataFrame) -> Floats:
    return (rows["end_s"] - rows["start_s"]).to_numpy(float)


def _rate(rows: pd.DataFrame, doubts: dict[str, str], frames: tuple[int, ...]) -> Metric:
    """Repetitions a minute, from turn to turn within sets."""
    steps = [np.diff(one["turn_s"].to_numpy(float)) for _, one in rows.groupby("set")]
    between = np.concatenate(steps)
    between = between[between > 0]
    return _measured("repetition_rate", 60 / between, doubts, frames=frames)


def _measured(
    name: str,
    values: Floats,
    doubts: dict[str, str],
    n: int | None = None,
    frames: tuple[int, ...] = (),
) -> Metric:
    if len(values) == 0:
        return _refused(name, *_MISSING.get(name, _TOO_FEW))
    return Metric(
        metric=name,
        unit=_UNITS[name],
        value=float(np.median(values)),
        n=len(values) if n is None else n,
        ci95=None if name in _COUNTS else median_interval(values),
        evidence_frames=frames,
        **judged(doubts),
    )


_TOO_FEW = "too_short", "There is one repetition only; two or more are needed in a set."
_UNNAMED = (
    "exercise_unknown",
    "Which way is lifting is known only of the exercises that have a name here. Name it with the "
    "upload if it is one of them.",
)
_MISSING = {
    "eccentric_duration": _UNNAMED,
    "concentric_duration": _UNNAMED,
    "repetition_range": (
        "exercise_unknown",
        "The joint by which this exercise is named could not be measured. "
        "Name the exercise with the upload, and keep the whole body in view.",
    ),
}


def _of_holds(rows: pd.DataFrame) -> Iterator[Metric]:
    """Tell how long a position was held, which is no repetition."""
    longest = rows.sort_values("hold_s").iloc[-1]
    frames = tuple(int(longest[name]) for name in ("start_frame", "turn_frame", "end_frame"))
    name = str(longest["exercise"]).replace("_", " ")
    for metric in _UNITS:
        if metric == "hold_duration":
            yield _measured(metric, np.array([float(longest["hold_s"])]), {}, len(rows), frames)
        else:
            yield _refused(
                metric, "not_applicable", f"A {name} is held, not repeated: see how long it lasts."
            )


def _refused(metric: str, reason: str, advice: str) -> Metric:
    return metrics.refused(metric, _UNITS[metric], reason, advice)
