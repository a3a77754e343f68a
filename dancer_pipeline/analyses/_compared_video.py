"""A video as two methods see it: its motion, its repetitions or strides, the side towards us."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._spread import median_known
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.filters import joint_angle_cutoff_hz
from dancer_pipeline.signals.geometry import angle_deg, circular_median_deg
from dancer_pipeline.signals.heading import near_side_of, view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats

JOINTS = {
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "elbow": ("shoulder", "elbow", "wrist"),
}

_JOINT_KEYPOINTS = tuple(
    f"{side}_{part}" for side in SIDES for part in dict.fromkeys(sum(JOINTS.values(), ()))
)
_LEAST_CYCLES = 2
_LEAST_SEEN = 0.8
"""Of a cycle; of one that is seen less there is no range."""


class NothingToCompareError(Exception):
    """A video shows nothing of the quantity; the message says what was looked for."""


@dataclass(frozen=True)
class Video:
    """What is known of a video: its motion and the tables of the analyses."""

    motion: Motion
    activity: pd.DataFrame
    gait_events: pd.DataFrame
    repetitions: pd.DataFrame

    @cached_property
    def smooth(self) -> Motion:
        """The joints' motion as the analyses of joint angles see it."""
        return self.motion.smooth(joint_angle_cutoff_hz(self.motion.rate_hz), _JOINT_KEYPOINTS)

    @cached_property
    def whole(self) -> pd.DataFrame:
        """Repetitions, without positions that are held."""
        is_hold = self.repetitions["is_hold"].astype(bool)
        return self.repetitions[~is_hold].sort_values("start_s")

    @cached_property
    def strikes_s(self) -> dict[str, Floats]:
        """Heel strikes by side, in order of time."""
        events = self.gait_events[self.gait_events["event"] == "heel_strike"]
        return {
            side: np.sort(events.loc[events["side"] == side, "time_s"].to_numpy(float))
            for side in SIDES
        }

    @cached_property
    def walks_s(self) -> list[tuple[float, float]]:
        """From when to when somebody walks."""
        walks = self.activity[self.activity["activity"] == "walking"]
        return sorted(zip(walks["start_s"], walks["end_s"], strict=True))

    @cached_property
    def cycles_s(self) -> list[tuple[float, float]]:
        """Repetitions, or where there are none the strides of one foot: independent of each other.

        Raises
        ------
        NothingToCompareError
            There are too few of them.
        """
        found = list(zip(self.whole["start_s"], self.whole["end_s"], strict=True))
        more = max(SIDES, key=lambda side: len(self.strikes_s[side]))
        found = found or list(pairwise(self.strikes_s[more]))
        if len(found) < _LEAST_CYCLES:
            raise NothingToCompareError("There are no repetitions or strides to compare by.")
        return found

    @cached_property
    def yaw_deg(self) -> float:
        """From where the body is seen in its repetitions or strides; NaN where nobody is."""
        yaw = yaw_deg(self.motion)
        middle, _ = circular_median_deg(
            np.concatenate([yaw[self.during(*cycle)] for cycle in self.cycles_s])
        )
        return middle

    @property
    def view(self) -> str | None:
        """The name of that view."""
        return view_of(self.yaw_deg) if np.isfinite(self.yaw_deg) else None

    @property
    def near_side(self) -> str:
        """The side towards the camera."""
        return near_side_of(self.yaw_deg)

    def during(self, start_s: float, end_s: float) -> Flags:
        """Tell which moments lie between two times."""
        return np.asarray((self.motion.time_s >= start_s) & (self.motion.time_s <= end_s))

    def ranges(self, course: Floats) -> Floats:
        """Give the range of each cycle but its outermost fortieths; NaN where it was not seen."""
        found = []
        for cycle in self.cycles_s:
            part = course[self.during(*cycle)]
            known = part[np.isfinite(part)]
            is_seen = len(known) >= max(3, _LEAST_SEEN * len(part))
            found.append(np.ptp(np.percentile(known, [2.5, 97.5])) if is_seen else np.nan)
        return np.array(found)

    def at_turns(self, course: Floats, repetitions: pd.DataFrame, reach_s: float = 0.1) -> Floats:
        """Read a course around the turning points."""
        near = [self.during(at - reach_s, at + reach_s) for at in repetitions["turn_s"]]
        return np.array([median_known(course[moments]) for moments in near])


def joint_angle(points: dict[str, Floats], side: str, joint: str) -> Floats:
    """Bend of a joint in a picture or in the world, 0 when straight."""
    first, middle, last = (points[f"{side}_{part}"] for part in JOINTS[joint])
    return angle_deg(middle - first, last - middle)
