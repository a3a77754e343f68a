"""Light and sharpness of a picture, and of a video from a few of its key frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from dancer_pipeline.video.canvas import Canvas, pixel_aspect
from dancer_pipeline.video.container import open_video
from dancer_pipeline.video.orientation import Image

SHARPNESS_HEIGHT_PX = 240
"""Sharpness depends on the size of the picture, so it is always taken at this height or less."""
SAMPLES = 5


@dataclass(frozen=True)
class Quality:
    """How light and how sharp a video is; None where no picture could be looked at."""

    brightness: float | None
    sharpness: float | None


def luma(image: Image) -> Image:
    """Grey picture of an RGB picture."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def brightness(grey: Image) -> float:
    """Mean luma, 0 (black) to 1 (white)."""
    return float(grey.mean()) / 255


def sharpness(grey: Image) -> float:
    """Variance of the Laplacian of the luma (0 to 255): below about 50 a picture looks blurred."""
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def quality_of(path: Path, duration_s: float) -> Quality:
    """Median light and sharpness of the key frames nearest to a few evenly spread times."""
    greys = [luma(image) for image in _sampled(path, duration_s)]
    if not greys:
        return Quality(None, None)
    return Quality(
        float(np.median([brightness(grey) for grey in greys])),
        float(np.median([sharpness(grey) for grey in greys])),
    )


def _sampled(path: Path, duration_s: float) -> Iterator[Image]:
    with open_video(path) as video:
        start_s = video.seconds(video.stream.start_time) or 0.0
        for share in np.linspace(0, 1, SAMPLES, endpoint=False):
            try:
                video.container.seek(int((start_s + share * duration_s) * av.time_base))
                picture = next(video.container.decode(video.stream))
            except (av.FFmpegError, StopIteration):
                continue
            canvas = Canvas.of(picture, pixel_aspect(video.stream), SHARPNESS_HEIGHT_PX)
            yield canvas.paint(picture)
