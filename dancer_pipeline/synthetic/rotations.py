"""Rotations, as stacks of matrices: one matrix per frame, applied to column vectors.

The world is right-handed, in metres: x is where the performer faces at the start, y is to the
performer's left, z is up, and the floor is z = 0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
"""Positions, angles and matrices are double precision; only pixels are single precision."""

FORWARD, _, UP = np.eye(3)


def about_x(angle_deg: ArrayLike) -> Array:
    """Rotate about the forward axis: positive angles take left to up."""
    return _rotation(angle_deg, 1, 2)


def about_y(angle_deg: ArrayLike) -> Array:
    """Rotate about the left axis: positive angles take up to forward (a bow)."""
    return _rotation(angle_deg, 2, 0)


def about_z(angle_deg: ArrayLike) -> Array:
    """Rotate about the vertical: positive angles take forward to left."""
    return _rotation(angle_deg, 0, 1)


def turn(matrices: Array, vector: ArrayLike) -> Array:
    """Apply each matrix to the vector, or to its own vector of a stack."""
    return np.asarray(np.einsum("...ij,...j->...i", matrices, np.asarray(vector, float)))


def unit(vectors: Array) -> Array:
    """Scale to length 1 along the last axis."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def between_deg(one: Array, other: Array) -> Array:
    """Angle between vectors, without the rounding of an arc cosine near 0 and 180."""
    cross = np.linalg.norm(np.cross(one, other), axis=-1)
    return np.asarray(np.degrees(np.arctan2(cross, np.sum(one * other, axis=-1))))


def _rotation(angle_deg: ArrayLike, first: int, second: int) -> Array:
    angle = np.radians(np.asarray(angle_deg, float))
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., range(3), range(3)] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., first, second] = -np.sin(angle)
    matrix[..., second, first] = np.sin(angle)
    return matrix
