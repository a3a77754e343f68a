"""Running: both feet are off the floor between the steps, and only one is ever on it."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.gait import Gait, progress
from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.skeleton import Proportions
from dancer_pipeline.synthetic.strides import Rhythm, Roll
from dancer_pipeline.synthetic.stroll import Manner

_RUNNING = Manner(
    roll=Roll(6.0, -58.0, 0.2, 0.5, 0.13, 0.015, 4.0),
    bob=0.022,
    sway=0.004,
    lean_deg=8.0,
    arm_swing_deg=34.0,
    elbow_deg=92.0,
    least_turn_deg=7.0,
    bob_lag=0.5,
    crouch=0.015,
)


@dataclass(frozen=True)
class Run:
    """How somebody runs; what is None is drawn from the seed.

    Attributes
    ----------
    cadence_spm
        Steps per minute, of both feet; 150 to 190 when drawn.
    step_m
        Step length; 0.40 to 0.55 of stature when drawn.
    asymmetry_percent
        Left step time minus right step time, in percent of their mean.
    stance_share
        Share of a stride that a foot is on the floor: below a half, for there is flight.
    variability_percent
        Coefficient of variation of single step times.
    treadmill
        In place on a belt, or across the room.
    start_m
        Where the run is at time 0: ahead (x) and to the left (y) of the middle of the room.
    """

    cadence_spm: float | None = None
    step_m: float | None = None
    asymmetry_percent: float = 0.0
    stance_share: float = 0.36
    variability_percent: float = 0.0
    treadmill: bool = True
    start_m: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if not 0.2 <= self.stance_share < 0.45:
            raise ValueError(f"stance_share must be 0.2 to 0.45, not {self.stance_share}")


def run(body: Proportions, seed: int, duration_s: float | None, plan: Run) -> Motion:
    """Run as the plan says, for 8 s unless told."""
    draw = np.random.default_rng([seed, 2])
    cadence = plan.cadence_spm or float(draw.uniform(150, 190))
    step_m = plan.step_m or float(draw.uniform(0.40, 0.55)) * body.stature_m
    shares = (plan.stance_share, plan.stance_share)
    jitter = plan.variability_percent / 100
    rhythm = Rhythm(120 / cadence, plan.asymmetry_percent, shares, jitter, seed)
    way = Gait(treadmill=plan.treadmill, start_m=plan.start_m)
    phase = float(draw.uniform(0, 1))
    return progress(
        body, duration_s or 8.0, way, rhythm, _RUNNING, step_m, phase, activity="running"
    )
