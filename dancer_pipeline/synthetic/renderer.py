"""Draws the performer: rays, light, soft edges, and which joints the camera can really see."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.appearance import Appearance
from dancer_pipeline.synthetic.body import Part
from dancer_pipeline.synthetic.camera import Camera
from dancer_pipeline.synthetic.raycast import Cone, Surface, bounds
from dancer_pipeline.synthetic.room import Room
from dancer_pipeline.synthetic.rotations import Array

Image = NDArray[np.float32]

_LARGE_PX = 560
"""A figure taller than this gets fewer rays per pixel: its edges are fine enough."""


class Painter:
    """Paints one performer in one room, frame by frame."""

    def __init__(self, parts: list[Part], look: Appearance, room: Room, camera: Camera) -> None:
        self.parts, self.look, self.room, self.camera = parts, look, room, camera
        self.surface: Surface | None = None
        self._origin = (0, 0)
        self._rays = 1

    def paint(self, frame: int, time_s: float, travel_m: float) -> NDArray[np.uint8]:
        """Draw one frame as RGB."""
        camera = self.camera.moved([travel_m, 0, 0])
        shadow = self.room.shadow(self.parts, frame, np.array([travel_m, 0.0, 0.0]))
        image = self.room.picture(travel_m, time_s, shadow)
        cones = [_cone(part, frame, camera) for part in self.parts]
        window = self._window(cones, camera)
        self.surface = None
        if window is not None:
            self._cast(cones, window)
            self._blend(image, window)
        return np.asarray(np.clip(image, 0, 255), np.uint8)

    def _window(self, cones: list[Cone], camera: Camera) -> tuple[int, int, int, int] | None:
        """Whole pixels that hold the figure: left, top, right, bottom."""
        limits = np.array([bounds(cone) for cone in cones])
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
        rays = self._rays = 1 if bottom - top > 2 * _LARGE_PX else 2
        camera = self.camera
        u = ((np.arange(left * rays, right * rays) + 0.5) / rays - camera.width_px / 2)
        v = ((np.arange(top * rays, bottom * rays) + 0.5) / rays - camera.height_px / 2)
        self.surface = Surface(
            (u / camera.focal_px).astype(np.float32), (v / camera.focal_px).astype(np.float32)
        )
        self._origin = (left, top)
        for cone in sorted(cones, key=lambda cone: float(cone.start_m[2])):
            self.surface.draw(cone)

    def _blend(self, image: Image, window: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = window
        colour = self._shade()
        small = cv2.resize(colour, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        target = image[top:bottom, left:right]
        target *= 1 - small[..., 3:]
        target += small[..., :3]

    def _shade(self) -> Image:
        """Colour and cover of every ray: lamp, sky and a little shade where limbs meet."""
        surface = self.surface
        assert surface is not None  # noqa: S101
        met = surface.material >= 0
        normal = surface.normal[met]
        lamp, up = (self.camera.rotation @ way for way in (self.look.light, np.eye(3)[2]))
        front = np.clip(-normal[:, 2], 0, 1)
        lit = np.clip(normal @ _soft(lamp - 0.55 * np.eye(3)[2]), 0, 1)
        sky = 0.5 + 0.5 * normal @ _soft(up)
        light = self.look.ambient * (0.55 + 0.45 * sky) + 0.62 * lit
        light *= (0.62 + 0.38 * np.sqrt(front)) * (1 - _crevices(surface.depth_m, met)[met])
        palette = self.look.colours.astype(np.float32)
        colour = np.zeros((*met.shape, 4), np.float32)
        colour[met, :3] = palette[surface.material[met]] * light[:, None]
        colour[met, 3] = 1
        np.minimum(colour[..., :3], 255, out=colour[..., :3])
        return colour

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
        place = np.nan_to_num((pixels - self._origin) * self._rays, nan=-1.0).astype(int)
        column, row = place.T
        on = (place >= 0).all(axis=1) & (column < grid.shape[1]) & (row < grid.shape[0])
        found[on] = grid[row[on], column[on]]
        return found


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


def _soft(way: Array) -> NDArray[np.float32]:
    return np.asarray(way / np.linalg.norm(way), np.float32)


def _crevices(depth_m: Image, met: NDArray[np.bool_]) -> Image:
    """Shade, 0 to 0.35, where the surface lies deeper than what is around it."""
    near = np.where(met, depth_m, 0)
    size = max(5, depth_m.shape[0] // 40) | 1
    share = cv2.blur(met.astype(np.float32), (size, size))
    around = cv2.blur(near.astype(np.float32), (size, size)) / np.maximum(share, 1e-6)
    return np.asarray(np.clip((near - around) * 6, 0, 0.35) * met, np.float32)
