"""The body as exercises are counted on: courses that look the same from every side."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.geometry import unit
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats
from dancer_pipeline.signals.verticals import Verticals, mean

Pair = tuple[Floats, Floats]

COUNTED_ON = tuple(
    f"{side}_{part}"
    for side in SIDES
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
)

_STANDING_PERCENTILE = 95
_LEAST_STANDING = 0.8
_UPRIGHT = 0.7
_LEVEL_FEET = 0.03
"""Half of the leg lengths by which feet that both stand may seem to differ."""
_NEARLY_STRAIGHT, _NEARLY_UPRIGHT = 0.98, 0.94


def counting_cutoff_hz(rate_hz: float) -> float:
    """Cut-off for counting: repetitions are slow, and what is faster would count twice."""
    return min(4.0, 0.2 * rate_hz)


@dataclass(frozen=True)
class Body:
    """Courses of a smoothed motion. Shares point up: 1 straight up, -1 straight down."""

    motion: Motion

    @cached_property
    def verticals(self) -> Verticals:
        return Verticals(self.motion)

    @cached_property
    def trunk(self) -> Floats:
        return self.verticals.trunk_up()

    @cached_property
    def thigh(self) -> Pair:
        return self.verticals.up("thigh")

    @cached_property
    def shank(self) -> Pair:
        return self.verticals.up("shank")

    @cached_property
    def upper_arm(self) -> Pair:
        return self.verticals.up("upper_arm")

    @cached_property
    def forearm(self) -> Pair:
        return self.verticals.up("forearm")

    @cached_property
    def reach(self) -> Pair:
        """Height of the wrists above the shoulders, in arm lengths."""
        arm_m = self.verticals.length_m("upper_arm") + self.verticals.length_m("forearm")
        return self.verticals.above("wrist", "shoulder", arm_m)

    @cached_property
    def hips_over_feet(self) -> Floats:
        """Height of the hips above the middle of both ankles, 1 where this person stands."""
        return mean(self._leg_heights) / self._standing_height

    @cached_property
    def hips_over_lower_foot(self) -> Floats:
        """Height of the hips above the foot that is not lifted, 1 where this person stands.

        The mean of both feet is steadier, so it is taken while they are nearly level.
        """
        left, right = self._leg_heights
        lifted = np.nan_to_num(np.abs(left - right)) / 2 - _LEVEL_FEET
        height = mean(self._leg_heights) + np.maximum(lifted, 0.0)
        return np.asarray(height / self._standing_height)

    @cached_property
    def _leg_heights(self) -> Pair:
        leg_m = self.verticals.length_m("thigh") + self.verticals.length_m("shank")
        return self.verticals.above("hip", "ankle", leg_m)

    @cached_property
    def _standing_height(self) -> float:
        height = mean(self._leg_heights)
        upright = height[(self.trunk > _UPRIGHT) & (height > _LEAST_STANDING)]
        return float(np.percentile(upright, _STANDING_PERCENTILE)) if len(upright) else 1.0

    @cached_property
    def foot_gap(self) -> Floats:
        """Distance between the ankles, in torso lengths."""
        return self.verticals.gap_m("ankle") / self.verticals.length_m("torso")

    @cached_property
    def hips_aside(self) -> Floats:
        """How far the hips are beside the middle of the feet, in torso lengths."""
        world = self.motion.world_m
        left = unit(world["left_hip"] - world["right_hip"])
        hips, feet = ((world[f"left_{it}"] + world[f"right_{it}"]) / 2 for it in ("hip", "ankle"))
        aside = np.abs(np.sum((hips - feet) * left, axis=-1))
        return np.asarray(aside / self.verticals.length_m("torso"))

    @cached_property
    def hand_out(self) -> Pair:
        """How far each wrist is beside its shoulder, away from the body, in arm lengths."""
        arm_m = self.verticals.length_m("upper_arm") + self.verticals.length_m("forearm")
        world = self.motion.world_m
        left = unit(world["left_shoulder"] - world["right_shoulder"])
        outs = [
            sign * np.sum((world[f"{side}_wrist"] - world[f"{side}_shoulder"]) * left, axis=-1)
            for side, sign in zip(SIDES, (1.0, -1.0), strict=True)
        ]
        return outs[0] / arm_m, outs[1] / arm_m

    @cached_property
    def hip_place(self) -> Floats:
        """Height of the hips in the picture, in torso lengths."""
        return self.verticals.height(("hip",)) / self.verticals.length_m("torso")

    @cached_property
    def wrist_place(self) -> Floats:
        """Height of the wrists in the picture, in torso lengths."""
        return self.verticals.height(("wrist",)) / self.verticals.length_m("torso")


def bend_deg(straightness: Floats) -> Floats:
    """Flexion of a limb of two equal segments whose ends are so near: 180 at 0, nearly 0 at 1.

    Near 1 a small error of length would be a large one of the angle; from `_NEARLY_STRAIGHT` on the
    curve goes on as a straight line, beyond 1 too.
    """
    return 2 * _angle_deg(straightness, _NEARLY_STRAIGHT)


def lift_deg(up: Floats) -> Floats:
    """Angle of a limb from hanging straight down: 90 at 0, nearly 0 at -1 and 180 at 1."""
    hanging = _angle_deg(-up, _NEARLY_UPRIGHT)
    return np.where(up > 0, 180.0 - _angle_deg(up, _NEARLY_UPRIGHT), hanging)


def _angle_deg(cosine: Floats, linear_from: float) -> Floats:
    known = np.clip(cosine, -1.0, linear_from)
    slope = 1 / np.sqrt(1 - linear_from**2)
    beyond = np.maximum(cosine - linear_from, 0.0)
    return np.asarray(np.degrees(np.arccos(known) - slope * beyond))


def higher(pair: Pair) -> Floats:
    """Whichever side is higher, so that sides that take turns give one course."""
    return np.fmax(*pair)
