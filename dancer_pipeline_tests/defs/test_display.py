"""What the UI is given: in place where it is small enough, and never a failure over a picture."""

import re
import urllib.parse
from xml.etree import ElementTree as ET

import dagster as dg
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dancer_pipeline.defs.display import (
    analysis_shown,
    findings_shown,
    metrics_shown,
    options_shown,
    schema_of,
)
from dancer_pipeline.defs.pictures import SHOWN_IN_PLACE, Picture, curves
from dancer_pipeline.findings import FINDINGS
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.options import upload_options
from dancer_pipeline.tables import LABEL, Column, Table

ANGLES = Table(
    "bends",
    "One row per time, part and side.",
    (
        Column("time_s", pa.float64(), "time"),
        Column("part", LABEL, "what bends"),
        Column("side", LABEL, "left or right"),
        Column("bend_deg", pa.float64(), "how far", nullable=True),
    ),
)

ANGLES_ONCE = Table("bend", "One row.", ANGLES.columns[1:])


def noise(count: int, seed: int) -> pd.Series:
    values = np.random.default_rng(seed).normal(0, 90, count)
    return pd.Series(values, index=np.linspace(0, 60, count))


def paths(shown: dg.MarkdownMetadataValue) -> list[str]:
    """Read the drawing out of the Markdown, as a browser would."""
    found = re.match(r"!\[\]\(data:image/svg\+xml,(\S+)\) ", str(shown.md_str))
    assert found, shown.md_str
    svg = ET.fromstring(urllib.parse.unquote(found[1]))  # noqa: S314 - our own
    return [path.attrib["d"] for path in svg]


@pytest.mark.parametrize("count", [2, 30, 135, 3600])
def test_curves_of_any_length_are_shown_in_place(count: int):
    shown = curves({"left": noise(count, 1), "right": noise(count, 2)}, "deg")

    assert len(str(shown.md_str)) <= SHOWN_IN_PLACE
    assert len(paths(shown)) == 2


def test_a_gap_in_the_values_is_a_gap_in_the_curve():
    whole = pd.Series(np.linspace(0, 1, 40), index=np.linspace(0, 4, 40))
    broken = whole.where((whole.index < 1) | (whole.index > 2))

    assert paths(curves({"": whole}, "m"))[0].count("m") == 1
    assert paths(curves({"": broken}, "m"))[0].count("m") == 2


def test_a_curve_ends_at_the_height_of_its_last_value():
    rising = pd.Series([0.0, 5.0, 10.0], index=[0.0, 1.0, 2.0])

    [path] = paths(curves({"": rising}, "m"))

    steps = re.findall(r"[ml](-?\d+),?(-?\d+)", path)
    assert tuple(map(sum, zip(*[map(int, step) for step in steps], strict=True))) == (358, 2)


def test_a_given_scale_is_kept():
    half = pd.Series([50.0, 50.0], index=[0.0, 1.0])

    assert paths(curves({"": half}, "%", scale=(0, 100))) == ["m2,22l356,0"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([np.nan, np.nan], "no values"),
        ([], "no values"),
        ([7.0, 7.0], "7.00 to 7.00 deg"),
        ([7.0], "7.00 to 7.00 deg"),
        ([0.0, np.inf, 2.0], "0.00 to 2.00 deg"),
        ([-1e-9, 44.4], "0.0 to 44.4 deg"),
        ([1170.0, 1430.0], "1170 to 1430 deg"),
    ],
)
def test_the_caption_names_the_range(values: list[float], said: str):
    shown = curves({"": pd.Series(values, index=np.arange(len(values)), dtype=float)}, "deg")

    assert str(shown.md_str).endswith(said)


def test_a_thumbnail_is_shown_in_place():
    height, width = np.mgrid[0:480, 0:270]
    image = np.dstack([height % 256, width % 256, (height + width) % 256]).astype(np.uint8)

    assert len(str(Picture(image).thumbnail().md_str)) <= SHOWN_IN_PLACE
    assert len(str(Picture(image).large().md_str)) > SHOWN_IN_PLACE


def test_a_table_over_time_is_shown_as_a_curve_per_label():
    times = np.linspace(0, 2, 20)
    rows = [
        {"time_s": time, "part": part, "side": side, "bend_deg": 10 * time}
        for time in times for part in ("knee", "hip") for side in ("left", "right")
    ]  # fmt: skip

    shown = analysis_shown(ANGLES, ANGLES.frame(rows))

    assert list(shown) == ["curves", "knee", "hip"]
    assert len(paths(shown["knee"])) == 2
    assert len(analysis_shown(ANGLES, ANGLES.frame())["first_rows"].records) == 0


def test_a_single_row_is_shown_without_its_nulls():
    row = ANGLES.frame([{"time_s": 0.5, "part": "knee", "side": "left"}]).drop(columns="time_s")

    assert analysis_shown(ANGLES_ONCE, row) == {"part": "knee", "side": "left"}


def test_metrics_are_counted_listed_and_advised_on():
    metrics = metric_table(
        "a",
        [
            Metric("reach", "m", 0.123456, 12, "left"),
            Metric("reach", "m", side="right", status="refused", reasons=("x",), advice="Turn."),
        ],
        method_version="1",
    )

    shown = metrics_shown(metrics)

    assert {key: shown[key] for key in ("ok", "low_confidence", "refused")} == {
        "ok": 1, "low_confidence": 0, "refused": 1,
    }  # fmt: skip
    assert [record.data["value"] for record in shown["metrics"].records] == [0.1235, None]
    assert [record.data for record in shown["advice"].records] == [
        {"advice": "Turn.", "metric": "reach"}
    ]
    assert "advice" not in metrics_shown(metrics[metrics["status"] == "ok"])


def test_what_was_said_of_a_video_is_shown_with_its_problems():
    said = {"view": "side", "mirrored": "no", "court": "0,1 1,1 1,0 0,0", "stature_m": "180"}

    shown = options_shown(upload_options(said))

    problems = shown.pop("problems")
    assert shown == {
        "view": "sagittal", "mirrored": False, "court": "[0. 1. 1. 1. 1. 0. 0. 0.]",
    }  # fmt: skip
    assert "Did you mean 1.80?" in str(problems.records[0].data["problem"])
    assert options_shown(upload_options({})) == {"problems": "none"}


def test_no_findings_are_no_table():
    assert findings_shown(FINDINGS.frame()) == {"findings": 0}


def test_a_label_is_a_string_to_an_operator():
    columns = schema_of(ANGLES)["dagster/column_schema"].columns

    assert {it.name: it.type for it in columns}["part"] == "string"
