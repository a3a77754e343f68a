"""A pinhole camera: where it stands, and where it sees a point of the world."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from dancer_pipeline.synthetic.rotations import FORWARD, UP, Array, about_z, turn, unit


@dataclass(frozen=True)
class Camera:
    """Position and aim; image coordinates in pixels, x to the right and y down, from the top left.

    `rotation` has as its rows the image's right, the image's down and the viewing direction.
    """

    position_m: Array
    rotation: Array
    focal_px: float
    width_px: int
    height_px: int

    def moved(self, offset_m: ArrayLike) -> "Camera":
        """Stand beside the present place, looking the same way."""
        return replace(self, position_m=self.position_m + np.asarray(offset_m, float))

    def seen(self, points_m: Array) -> Array:
        """Coordinates in the camera's own frame: right, down, and depth along its axis."""
        return np.asarray((points_m - self.position_m) @ self.rotation.T)

    def project(self, points_m: Array) -> Array:
        """Pixel coordinates; NaN for points behind the camera."""
        right, down, depth = np.moveaxis(self.seen(points_m), -1, 0)
        scale = self.focal_px / np.where(depth > 0, depth, np.nan)
        return np.stack(
            [self.width_px / 2 + right * scale, self.height_px / 2 + down * scale], axis=-1
        )


def aim(
    *,
    yaw_deg: float,
    distance_m: float,
    camera_height_m: float,
    target_height_m: float,
    width_px: int,
    height_px: int,
    field_of_view_deg: float,
) -> Camera:
    """Stand on a circle around the performer and look at their vertical axis.

    The yaw counts from where the performer faces, towards their left: 0 is a front view, 90 shows
    their left side, 180 their back. The field of view is the vertical one.
    """
    position = distance_m * turn(about_z(yaw_deg), FORWARD) + camera_height_m * UP
    ahead = unit(target_height_m * UP - position)
    right = unit(np.cross(ahead, UP))
    focal = height_px / 2 / float(np.tan(np.radians(field_of_view_deg) / 2))
    rotation = np.stack([right, np.cross(ahead, right), ahead])
    return Camera(position, rotation, focal, width_px, height_px)
