"""The room behind the performer: a textured floor and a wall, and the performer's shadow."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.appearance import Appearance
from dancer_pipeline.synthetic.body import Part
from dancer_pipeline.synthetic.camera import Camera
from dancer_pipeline.synthetic.rotations import UP, Array

Image = NDArray[np.float32]

_TILE_PX, _TILE_M = 768, 6.0
_SHADOW_PX, _SHADOW_M = 288, 4.5
_BELT_HALF_WIDTH_M, _BELT_HALF_LENGTH_M = 0.36, 1.05
_LINE_M = 0.05


NEAREST_WALL_M = 2.2
"""How far behind the middle of the room the wall stands at least."""


@dataclass(frozen=True)
class Shadow:
    """Darkness of the floor around a performer, seen from above, 0 to 255, and where that is."""

    dark: NDArray[np.uint8]
    x_m: float
    y_m: float


class Room:
    """Looks at floor and wall once; each frame then only shifts the pictures and adds the shadow.

    The wall stands behind the performer, square to the camera, wherever the camera is.
    """

    def __init__(
        self,
        camera: Camera,
        look: Appearance,
        seed: int,
        *,
        belt_speed_m_s: float = 0.0,
        wall_behind_m: float = NEAREST_WALL_M,
        lines_m: Array | None = None,
    ) -> None:
        draw = np.random.default_rng([seed, 4])
        self.look, self.belt_speed_m_s, self.wall_behind_m = look, belt_speed_m_s, wall_behind_m
        self._camera, self._lines_m = camera, lines_m
        self._floor_tile, self._wall_tile = _floor(draw, look.floor), _wall(draw, look.wall)
        self._belt_tile = _stripes()
        self._look(camera)
        self._still: NDArray[np.uint8] | None = None

    def _look(self, camera: Camera) -> None:
        x = (np.arange(camera.width_px) + 0.5 - camera.width_px / 2) / camera.focal_px
        y = (np.arange(camera.height_px) + 0.5 - camera.height_px / 2) / camera.focal_px
        rays = np.stack([*np.meshgrid(x, y), np.ones((len(y), len(x)))], axis=-1) @ camera.rotation
        level = camera.rotation[2] * (1, 1, 0)
        level /= np.linalg.norm(level)
        self._along_wall = camera.rotation[0].tolist()
        with np.errstate(divide="ignore"):
            to_floor = np.where(rays[..., 2] < 0, -camera.position_m[2] / rays[..., 2], np.inf)
        to_wall = (self.wall_behind_m - camera.position_m @ level) / (rays @ level)
        self._is_wall = to_wall < to_floor
        nearest = np.minimum(to_floor, to_wall)[..., None]
        self._points = (camera.position_m + rays * nearest).astype(np.float32)
        edge = np.hypot(*np.meshgrid(np.linspace(-1, 1, len(x)), np.linspace(-1, 1, len(y))))
        self._falloff = (1.03 - 0.11 * edge**2).astype(np.float32)[..., None]
        floor = ~self._is_wall
        self._floor_rows = slice(int(floor.any(axis=1).argmax()), len(y))

    def picture(self, travel_m: float, time_s: float, shadows: list[Shadow]) -> NDArray[np.uint8]:
        """Draw the room as the camera sees it after having moved forward by `travel_m`."""
        if self._still is None or travel_m:
            self._still = self._bare(travel_m)
        image = self._still.copy()
        rows = self._floor_rows
        points = self._points[rows]
        if self.belt_speed_m_s:
            self._lay_belt(image[rows], points, time_s)
        for shadow in shadows:
            near = points - np.array([shadow.x_m - travel_m, shadow.y_m, 0], np.float32)
            dark = _sample(shadow.dark, near, (_SHADOW_PX / _SHADOW_M, _SHADOW_PX / 2))
            dark[self._is_wall[rows]] = 0
            image[rows] = image[rows] * (1 - dark[..., None] * (0.55 / 255))
        return image

    def _bare(self, travel_m: float) -> NDArray[np.uint8]:
        scale = _TILE_PX / _TILE_M
        x, y, z = np.moveaxis(self._points, -1, 0)
        along = x * self._along_wall[0] + y * self._along_wall[1]
        along = along + travel_m * self._along_wall[0]
        wall = cv2.remap(
            self._wall_tile, along * scale, z * scale, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        )
        floor = cv2.remap(
            self._floor_tile,
            (x + travel_m) * scale,
            y * scale,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        image = np.where(self._is_wall[..., None], wall, floor)
        bare = np.asarray(np.clip(image * self._falloff, 0, 255), np.uint8)
        if self._lines_m is not None:
            self._draw_lines(bare, self._camera.moved([travel_m, 0, 0]))
        return bare

    def _draw_lines(self, image: NDArray[np.uint8], camera: Camera) -> None:
        """Draw the lines of a court, as wide as lines are."""
        for start, end in self._lines_m if self._lines_m is not None else ():
            along = end - start
            beside = np.cross(along / np.linalg.norm(along), UP) * (_LINE_M / 2)
            share = np.linspace(0, 1, 60)[:, None]
            middle = start + share * along
            middle = middle[camera.seen(middle)[:, 2] > 0.3]
            edges = [camera.project(middle + beside), camera.project((middle - beside)[::-1])]
            if len(middle) > 1:
                outline = np.round(np.concatenate(edges) * 16).clip(-(2**24), 2**24)
                cv2.fillPoly(image, [outline.astype(np.int32)], (236, 236, 230), cv2.LINE_AA, 4)

    def _lay_belt(self, image: NDArray[np.uint8], points: Image, time_s: float) -> None:
        x, y = points[..., 0], points[..., 1]
        on_belt = (np.abs(x) < _BELT_HALF_LENGTH_M) & (np.abs(y) < _BELT_HALF_WIDTH_M)
        on_belt &= points[..., 2] < 1e-3
        index = (x[on_belt] + self.belt_speed_m_s * time_s) * 100
        image[on_belt] = self._belt_tile[index.astype(int) % len(self._belt_tile)]

    def shadow(self, parts: list[Part], frame: int, centre_m: Array) -> Shadow:
        """Cast the shadow of a performer who is about `centre_m`."""
        mask = np.zeros((_SHADOW_PX, _SHADOW_PX), np.uint8)
        scale = _SHADOW_PX / _SHADOW_M
        for part in parts:
            if part.rotation is not None and part.start_m is part.end_m:
                continue
            ends = np.stack([part.start_m[frame], part.end_m[frame]]) - centre_m
            ends = ends - ends[:, 2:] * (self.look.light / (self.look.light @ UP))
            places = [(int(x), int(y)) for x, y in ends[:, :2] * scale + _SHADOW_PX / 2]
            width = scale * (part.start_radius_m + part.end_radius_m)
            cv2.line(mask, places[0], places[1], 255, max(1, int(width)))
        dark = np.asarray(cv2.GaussianBlur(mask, (0, 0), 3.0), np.uint8)
        return Shadow(dark, float(centre_m[0]), float(centre_m[1]))


def _sample(picture: NDArray[np.uint8], points: Image, scale: tuple[float, float]) -> Image:
    x, y = (points[..., axis] * scale[0] + scale[1] for axis in (0, 1))
    sampled = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(sampled, np.float32)


def _noise(draw: np.random.Generator, sigma_px: float, strength: float) -> Image:
    """Smooth noise that repeats at the tile's edge."""
    frequency = np.fft.fftfreq(_TILE_PX)
    keep = np.exp(-2 * (np.pi * sigma_px) ** 2 * (frequency[:, None] ** 2 + frequency**2))
    noise = np.fft.ifft2(np.fft.fft2(draw.normal(size=(_TILE_PX, _TILE_PX))) * keep).real
    return np.asarray(noise / noise.std() * strength, np.float32)[..., None]


