"""How far each part of the body points up: what a picture shows the same from every side.

The vertical extent of a limb does not depend on where around the person the camera stands, so what
is built from it works from the front, the side and between, without estimated depth.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

SEGMENTS = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "torso": ("hip", "shoulder"),
}
"""Each segment's ends; it points from the first to the second."""

_SCALE_WINDOW_S = 2.0
_SCALED_BY = ("torso", "thigh")


@dataclass(frozen=True)
class Verticals:
    """Vertical extents of a body over time; NaN where not seen."""

    motion: Motion

    def up(self, segment: str) -> tuple[Floats, Floats]:
        """Share of a segment that points up, left and right: 1 straight up, -1 straight down."""
        start, end = SEGMENTS[segment]
        return self.above(end, start, self.length_m(segment))

    def trunk_up(self) -> Floats:
        """Share of the trunk that points up: 1 upright, 0 lying, NaN where it is not seen."""
        return mean(self.up("torso"))

    def above(self, part: str, other: str, length_m: float) -> tuple[Floats, Floats]:
        """Height of a part above another of the same side, in shares of a length."""
        heights = [self._y_px(f"{side}_{other}") - self._y_px(f"{side}_{part}") for side in SIDES]
        left, right = (height / (self.px_per_m * length_m) for height in heights)
        return left, right

    def height(self, parts: Iterable[str]) -> Floats:
        """Height of the middle of some parts in the picture, in metres; its zero is arbitrary."""
        heights = [mean([self._y_px(f"{side}_{part}") for side in SIDES]) for part in parts]
        return -mean(heights) / self.px_per_m

    def length_m(self, segment: str) -> float:
        """Length of a segment: the median over the video, of both sides."""
        start, end = SEGMENTS[segment]
        world = self.motion.world_m
        lengths = [
            np.linalg.norm(world[f"{side}_{end}"] - world[f"{side}_{start}"], axis=-1)
            for side in SIDES
        ]
        known = np.concatenate(lengths)
        known = known[np.isfinite(known)]
        return float(np.median(known)) if len(known) else float("nan")

    def gap_m(self, part: str) -> Floats:
        """Distance between the left and the right part, from estimated depth."""
        world = self.motion.world_m
        return np.asarray(np.linalg.norm(world[f"left_{part}"] - world[f"right_{part}"], axis=-1))

    @cached_property
    def px_per_m(self) -> Floats:
        """Scale of the picture where the person is: pixels for a metre of the model's body.

        The same segments are compared in the picture and across the world, so neither turning nor
        lying down changes it; coming nearer does.
        """
        image, world = np.zeros(len(self.motion.time_s)), np.zeros(len(self.motion.time_s))
        for side in SIDES:
            for start, end in (SEGMENTS[name] for name in _SCALED_BY):
                names = f"{side}_{end}", f"{side}_{start}"
                image += _squared(self.motion.image_px, *names)
                world += _squared(self.motion.world_m, *names)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = pd.Series(np.where(world > 0, np.sqrt(image / world), np.nan))
        window = max(1, round(_SCALE_WINDOW_S * np.nan_to_num(self.motion.rate_hz)))
        smooth = scale.rolling(2 * (window // 2) + 1, center=True, min_periods=1).median()
        return np.asarray(smooth.interpolate(limit_direction="both"), dtype=float)

    def _y_px(self, keypoint: str) -> Floats:
        return self.motion.image_px[keypoint][:, 1]


def mean(values: Iterable[Floats]) -> Floats:
    """Mean of what is known: of both sides, or of the one that is seen."""
    table = np.array(list(values))
    known = np.isfinite(table)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, table, 0).sum(axis=0) / known.sum(axis=0))


def _squared(points: dict[str, Floats], end: str, start: str) -> Floats:
    step = (points[end] - points[start])[:, :2]
    return np.asarray(np.nan_to_num(np.sum(step**2, axis=-1)))
