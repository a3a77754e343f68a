"""What all findings together come to: a level in words, and what to practise in the coming week.

The words are the rules file's: a coach can edit them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dancer_pipeline.findings.entries import Entry, RulesError, read_toml
from dancer_pipeline.findings.rules import SEVERITIES

LEVELS = (*reversed(SEVERITIES), "none", "not_measured")
"""What the worst finding about the movement is, or that there is none, or that nothing is known."""

_PLACES = ("first", "second", "third")


@dataclass(frozen=True)
class Level:
    """How a video is summed up."""

    name: str
    title: str
    text: str


@dataclass(frozen=True)
class Week:
    """What a week of practice is made of; `days` may mention {first}, {second} and {third}."""

    days: tuple[str, ...]
    with_drill: str
    without_drill: str


@dataclass(frozen=True)
class Advice:
    """The part of the rules file that is about all findings together."""

    levels: Mapping[str, Level]
    week: Week

    def level(self, severities: Sequence[str], *, is_measured: bool) -> Level:
        """Sum up the severities of the findings about the movement."""
        if not is_measured:
            return self.levels["not_measured"]
        worst = max(severities, key=SEVERITIES.index, default="none")
        return self.levels[worst]

    def plan(self, findings: Sequence[Mapping[str, Any]]) -> list[str]:
        """Lay out a week for the findings, the most important first; empty where there are none.

        The first finding is practised most often. Where there are fewer than three, the first one
        takes the others' days.
        """
        practices = list(dict.fromkeys(map(self._practice, findings)))[: len(_PLACES)]
        if not practices:
            return []
        practices += practices[:1] * (len(_PLACES) - len(practices))
        words = dict(zip(_PLACES, practices, strict=True))
        return [day.format(**words) for day in self.week.days]

    def _practice(self, finding: Mapping[str, Any]) -> str:
        if finding["drill"]:
            return self.week.with_drill.format(drill=finding["drill"], cue=finding["cue"])
        return self.week.without_drill.format(cue=finding["cue"])


def read_advice(path: Path | None = None) -> Advice:
    """Read levels and week of a rules file; without a path, of the one of the package.

    Raises
    ------
    RulesError
        Naming the file, the entry and what is accepted instead.
    """
    source = files("dancer_pipeline.findings") / "rules.toml" if path is None else path
    data = read_toml(source)
    levels = {level.name: level for level in _levels(data.get("level"), source.name)}
    if missing := [name for name in LEVELS if name not in levels]:
        raise RulesError(f"{source.name}: there is no [[level]] with name = {missing[0]}")
    return Advice(levels, _week(data.get("week"), f"{source.name}, week:"))


def _levels(entries: object, file: str) -> list[Level]:
    given = entries if isinstance(entries, list) else []
    read = [Entry(one, f"{file}, level:", {"name", "title", "text"}) for one in given]
    return [Level(one.one_of("name", LEVELS), one.text("title"), one.text("text")) for one in read]


def _week(data: object, where: str) -> Week:
    if not isinstance(data, dict):
        raise RulesError(f"{where} is missing")
    entry = Entry(data, where, {"days", "with_drill", "without_drill"})
    days = data.get("days")
    if not isinstance(days, list) or not days or not all(isinstance(day, str) for day in days):
        entry.refuse("days", "must be a list of texts, one for each day")
    _check(entry, "days", " ".join(days), set(_PLACES))
    for key, accepted in (("with_drill", {"drill", "cue"}), ("without_drill", {"cue"})):
        _check(entry, key, entry.text(key), accepted)
    return Week(tuple(days), entry.text("with_drill"), entry.text("without_drill"))


def _check(entry: Entry, key: str, text: str, accepted: set[str]) -> None:
    try:
        text.format(**dict.fromkeys(accepted, ""))
    except (KeyError, IndexError, ValueError, AttributeError):
        braces = ", ".join(f"{{{name}}}" for name in sorted(accepted))
        entry.refuse(key, f"mentions something in braces that is not one of {braces}")
