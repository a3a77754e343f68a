"""Exact views of round cones: for each pixel, where its ray first meets the surface.

A round cone is the hull of two spheres. Stretched ones are treated in the space in which they are
round. All formulas keep the ray's length free, with its depth component 1, so that the distance
along the ray is the depth itself.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.rotations import Array

Image = NDArray[np.float32]
Grid = NDArray[np.floating]

_NEAREST_M = 0.05
_SMALL_PX = 4096
"""Small things need double precision, being tiny against their depth; their windows are cheap."""


@dataclass(frozen=True)
class Cone:
    """A round cone in camera coordinates; `to_local` leads from there to where it is round."""

    start_m: Array
    end_m: Array
    start_radius_m: float
    end_radius_m: float
    material: int
    to_local: Array
    reach: float

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Smallest and largest slopes of rays that can meet it; not finite when it is too near."""
        centres = np.stack([self.start_m, self.end_m])
        radii = np.array([[self.start_radius_m], [self.end_radius_m]]) * self.reach
        near, far = centres[:, 2:] - radii, centres[:, 2:] + radii
        if near.min() < _NEAREST_M:
            return np.full(2, np.inf), np.full(2, -np.inf)
        low, high = centres[:, :2] - radii, centres[:, :2] + radii
        return (
            np.where(low < 0, low / near, low / far).min(axis=0),
            np.where(high > 0, high / near, high / far).max(axis=0),
        )


@dataclass
class Surface:
    """What the rays through a grid of pixels have met so far. Ray slopes: `u` right, `v` down."""

    u: Image
    v: Image
    depth_m: Image = field(init=False)
    normal: Image = field(init=False)
    material: NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.v), len(self.u))
        self.depth_m = np.full(shape, np.inf, np.float32)
        self.normal = np.zeros((*shape, 3), np.float32)
        self.material = np.full(shape, -1, np.int8)

    def draw(self, cone: Cone) -> None:
        """Put a cone into the scene where it is nearer than what is there."""
        window = self._window(cone)
        if window is None:
            return
        rows, columns = window
        hit = _Meeting(cone, self.u[columns], self.v[rows])
        nearer = hit.depth_m < self.depth_m[rows, columns].ravel().take(hit.where)
        if not nearer.any():
            return
        row, column = hit.places(nearer)
        at = (row + rows.start) * len(self.u) + column + columns.start
        self.depth_m.ravel()[at] = hit.depth_m[nearer]
        self.normal.reshape(-1, 3)[at] = hit.normals(nearer)
        self.material.ravel()[at] = cone.material

    def _window(self, cone: Cone) -> tuple[slice, slice] | None:
        """Pixels that the cone can touch."""
        low, high = cone.bounds
        if not np.isfinite(low).all():
            return None
        left, right = np.searchsorted(self.u, [low[0], high[0]])
        top, bottom = np.searchsorted(self.v, [low[1], high[1]])
        if left >= right or top >= bottom:
            return None
        return slice(int(top), int(bottom)), slice(int(left), int(right))


