"""What a video is about, and the few numbers of it that come first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dancer_pipeline.options import NAMELESS
from dancer_pipeline.report.gaps import applied
from dancer_pipeline.report.numbers import Group, Line
from dancer_pipeline.report.wording import analysis_label, highlights_of, main_analyses, plainly

_MOST = 5

_WITH_REPETITIONS = ("exercise", "exercise_form", "movement_quality")

_NAMED = {
    "walk": "gait", "run": "gait", "dance": "dance", "balance": "balance", "standing": "balance",
    "batting": "coach_metrics", "bowling": "coach_metrics",
    **dict.fromkeys(("badminton", "tennis", "squash", "table_tennis", "padel"), "racket"),
}  # fmt: skip
"""The analysis of what an uploader may name; that of everything else counts repetitions."""


def analysis_named(exercise: str | None) -> str | None:
    """Return the analysis that an uploader asks for by naming a movement."""
    return _NAMED.get(exercise, "exercise") if exercise else None


def main_analysis(metrics: Iterable[Mapping[str, Any]], exercise: str | None) -> str | None:
    """Return the analysis that a video is about: what was named, else the first with numbers."""
    measured = {row["analysis"] for row in applied(metrics)}
    wanted = analysis_named(exercise)
    if wanted in measured:
        return wanted
    return next((name for name in main_analyses() if name in measured), None)


def movement(
    document: Mapping[str, Any], metrics: Iterable[Mapping[str, Any]], exercise: str | None
) -> str:
    """Name what is done in the video; empty where it is not known."""
    done = {row["exercise"] for row in document["repetitions"]} - set(NAMELESS)
    main = main_analysis(metrics, exercise)
    if main == "exercise" and done:
        return " and ".join(plainly(one) for one in sorted(done))
    if exercise and exercise not in NAMELESS:
        return plainly(exercise)
    return analysis_label(main) if main and main != "exercise" else ""


def is_beside(group: Group, main: str | None) -> bool:
    """Whether a group is doubtful in all its numbers and not what the video is about."""
    family = _WITH_REPETITIONS if main in _WITH_REPETITIONS else (main,)
    return group.is_doubtful and group.analysis not in family


def highlights(groups: Sequence[Group], main: str | None) -> list[Line]:
    """Pick the lines to show first, in the order of the wording file."""
    lines = {line.metric: line for one in groups if one.analysis == main for line in one.lines}
    return [lines[name] for name in highlights_of(main or "") if name in lines][:_MOST]
