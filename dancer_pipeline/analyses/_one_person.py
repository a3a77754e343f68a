"""One person: the longest stretch of a video in which nobody else was followed, and what to say.

The pose model follows one body, and where two are about it may go over from one to the other.
Analyses of a stretch of time ask here, so that they measure the same person in the same stretch;
those of repetitions refuse such a video, and the view is that of the whole video.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._people import somebody_else
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.people import every_jump, several_people

_TOO_LITTLE = ("too_short", "no_person", "no_swing_found")
"""Reasons that a video may have only because a part of it is left out."""

_AROUND_S = 0.2
"""So near to a change of person the cleaning of keypoints has mixed the two."""


@dataclass(frozen=True)
class OnePerson:
    """When one person is followed, the same all the time; endless where nobody else ever is."""

    start_s: float = -np.inf
    end_s: float = np.inf
    doubts: dict[str, str] = field(default_factory=dict)
    """Empty where nobody else was followed."""

    def of(self, body: Motion) -> Motion:
        """Cut the stretch out of a motion."""
        return body.between(self.start_s, self.end_s) if self.doubts else body

    def moments(self, table: pd.DataFrame) -> pd.DataFrame:
        """Take the rows of a table with `time_s` that are of this person."""
        return table[table["time_s"].between(self.start_s, self.end_s)] if self.doubts else table

    def spans(self, table: pd.DataFrame) -> pd.DataFrame:
        """Take the rows of a table with `start_s` and `end_s`, cut to this person's stretch."""
        if not self.doubts:
            return table
        cut = table.assign(
            start_s=table["start_s"].clip(lower=self.start_s),
            end_s=table["end_s"].clip(upper=self.end_s),
        )
        return cut[cut["end_s"] > cut["start_s"]]

    def why(self, problem: Problem) -> Problem:
        """Say of what is too little that a part of the video is somebody else's."""
        if not self.doubts or problem[0] not in _TOO_LITTLE:
            return problem
        return "several_people", f"{self.doubts['several_people']} {problem[1]}"

    def told(self, metrics: Iterable[Metric]) -> Iterator[Metric]:
        """Lower the confidence of what was measured where somebody else was followed too."""
        for metric in metrics:
            yield metric if metric.value is None else doubted(metric, self.doubts)


def one_person(body: Motion, people: pd.DataFrame) -> OnePerson:
    """Find the stretch in which one person was followed for longest."""
    jumps_s = every_jump(body, people)
    if len(jumps_s) == 0:
        return OnePerson()
    stretches = zip(
        [-np.inf, *(jumps_s + _AROUND_S)], [*(jumps_s - _AROUND_S), np.inf], strict=True
    )
    start_s, end_s = max(stretches, key=lambda it: int(body.between(*it).is_person.sum()))
    return OnePerson(start_s, end_s, {"several_people": _changed(start_s, end_s)})


def doubts_of_others(people: pd.DataFrame) -> dict[str, str]:
    """Why what was measured may be somebody else's who is in the picture as well."""
    then = "so a part of this may be somebody else's. Film one person."
    told = somebody_else(several_people(people), then)
    return {"several_people": told} if told else {}


def doubted(metric: Metric, doubts: dict[str, str]) -> Metric:
    """Lower the confidence of a metric; what was said already is not repeated."""
    if not doubts:
        return metric
    said = [it for it in doubts.values() if it not in (metric.advice or "")]
    return replace(
        metric,
        status="low_confidence",
        reasons=tuple(dict.fromkeys((*metric.reasons, *doubts))),
        advice=" ".join(filter(None, (metric.advice, *said))),
    )


def _changed(start_s: float, end_s: float) -> str:
    """Tell when somebody else was followed."""
    before = f"until {start_s - _AROUND_S:.1f} s" if np.isfinite(start_s) else ""
    after = f"from {end_s + _AROUND_S:.1f} s on" if np.isfinite(end_s) else ""
    return (
        f"Somebody else was followed {' and '.join(filter(None, (before, after)))}, so only the "
        "rest was measured. Film one person alone, or cut the clip there."
    )
