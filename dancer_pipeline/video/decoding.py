"""One pass of decoding over a video, that knows what it could not decode."""

import os
from collections.abc import Iterator

import av
from av import VideoFrame
from av.packet import Packet
from av.stream import Stream

from dancer_pipeline.video.completeness import Arrival, IncompleteVideo, tolerance_s
from dancer_pipeline.video.container import (
    MAX_CODED_PIXELS,
    OpenVideo,
    raise_unless_bad_data,
)
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.timing import Clock

MAX_DECODER_THREADS = 4


class Decoding:
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
                stamp_s = self._video.seconds(self._video.stamp(picture))
                self._reach(stamp_s)
                time_s = self._clock.place(stamp_s)
                if time_s is not None:
                    yield index, time_s, picture

    def first_picture(self) -> VideoFrame:
        """Decode the first picture that can be decoded; BadVideo where there is none."""
        for _, _, picture in self.pictures():
            return picture
        self.check_complete()
        raise AssertionError("pictures were decoded and none was given")

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
            raise_unless_bad_data(error, self._video.path)
            self._damaged += 1

    def _decode(self, packet: "Packet[Stream]") -> list[VideoFrame]:
        try:
            pictures = self._video.stream.decode(packet)
        except av.FFmpegError as error:
            raise_unless_bad_data(error, self._video.path)
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
            raise IncompleteVideo.early_end(
                decoded_s, promised_s, self._decoded, self._video.stream.frames
            )
        if self._damaged * arrival.interval_s > allowed_s:
            raise IncompleteVideo.damaged(decoded_s, self._damaged, self._decoded)
