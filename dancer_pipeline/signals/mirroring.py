"""Undoing a mirror: what a camera app that films like a mirror did to the sides and the picture."""

from dataclasses import replace

import numpy as np

from dancer_pipeline.signals.tracks import Floats, Tracks

_OTHER = {"left": "right", "right": "left"}


def unmirrored(points: Tracks, width_px: float) -> Tracks:
    """Exchange left and right, and flip the picture and the world along x.

    Where the picture's width is not known (NaN) it is flipped about its left edge: every distance
    and angle is right, the place in the picture is not.
    """
    width = width_px if np.isfinite(width_px) else 0.0
    return replace(
        points,
        image_px=_exchanged(points.image_px, flip=np.array([-1.0, 1.0]), offset=width),
        world_m=_exchanged(points.world_m, flip=np.array([-1.0, 1.0, 1.0]), offset=0.0),
        confidence={name: points.confidence.get(other_side(name), it)
                    for name, it in points.confidence.items()},
    )  # fmt: skip


def other_side(keypoint: str) -> str:
    """Name the same keypoint of the other side; one in the middle keeps its name."""
    return "_".join(_OTHER.get(part, part) for part in keypoint.split("_"))


def _exchanged(values: dict[str, Floats], *, flip: Floats, offset: float) -> dict[str, Floats]:
    shift = np.zeros(len(flip))
    shift[0] = offset
    return {name: shift + flip * values.get(other_side(name), it) for name, it in values.items()}
