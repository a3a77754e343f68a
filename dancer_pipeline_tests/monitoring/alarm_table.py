"""The table of alarms as people read it, and the template's alarms in the same words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from cfnlint.decode import decode
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

from dancer_pipeline_tests.standin import REGION

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "deploy" / "aws" / "alarms.md"
TEMPLATE = ROOT / "deploy" / "aws" / "template.yaml"
SERVICES = {"c": "CodeService", "d": "DaemonService", "w": "WebService"}
COMPARED = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}


@dataclass(frozen=True)
class Query:
    """One metric of an alarm. A dimension's value is told where the table tells it."""

    namespace: str
    metric: str
    statistic: str
    dimensions: Mapping[str, str]


@dataclass(frozen=True)
class Alarm:
    """When an alarm rings; `queries` are named as in its expression, or not at all."""

    queries: Mapping[str, Query]
    expression: str
    rings: str
    lasts: str
    missing: str


@dataclass(frozen=True)
class _Row:
    alarm: str
    namespace: str
    metrics: str
    dimensions: str
    statistic: str
    expression: str
    rings: str
    lasts: str
    missing: str
    what_to_do: str


def told_alarms() -> dict[str, Alarm]:
    """Read the table."""
    return {row.alarm: _told(row) for row in _rows()}


def advice() -> dict[str, str]:
    """Read what to do when each rings."""
    return {row.alarm: row.what_to_do for row in _rows()}


def _rows() -> list[_Row]:
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| `")]
    cells = [
        [cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        for line in lines
    ]
    assert {len(row) for row in cells} == {len(fields(_Row))}
    return [_Row(*row) for row in cells]


def _told(row: _Row) -> Alarm:
    statistics = dict(re.findall(r"(?:(\w) )?(p\d+|[A-Z]\w+)", row.statistic))
    dimensions = dict(re.findall(r"(\w+)(?:=(\w+))?", row.dimensions))
    if "Deployment" in dimensions:
        dimensions["Deployment"] = "AWS::StackName"
    services = SERVICES if "SERVICES" in row.metrics else {"": ""}
    queries = {}
    metrics = re.findall(r"(?:(\w)=)?([A-Z][a-z]\w+|CPUUtilization)", row.metrics)
    for number, (named, metric) in enumerate(metrics):
        name = named or list(statistics)[number]
        statistic = statistics.get(name) or statistics[""]
        for letter, service in services.items():
            of_service = {"ServiceName": service} if service else {}
            query = Query(row.namespace, metric, statistic, dimensions | of_service)
            queries[letter + name] = query
    return Alarm(queries, row.expression, row.rings, row.lasts, row.missing)


def declared_alarms(template: Mapping[str, Any]) -> dict[str, Alarm]:
    """Read the template's alarms; a resource that is meant stands for its name."""
    return {
        name: _declared(resource["Properties"], template)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def _declared(alarm: Mapping[str, Any], template: Mapping[str, Any]) -> Alarm:
    stats = {it["Id"]: it["MetricStat"] for it in alarm.get("Metrics", ()) if "MetricStat" in it}
    returned = [it for it in alarm.get("Metrics", ()) if it.get("ReturnData", True)]
    assert len(returned) == bool(stats), "an alarm watches one series"
    if not stats:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        stats = {"": {"Metric": alarm, "Stat": statistic, "Period": alarm["Period"]}}
    periods = alarm["EvaluationPeriods"]
    points = alarm.get("DatapointsToAlarm", periods)
    (period_s,) = {it["Period"] for it in stats.values()}
    return Alarm(
        {name: _query(it, template) for name, it in stats.items()},
        returned[0]["Expression"] if returned else "",
        f"{COMPARED[alarm['ComparisonOperator']]} {alarm['Threshold']}",
        f"{points} of {periods} x {period_s} s",
        alarm["TreatMissingData"],
    )


def _query(stat: Mapping[str, Any], template: Mapping[str, Any]) -> Query:
    metric = stat["Metric"]
    dimensions = {it["Name"]: _meant(it["Value"], template) for it in metric["Dimensions"]}
    return Query(metric["Namespace"], metric["MetricName"], stat["Stat"], dimensions)


def _meant(value: Any, template: Mapping[str, Any]) -> str:
    """Name the resource that a value is taken from."""
    families = {
        json.dumps(_filled(resource["Properties"]["Family"])): name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ECS::TaskDefinition"
    }
    if not isinstance(value, Mapping):
        return str(value)
    (meant,) = value.values()
    return families.get(json.dumps(value)) or (meant if isinstance(meant, str) else str(meant[0]))


def _filled(family: Any) -> Any:
    """Put the names that a `Fn::Sub` is given into its text."""
    text, named = family["Fn::Sub"]
    for name, value in named.items():
        text = text.replace(f"${{{name}}}", value)
    return {"Fn::Sub": text}


def read_template() -> Mapping[str, Any]:
    """Read the template, its loops written out."""
    template, problems = decode(str(TEMPLATE))
    assert problems == []
    expanded_with, expanded = language_extension(Template(str(TEMPLATE), template, [REGION]))
    assert expanded_with == []
    written_out: Mapping[str, Any] = expanded
    return written_out
