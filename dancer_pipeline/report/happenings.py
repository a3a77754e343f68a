"""What happens when in a video, as marks for the plots: repetitions, steps, swings, beats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dancer_pipeline.report.reading import beat_frames, frame_times, records


@dataclass(frozen=True)
class Happenings:
    """Stretches of time to shade, and moments to mark by side (None: no side)."""

    spans: tuple[tuple[float, float], ...] = ()
    moments: tuple[tuple[float, str | None], ...] = ()
    words: tuple[str, ...] = ()
    """What the marks of moments mean."""

    @property
    def legend(self) -> tuple[str, ...]:
        """Say what shades and marks mean."""
        spans = ("shaded: one repetition",) if self.spans else ()
        return (*spans, *((f"triangles: {', '.join(self.words)}",) if self.words else ()))


def happenings(tables: Mapping[str, pd.DataFrame]) -> Happenings:
    """Gather the repetitions, heel strikes, swings and beats of a video."""
    repetitions = records(tables.get("repetitions"))
    times = frame_times(tables.get("pose_keypoints"))
    marks: dict[str, list[tuple[float, str | None]]] = {
        "a heel meets the floor": [
            (row["time_s"], row["side"])
            for row in records(tables.get("gait_events"))
            if row["event"] == "heel_strike"
        ],
        "a swing": [
            (row["peak_s"], row["side"])
            for row in records(tables.get("swings"))
            if row["peak_s"] is not None and not (repetitions and _is_a_guess(row))
        ],
        "a beat of the dance": [
            (float(times[frame]), None) for frame in beat_frames(tables) if frame in times
        ],
    }
    every = [moment for some in marks.values() for moment in some]
    return Happenings(
        tuple((row["start_s"], row["end_s"]) for row in repetitions),
        tuple(sorted(every, key=lambda moment: moment[0])),
        tuple(words for words, some in marks.items() if some),
    )


def _is_a_guess(swing: Mapping[str, Any]) -> bool:
    """Whether nobody said that swings are to be expected."""
    return "exercise_unknown" in swing["reasons"]
