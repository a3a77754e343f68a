"""Brings every picture of a video to one size: upright, square pixels, RGB."""

from typing import cast

import numpy as np
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

from dancer_pipeline.video.container import MAX_CODED_PIXELS
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.orientation import Image, orientation_of


def pixel_aspect(stream: VideoStream) -> float:
    """Width of a stored pixel over its height; unknown means square, as the formats define it."""
    return float(stream.sample_aspect_ratio or 1)


class Canvas:
    """The size that all frames of a video are brought to."""

    def __init__(self, width_px: int, height_px: int, aspect: float, scale: float) -> None:
        self.width_px, self.height_px, self.scale = width_px, height_px, scale
        self._aspect = aspect
        self._reformatter = VideoReformatter()

    @classmethod
    def of(cls, picture: VideoFrame, aspect: float, max_height_px: int | None = None) -> "Canvas":
        """Build the canvas that fits a video's first picture."""
        width, height = display_size(picture, aspect)
        if width * height > MAX_CODED_PIXELS:
            raise BadVideo(
                f"The picture is too large: {width} x {height} pixels once its pixels are square. "
                "Export the video with square pixels and upload it again."
            )
        scale = min(1.0, (max_height_px or height) / height)
        return cls(max(1, round(width * scale)), max(1, round(height * scale)), aspect, scale)

    def paint(self, picture: VideoFrame) -> Image:
        """Bring a decoded picture to this size, upright and in RGB."""
        orientation = orientation_of(picture)
        width, height = self._fitted(*display_size(picture, self._aspect))
        stored = (height, width) if orientation.transpose else (width, height)
        rgb = self._reformatter.reformat(
            picture, *stored, "rgb24", interpolation=Interpolation.AREA
        )
        return self._centred(orientation.apply(cast(Image, rgb.to_ndarray())))

    def _fitted(self, width: int, height: int) -> tuple[int, int]:
        factor = min(self.width_px / width, self.height_px / height)
        if max(abs(width * factor - self.width_px), abs(height * factor - self.height_px)) < 1:
            return self.width_px, self.height_px
        return max(1, round(width * factor)), max(1, round(height * factor))

    def _centred(self, image: Image) -> Image:
        height, width = image.shape[:2]
        if (width, height) == (self.width_px, self.height_px):
            return image
        whole = np.zeros((self.height_px, self.width_px, 3), np.uint8)
        top, left = (self.height_px - height) // 2, (self.width_px - width) // 2
        whole[top : top + height, left : left + width] = image
        return whole


def display_size(picture: VideoFrame, aspect: float) -> tuple[int, int]:
    """Width and height of a stored picture once it is seen upright with square pixels."""
    width, height = max(1, round(picture.width * aspect)), picture.height
    return (height, width) if orientation_of(picture).transpose else (width, height)
