"""One repetition as the analyses of form and quality read it from the table `repetitions`."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.signals.tracks import Flags, Floats


@dataclass(frozen=True)
class Repetition:
    """One repetition, or one position that was held."""

    number: int
    exercise: str
    side: str | None
    start_s: float
    turn_s: float
    end_s: float
    turn_frame: int
    hold_s: float
    is_hold: bool
    reasons: tuple[str, ...]

    def during(self, time_s: Floats) -> Flags:
        """Which times lie inside it, both ends included."""
        return np.asarray((time_s >= self.start_s - 1e-6) & (time_s <= self.end_s + 1e-6))

    def returning(self, time_s: Floats) -> Flags:
        """Which times lie between the turning point and its end."""
        start_s = self.turn_s + self.hold_s / 2
        return np.asarray((time_s >= start_s - 1e-6) & (time_s <= self.end_s + 1e-6))


def repetitions_of(repetitions: pd.DataFrame) -> list[Repetition]:
    """Read the table, in the order of time."""
    rows = repetitions.sort_values("start_s").to_dict("records")
    return [
        Repetition(
            number=int(row["repetition"]),
            exercise=str(row["exercise"]),
            side=row["side"] if isinstance(row["side"], str) else None,
            start_s=float(row["start_s"]),
            turn_s=float(row["turn_s"]),
            end_s=float(row["end_s"]),
            turn_frame=int(row["turn_frame"]),
            hold_s=float(row["hold_s"]),
            is_hold=bool(row["is_hold"]),
            reasons=tuple(row["reasons"]),
        )
        for row in rows
    ]
