"""Two bones with a hinge between: how far they reach, and where the hinge is."""

import numpy as np

from dancer_pipeline.synthetic.rotations import Array, unit


def reach_m(upper_m: float, lower_m: float, flexion_deg: Array) -> Array:
    """Distance between the ends of two bones that are bent against each other."""
    bend = np.radians(flexion_deg)
    return np.asarray(np.sqrt(upper_m**2 + lower_m**2 + 2 * upper_m * lower_m * np.cos(bend)))


def bend(hip: Array, ankle: Array, direction: Array, thigh_m: float, shank_m: float) -> Array:
    """Place the knee between hip and ankle, bent towards `direction`, both bones at full length.

    Raises
    ------
    ValueError
        When the ankle is farther away than the leg is long.
    """
    span = ankle - hip
    reach = np.linalg.norm(span, axis=-1, keepdims=True)
    if reach.max() > thigh_m + shank_m + 1e-9:
        raise ValueError(f"the ankle is {reach.max():.3f} m from the hip, beyond the leg's reach")
    along = (thigh_m**2 - shank_m**2 + reach**2) / (2 * reach)
    axis = span / reach
    sideways = unit(direction - axis * np.sum(direction * axis, axis=-1, keepdims=True))
    out = np.sqrt(np.maximum(thigh_m**2 - along**2, 0))
    return np.asarray(hip + axis * along + sideways * out)
