"""The alarms of the deployment: as the table tells, on metrics that real runs write."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from dancer_pipeline.monitoring.catalogue import NAMESPACE
from dancer_pipeline_tests.monitoring.alarm_table import (
    advice,
    declared_alarms,
    read_template,
    told_alarms,
)
from dancer_pipeline_tests.monitoring.conftest import Worked

pytestmark = pytest.mark.xdist_group("monitoring")  # one deployment for all of them

SEARCH = rf'{{{NAMESPACE},([\w,]+)}} MetricName="(\w+)"'
NEEDED = {
    "DANCER_LOG_FILE": "/dev/stdout",
    "DANCER_DEPLOYMENT": {"Ref": "AWS::StackName"},
}


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    return read_template()


def captured(worked: Worked) -> set[tuple[str, frozenset[str]]]:
    """Return what CloudWatch would know after those runs: metrics, each with its dimensions."""
    return {
        (metric["Name"], frozenset(dimensions))
        for line in worked.lines
        for directive in line["_aws"]["CloudWatchMetrics"]
        if directive["Namespace"] == NAMESPACE
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def test_the_template_has_the_alarms_of_the_table(template: Mapping[str, Any]):
    told, declared = told_alarms(), declared_alarms(template)
    assert sorted(declared) == sorted(told)
    assert {name: declared[name] for name in told if declared[name] != told[name]} == {}


def test_what_the_issue_of_monitoring_names_has_an_alarm():
    watched = {query.metric for alarm in told_alarms().values() for query in alarm.queries.values()}
    assert {
        "VideoTime", "AssetTime", "VideoFailed", "AssetFailed", "RefusedShare", "DetectionRate",
        "Jitter", "LowConfidenceShare", "ApproximateNumberOfMessagesVisible", "BucketSizeBytes",
        "ApproximateAgeOfOldestMessage", "OldestUnfinished", "OldestCleanupPending", "ListingFinds",
        "CPUUtilization", "MemoryUtilization", "RunningTaskCount", "Quarantined",
    } <= watched  # fmt: skip


def test_alarms_watch_metrics_that_real_runs_wrote(worked: Worked):
    ours = {
        (query.metric, frozenset(query.dimensions))
        for alarm in told_alarms().values()
        for query in alarm.queries.values()
        if query.namespace == NAMESPACE
    }
    assert len(ours) > 10
    assert ours - captured(worked) == set()


def test_the_dashboard_shows_metrics_that_real_runs_wrote(
    worked: Worked, template: Mapping[str, Any]
):
    shown = set(drawn(template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]))

    assert ("AssetTime", frozenset({"Deployment", "Asset"})) in shown
    assert shown - captured(worked) == set()


def drawn(body: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Give the metrics of our own on the dashboard, each with its dimensions."""
    told = body["Fn::Sub"]
    text = told if isinstance(told, str) else told[0]
    for widget in json.loads(text)["widgets"]:
        last: list[str] = []
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], str):
                told = [it for it in metric if isinstance(it, str)]
                last = [last[at] if it == "." else it for at, it in enumerate(told)]
                namespace, name, *pairs = last
                if namespace == NAMESPACE:
                    yield name, frozenset(pairs[::2])
            elif sought := re.search(SEARCH, metric[0]["expression"]):
                yield sought[2], frozenset(sought[1].split(","))


def test_every_alarm_calls_somebody_and_says_what_to_do(template: Mapping[str, Any]):
    for name, what_to_do in advice().items():
        alarm = template["Resources"][name]["Properties"]
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlertsTopic"}]
        assert len(what_to_do) > 15


@pytest.mark.parametrize("task", ["WebTask", "DaemonTask", "CodeTask", "RunTask"])
def test_every_container_logs_to_where_metrics_are_taken_from(
    template: Mapping[str, Any], task: str
):
    (container,) = (
        it
        for it in template["Resources"][task]["Properties"]["ContainerDefinitions"]
        if it["Name"] == "dancer"
    )
    said = {it["Name"]: it["Value"] for it in container["Environment"] if "Name" in it}
    assert NEEDED.items() <= said.items()
    assert container["LogConfiguration"]["LogDriver"] == "awslogs"


def test_the_code_server_knows_whom_to_tell(template: Mapping[str, Any]):
    (container,) = template["Resources"]["CodeTask"]["Properties"]["ContainerDefinitions"]
    said = {it["Name"]: it["Value"] for it in container["Environment"] if "Name" in it}
    assert said["DANCER_ALERT_TOPIC"] == {"Ref": "AlertsTopic"}
