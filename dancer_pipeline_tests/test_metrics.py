"""Metric rows: what they refuse to say, and how those of all analyses come together."""

import pandas as pd
import pytest

from dancer_pipeline.metrics import POSE_METRICS, Metric, collect, metric_table
from dancer_pipeline.tables import Table

TEMPO = metric_table(
    "tempo", [Metric("tempo", "hz", 0.5, 12, evidence_frames=(3, 4))], method_version="2"
)
SWAY = metric_table(
    "sway",
    [Metric("sway", "m", status="refused", reasons=("no_person",), advice="Nobody was found.")],
    method_version="1",
)


def test_a_value_and_a_refusal_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="null exactly when refused"):
        Metric("tempo", "hz", 0.5, status="refused", reasons=("no_person",))
    with pytest.raises(ValueError, match="null exactly when refused"):
        Metric("tempo", "hz")


def test_a_doubt_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="low_confidence needs a reason"):
        Metric("tempo", "hz", 0.5, status="low_confidence")


def test_rows_of_all_analyses_come_together_unchanged() -> None:
    joint_angles = pd.DataFrame({"frame": [1]})
    tables = {"sway": SWAY, "joint_angles": joint_angles, "tempo": TEMPO}
    collected = collect(tables, {"tempo": "2", "sway": "1"})
    assert POSE_METRICS.arrow(collected).num_rows == 2
    for row, table in zip(("tempo", "sway"), (TEMPO, SWAY), strict=True):
        pd.testing.assert_frame_equal(
            collected[collected["analysis"] == row].reset_index(drop=True).astype(object),
            table.astype(object),
        )


def test_an_analysis_without_a_table_is_named_as_failed() -> None:
    collected = collect({"tempo": TEMPO}, {"tempo": "2", "sway": "1"})
    missing = collected.iloc[1]
    assert (missing["analysis"], missing["status"]) == ("sway", "refused")
    assert list(missing["reasons"]) == ["analysis_failed"]
    assert "sway failed" in missing["advice"]


def test_no_analyses_give_an_empty_table_with_all_columns() -> None:
    empty = collect({}, {})
    assert len(empty) == 0
    assert isinstance(POSE_METRICS, Table)
    assert list(empty.columns) == [column.name for column in POSE_METRICS.columns]
