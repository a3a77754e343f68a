"""What is known of the walks of a video that show contacts: what their metrics are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dancer_pipeline.analyses._gait_problems import Requirements
from dancer_pipeline.analyses._gait_ranges import LEG_KEYPOINTS
from dancer_pipeline.analyses._leg_swing import LegSwing
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._strides import Walked
from dancer_pipeline.analyses._walks import Walk
from dancer_pipeline.signals.filters import joint_angle_cutoff_hz
from dancer_pipeline.signals.motion import Motion


@dataclass(frozen=True)
class Measured:
    """A video's walks that show contacts, and what is known of them."""

    motion: Motion
    swing: LegSwing
    walks: Sequence[Walk]
    walked: Walked
    doubts: dict[str, str]
    needs: Requirements

    @cached_property
    def smooth(self) -> Motion:
        """The motion, low-passed for joint angles."""
        return self.motion.smooth(joint_angle_cutoff_hz(self.motion.rate_hz), LEG_KEYPOINTS)

    @property
    def stride_s(self) -> float:
        """Median time of a stride."""
        return float(np.median([stride.time_s for stride in self.walked.strides]))


def impossible(told: str) -> Problem:
    """Withhold what no body can do."""
    return "out_of_range", (
        f"The result ({told}) is not possible, so it is withheld. Film from the side, with the "
        "whole body in view."
    )
