"""Two methods for the same quantity on the same video, side by side."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._compared_video import NothingToCompareError, Video
from dancer_pipeline.analyses._method_pairs import PAIRS, Pair
from dancer_pipeline.comparison.statistics import Statistic
from dancer_pipeline.metrics import judgement, refusal
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

TABLE = Table(
    "method_comparison",
    "One row per statistic of two methods for the same quantity: how far they agree, which of them "
    "is steadier. Which is right it does not say.",
    (
        Column("quantity", LABEL, "what both methods measure"),
        Column("algorithm_a", LABEL, "the method of the analyses"),
        Column("algorithm_b", LABEL, "the one beside it"),
        Column(
            "statistic",
            LABEL,
            "of events: count, precision, recall, f1 (A as the reference), bias (B - A); of values "
            "of repetitions or strides: bias, mae, limits of agreement, icc_2_1, rank_correlation, "
            "refusal_agreement; of noise: gaps, residual_above_6_hz, bone_length_variation, of A, "
            "of B and as their ratio A / B; comparison where there is nothing to compare",
        ),
        Column("value", pa.float64(), "the number, in `unit`; null when refused", nullable=True),
        Column("unit", LABEL, "the unit of the value"),
        Column("n", pa.int32(), "events, repetitions, strides or frames that it rests on"),
        Column(
            "steadier",
            LABEL,
            "the method with less noise, by this ratio; null for other statistics, and where they "
            "differ by less than a tenth",
            nullable=True,
        ),
        *judgement("ok", "refused", advice="what was looked for and not found"),
    ),
)


def method_comparison(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    gait_events: pd.DataFrame,
    repetitions: pd.DataFrame,
) -> pd.DataFrame:
    """How far two methods for the same quantity agree on this video, and which is steadier.

    Heel strikes where the heel is farthest ahead and where it stops falling; cadence by heel
    strikes and by the bobbing of the hips; repetitions of a known exercise and excursions of the
    joint angles' first principal component; angles in the picture and from estimated depth; a
    low-pass that sees the whole video and one that works live; separation of the knees and their
    bend inward.

    Values are compared per repetition or stride, not per frame: neighbouring frames repeat one
    another, which would make limits of agreement too narrow. Events are the same where they lie
    within two frames, at least 70 ms; turning points within a quarter of a repetition. Agreement is
    no proof: two methods may be wrong together, for they start from the same keypoints.
    """
    video = Video(motion(body_motion), activity, gait_events, repetitions)
    return TABLE.frame(row for pair in PAIRS for row in _rows(pair, video))


def _rows(pair: Pair, video: Video) -> Iterator[dict[str, Any]]:
    methods = (pair.method_a, pair.method_b)
    head = {
        "quantity": pair.quantity, "algorithm_a": methods[0], "algorithm_b": methods[1],
        "reasons": [], "method_version": METHOD_VERSION,
    }  # fmt: skip
    try:
        statistics = list(pair.compare(video))
    except NothingToCompareError as nothing:
        why = refusal("not_applicable", str(nothing))
        yield head | {"statistic": "comparison", "unit": "1", "n": 0} | why
        return
    for one in statistics:
        yield head | _row(one, methods)


def _row(one: Statistic, methods: tuple[str, str]) -> dict[str, Any]:
    return {
        "statistic": one.name,
        "value": one.value,
        "unit": one.unit,
        "n": one.n,
        "steadier": None if one.steadier is None else methods[one.steadier],
        "status": "ok",
    }
