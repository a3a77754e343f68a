"""What happens when in a video, as marks for the plots: repetitions, steps, swings."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dancer_pipeline.report.reading import records


@dataclass(frozen=True)
class Happenings:
    """Stretches of time to shade, and moments to mark by side (None: no side)."""

    spans: tuple[tuple[float, float], ...] = ()
    moments: tuple[tuple[float, str | None], ...] = ()

    @property
    def legend(self) -> tuple[str, ...]:
        """Say what shades and marks mean."""
        spans = ("shaded: one repetition",) if self.spans else ()
        return (
            *spans,
            *(("triangles: a heel meets the floor, or a swing",) if self.moments else ()),
        )


def happenings(tables: Mapping[str, pd.DataFrame]) -> Happenings:
    """Gather the repetitions, heel strikes and swings of a video."""
    repetitions = records(tables.get("repetitions"))
    strikes = [
        (row["time_s"], row["side"])
        for row in records(tables.get("gait_events"))
        if row["event"] == "heel_strike"
    ]
    swings = [
        (row["peak_s"], row["side"])
        for row in records(tables.get("swings"))
        if row["peak_s"] is not None
    ]
    return Happenings(
        tuple((row["start_s"], row["end_s"]) for row in repetitions),
        tuple(sorted(strikes + swings, key=lambda moment: moment[0])),
    )
