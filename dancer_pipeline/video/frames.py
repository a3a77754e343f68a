"""Upright frames with their true times, one after the other; never the whole video at once.

Times come from presentation timestamps, never from an index divided by a rate. Colours are
converted by libswscale from whatever the file holds (full or limited range, BT.601 or BT.709, 8 or
10 bit).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dancer_pipeline.video.canvas import Canvas, pixel_aspect
from dancer_pipeline.video.completeness import IncompleteVideo
from dancer_pipeline.video.container import open_video
from dancer_pipeline.video.decoding import Decoding
from dancer_pipeline.video.orientation import Image
from dancer_pipeline.video.timing import Thinning

__all__ = ["MAX_RATE_HZ", "Frame", "IncompleteVideo", "read_frames"]

MAX_RATE_HZ = 60.0


@dataclass(frozen=True)
class Frame:
    """One picture as it is seen: RGB, upright, square pixels, the same size all through a video."""

    index: int
    """Number of the picture in the file, counted from 0, also over pictures that were left out."""
    time_s: float
    """Seconds since the first picture."""
    image: Image
    """uint8 RGB of shape (height, width, 3)."""
    scale: float = 1.0
    """Pixels of this image per pixel of the display size."""


def read_frames(
    path: Path,
    *,
    sample_hz: float | None = None,
    max_rate_hz: float = MAX_RATE_HZ,
    max_height_px: int | None = None,
) -> Iterator[Frame]:
    """Frames in order of time, thinned by time to at most `sample_hz` or `max_rate_hz`.

    Frames are scaled down to `max_height_px` where it is given, never up. A change of resolution
    in the middle of a video is fitted into the size of its first frame, with black borders.

    Raises
    ------
    IncompleteVideo
        After the last frame, where the file ends early or too many frames were damaged.
    BadVideo
        Before the first frame, where nothing can be decoded.
    """
    thinning = Thinning(min(sample_hz or max_rate_hz, max_rate_hz))
    with open_video(path) as video:
        decoding = Decoding(video)
        canvas: Canvas | None = None
        for index, time_s, picture in decoding.pictures():
            if thinning.keeps(time_s):
                canvas = canvas or Canvas.of(picture, pixel_aspect(video.stream), max_height_px)
                yield Frame(index, time_s, canvas.paint(picture), canvas.scale)
        decoding.check_complete()
