"""Repetitions of an exercise: one row for each, in sets, with its turning point and its tempo."""

import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._repetition_rows import rows
from dancer_pipeline.analyses._repetition_search import searched
from dancer_pipeline.metrics import judgement
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "2"

TABLE = Table(
    "repetitions",
    "One row per repetition of an exercise, and per position that is held such as a plank.",
    (
        Column("repetition", pa.int32(), "number of the repetition in the video, from 1"),
        Column("set", pa.int32(), "number of its set, from 1: a long rest begins the next"),
        Column("exercise", LABEL, "what the uploader named or the movement shows; else unknown"),
        Column("recognised_by", LABEL, "uploader or movement"),
        Column(
            "exercise_confidence",
            pa.float64(),
            "0 to 1, how well the movement fits the exercise; null where the uploader named it",
            nullable=True,
        ),
        Column("side", LABEL, "left or right where one side moves; else null", nullable=True),
        Column("start_s", pa.float64(), "when it leaves the starting position"),
        Column("turn_s", pa.float64(), "when it is farthest from it, in the middle of a hold"),
        Column("end_s", pa.float64(), "when it is back in the starting position"),
        Column("start_frame", pa.int32(), "frame of the file at start_s"),
        Column("turn_frame", pa.int32(), "frame of the file at turn_s"),
        Column("end_frame", pa.int32(), "frame of the file at end_s"),
        Column("is_hold", pa.bool_(), "a position that is held, which is no repetition"),
        Column("signal", LABEL, "what it was counted on, for example knee_flexion or hip_height"),
        Column("range_deg", pa.float64(), "of the primary joint; null if unknown", nullable=True),
        Column("range_share", pa.float64(), "its range as a share of the median of its set"),
        Column("is_partial", pa.bool_(), "its range is less than 80 % of the median of its set"),
        Column("eccentric_s", pa.float64(), "lowering; null where it is not known", nullable=True),
        Column("hold_s", pa.float64(), "standing still at the turning point"),
        Column("concentric_s", pa.float64(), "lifting; null where it is not known", nullable=True),
        Column("rest_s", pa.float64(), "from here to the next in the set", nullable=True),
        *judgement("ok", "low_confidence", advice=None),
    ),
)


def repetitions(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    upload_options: pd.DataFrame,
    people: pd.DataFrame,
) -> pd.DataFrame:
    """Repetitions of an exercise, in sets; positions that are held have `is_hold`.

    An exercise that the uploader names is counted as that, `other` as whatever repeats itself
    evenly; otherwise the movement tells which it is, or `unknown`: who bows at the hips instead of
    squatting, or lifts the hands overhead with the legs, does none of those that are known. A video
    may show several, each in sets of its own. Each is counted on the
    height of one part of the body above another, which looks the same from every side: away from
    the starting position and back to it. Movements that do not resemble the others in their set are
    left out. Phases begin and end where the speed is 5 % of the fastest; they are right to about a
    frame and a tenth of a second.
    """
    search = searched(body_motion, activity, upload_options, people)
    made = rows(search.body, search.found, is_named=search.is_named)
    return TABLE.frame(row | {"method_version": METHOD_VERSION} for row in made)
