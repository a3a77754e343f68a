"""What a file promised in its header, and how much of it is really there.

Packets are counted while they are read, without decoding, so the same count serves the quick scan
before an analysis and the decoding itself.
"""

from dataclasses import dataclass

from av.packet import Packet
from av.stream import Stream

from dancer_pipeline.video.container import OpenVideo
from dancer_pipeline.video.errors import BadVideo

LEAST_TOLERANCE_S = 0.25
MOST_TOLERANCE_S = 1.0
TOLERATED_SHARE = 0.01
_ENDLESS_FORMATS = {"mpegts", "mpeg"}
"""Their headers promise no length: what libav calls their duration is read from what is there."""


class IncompleteVideo(BadVideo):
    """The file ends early, or too much of it cannot be decoded."""

    def __init__(self, message: str, *, decoded_frames: int, decoded_s: float) -> None:
        super().__init__(message)
        self.decoded_frames = decoded_frames
        self.decoded_s = decoded_s

    @classmethod
    def early_end(
        cls, decoded_s: float, promised_s: float, decoded: int, promised: int
    ) -> "IncompleteVideo":
        """Say that a file ends before the length its header promises."""
        frames = f"{decoded} of {promised} frames" if promised else _frames(decoded)
        what = f"{decoded_s:.1f} s of {promised_s:.1f} s could be decoded ({frames})"
        return cls(_sentence(what), decoded_frames=decoded, decoded_s=decoded_s)

    @classmethod
    def damaged(cls, decoded_s: float, damaged: int, decoded: int) -> "IncompleteVideo":
        """Say that too many frames were damaged."""
        what = f"{damaged} of {damaged + decoded} frames are damaged"
        return cls(_sentence(what), decoded_frames=decoded, decoded_s=decoded_s)


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _sentence(what: str) -> str:
    return f"This video is incomplete: {what}. Upload it again."


@dataclass(frozen=True)
class Promise:
    """The length that the header gives; None where the format has none to give."""

    duration_s: float | None
    end_s: float | None
    is_of_video: bool
    """Whether the length is the video's own, or that of the longest of all streams."""


def promise(video: OpenVideo) -> Promise:
    """Read the promised length of a video from its header."""
    if video.container.format.name in _ENDLESS_FORMATS:
        return Promise(None, None, is_of_video=False)
    start_s = video.seconds(video.stream.start_time) or 0.0
    own_s, tagged_s = _own_duration_s(video), _tagged_end_s(video)
    if own_s:
        return Promise(own_s, start_s + own_s, is_of_video=True)
    duration = video.container.duration
    end_s = tagged_s or (duration / 1e6 if duration and duration > 0 else None)
    if end_s is None:
        return Promise(None, None, is_of_video=False)
    return Promise(end_s - max(0.0, min(start_s, end_s)), end_s, is_of_video=bool(tagged_s))


def _own_duration_s(video: OpenVideo) -> float | None:
    """Length of the picture stream; libav shortens that of a cut AVI, but not its frame count."""
    stream = video.stream
    if video.container.format.name == "avi" and stream.frames and stream.average_rate:
        return float(stream.frames / stream.average_rate)
    return video.seconds(stream.duration)


def _tagged_end_s(video: OpenVideo) -> float | None:
    """Matroska's end of one stream, written as a tag: 00:00:07.666000000."""
    try:
        hours, minutes, seconds = video.stream.metadata.get("DURATION", "").split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def tolerance_s(promised_s: float) -> float:
    """How much may be missing at the end: headers round, and audio and video end apart."""
    return min(max(LEAST_TOLERANCE_S, TOLERATED_SHARE * promised_s), MOST_TOLERANCE_S)


class Arrival:
    """How far the packets of a file reach."""

    def __init__(self, video: OpenVideo) -> None:
        self._video = video
        self.promise = promise(video)
        rate = video.stream.average_rate
        self.interval_s = float(1 / rate) if rate else 1 / 30
        self.packets = self.corrupt = 0
        self.first_s: float | None = None
        self.video_end_s = self.any_end_s = 0.0

    def see(self, packet: "Packet[Stream]") -> bool:
        """Count a packet; True where it belongs to the video."""
        is_video = packet.stream_index == self._video.stream.index
        if is_video and packet.size and not packet.is_discard:
            self.packets += 1
            self.corrupt += packet.is_corrupt
        stamp = self._video.stamp(packet)
        if stamp is not None and not packet.is_discard:
            self._reach(packet, stamp, is_video=is_video)
        return is_video

    def _reach(self, packet: "Packet[Stream]", stamp: int, *, is_video: bool) -> None:
        start_s = float(stamp * packet.time_base)
        length_s = float((packet.duration or 0) * packet.time_base)
        end_s = start_s + (length_s or self.interval_s * is_video)
        self.any_end_s = max(self.any_end_s, end_s)
        if is_video:
            self.video_end_s = max(self.video_end_s, end_s)
            self.first_s = start_s if self.first_s is None else min(self.first_s, start_s)

    @property
    def duration_s(self) -> float:
        """Length of the video that arrived, from its first frame to the end of its last."""
        return max(0.0, self.video_end_s - (self.first_s or 0.0)) if self.packets else 0.0

    @property
    def missing_s(self) -> float:
        """How much of the promised length did not arrive; 0 within the tolerance."""
        if self.promise.end_s is None or self.promise.duration_s is None:
            return 0.0
        reached_s = self.video_end_s if self.promise.is_of_video else self.any_end_s
        missing_s = self.promise.end_s - max(reached_s, self.duration_s)
        allowed_s = tolerance_s(self.promise.duration_s) + self.interval_s
        return missing_s if missing_s > allowed_s else 0.0
