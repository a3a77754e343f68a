"""The tables of a comparison of two videos: what differs, and the courses that show it."""

import pyarrow as pa

from dancer_pipeline.metrics import judgement
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

_PAIR = (
    Column("video_a", pa.string(), "id of the first video"),
    Column("version_a", pa.string(), "which of its versions"),
    Column("video_b", pa.string(), "id of the second video"),
    Column("version_b", pa.string(), "which of its versions"),
)

VIDEO_COMPARISON = Table(
    "video_comparison",
    "One row per quantity that two videos of one movement share, or per reason not to compare.",
    (
        *_PAIR,
        Column("exercise", LABEL, "what both videos show", nullable=True),
        Column("quantity", LABEL, "for example knee_flexion, trunk_lean, eccentric, cadence"),
        Column("side", LABEL, "left, right, or null", nullable=True),
        Column(
            "landmark",
            LABEL,
            "when in the median repetition: start, turn, end, highest, or its whole range; null "
            "for what is no course",
            nullable=True,
        ),
        Column("unit", LABEL, "the unit of the values and of the difference"),
        Column("value_a", pa.float64(), "in the first video", nullable=True),
        Column("value_b", pa.float64(), "in the second video", nullable=True),
        Column("difference", pa.float64(), "second - first; null when refused", nullable=True),
        Column(
            "mdc",
            pa.float64(),
            "minimal detectable change: a smaller difference may be error, or chance",
            nullable=True,
        ),
        Column(
            "mdc_origin",
            LABEL,
            "what decides it: method (the error of the method), or repetitions (how much they "
            "scatter, and the mirrored re-run where there is one)",
            nullable=True,
        ),
        Column("is_beyond", pa.bool_(), "whether the difference is beyond the mdc", nullable=True),
        Column("n_a", pa.int32(), "observations in the first video"),
        Column("n_b", pa.int32(), "observations in the second video"),
        *judgement(),
    ),
)

VIDEO_COMPARISON_CURVES = Table(
    "video_comparison_curves",
    "One row per quantity, video and phase of the median repetition, phase-locked. Whole where "
    "the pair is in `video_comparison`, which is written last.",
    (
        *_PAIR,
        Column("quantity", LABEL, "for example knee_flexion or trunk_lean"),
        Column("side", LABEL, "left, right, or null", nullable=True),
        Column("unit", LABEL, "the unit of the values"),
        Column("video", LABEL, "a or b"),
        Column(
            "phase_percent",
            pa.float64(),
            "0 the start, 50 the turn, 100 the end of a repetition; of a stride its even share",
        ),
        Column("median", pa.float64(), "of the repetitions", nullable=True),
        Column("low", pa.float64(), "10th percentile of the repetitions", nullable=True),
        Column("high", pa.float64(), "90th percentile of the repetitions", nullable=True),
    ),
)
