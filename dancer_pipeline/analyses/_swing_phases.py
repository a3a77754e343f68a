"""The phases of a swing in the body's own time: stance, top of the backlift, contact."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.swings import speed
from dancer_pipeline.signals.technique import runs

_LEAD_S, _STILL_FOOT = 0.5, 0.5
_LEAST_STANCE_S = 1.5
STANCE_CUTOFF_HZ = 4.0


@dataclass(frozen=True)
class Phases:
    """When one swing went through what; `stance_s` is when the hands begin to lift."""

    stance_s: float
    top_s: float
    peak_s: float
    contact_s: float

    @property
    def setup_s(self) -> tuple[float, float]:
        """From half a second before the hands lift until the contact."""
        return self.stance_s - _LEAD_S, self.contact_s


def phases(swings: pd.DataFrame) -> list[Phases]:
    """Read the swings that were found, in order of time."""
    found = swings[swings["status"] != "refused"].sort_values("peak_s")
    times_s = found[["lift_s", "start_s", "peak_s", "contact_s"]].to_numpy(float)
    return [Phases(*(float(it) for it in moments)) for moments in times_s]


def longest_stance_s(body: Motion, torso_px: float) -> tuple[float, float] | None:
    """Longest time in which one and the same foot stays on its place; None below 1.5 s."""
    longest = max(_stances(body, torso_px), key=lambda it: it[1] - it[0], default=None)
    if longest is None or longest[1] - longest[0] < _LEAST_STANCE_S:
        return None
    return longest


def _stances(body: Motion, torso_px: float) -> Iterator[tuple[float, float]]:
    names = [f"{side}_ankle" for side in SIDES]
    smooth = body.smooth(STANCE_CUTOFF_HZ, names)
    for name in names:
        moves = speed(body.time_s, smooth.image_px[name] / torso_px)
        for run in runs(moves < _STILL_FOOT):
            yield float(body.time_s[run.start]), float(body.time_s[run.stop - 1])
