"""Draws the performer: rays, light, soft edges, and which joints the camera can really see."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.appearance import Appearance
from dancer_pipeline.synthetic.body import Part
from dancer_pipeline.synthetic.camera import Camera
from dancer_pipeline.synthetic.raycast import Cone, Surface
from dancer_pipeline.synthetic.room import Room
from dancer_pipeline.synthetic.rotations import UP, Array

Image = NDArray[np.float32]

_AWAY = np.array([0.0, 0.0, 1.0])
"""Away from the camera, in its own frame."""

_RAYS_DOWN = 800
"""Rays from head to foot: a small figure gets up to 2 per pixel each way, a large one 1."""


@dataclass(frozen=True)
class Cast:
    """Those who are seen together: the parts of each, where each is, and the colours of all."""

    parts: tuple[list[Part], ...]
    places_m: tuple[Array, ...]
    look: Appearance


class Painter:
    """Paints performers in one room, frame by frame."""

    def __init__(self, cast: Cast, room: Room, camera: Camera) -> None:
        self.cast, self.look, self.room, self.camera = cast, cast.look, room, camera
        self.surface: Surface | None = None
        self._corners = np.zeros((2, 2))

    def paint(self, frame: int, time_s: float, travel_m: float) -> NDArray[np.uint8]:
        """Draw one frame as RGB."""
        camera = self.camera.moved([travel_m, 0, 0])
        shadows = [
            self.room.shadow(parts, frame, places_m[frame] * (1, 1, 0))
            for parts, places_m in zip(self.cast.parts, self.cast.places_m, strict=True)
        ]
        image = self.room.picture(travel_m, time_s, shadows)
        cones = [_cone(part, frame, camera) for parts in self.cast.parts for part in parts]
        window = self._window(cones, camera)
        self.surface = None
        if window is not None:
            self._cast(cones, window)
            self._blend(image, window)
        return image

    def _window(self, cones: list[Cone], camera: Camera) -> tuple[int, int, int, int] | None:
        """Whole pixels that hold the figure: left, top, right, bottom."""
        limits = np.array([cone.bounds for cone in cones])
        limits = limits[np.isfinite(limits).all(axis=(1, 2))]
        if not len(limits):
            return None
        middle = np.array([camera.width_px, camera.height_px]) / 2
        low = np.floor(limits[:, 0].min(axis=0) * camera.focal_px + middle) - 1
        high = np.ceil(limits[:, 1].max(axis=0) * camera.focal_px + middle) + 1
        left, top = np.maximum(low, 0).astype(int)
        right, bottom = np.minimum(high, middle * 2).astype(int)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _cast(self, cones: list[Cone], window: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = window
        camera = self.camera
        rays = min(max(_RAYS_DOWN / (bottom - top), 1.0), 2.0)
        u = _between(left, right, rays) - camera.width_px / 2
        v = _between(top, bottom, rays) - camera.height_px / 2
        self.surface = Surface(
            (u / camera.focal_px).astype(np.float32), (v / camera.focal_px).astype(np.float32)
        )
        self._corners = np.array([[left, top], [right, bottom]], float)
        for cone in sorted(cones, key=lambda cone: float(cone.start_m[2])):
            self.surface.draw(cone)

    def _blend(self, image: NDArray[np.uint8], window: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = window
        colour = self._shade()
        small = cv2.resize(colour, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        behind = image[top:bottom, left:right] * (1 - small[..., 3:])
        image[top:bottom, left:right] = np.minimum(behind + small[..., :3], 255)

    def _shade(self) -> Image:
        """Colour and cover of every ray: lamp, sky and a little shade where limbs meet."""
        surface = self.surface
        assert surface is not None  # noqa: S101 - for the type checker
        met = np.flatnonzero(surface.material >= 0)
        normal = _smoothed(surface).reshape(-1, 3).take(met, axis=0)
        lamp, up = (self.camera.rotation @ way for way in (self.look.light, UP))
        lit = np.maximum(normal @ _way(lamp - 0.9 * _AWAY), 0)
        sky = normal @ _way(up)
        edge = np.sqrt(np.maximum(-normal[:, 2], 0))
        light = self.look.ambient * (0.775 + 0.225 * sky) + 0.62 * lit
        light *= (0.62 + 0.38 * edge) * (1 - _crevices(surface).ravel().take(met))
        colour = np.zeros((surface.material.size, 4), np.float32)
        palette = np.append(self.look.colours, np.ones((len(self.look.colours), 1)), axis=1)
        shaded = palette.astype(np.float32).take(surface.material.ravel().take(met), axis=0)
        shaded[:, :3] *= light[:, None]
        colour[met] = shaded
        return colour.reshape(*surface.material.shape, 4)

    def visible(self, joints_m: Array, cover_m: Array, travel_m: float) -> NDArray[np.bool_]:
        """Tell which joints of the frame just painted are in the picture and not behind the body.

        A joint lies `cover_m` below its own skin; what is deeper is behind something else.
        """
        camera = self.camera.moved([travel_m, 0, 0])
        seen, pixels = camera.seen(joints_m), camera.project(joints_m)
        inside = ((pixels >= 0) & (pixels < [camera.width_px, camera.height_px])).all(axis=-1)
        gap = seen[:, 2] - self._depth_at(pixels)
        return np.asarray(inside & (gap <= cover_m))

    def _depth_at(self, pixels: Array) -> Array:
        """Depth of the body at the pixels; infinite beside it."""
        found = np.full(len(pixels), np.inf)
        if self.surface is None:
            return found
        grid = self.surface.depth_m
        first, last = self._corners
        share = (pixels - first) / (last - first)
        place = np.floor(np.nan_to_num(share, nan=-1.0) * grid.shape[::-1]).astype(int)
        column, row = place.T
        on = (place >= 0).all(axis=1) & (column < grid.shape[1]) & (row < grid.shape[0])
        found[on] = grid[row[on], column[on]]
        return found


def _between(first: int, last: int, per_px: float) -> Array:
    """Place rays evenly over a range of whole pixels."""
    count = round((last - first) * per_px)
    return np.asarray(first + (np.arange(count) + 0.5) * (last - first) / count)


def _cone(part: Part, frame: int, camera: Camera) -> Cone:
    to_local = np.eye(3)
    if part.rotation is not None:
        to_local = (camera.rotation @ part.rotation[frame] / np.array(part.stretch)).T
    return Cone(
        camera.seen(part.start_m[frame]),
        camera.seen(part.end_m[frame]),
        part.start_radius_m,
        part.end_radius_m,
        part.material,
        to_local,
        max(part.stretch) if part.rotation is not None else 1.0,
    )


def _way(way: Array) -> NDArray[np.float32]:
    return np.asarray(way / np.linalg.norm(way), np.float32)


def _smoothed(surface: Surface) -> Image:
    """Let normals run on where parts of the body meet, as skin and cloth do."""
    height, width = surface.material.shape
    coarse = (max(1, width // 4), max(1, height // 4))
    broad = cv2.blur(cv2.resize(surface.normal, coarse, interpolation=cv2.INTER_AREA), (5, 5))
    mixed = 0.3 * surface.normal + cv2.resize(broad, (width, height))
    return np.asarray(mixed / (np.linalg.norm(mixed, axis=-1, keepdims=True) + 1e-6), np.float32)


def _crevices(surface: Surface) -> Image:
    """Shade, 0 to 0.3, where the surface lies deeper than what is around it."""
    height, width = surface.material.shape
    coarse = (max(1, width // 4), max(1, height // 4))
    met = (surface.material >= 0).astype(np.float32)
    depth = np.where(surface.material >= 0, surface.depth_m, 0).astype(np.float32)
    share, total = (
        cv2.blur(cv2.resize(grid, coarse, interpolation=cv2.INTER_AREA), (7, 7))
        for grid in (met, depth)
    )
    around = cv2.resize(total / np.maximum(share, 1e-6), (width, height))
    return np.asarray(np.clip((depth - around) * 5, 0, 0.3), np.float32)
