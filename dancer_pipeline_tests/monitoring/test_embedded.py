"""Measurements as lines of the log, as CloudWatch's embedded metric format wants them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dancer_pipeline.monitoring.catalogue import MEASURES
from dancer_pipeline.monitoring.embedded import Measurements, Reading
from dancer_pipeline_tests.monitoring.conftest import lines

NOON = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DANCER_LOG_FILE", "log.jsonl")
    return tmp_path / "log.jsonl"


def reading(**values: float) -> Reading:
    return Reading("cleanup succeeded", NOON, values, {"Job": "cleanup", "run_id": "r-1"})


def test_a_line_says_what_is_a_metric_and_what_is_a_dimension(file: Path):
    Measurements("staging").write(reading(RunTime=2.5, RunFailed=0))

    [line] = lines(file)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1_795_176_000_250
    assert directive == {
        "Namespace": "DancerPipeline",
        "Dimensions": [["Deployment"], ["Deployment", "Job"]],
        "Metrics": [{"Name": "RunTime", "Unit": "Seconds"}, {"Name": "RunFailed", "Unit": "Count"}],
    }
    assert (line["RunTime"], line["RunFailed"]) == (2.5, 0)
    assert (line["Deployment"], line["Job"], line["run_id"]) == ("staging", "cleanup", "r-1")
    assert (line["message"], line["level"]) == ("cleanup succeeded", "INFO")


def test_a_value_that_is_not_known_is_left_out(file: Path):
    Measurements("staging").write(reading(RunTime=float("nan"), RunFailed=1))

    [line] = lines(file)
    assert [it["Name"] for it in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]] == ["RunFailed"]
    assert "RunTime" not in line
    json.dumps(line, allow_nan=False)


def test_a_metric_that_is_not_declared_is_refused():
    with pytest.raises(KeyError, match="RunTimes"):
        reading(RunTimes=1).document("staging")


def test_no_level_of_the_log_leaves_a_measurement_out(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_LOG_LEVEL", "ERROR")
    Measurements("staging").write(reading(RunTime=1))
    assert len(lines(file)) == 1


def test_without_a_log_file_nothing_is_written(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DANCER_LOG_FILE")
    Measurements("staging").write(reading(RunTime=1))
    assert list(file.parent.iterdir()) == []


def test_every_metric_is_declared_once_and_says_what_it_is():
    assert len({it.name for it in MEASURES}) == len(MEASURES)
    assert all(it.says for it in MEASURES)