def _floor(draw: np.random.Generator, colour: Array) -> Image:
    tile = np.ones((_TILE_PX, _TILE_PX, 3)) * colour
    planks = int(draw.integers(16, 33))
    height = _TILE_PX / planks
    for row in range(planks):
        top, bottom = int(row * height), int((row + 1) * height)
        tile[top:bottom] += draw.normal(0, 7)
        tile[top : top + 1] -= 22
    return np.asarray(tile + _noise(draw, 6, 3) + _noise(draw, 1, 3), np.float32)


def _wall(draw: np.random.Generator, colour: Array) -> Image:
    tile = np.ones((_TILE_PX, _TILE_PX, 3)) * colour + _noise(draw, 60, 5) + _noise(draw, 1.2, 2)
    per_m = _TILE_PX / _TILE_M
    for left_m in np.arange(0.3, _TILE_M - 1, 2.0) + draw.uniform(0, 0.6, 3):
        width, height, low = draw.uniform([0.4, 0.5, 1.2], [0.9, 1.0, 1.6]) * per_m
        left = int(left_m * per_m)
        shape = (slice(int(low), int(low + height)), slice(left, left + int(width)))
        cv2.rectangle(
            tile,
            (left - 4, int(low) - 4),
            (left + int(width) + 3, int(low + height) + 3),
            (70, 62, 56),
            -1,
        )
        tile[shape] = draw.uniform(90, 210, 3)
        tile[shape] += np.linspace(-18, 18, tile[shape].shape[0])[:, None, None]
    tile[: int(0.1 * per_m)] = colour * 0.62
    return np.asarray(tile, np.float32)


def _stripes() -> Image:
    belt = np.full((50, 3), 52, np.float32)
    belt[:3] = 74
    return belt
