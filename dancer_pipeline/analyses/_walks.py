"""The walks and runs among the bouts of a video, as a gait analysis reads them."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.signals.heading import folded_deg, near_side_of
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags


@dataclass(frozen=True)
class Walk:
    """One walk or run: when, which way, and how it is seen."""

    bout: int
    activity: str
    is_forward: bool
    view: str
    yaw_deg: float
    start_s: float
    end_s: float
    step_s: float
    doubts: Mapping[str, str]

    @property
    def shows_contacts(self) -> bool:
        """Whether it can be measured from heel strike to heel strike."""
        is_seen = self.view in ("sagittal", "oblique")
        return self.activity == "walking" and self.is_forward and is_seen

    @property
    def near_side(self) -> str:
        """The side of the body that the camera sees."""
        return near_side_of(self.yaw_deg)

    @property
    def folded_yaw_deg(self) -> float:
        """0 from the front and from behind, 90 from the side."""
        return folded_deg(self.yaw_deg)

    def during(self, motion: Motion) -> Flags:
        """At which moments it goes on."""
        return np.asarray((motion.time_s >= self.start_s) & (motion.time_s <= self.end_s))

    def part(self, motion: Motion) -> slice:
        """Its place on the time grid."""
        places = np.flatnonzero(self.during(motion))
        return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, 0)


def walks(activity: pd.DataFrame) -> list[Walk]:
    """Read the walks and runs, in order of time."""
    rows = activity[activity["activity"].isin(["walking", "running"])].sort_values("start_s")
    return [_walk(row) for row in rows.to_dict("records")]


def _walk(row: Mapping[Hashable, Any]) -> Walk:
    reasons = [str(code) for code in row["reasons"]]
    advice = {reasons[0]: str(row["advice"])} if reasons else {}
    return Walk(
        bout=int(row["bout"]),
        activity=str(row["activity"]),
        is_forward=row["direction"] == "forward",
        view=str(row["view"]),
        yaw_deg=float(row["yaw_deg"]),
        start_s=float(row["start_s"]),
        end_s=float(row["end_s"]),
        step_s=1 / float(row["cadence_hint_hz"]),
        doubts=dict.fromkeys(reasons, "") | advice,
    )


def doubts_of(found: Iterable[Walk]) -> dict[str, str]:
    """Join what is doubtful about the walks."""
    joined: dict[str, str] = {}
    for walk in found:
        for code, advice in walk.doubts.items():
            joined[code] = joined.get(code) or advice
    return joined
