"""The rules behind the findings: a data file that a coach can edit, checked when it is read.

Nothing here looks at a video's numbers. A rule that cannot be understood is refused by name, with
what is accepted, before any finding is made.
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

SEVERITIES = ("info", "low", "medium", "high")
"""From a remark to something to look at first."""

VIEWS = ("sagittal", "frontal", "back", "oblique")
"""From where the camera may look, as in the table camera_view."""

COMPARES = ("value", "side_difference")
"""`value` looks at each row of the metric, `side_difference` at left against right."""

PLACEHOLDERS = {
    "value": frozenset({"value", "threshold", "side"}),
    "side_difference": frozenset({"value", "threshold", "left", "right", "larger", "smaller"}),
}
"""What a rule's texts may mention in braces."""

_TEXTS = ("headline", "text", "cue", "drill")


class RulesError(ValueError):
    """The rules file cannot be used; the message names the rule and what is accepted."""


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
    try:
        data = tomllib.loads(source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{source.name} is not a TOML file: {error}") from error
    except OSError as error:
        raise RulesError(f"{source} cannot be read: {error.strerror}") from error
    return _rules(data, source.name)


def _rules(data: Mapping[str, Any], file: str) -> Rules:
    top = _Entry(data, f"{file}:", {"version", "somebody", "rule"})
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
    entry = _Entry(data, f"{file}, rule {name}:", accepted | {"above", "below"})
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
    )


def _thresholds(entry: "_Entry") -> tuple[str, tuple[tuple[str, float], ...]]:
    given = [key for key in ("above", "below") if key in entry.data]
    if len(given) != 1:
        entry.refuse("above", "needs either above or below, for example above = { low = 10 }")
    (comparison,) = given
    levels = entry.data[comparison]
    if not isinstance(levels, dict) or not levels or set(levels) - set(SEVERITIES):
        entry.refuse(comparison, f"must give a number for one or more of {', '.join(SEVERITIES)}")
    inner = _Entry(levels, f"{entry.where} {comparison}:", set(SEVERITIES))
    found = tuple((level, inner.number(level)) for level in SEVERITIES if level in levels)
    numbers = [number for _, number in found]
    if numbers != sorted(numbers, reverse=comparison == "below"):
        entry.refuse(comparison, "a higher severity needs a threshold that is further out")
    return comparison, found


def _conditions(entry: "_Entry") -> tuple[Condition, ...]:
    given = entry.data.get("only_if", [])
    if not isinstance(given, list):
        entry.refuse("only_if", "must be a list, for example [{ metric = ..., at_most = 30 }]")
    return tuple(_condition(one, f"{entry.where} only_if:") for one in given)


def _views(entry: "_Entry") -> tuple[str, ...]:
    given = entry.data.get("views", [])
    if not isinstance(given, list) or set(map(str, given)) - set(VIEWS):
        entry.refuse("views", f"must be a list of one or more of {', '.join(VIEWS)}")
    return tuple(given)


def _condition(data: object, where: str) -> Condition:
    if not isinstance(data, dict):
        raise RulesError(f'{where} must be {{ metric = "...", at_least = ..., at_most = ... }}')
    entry = _Entry(data, where, {field.name for field in fields(Condition)})
    if not {"at_least", "at_most"} & set(data):
        entry.refuse("at_least", "needs at_least or at_most")
    return Condition(
        entry.text("metric"),
        entry.number("at_least", float("-inf")),
        entry.number("at_most", float("inf")),
    )


def _check_placeholders(entry: "_Entry", key: str, accepted: frozenset[str]) -> None:
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


class _Entry:
    """A table of the file, read key by key with errors that say where."""

    def __init__(self, data: Mapping[str, Any], where: str, accepted: set[str]) -> None:
        self.data, self.where = data, where
        if unknown := set(data) - accepted:
            self.refuse(min(unknown), f"is not known; accepted are {', '.join(sorted(accepted))}")

    def refuse(self, key: str, why: str) -> NoReturn:
        raise RulesError(f"{self.where} {key}: {why}")

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be a text that is not empty")
        return value.strip()

    def one_of(self, key: str, accepted: tuple[str, ...]) -> str:
        value = self.data.get(key, accepted[0])
        if value not in accepted:
            self.refuse(key, f"{value!r} is not accepted; use one of {', '.join(accepted)}")
        return str(value)

    def number(self, key: str, default: float | None = None) -> float:
        if key not in self.data and default is not None:
            return default
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.refuse(key, f"{value!r} is not a number")
        return float(value)
