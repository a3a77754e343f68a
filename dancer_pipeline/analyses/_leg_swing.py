"""How the legs swing against each other, in torso lengths: what walking is recognised by."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import FOOT, SIDES
from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.heading import FRONTAL_DEG, moving_mean, yaw_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

_CUTOFF_HZ = 5.0
_KEYPOINTS = tuple(
    f"{side}_{part}" for side in SIDES for part in ("shoulder", "hip", "knee", *FOOT)
)


@dataclass(frozen=True)
class LegSwing:
    """Movement of the legs against each other, in torso lengths; NaN where it was not seen."""

    time_s: Floats
    rate_hz: float
    yaw_deg: Floats
    torso_px: Floats
    """Length of the torso, which tells the distance of the camera."""
    ahead: Floats
    """How far the left ankle is ahead of the right one, the way the body faces."""
    aside: Floats
    """The same to the left, from estimated depth."""
    lifted: Floats
    """How much higher the left foot is than the right one, in the picture."""
    knee_lifted: Floats
    """The same of the knees."""
    ahead_m: Floats
    """How far the left ankle is ahead of the right one, from estimated depth, in metres."""
    higher_m: Floats
    """How much higher the left foot is, from estimated depth, which has no perspective."""
    hips: Floats
    """How low the hips are in the picture."""
    height: Floats
    """How high the hips are above the lower ankle."""
    upright: Floats
    """How much higher the shoulders are than the hips."""

    @property
    def speed(self) -> Floats:
        """Speed of the left ankle relative to the right one, in torso lengths per second."""
        if len(self.ahead) < 2:
            return np.full(len(self.ahead), np.nan)
        speed = np.gradient(bridged(self.ahead)) * self.rate_hz
        return np.where(np.isfinite(self.ahead), speed, np.nan)


def leg_swing(motion: Motion) -> LegSwing:
    """Measure how the legs move against each other.

    Seen from the side, and obliquely, `ahead` is measured in the picture; from the front and from
    behind there is only the estimated depth, which follows the height of the feet in the picture.
    """
    smooth = motion.smooth(_CUTOFF_HZ, _KEYPOINTS)
    image, world = smooth.image_px, smooth.world_m
    yaw = yaw_deg(smooth)
    torso_px, torso_m = (_usual_torso(it, motion) for it in (image, world))
    apart = (world["left_ankle"] - world["right_ankle"]) / torso_m[:, None]
    in_picture = (image["left_ankle"] - image["right_ankle"])[:, 0] / torso_px
    across, along = np.sin(np.radians(yaw)), np.cos(np.radians(yaw))
    is_oblique = np.abs(across) > np.sin(np.radians(FRONTAL_DEG))
    ankles = np.maximum(image["left_ankle"][:, 1], image["right_ankle"][:, 1])
    hips, shoulders = (smooth.middle_px(part)[:, 1] for part in ("hip", "shoulder"))
    return LegSwing(
        time_s=motion.time_s,
        rate_hz=motion.rate_hz,
        yaw_deg=yaw,
        torso_px=torso_px,
        ahead=np.where(
            is_oblique,
            np.sign(across) * in_picture,
            across * apart[:, 0] - along * apart[:, 2],
        ),
        aside=along * apart[:, 0] + across * apart[:, 2],
        lifted=_lifted(image, FOOT) / torso_px,
        knee_lifted=_lifted(image, ("knee",)) / torso_px,
        ahead_m=(across * apart[:, 0] - along * apart[:, 2]) * torso_m,
        higher_m=_lifted(world, FOOT),
        hips=hips / torso_px,
        height=(ankles - hips) / torso_px,
        upright=(hips - shoulders) / torso_px,
    )


def bridged(values: Floats) -> Floats:
    """Draw lines over what was not seen; all zeros where nothing was."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    return np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])


def shortening(yaw: float) -> float:
    """Share of a distance ahead that is measured: of depth all of it, of a picture its width."""
    across = abs(float(np.sin(np.radians(yaw))))
    return across if across > np.sin(np.radians(FRONTAL_DEG)) else 1.0


def _usual_torso(points: dict[str, Floats], motion: Motion) -> Floats:
    """Length of the torso over time: it changes with the distance, and as a whole only slowly."""
    lengths = torso_length(
        *(points[f"{side}_{part}"] for part in ("shoulder", "hip") for side in SIDES)
    )
    return moving_mean(lengths, max(1, round(motion.rate_hz)) if len(lengths) > 1 else 1)


def _lifted(image: dict[str, Floats], parts: tuple[str, ...]) -> Floats:
    """How much higher the left ones are: the mean of the points that are seen of both sides."""
    higher = np.array(
        [image[f"right_{part}"][:, 1] - image[f"left_{part}"][:, 1] for part in parts]
    )
    known = np.isfinite(higher)
    number = known.sum(axis=0)
    total = np.where(known, higher, 0.0).sum(axis=0)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
