"""Random walkers, and what is true of them."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import Performance, View, perform

SIDES = ("left", "right")


@dataclass(frozen=True)
class Truth:
    """What is true of a walk, from its performance."""

    performance: Performance

    @cached_property
    def strikes(self) -> list[tuple[float, str]]:
        """Time and side of each heel strike."""
        events = self.performance.motion.gait_events
        return [(it.time_s, it.side) for it in events if it.event == "heel_strike"]

    @property
    def cadence_spm(self) -> float:
        """120 over the median stride time."""
        return 120 / float(np.median(np.concatenate([self._strides_s(side) for side in SIDES])))

    @property
    def asymmetry_percent(self) -> float:
        """Left step time less the right one, in percent of their mean."""
        left, right = (float(np.mean(self.step_times_s(side))) for side in SIDES)
        return 100 * (left - right) / (0.5 * (left + right))

    def step_times_s(self, side: str) -> list[float]:
        """Collect the times of the steps that this foot leads."""
        return [b[0] - a[0] for a, b in pairwise(self.strikes) if b[1] == side]

    def knee_range_deg(self, side: str) -> float:
        """Median over the strides of the largest less the smallest knee flexion."""
        show = self.performance
        angle = joint_angles_deg(show.skeleton)["knee_flexion"][:, SIDES.index(side)]
        strikes = [time_s for time_s, of in self.strikes if of == side]
        inside = [
            (show.times_s >= start) & (show.times_s <= end) for start, end in pairwise(strikes)
        ]
        return float(np.median([np.ptp(angle[it]) for it in inside]))

    def _strides_s(self, side: str) -> np.ndarray:
        return np.diff([time_s for time_s, of in self.strikes if of == side])


def random_walk(
    seed: int, *, yaw_deg: tuple[float, float] = (65.0, 115.0), rate_hz: float = 30.0
) -> Performance:
    """Walk at a random cadence, step length and asymmetry, seen from either side."""
    draw = np.random.default_rng([seed, 21])
    yaw = float(draw.uniform(*yaw_deg)) * (1 if draw.random() < 0.5 else -1)
    gait = Gait(
        cadence_spm=float(draw.uniform(75, 140)),
        asymmetry_percent=float(draw.uniform(-15, 15)),
        variability_percent=float(draw.uniform(1, 4)),
        treadmill=bool(draw.random() < 0.5),
    )
    view = View(
        yaw_deg=yaw,
        distance_m=float(draw.uniform(3.5, 7.0)),
        camera_height_m=float(draw.uniform(0.7, 1.6)),
        frame_rate_hz=rate_hz,
        width_px=int(draw.choice([640, 720, 1280])),
        height_px=720,
    )
    return perform("walk", seed=seed, duration_s=float(draw.uniform(7, 15)), plan=gait, view=view)
