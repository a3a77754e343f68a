"""Upright frames with their true times, one after the other; never the whole video at once.

Times come from presentation timestamps, never from an index divided by a rate. Colours are
converted by libswscale from whatever the file holds (full or limited range, BT.601 or BT.709, 8 or
10 bit).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, cast

import av
from av import VideoFrame
from av.packet import Packet
from av.stream import Stream

from dancer_pipeline.video.canvas import Canvas, pixel_aspect
from dancer_pipeline.video.completeness import Arrival, tolerance_s
from dancer_pipeline.video.container import (
    MAX_CODED_PIXELS,
    OpenVideo,
    open_video,
    raise_unless_bad_data,
)
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.orientation import Image
from dancer_pipeline.video.timing import Clock, Thinning

MAX_RATE_HZ = 60.0
MAX_DECODER_THREADS = 4


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


class IncompleteVideo(BadVideo):
    """The file ends early, or too much of it cannot be decoded."""

    def __init__(self, message: str, *, decoded_frames: int, decoded_s: float) -> None:
        super().__init__(message)
        self.decoded_frames = decoded_frames
        self.decoded_s = decoded_s


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
        decoding = _Decoding(video)
        canvas: Canvas | None = None
        for index, time_s, picture in decoding.pictures():
            if thinning.keeps(time_s):
                canvas = canvas or Canvas.of(picture, pixel_aspect(video.stream), max_height_px)
                yield Frame(index, time_s, canvas.paint(picture), canvas.scale)
        decoding.check_complete()


class _Decoding:
    """One pass over a video's packets, with a count of what could not be decoded."""

    def __init__(self, video: OpenVideo) -> None:
        self._video = video
        self._arrival = Arrival(video)
        self._clock = Clock(self._arrival.interval_s)
        self._decoded = self._damaged = 0
        self._first_s: float | None = None
        self._end_s = 0.0
        context = video.stream.codec_context
        context.thread_type = "AUTO"
        context.thread_count = min(MAX_DECODER_THREADS, os.cpu_count() or 1)
        context.options = {"max_pixels": str(MAX_CODED_PIXELS)}

    def pictures(self) -> Iterator[tuple[int, float, VideoFrame]]:
        """Index, time and picture of every frame that has a place in time."""
        for packet in self._packets():
            for picture in self._decode(packet):
                index = self._decoded
                self._decoded += 1
                stamp_s = self._video.seconds(picture.pts)
                self._reach(stamp_s)
                time_s = self._clock.place(stamp_s)
                if time_s is not None:
                    yield index, time_s, picture

    def _reach(self, stamp_s: float | None) -> None:
        if stamp_s is not None:
            self._first_s = stamp_s if self._first_s is None else self._first_s
            self._end_s = max(self._end_s, stamp_s + self._arrival.interval_s)

    def _packets(self) -> "Iterator[Packet[Stream]]":
        try:
            for packet in self._video.container.demux():
                if self._arrival.see(packet):
                    yield packet
        except av.FFmpegError as error:
            raise_unless_bad_data(error)
            self._damaged += 1

    def _decode(self, packet: "Packet[Stream]") -> list[VideoFrame]:
        try:
            pictures = cast(list[VideoFrame], packet.decode())
        except av.FFmpegError as error:
            raise_unless_bad_data(error)
            self._damaged += 1
            return []
        self._damaged += sum(picture.is_corrupt for picture in pictures)
        return pictures

    def check_complete(self) -> None:
        """Raise where what was decoded falls short of what arrived or of what was promised."""
        arrival = self._arrival
        if not arrival.packets:
            raise BadVideo("This video holds no frames: record or export it again and upload it.")
        if not self._decoded:
            raise BadVideo(
                "No frame of this video can be decoded: it is damaged or encrypted; "
                "convert it to H.264 (MP4) and upload it again."
            )
        decoded_s = self._end_s - (self._first_s or 0.0)
        promised_s = arrival.promise.duration_s or arrival.duration_s
        allowed_s = tolerance_s(promised_s) + arrival.interval_s
        if arrival.missing_s or arrival.video_end_s - self._end_s > allowed_s:
            self._raise(f"{decoded_s:.1f} s of {promised_s:.1f} s could be decoded", decoded_s)
        if self._damaged * arrival.interval_s > allowed_s:
            frames = self._damaged + self._decoded
            self._raise(f"{self._damaged} of {frames} frames are damaged", decoded_s)

    def _raise(self, what: str, decoded_s: float) -> NoReturn:
        raise IncompleteVideo(
            f"This video is incomplete: {what}. Upload it again.",
            decoded_frames=self._decoded,
            decoded_s=decoded_s,
        )
