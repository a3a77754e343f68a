"""Steps and strides from the moments at which the feet meet and leave the floor."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._contacts import HEEL_STRIKE, TOE_OFF, is_step
from dancer_pipeline.signals.tracks import Floats

_Event = Mapping[Hashable, Any]
"""A row of the table `gait_events`."""


@dataclass(frozen=True)
class Step:
    """From a heel strike of one foot to the next one of the other, `side`, which leads."""

    bout: int
    side: str
    start_s: float
    end_s: float
    start_frame: int
    end_frame: int

    @property
    def time_s(self) -> float:
        """How long it takes."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Stride:
    """From a heel strike of one foot to the next one of the same, and when it leaves the floor.

    `off_s` is its own toe off, `other_off_s` and `other_on_s` those of the other foot; NaN where
    they were not found.
    """

    bout: int
    side: str
    start_s: float
    end_s: float
    start_frame: int
    end_frame: int
    other_on_s: float
    other_off_s: float = float("nan")
    off_s: float = float("nan")

    @property
    def time_s(self) -> float:
        """How long it takes."""
        return self.end_s - self.start_s

    @property
    def stance_percent(self) -> float:
        """Share of the stride that the foot is on the floor."""
        return 100 * (self.off_s - self.start_s) / self.time_s

    @property
    def double_support_percent(self) -> float:
        """Share of the stride that both feet are on the floor."""
        both_s = self.other_off_s - self.start_s + self.off_s - self.other_on_s
        return 100 * both_s / self.time_s


@dataclass(frozen=True)
class Walked:
    """What was walked in a video, over all its walks; nothing reaches from one into another."""

    strikes: int
    strike_frames: tuple[int, ...]
    steps: tuple[Step, ...]
    strides: tuple[Stride, ...]

    def step_times_s(self, side: str) -> Floats:
        """Collect the times of the steps that this foot leads."""
        return np.array([step.time_s for step in self.steps if step.side == side])

    def strides_of(self, side: str) -> list[Stride]:
        """Collect the strides of one foot."""
        return [stride for stride in self.strides if stride.side == side]


def walked(gait_events: pd.DataFrame) -> Walked:
    """Build steps and strides; feet that do not take turns, or a step too long, make none."""
    steps: list[Step] = []
    strides: list[Stride] = []
    frames: list[int] = []
    events = gait_events.sort_values("time_s").to_dict("records")
    for bout in dict.fromkeys(event["bout"] for event in events):
        strikes = [it for it in events if it["bout"] == bout and it["event"] == HEEL_STRIKE]
        leaves = [it for it in events if it["bout"] == bout and it["event"] == TOE_OFF]
        found = list(_steps(strikes))
        steps += found
        strides += _strides(found, leaves)
        frames += [int(strike["frame"]) for strike in strikes]
    return Walked(len(frames), tuple(frames), tuple(steps), tuple(strides))


def _steps(strikes: Sequence[_Event]) -> Iterator[Step]:
    pairs = list(pairwise(strikes))
    usual_s = np.median(
        [b["time_s"] - a["time_s"] for a, b in pairs if a["side"] != b["side"]] or [np.nan]
    )
    for first, second in pairs:
        ratio = (second["time_s"] - first["time_s"]) / usual_s
        if is_step(first["side"], second["side"], ratio):
            yield Step(
                bout=int(first["bout"]),
                side=str(second["side"]),
                start_s=float(first["time_s"]),
                end_s=float(second["time_s"]),
                start_frame=int(first["frame"]),
                end_frame=int(second["frame"]),
            )


def _strides(steps: Sequence[Step], leaves: Sequence[_Event]) -> Iterator[Stride]:
    for first, second in pairwise(steps):
        if first.end_s == second.start_s:
            yield Stride(
                bout=first.bout,
                side=second.side,
                start_s=first.start_s,
                end_s=second.end_s,
                start_frame=first.start_frame,
                end_frame=second.end_frame,
                other_on_s=first.end_s,
                other_off_s=_toe_off_s(leaves, first),
                off_s=_toe_off_s(leaves, second),
            )


def _toe_off_s(leaves: Sequence[_Event], step: Step) -> float:
    """Give the time at which the leading foot of a step leaves the floor; NaN for none."""
    for leave in leaves:
        if leave["side"] == step.side and step.start_s <= leave["time_s"] <= step.end_s:
            return float(leave["time_s"])
    return float("nan")
