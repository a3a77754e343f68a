"""Both hands of a body against its shoulders: where they are, and how fast."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from dancer_pipeline.options import chosen
from dancer_pipeline.signals.body_parts import SIDES, TRUNK
from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.mirroring import unmirrored
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.resampling import resampled
from dancer_pipeline.signals.swings import body_scale_px, bridged, speed, wrist_cutoff_hz
from dancer_pipeline.signals.tracks import Floats, size_px_of, tracks

_HANDS = ("left_wrist", "right_wrist")
_NONE: Mapping[str, Floats] = MappingProxyType({})
_LONGEST_BLUR_S = 0.35
_BOTH_SEEN_SHARE = 0.9


@dataclass(frozen=True)
class Hands:
    """Both hands against the shoulders, low-passed for speed."""

    motion: Motion
    scale_px: Floats
    """Length of the upright torso at each time."""
    place: dict[str, Floats]
    """By side: the wrist from the middle of the shoulders in torso lengths: right, down, away."""
    speed: dict[str, Floats]


def hands(motion: Motion, faint: Mapping[str, Floats] = _NONE) -> Hands:
    """Follow both hands of a body; `faint` is where they were guessed to be while hidden.

    The speed is in space: across the picture in lengths of the torso that is seen, and in estimated
    depth. Depth is rough, but without it a stroke towards the camera is slow, and one at an angle
    is fastest at the wrong moment.
    """
    smooth = _carried_on(_with(motion, faint)).smooth(
        wrist_cutoff_hz(motion.rate_hz), (*TRUNK, *_HANDS)
    )
    torso_px = torso_length(*(smooth.image_px[name] for name in TRUNK))
    scale_px, origin = body_scale_px(torso_px, motion.rate_hz), smooth.middle_px("shoulder")
    place: dict[str, Floats] = {
        side: np.column_stack(
            [(smooth.image_px[f"{side}_wrist"] - origin) / scale_px[:, None], _depth(smooth, side)]
        )
        for side in SIDES
    }
    return Hands(
        motion=smooth,
        scale_px=scale_px,
        place=place,
        speed={side: speed(motion.time_s, it) for side, it in place.items()},
    )


def faint_hands(
    pose_keypoints: pd.DataFrame,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
    grid_s: Floats,
) -> dict[str, Floats]:
    """Wrists at the times of `body_motion`, also where the model hardly believes them: n x 5.

    A fast hand is blurred, and two on one handle hide each other. The model then says that it does
    not see them, for the next seconds as well, and yet places them within some pixels.
    """
    size_px = size_px_of(source_video)
    points = tracks(pose_keypoints, _HANDS)
    if chosen(upload_options, "mirrored", otherwise=False):
        points = unmirrored(points, size_px[0])
    return {
        name: resampled(
            points.time_s,
            np.column_stack([points.image_px[name], points.world_m[name]]),
            points.is_visible(name, size_px, min_confidence=0.0),
            grid_s,
        )
        for name in _HANDS
    }


def _with(motion: Motion, faint: Mapping[str, Floats]) -> Motion:
    """Put the faint wrists where there are no sure ones."""
    image, world = dict(motion.image_px), dict(motion.world_m)
    for name, both in faint.items():
        hidden = ~np.isfinite(image[name])
        image[name] = np.where(hidden, both[:, :2], image[name])
        world[name] = np.where(hidden[:, :1], both[:, 2:], world[name])
    return replace(motion, image_px=image, world_m=world)


def _depth(smooth: Motion, side: str) -> Floats:
    """Estimated depth of the wrist from the middle of the shoulders, in torso lengths."""
    lengths_m = torso_length(*(smooth.world_m[name] for name in TRUNK))
    known = lengths_m[np.isfinite(lengths_m)]
    shoulders = (smooth.world_m["left_shoulder"] + smooth.world_m["right_shoulder"]) / 2
    depth_m = smooth.world_m[f"{side}_wrist"][:, 2] - shoulders[:, 2]
    return np.asarray(depth_m / (np.median(known) if len(known) else np.nan))


def _carried_on(motion: Motion) -> Motion:
    """Carry hands and trunk on where they were lost for a moment: blurred, or hidden by an arm."""
    image, world = dict(motion.image_px), dict(motion.world_m)
    for name in (*_HANDS, *TRUNK):
        for points in (image, world):
            points[name] = bridged(motion.time_s, points[name], longest_s=_LONGEST_BLUR_S)
    return replace(motion, image_px=image, world_m=world)


def on_one_handle(body: Hands) -> Hands:
    """Follow the middle of both hands, which hold one bat; the better seen one if one is hidden."""
    seen = {side: np.isfinite(body.place[side]).all(axis=1) for side in SIDES}
    place = (body.place["left"] + body.place["right"]) / 2
    if (seen["left"] & seen["right"]).sum() < _BOTH_SEEN_SHARE * (
        seen["left"] | seen["right"]
    ).sum():
        place = body.place[max(SIDES, key=lambda side: int(seen[side].sum()))]
    both = speed(body.motion.time_s, place)
    return replace(body, place=dict.fromkeys(SIDES, place), speed=dict.fromkeys(SIDES, both))


def aside(body: Hands, place: int, sides: tuple[str, ...] = SIDES) -> float:
    """Place of hands along the line of the shoulders, to the right, in torso lengths; or NaN."""
    world = {name: it[place] for name, it in body.motion.world_m.items()}
    across = world["right_shoulder"] - world["left_shoulder"]
    shoulders = (world["right_shoulder"] + world["left_shoulder"]) / 2
    torso_m = float(np.linalg.norm(shoulders - (world["right_hip"] + world["left_hip"]) / 2))
    width_m = float(np.linalg.norm(across))
    if not (width_m > 0 and torso_m > 0):
        return float("nan")
    hand = np.mean([world[f"{side}_wrist"] for side in sides], axis=0)
    return float((hand - shoulders) @ across / width_m / torso_m)
