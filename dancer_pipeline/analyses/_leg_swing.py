"""How the feet move against each other: what tells walking from everything else that legs do.

In walking one foot after the other is lifted and carried on while the other stays on the floor.
So the distance of the ankles swings to and fro, and it grows forward while that foot is up: a loop
that always turns the same way. Squats have no such swing; a lunge, a march on the spot or a side
step lift a foot on its way there and on its way back, and their loops have no turning sense.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.heading import FRONTAL_DEG, moving_mean, yaw_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.periodicity import LEAST_STRENGTH, autocorrelation, vertex
from dancer_pipeline.signals.tracks import Flags, Floats

WINDOWS_S = (2.4, 4.8)
"""A window holds two steps; the longer one is for slow walkers."""
_HOP_SHARE = 1 / 8
"""Of a window: so far the next one begins after it."""

_CUTOFF_HZ = 5.0
_STEP_S = (60 / 220, 60 / 40)
"""Between 220 and 40 steps a minute."""
_LEAST_SEEN = 0.7
_LEAST_SWING = 0.5
"""Of the distance of the ankles, front to back, in torso lengths: steps of an eighth of a metre."""
_LEAST_TURNING = 0.3
_MOST_TURN_DEG = 50.0
_LEAST_HEIGHT = 0.9
"""Of the hips above the ankles, and what of it ..."""
_MOST_SINKING = 0.5
"""... may come and go: more is a lunge."""
_LEAST_UPRIGHT = 0.5
"""Of the shoulders above the hips."""
_FOOT = ("ankle", "heel", "foot_index")
_KEYPOINTS = tuple(
    f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip", *_FOOT)
)


@dataclass(frozen=True)
class LegSwing:
    """Movement of the feet against each other, in torso lengths; NaN where it was not seen."""

    time_s: Floats
    rate_hz: float
    ahead: Floats
    """How far the left ankle is ahead of the right one, the way the body faces."""
    lifted: Floats
    """How much higher the left foot is than the right one."""
    height: Floats
    """How high the hips are above the lower ankle."""
    upright: Floats
    """How much higher the shoulders are than the hips."""
    yaw_deg: Floats

    @property
    def speed(self) -> Floats:
        """Speed of the left ankle relative to the right one, in torso lengths per second."""
        if len(self.ahead) < 2:
            return np.full(len(self.ahead), np.nan)
        speed = np.gradient(bridged(self.ahead)) * self.rate_hz
        return np.where(np.isfinite(self.ahead), speed, np.nan)


@dataclass(frozen=True)
class Stepping:
    """A window in which somebody walks or runs."""

    start: int
    end: int
    step_s: float
    is_forward: bool


def leg_swing(motion: Motion) -> LegSwing:
    """Measure how the feet move against each other.

    Seen from the side, and obliquely, `ahead` is measured in the picture; from the front and from
    behind there is only the estimated depth.
    """
    smooth = motion.smooth(_CUTOFF_HZ, _KEYPOINTS)
    image, world = smooth.image_px, smooth.world_m
    yaw = yaw_deg(smooth)
    torso_px, torso_m = (_usual_torso(it, motion) for it in (image, world))
    apart = (world["left_ankle"] - world["right_ankle"]) / torso_m[:, None]
    aside = (image["left_ankle"] - image["right_ankle"])[:, 0] / torso_px
    radians = np.radians(yaw)
    in_depth = np.sin(radians) * apart[:, 0] - np.cos(radians) * apart[:, 2]
    is_oblique = np.abs(np.sin(radians)) > np.sin(np.radians(FRONTAL_DEG))
    ankles = np.maximum(image["left_ankle"][:, 1], image["right_ankle"][:, 1])
    hips, shoulders = (smooth.middle_px(part)[:, 1] for part in ("hip", "shoulder"))
    return LegSwing(
        time_s=motion.time_s,
        rate_hz=motion.rate_hz,
        ahead=np.where(is_oblique, np.sign(np.sin(radians)) * aside, in_depth),
        lifted=_lifted_px(image) / torso_px,
        height=(ankles - hips) / torso_px,
        upright=(hips - shoulders) / torso_px,
        yaw_deg=yaw,
    )


def stepping(swing: LegSwing) -> Iterator[Stepping]:
    """Find the windows in which somebody walks or runs."""
    count = len(swing.time_s)
    speed = swing.speed
    for length_s in WINDOWS_S:
        size = min(count, round(length_s * swing.rate_hz)) if count > 1 else 0
        hop = max(1, round(_HOP_SHARE * size))
        for start in [*range(0, count - size, hop), max(0, count - size)]:
            part = slice(start, start + size)
            if size and (found := _stepping(swing, speed, part)):
                yield found


def bridged(values: Floats) -> Floats:
    """Draw lines over what was not seen; all zeros where nothing was."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    return np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])


