"""Names that a person reads, from the data file `wording.toml`. No decisions, no markup."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dancer_pipeline.options import EXERCISES


@dataclass(frozen=True)
class Reason:
    """Why something could not be measured, and what to do about it."""

    title: str
    advice: str


def metric_label(metric: str) -> str:
    """Name a metric: `knee_flexion_range` reads `Knee flexion range` unless the file says else."""
    return _named("metrics", metric)


def analysis_label(analysis: str) -> str:
    """Name an analysis."""
    return _named("analyses", analysis)


def severity_label(severity: str) -> str:
    """Say in a word or two how much a finding matters."""
    return _named("severities", severity)


def option_label(option: str) -> str:
    """Name something that an uploader may say about a video."""
    return _named("options", option)


def joint_label(joint: str) -> str:
    """Name the movement of a joint whose angle is drawn."""
    return _named("joints", joint)


def hint(metric: str) -> str:
    """Say in one line what a metric is and what is usual; empty where nothing needs saying."""
    return str(_wording()["hints"].get(metric, ""))


def highlights_of(analysis: str) -> tuple[str, ...]:
    """Metrics of an analysis that are shown first."""
    return tuple(_wording()["highlights"].get(analysis, ()))


def main_analyses() -> tuple[str, ...]:
    """Analyses that a video may be about, the surest first."""
    return tuple(_wording()["highlights"])


def option_value(option: str, value: Any) -> str:
    """Write what was said: yes and no, a number with its unit, or the word for it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "marked"
    if isinstance(value, float):
        return f"{value:g}{' m' if option.endswith('_m') else ''}"
    return plainly(value).lower() if option != "view" else _named("views", value)


def reason(code: str) -> Reason:
    """Explain a reason code; one that is not known is named after itself, without advice."""
    entry = _wording()["reasons"].get(code)
    return Reason(entry["title"], entry["advice"]) if entry else Reason(plainly(code), "")


def plainly(name: str) -> str:
    """Turn a name of the code into words: `too_short` reads `Too short`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def told(advice: str) -> str:
    """Write advice of an analysis for people: exercises without the underscores of their names."""
    return _underscored().sub(lambda found: found[0].replace("_", " "), advice)


@cache
def _underscored() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{name}\b" for name in EXERCISES if "_" in name))


def _named(section: str, name: str) -> str:
    return str(_wording()[section].get(name) or plainly(name))


@cache
def _wording() -> dict[str, Any]:
    source = files("dancer_pipeline.report") / "wording.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
