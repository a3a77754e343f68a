"""One video as a comparison reads it from stored tables: what is done, from where it is seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from dancer_pipeline.comparison.phases import Floats
from dancer_pipeline.options import NAMELESS
from dancer_pipeline.signals.geometry import circular_median_deg
from dancer_pipeline.signals.heading import view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import median_rate_hz

TABLES_READ = (
    "joint_angles", "body_motion", "repetitions", "gait_events", "activity", "pose_metrics",
    "mirror_error",
)  # fmt: skip
"""Whichever of these is stored; the sources are not needed."""

NEEDED = ("joint_angles", "body_motion", "repetitions")

_STRIDE_RATIOS = (0.6, 1.4)
"""Of the usual stride: in a longer one a contact was missed, a shorter one is none."""
_GAITS = {"walking": "walk", "running": "run"}


@dataclass(frozen=True)
class Cycles:
    """The repetitions, or the strides, that can be compared."""

    exercise: str | None
    """What is done; None where it cannot be told."""
    marks_s: Floats
    """Cycles x marks: start, turn and end of repetitions; start and end of strides."""
    side: tuple[str | None, ...]
    """Of each cycle, the side that does it; None where both do."""
    phases_s: Mapping[str, Floats]
    """How long each phase of each cycle takes, by its name."""
    doubts: frozenset[str] = frozenset()
    """Reason codes, where the repetitions or contacts themselves are of low confidence."""

    def of_side(self, side: str | None) -> "Cycles":
        """Take the cycles of one side."""
        chosen = np.array([one == side for one in self.side], dtype=bool)
        phases = {name: values[chosen] for name, values in self.phases_s.items()}
        sides = tuple(one for one in self.side if one == side)
        return Cycles(self.exercise, self.marks_s[chosen], sides, phases, self.doubts)

    def __len__(self) -> int:
        return len(self.marks_s)


@dataclass(frozen=True)
class Recording:
    """What is stored of one version of one video.

    `methods` names the version of every method and model that made the tables.
    """

    video_id: str
    version: str
    tables: Mapping[str, pd.DataFrame]
    methods: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Tables without which nothing can be compared."""
        return tuple(name for name in NEEDED if name not in self.tables)

    @property
    def measured_by(self) -> tuple[str, ...]:
        """Tables whose method must be the same in both videos."""
        counted = "gait_events" if "stride" in self.cycles.phases_s else "repetitions"
        return ("body_motion", "joint_angles", counted)

    @cached_property
    def motion(self) -> Motion:
        """The cleaned keypoints."""
        return motion(self.tables["body_motion"])

    @cached_property
    def _yaws_deg(self) -> tuple[float, float]:
        """Median and interquartile range of the yaw while the movement is done; NaN for none."""
        yaw = yaw_deg(self.motion)
        during = np.zeros(len(yaw), dtype=bool)
        for marks in self.cycles.marks_s:
            during |= (self.motion.time_s >= marks[0]) & (self.motion.time_s <= marks[-1])
        return circular_median_deg(yaw[during])

    @property
    def yaw_deg(self) -> float:
        """From where the body is seen while it moves: 0 from the front, -90 at the left side."""
        return self._yaws_deg[0]

    @property
    def turns_by_deg(self) -> float:
        """How far the body turns while it moves: interquartile range of the yaw."""
        return self._yaws_deg[1]

    @property
    def view(self) -> str | None:
        """The camera's view of the movement; None where it cannot be told."""
        return view_of(self.yaw_deg) if np.isfinite(self.yaw_deg) else None

    @property
    def is_side_view(self) -> bool:
        """Whether it is filmed from the side."""
        return self.view == "sagittal"

    @property
    def near_side(self) -> str | None:
        """The side towards the camera in a side view."""
        if not self.is_side_view:
            return None
        return "left" if self.yaw_deg < 0 else "right"

    @cached_property
    def rate_hz(self) -> float:
        """Analysed frames a second."""
        return median_rate_hz(np.unique(self.tables["joint_angles"]["time_s"]))

    @cached_property
    def cycles(self) -> Cycles:
        """Whole repetitions of the exercise; the strides of a walk where there are none."""
        repetitions = self.tables["repetitions"]
        whole = repetitions[~repetitions["is_hold"].astype(bool)].sort_values("start_s")
        return _repetitions(whole) if len(whole) else self._strides()

    def _strides(self) -> Cycles:
        """From one heel strike to the next of the same side, within one bout."""
        events = self.tables.get("gait_events", pd.DataFrame())
        side = "left" if self._is_left_nearer else "right"
        found: list[tuple[float, float]] = []
        if len(events):
            strikes = events[(events["event"] == "heel_strike") & (events["side"] == side)]
            for _, bout in strikes.dropna(subset=["time_s"]).groupby("bout"):
                times = np.sort(bout["time_s"].to_numpy(float))
                found += pairwise(times)
        marks = np.array(found, float).reshape(-1, 2)
        lengths = marks[:, 1] - marks[:, 0]
        usual = np.median(lengths) if len(lengths) else np.nan
        is_stride = (lengths > _STRIDE_RATIOS[0] * usual) & (lengths < _STRIDE_RATIOS[1] * usual)
        marks, name = marks[is_stride], self._gait() if is_stride.any() else None
        phases = {"stride": lengths[is_stride]}
        return Cycles(name, marks, (None,) * len(marks), phases, _doubts(events))

    @property
    def _is_left_nearer(self) -> bool:
        middle, _ = circular_median_deg(yaw_deg(self.motion))
        return middle < 0

    def _gait(self) -> str:
        done = self.tables.get("activity", pd.DataFrame({"activity": []}))["activity"].astype(str)
        known = done[done.isin(_GAITS)]
        return _GAITS[known.mode().iloc[0]] if len(known) else "walk"


def _repetitions(whole: pd.DataFrame) -> Cycles:
    named = whole["exercise"].astype(str)
    exercise = str(named.mode().iloc[0])
    usable = (named == exercise) & ~whole["is_partial"].astype(bool)
    chosen = whole[usable & (whole["status"] != "refused")]
    phases = {
        name: chosen[f"{name}_s"].to_numpy(float) for name in ("eccentric", "hold", "concentric")
    }
    marks = chosen[["start_s", "turn_s", "end_s"]].to_numpy(float)
    sides = tuple(str(one) if isinstance(one, str) else None for one in chosen["side"])
    phases["repetition"] = marks[:, 2] - marks[:, 0]
    known = None if exercise in NAMELESS else exercise
    return Cycles(known, marks, sides, phases, _doubts(chosen))


def _doubts(rows: pd.DataFrame) -> frozenset[str]:
    return frozenset(code for codes in rows.get("reasons", ()) for code in codes)