def step_torsos(swing: LegSwing, part: slice) -> float:
    """Distance of the feet at a step, front to back, in torso lengths."""
    ahead, yaw = swing.ahead[part], swing.yaw_deg[part]
    seen = np.isfinite(ahead) & np.isfinite(yaw)
    return _range(ahead[seen]) / 2 / _shortening(float(np.median(yaw[seen])))


def _stepping(swing: LegSwing, speed: Floats, part: slice) -> Stepping | None:
    seen = np.isfinite(speed[part]) & np.isfinite(swing.lifted[part])
    if seen.mean() < _LEAST_SEEN or not _is_upright(swing, part, seen):
        return None
    step_s = _step_s(swing.ahead[part], swing.rate_hz)
    turning = np.corrcoef(speed[part][seen], swing.lifted[part][seen])[0, 1]
    if not np.isfinite(step_s) or abs(turning) < _LEAST_TURNING:
        return None
    return Stepping(part.start, part.stop, step_s, bool(turning > 0))


def _is_upright(swing: LegSwing, part: slice, seen: Flags) -> bool:
    """Whether somebody stands on their feet and faces one way, and the feet come apart."""
    values = [it[part][seen] for it in (swing.ahead, swing.height, swing.yaw_deg, swing.upright)]
    low, middle, high = np.percentile(values, [5, 50, 95], axis=1)
    ahead, sinking, turn, _ = high - low
    return bool(
        turn <= _MOST_TURN_DEG
        and ahead >= _LEAST_SWING * _shortening(middle[2])
        and middle[1] >= _LEAST_HEIGHT
        and middle[3] >= _LEAST_UPRIGHT
        and sinking <= _MOST_SINKING
    )


def _shortening(yaw: float) -> float:
    """Share of a distance ahead that is measured: of depth all of it, of a picture its width."""
    across = abs(float(np.sin(np.radians(yaw))))
    return across if across > np.sin(np.radians(FRONTAL_DEG)) else 1.0


def _step_s(ahead: Floats, rate_hz: float) -> float:
    """Time of a step: after it the feet have changed places. NaN where they do not."""
    opposite = -autocorrelation(ahead, rate_hz, longest_s=_STEP_S[1])
    middle = opposite[1:-1]
    is_peak = (middle > opposite[:-2]) & (middle >= opposite[2:]) & (middle >= LEAST_STRENGTH)
    peaks = np.flatnonzero(is_peak) + 1
    peaks = peaks[peaks >= _STEP_S[0] * rate_hz]
    return vertex(opposite, int(peaks[0])) / rate_hz if len(peaks) else float("nan")


def _range(values: Floats) -> float:
    low, high = np.percentile(values, [5, 95])
    return float(high - low)


def _usual_torso(points: dict[str, Floats], motion: Motion) -> Floats:
    """Length of the torso over time: it changes with the distance, and as a whole only slowly."""
    lengths = torso_length(
        *(points[f"{side}_{part}"] for part in ("shoulder", "hip") for side in ("left", "right"))
    )
    return moving_mean(lengths, max(1, round(motion.rate_hz)) if len(lengths) > 1 else 1)


def _lifted_px(image: dict[str, Floats]) -> Floats:
    """How much higher the left foot is: the mean of those of its points that are seen of both."""
    higher = np.array(
        [image[f"right_{part}"][:, 1] - image[f"left_{part}"][:, 1] for part in _FOOT]
    )
    known = np.isfinite(higher)
    number = known.sum(axis=0)
    total = np.where(known, higher, 0.0).sum(axis=0)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
