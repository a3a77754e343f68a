"""A body on its way: trunk and arms go along with feet that walk or run a route."""

from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.footfalls import Feet, below, ceiling_m, hips_on_floor
from dancer_pipeline.synthetic.movements import sides
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_x, about_y, about_z, turn
from dancer_pipeline.synthetic.route import GRID_S, Route
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions
from dancer_pipeline.synthetic.strides import Cycle, Roll


@dataclass(frozen=True)
class Manner:
    """How the body goes along with the feet: sizes in shares of stature and in degrees.

    The pelvis is lowest `bob_lag` (radians of the stride) after a strike, and `crouch` lower than
    the straightest leg allows.
    """

    roll: Roll
    bob: float
    sway: float
    lean_deg: float
    arm_swing_deg: float
    elbow_deg: float
    least_turn_deg: float = 5.0
    lurch_deg: tuple[float, float] = (0.0, 0.0)
    bob_lag: float = 0.35
    crouch: float = 0.0


@dataclass(frozen=True)
class Stroll:
    """One performer on their way; `walking` is 1 while they walk and 0 while they stand."""

    body: Proportions
    feet: Feet
    way: Route
    cycle: Cycle
    manner: Manner
    walking: Array
    height_m: tuple[Array, Array]

    def pelvis(self, times_s: Array) -> tuple[Array, Array]:
        """Pelvis position and rotation: lowest in double support, swaying over the standing leg."""
        place, rotation = self._level(times_s)
        height = np.interp(times_s, *self.height_m) + self._bob(times_s)
        return np.concatenate([place, height[:, None]], axis=-1), rotation

    def _level(self, times_s: Array) -> tuple[Array, Array]:
        cycle, walks = self.cycle.radians(times_s), self.share(times_s)
        heading = about_z(self.way.heading(times_s))
        sway = self.manner.sway * self.body.stature_m * np.sin(cycle - 0.4) * walks
        aside = turn(heading, np.stack([0 * sway, sway, 0 * sway], axis=-1))
        yaw = -self.manner.least_turn_deg * np.cos(cycle) * walks
        drop = about_x(3 * np.sin(cycle - 0.3) * walks)
        return self.way.place(times_s) + aside[:, :2], heading @ about_z(yaw) @ drop @ about_y(4.0)

    def _bob(self, times_s: Array) -> Array:
        wave = np.cos(2 * (self.cycle.radians(times_s) - self.manner.bob_lag)) * self.share(times_s)
        return np.asarray(-self.manner.bob * self.body.stature_m * wave)

    def share(self, times_s: Array) -> Array:
        """1 while walking, 0 while standing."""
        return np.interp(times_s, self.way.times_s, self.walking)

    def risen(self, stride_s: float) -> "Stroll":
        """Let the pelvis be as high as the straightest moment of each stride allows."""
        times = self.way.times_s
        times = times[(times > times[0] + 3 * stride_s) & (times < times[-1] - 3 * stride_s)]
        place, rotation = self._level(times)
        hip = hips_on_floor(self.body, place, rotation)
        ceiling = ceiling_m(self.body, self.feet.at(times)[0], hip) - self._bob(times)
        height = below(ceiling, round(stride_s / 2 / GRID_S))
        return replace(self, height_m=(times, height - self.manner.crouch * self.body.stature_m))

    def posture(self, times_s: Array) -> Posture:
        """Posture on the floor of the room."""
        cycle, walks = self.cycle.radians(times_s), self.share(times_s)
        ankle, pitch, yaw = self.feet.at(times_s)
        pelvis, rotation = self.pelvis(times_s)
        heading, manner = about_z(self.way.heading(times_s)), self.manner
        swing = (manner.arm_swing_deg * np.cos(cycle - 0.25) * walks)[:, None] * -OUTWARD
        lean = manner.lean_deg * (0.25 + 0.75 * walks) + 0.8 * np.cos(2 * cycle) * walks
        towards = turn(about_z(yaw), FORWARD)
        return Posture(
            pelvis_m=pelvis,
            pelvis_rotation=rotation,
            trunk_rotation=heading
            @ about_z(manner.least_turn_deg * np.cos(cycle) * walks)
            @ about_x(self._lurch(cycle) * walks)
            @ about_y(lean),
            head_rotation=heading @ about_y(2.0 + 0 * cycle),
            ankle_m=ankle,
            foot_rotation=about_z(yaw) @ about_y(-pitch),
            knee_direction=towards,
            shoulder_flexion_deg=swing + 1,
            shoulder_abduction_deg=sides(7.0, len(times_s)),
            elbow_flexion_deg=manner.elbow_deg + 0.55 * swing,
            forearm_turn_deg=sides(12.0, len(times_s)),
        )

    def _lurch(self, cycle: Array) -> Array:
        """Lean of the trunk over the spared leg while it stands."""
        over = np.sin(cycle - 0.4)
        left, right = self.manner.lurch_deg
        return np.asarray(right * np.maximum(-over, 0) ** 2 - left * np.maximum(over, 0) ** 2)
