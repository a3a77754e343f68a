"""From a picture as stored to the picture as seen: upright, unmirrored as meant, square pixels."""

import struct
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import Type

Image = np.ndarray[Any, np.dtype[np.uint8]]
_FLIPS = {(True, False): 1, (False, True): 0, (True, True): -1}
"""OpenCV's codes by (flip_x, flip_y)."""


@dataclass(frozen=True)
class Orientation:
    """How a stored picture is turned to be seen: transposed first, then flipped."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def rotation_deg(self) -> int:
        """Counter-clockwise turn (as ffprobe says it) from stored to seen: 0, 90, 180 or 270."""
        if self.transpose:
            return 90 if self.flip_y else 270
        return 180 if self.flip_y else 0

    @property
    def is_mirrored(self) -> bool:
        """Whether seeing it needs a mirror besides a turn."""
        return self.transpose == (self.flip_x == self.flip_y)

    def apply(self, image: Image) -> Image:
        """Turn a picture of shape (height, width, 3)."""
        if self.transpose:
            image = cv2.transpose(image)
        if self.flip_x or self.flip_y:
            image = cv2.flip(image, _FLIPS[self.flip_x, self.flip_y])
        return image


def orientation_of(picture: VideoFrame) -> Orientation:
    """Read the orientation that the display matrix of a decoded picture asks for.

    The matrix is rounded to quarter turns and mirrors; no camera writes anything else.
    """
    side_data: Any = picture.side_data
    matrix = side_data.get(Type.DISPLAYMATRIX)
    if matrix is None:
        return Orientation()
    a, b, _, c, d = struct.unpack("<5i", bytes(matrix)[:20])
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transpose=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(flip_x=a < 0, flip_y=d < 0)
