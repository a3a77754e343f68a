"""What a rule looks at: one number, the difference of two sides, or a number per repetition."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.findings.rules import Rule

_ENOUGH_REPETITIONS = 3
_ENOUGH_SHARE = 0.5
"""A finding about repetitions needs three of them, or half of those that were measured."""


@dataclass(frozen=True)
class Observation:
    """Numbers that a rule judges, with what its texts may mention."""

    values: tuple[float, ...]
    frames: tuple[tuple[int, ...], ...]
    """The frames that show each value."""
    unit: str
    analysis: str
    status: str
    side: str | None = None
    error: float = 0.0
    advice: tuple[str, ...] = ()
    repetitions: tuple[int, ...] = ()
    """The repetition that each value is of; none where the value is of the whole video."""
    words: Mapping[str, str] = field(default_factory=dict)

    def beyond(self, rule: Rule, threshold: float) -> list[int]:
        """Places of the values that pass a threshold, the farthest out first; none if too few."""
        sign = 1 if rule.comparison == "above" else -1
        excess = sign * (np.array(self.values) - threshold)
        places = [int(place) for place in np.argsort(-excess, kind="stable") if excess[place] > 0]
        return places if self._is_enough(len(places)) else []

    def _is_enough(self, count: int) -> bool:
        if not self.repetitions:
            return count > 0
        return count >= _ENOUGH_REPETITIONS or (
            count > 0 and count >= _ENOUGH_SHARE * len(self.values)
        )


def observations(
    rule: Rule, measured: pd.DataFrame, repetition_form: pd.DataFrame | None
) -> Iterator[Observation]:
    """Gather what a rule looks at; nothing where it was not measured."""
    if rule.compare == "repetitions":
        yield from _of_repetitions(rule, repetition_form)
        return
    rows = list(measured[measured["metric"] == rule.metric].itertuples())
    if rule.compare == "value":
        yield from (_of_value(row) for row in rows)
        return
    sides = {row.side: row for row in rows if isinstance(row.side, str)}
    if {"left", "right"} <= set(sides):
        yield _of_sides(sides["left"], sides["right"])


def is_of(rule: Rule, repetitions: pd.DataFrame | None) -> bool:
    """Whether a video shows what a rule about all of it is limited to, and nothing else.

    A difference of the sides says something only where no side works alone. Rules about
    repetitions choose theirs themselves.
    """
    if not rule.exercises or rule.compare == "repetitions":
        return True
    if repetitions is None or repetitions.empty:
        return False
    is_one_sided = rule.compare == "side_difference" and repetitions["side"].notna().any()
    return bool(repetitions["exercise"].isin(rule.exercises).all() and not is_one_sided)


def listed(numbers: Iterable[int]) -> str:
    """Write numbers the way a person does: `2, 5 and 6`."""
    *most, last = map(str, sorted(numbers))
    return f"{', '.join(most)} and {last}" if most else last


def _of_value(row: Any) -> Observation:
    side = row.side if isinstance(row.side, str) else None
    return Observation(
        values=(row.value,),
        frames=(tuple(map(int, row.evidence_frames)),),
        unit=str(row.unit),
        analysis=str(row.analysis),
        status=row.status,
        side=side,
        error=_error(row),
        advice=_advice(row),
        words={"side": side or ""},
    )


def _of_sides(left: Any, right: Any) -> Observation:
    larger, smaller = (left, right) if left.value >= right.value else (right, left)
    uncertain = any(row.status != "ok" for row in (left, right))
    words = {
        "left": in_words(left.value, left.unit),
        "right": in_words(right.value, right.unit),
        "larger": larger.side,
        "smaller": smaller.side,
    }
    frames = {*map(int, left.evidence_frames), *map(int, right.evidence_frames)}
    return Observation(
        values=(larger.value - smaller.value,),
        frames=(tuple(sorted(frames)),),
        unit=str(left.unit),
        analysis=str(left.analysis),
        status="low_confidence" if uncertain else "ok",
        error=(_error(left) ** 2 + _error(right) ** 2) ** 0.5,
        advice=tuple(dict.fromkeys((*_advice(left), *_advice(right)))),
        words=words,
    )


def _of_repetitions(rule: Rule, form: pd.DataFrame | None) -> Iterator[Observation]:
    if form is None:
        return
    is_meant = (form["measure"] == rule.metric) & (form["status"] != "refused")
    if rule.exercises:
        is_meant &= form["exercise"].isin(rule.exercises)
    rows = form[is_meant].sort_values("repetition")
    for exercise, group in rows.groupby("exercise", observed=True, sort=True):
        yield Observation(
            values=tuple(group["value"]),
            frames=tuple((int(frame),) for frame in group["frame"]),
            unit=str(group["unit"].iloc[0]),
            analysis="exercise_form",
            status="ok" if (group["status"] == "ok").all() else "low_confidence",
            repetitions=tuple(int(number) for number in group["repetition"]),
            words={"exercise": str(exercise).replace("_", " "), "total": str(len(group))},
        )


def _error(row: Any) -> float:
    """Half of the 95 % interval, nothing where it is unknown."""
    half = (row.ci95_high - row.ci95_low) / 2 if pd.notna(row.ci95_low) else 0.0
    return half if pd.notna(half) else 0.0


def _advice(row: Any) -> tuple[str, ...]:
    return (row.advice,) if isinstance(row.advice, str) and row.status != "ok" else ()
