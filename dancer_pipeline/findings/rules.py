"""The rules behind the findings: a data file that a coach can edit, checked when it is read.

Nothing here looks at a video's numbers. A rule that cannot be understood is refused by name, with
what is accepted, before any finding is made.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from dancer_pipeline.findings.entries import Entry, RulesError, read_toml

SEVERITIES = ("info", "low", "medium", "high")
"""From a remark to something to look at first."""

VIEWS = ("sagittal", "frontal", "back", "oblique")
"""From where the camera may look, as in the table camera_view."""

COMPARES = ("value", "side_difference", "repetitions")
"""`value` looks at each row of the metric, `side_difference` at left against right, `repetitions`
at the measure of that name in every repetition."""

PLACEHOLDERS = {
    "value": frozenset({"value", "threshold", "side"}),
    "side_difference": frozenset({"value", "threshold", "left", "right", "larger", "smaller"}),
    "repetitions": frozenset({"value", "threshold", "count", "total", "repetitions", "exercise"}),
}
"""What a rule's texts may mention in braces."""

_TEXTS = ("headline", "text", "cue", "drill")


@dataclass(frozen=True)
class Condition:
    """A metric that must be measured, and lie inside a range, before a rule is looked at."""

    metric: str
    at_least: float = float("-inf")
    at_most: float = float("inf")


@dataclass(frozen=True)
class Rule:
    """One rule: which number, from where on it is worth saying, and what is then said."""

    id: str
    metric: str
    compare: str
    comparison: str
    thresholds: tuple[tuple[str, float], ...]
    """Severity and threshold, mildest first."""
    headline: str
    text: str
    cue: str
    origin: str
    drill: str | None = None
    grey_band: float = 0.0
    only_if: tuple[Condition, ...] = ()
    views: tuple[str, ...] = ()
    """The views that it is limited to; none means any."""
    exercises: tuple[str, ...] = ()
    """The exercises that it is limited to; none means any."""


@dataclass(frozen=True)
class Rules:
    """All rules of one version of the file."""

    version: str
    somebody: Condition
    """What must hold before anything at all is said about a person."""
    rules: tuple[Rule, ...]


def read_rules(path: Path | None = None) -> Rules:
    """Read and check a rules file; without a path, the one that comes with the package.

    Raises
    ------
    RulesError
        Naming the file, the rule and what is accepted instead.
    """
    source = files("dancer_pipeline.findings") / "rules.toml" if path is None else path
    return _rules(read_toml(source), source.name)


def _rules(data: Mapping[str, Any], file: str) -> Rules:
    top = Entry(data, f"{file}:", {"version", "somebody", "rule", "level", "week"})
    version, entries = top.text("version"), data.get("rule")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        top.refuse("rule", "needs at least one [[rule]]")
    rules = tuple(_rule(entry, file, place) for place, entry in enumerate(entries, 1))
    names = [rule.id for rule in rules]
    if twice := {name for name in names if names.count(name) > 1}:
        top.refuse("rule", f"two rules are called {', '.join(sorted(twice))}; rename one")
    return Rules(version, _condition(data.get("somebody"), f"{file}, somebody:"), rules)


def _rule(data: Mapping[str, Any], file: str, place: int) -> Rule:
    name = data.get("id") if isinstance(data.get("id"), str) else f"number {place}"
    accepted = {field.name for field in fields(Rule)} - {"comparison", "thresholds"}
    entry = Entry(data, f"{file}, rule {name}:", accepted | {"above", "below"})
    compare = entry.one_of("compare", COMPARES)
    comparison, thresholds = _thresholds(entry)
    for key in _TEXTS:
        _check_placeholders(entry, key, PLACEHOLDERS[compare])
    return Rule(
        id=entry.text("id"),
        metric=entry.text("metric"),
        compare=compare,
        comparison=comparison,
        thresholds=thresholds,
        headline=entry.text("headline"),
        text=entry.text("text"),
        cue=entry.text("cue"),
        origin=entry.text("origin"),
        drill=entry.text("drill") if "drill" in data else None,
        grey_band=entry.number("grey_band", 0.0),
        only_if=_conditions(entry),
        views=_views(entry),
        exercises=_exercises(entry),
    )


def _thresholds(entry: Entry) -> tuple[str, tuple[tuple[str, float], ...]]:
    given = [key for key in ("above", "below") if key in entry.data]
    if len(given) != 1:
        entry.refuse("above", "needs either above or below, for example above = { low = 10 }")
    (comparison,) = given
    levels = entry.data[comparison]
    if not isinstance(levels, dict) or not levels or set(levels) - set(SEVERITIES):
        entry.refuse(comparison, f"must give a number for one or more of {', '.join(SEVERITIES)}")
    inner = Entry(levels, f"{entry.where} {comparison}:", set(SEVERITIES))
    found = tuple((level, inner.number(level)) for level in SEVERITIES if level in levels)
    numbers = [number for _, number in found]
    if numbers != sorted(numbers, reverse=comparison == "below"):
        entry.refuse(comparison, "a higher severity needs a threshold that is further out")
    return comparison, found


def _conditions(entry: Entry) -> tuple[Condition, ...]:
    given = entry.data.get("only_if", [])
    if not isinstance(given, list):
        entry.refuse("only_if", "must be a list, for example [{ metric = ..., at_most = 30 }]")
    return tuple(_condition(one, f"{entry.where} only_if:") for one in given)


def _views(entry: Entry) -> tuple[str, ...]:
    given = entry.data.get("views", [])
    if not isinstance(given, list) or set(map(str, given)) - set(VIEWS):
        entry.refuse("views", f"must be a list of one or more of {', '.join(VIEWS)}")
    return tuple(given)


def _exercises(entry: Entry) -> tuple[str, ...]:
    given = entry.data.get("exercises", [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        entry.refuse("exercises", 'must be a list of exercises, for example ["squat"]')
    return tuple(given)


def _condition(data: object, where: str) -> Condition:
    if not isinstance(data, dict):
        raise RulesError(f'{where} must be {{ metric = "...", at_least = ..., at_most = ... }}')
    entry = Entry(data, where, {field.name for field in fields(Condition)})
    if not {"at_least", "at_most"} & set(data):
        entry.refuse("at_least", "needs at_least or at_most")
    return Condition(
        entry.text("metric"),
        entry.number("at_least", float("-inf")),
        entry.number("at_most", float("inf")),
    )


def _check_placeholders(entry: Entry, key: str, accepted: frozenset[str]) -> None:
    text = entry.data.get(key)
    if not isinstance(text, str):
        return
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        entry.refuse(key, f"{error}; write {{{{ and }}}} for braces")
    if unknown := names - accepted:
        braces = ", ".join(f"{{{name}}}" for name in sorted(accepted))
        entry.refuse(key, f"mentions {{{min(unknown)}}}; accepted are {braces}")
