"""The same movement by the other side: left and right exchanged."""

from dataclasses import fields
from typing import Any

import numpy as np

from dancer_pipeline.synthetic.skeleton import Posture

_FLIP = np.array([1.0, -1.0, 1.0])


def mirrored(posture: Posture) -> Posture:
    """Reflect a posture in the plane that divides left from right at the start."""
    parts = {field.name: getattr(posture, field.name) for field in fields(Posture)}
    return Posture(**{name: _other(part) for name, part in parts.items()})


def _other(part: Any) -> Any:
    """Flip one part of a posture: vectors, rotations, or angles by side."""
    if part is None:
        return None
    by_side = part.ndim in (2, 3, 4) and part.shape[1] == 2
    if part.ndim >= 3 and part.shape[-2:] == (3, 3):
        part = part * _FLIP[:, None] * _FLIP
    elif part.shape[-1] == 3:
        part = part * _FLIP
    return part[:, ::-1] if by_side else part