class _Meeting:
    """First meeting of the rays of a window with one cone."""

    def __init__(self, cone: Cone, u: Grid, v: Grid) -> None:
        kind = np.float64 if u.size * v.size < _SMALL_PX else np.float32
        self.cone = cone
        self.u: Grid = u.astype(kind)
        self.v: Grid = v.astype(kind)
        self.start = cone.to_local @ cone.start_m
        self.axis = cone.to_local @ cone.end_m - self.start
        self.taper = cone.start_radius_m - cone.end_radius_m
        self.length_squared = float(self.axis @ self.axis)
        self.d2 = self.length_squared - self.taper**2
        if self.d2 <= 1e-12:
            self._keep_larger_ball()
        self._meet()

    def _keep_larger_ball(self) -> None:
        if self.taper < 0:
            self.start = self.start + self.axis
        self.axis = np.zeros(3)

    @property
    def _is_ball(self) -> bool:
        return not self.axis.any()

    def _meet(self) -> None:
        cone = self.cone
        a = _quadratic(cone.to_local.T @ cone.to_local, self.u, self.v)
        m3 = _linear(cone.to_local.T @ -self.start, self.u, self.v)
        radius = (
            max(cone.start_radius_m, cone.end_radius_m) if self._is_ball else cone.start_radius_m
        )
        first = float(self.start @ self.start) - radius**2
        if self._is_ball:
            h: Grid = m3 * m3 - a * first
            self.where = np.flatnonzero(h > 0)
            a, m3, h = (grid.ravel().take(self.where) for grid in (a, m3, h))
            self.depth_m = (-m3 - np.sqrt(h)) / a
            self.on_side = np.zeros(len(self.depth_m), bool)
            self.on_start = ~self.on_side
            return
        m2 = _linear(cone.to_local.T @ self.axis, self.u, self.v)
        self._meet_cone(a, m2, m3, first)

    def _meet_cone(self, a: Grid, m2: Grid, m3: Grid, first: float) -> None:
        cone, d2, taper = self.cone, self.d2, self.taper
        m1 = -float(self.axis @ self.start)
        bend = taper * cone.start_radius_m
        k2: Grid = d2 * a - m2 * m2
        k1: Grid = d2 * m3 + m2 * (bend - m1)
        k0 = self.d2 * float(self.start @ self.start) - m1**2 + 2 * m1 * bend
        k0 -= self.length_squared * cone.start_radius_m**2
        h: Grid = k1 * k1 - k0 * k2
        self.where = np.flatnonzero(h > 0) if k0 > 0 else np.arange(h.size)
        a, m2, m3, k1, k2, h = (grid.ravel().take(self.where) for grid in (a, m2, m3, k1, k2, h))
        with np.errstate(invalid="ignore", divide="ignore"):
            meeting = (-np.sqrt(h) - k1) / k2
            y = (m1 - bend) + meeting * m2
            side: Grid = np.where((y > 0) & (y < d2) & (meeting > 0), meeting, np.inf)
            end = self.start + self.axis
            last = float(end @ end) - cone.end_radius_m**2
            start_ball, end_ball = _ball(a, m3, first), _ball(a, m3 - m2, last)
        balls = np.minimum(start_ball, end_ball)
        self.depth_m = np.minimum(side, balls)
        self.on_side = side <= balls
        self.on_start = start_ball <= end_ball

    def places(self, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """Give row and column, within the window, of the chosen meetings."""
        rows, columns = np.divmod(self.where[chosen], len(self.u))
        return rows, columns

    def normals(self, chosen: NDArray[np.bool_]) -> Image:
        """Give the unit normals in camera coordinates at the chosen meetings."""
        rows, columns = self.places(chosen)
        slopes = np.stack([self.u[columns], self.v[rows], np.ones_like(self.u, shape=len(rows))])
        turned = self.cone.to_local.astype(slopes.dtype) @ slopes
        point = turned * self.depth_m[chosen] - self.start.astype(slopes.dtype)[:, None]
        axis = self.axis.astype(slopes.dtype)[:, None]
        on_end = ~self.on_start[chosen] & ~self.on_side[chosen]
        normal = point - axis * on_end
        side = self.on_side[chosen]
        if side.any():
            y = (axis * point).sum(axis=0) - self.taper * self.cone.start_radius_m
            normal = np.where(side, point - axis * (y / self.d2), normal)
        world = self.cone.to_local.T.astype(slopes.dtype) @ normal
        return np.asarray((world / np.linalg.norm(world, axis=0)).T, np.float32)


def _ball(a: Grid, b: Grid, c: float) -> Grid:
    h = b * b - a * c
    return np.asarray(np.where(h > 0, (-b - np.sqrt(h)) / a, np.inf))


def _linear(vector: Array, u: Grid, v: Grid) -> Grid:
    x, y, z = map(float, vector)
    return np.asarray((x * u)[None, :] + (y * v + z)[:, None])


def _quadratic(form: Array, u: Grid, v: Grid) -> Grid:
    (uu, uv, uw), (_, vv, vw), (_, _, ww) = form.tolist()
    plane = (uu * u * u + 2 * uw * u)[None, :] + (vv * v * v + 2 * vw * v + ww)[:, None]
    return plane if uv == 0 else np.asarray(plane + (2 * uv * v)[:, None] * u[None, :])
