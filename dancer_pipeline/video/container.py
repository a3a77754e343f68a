"""Opening a file that claims to be a video: one place, and it trusts nothing.

Only the file itself is ever read (protocol `file`, no playlists, no references to other files),
and only by the demuxers named here. Whatever cannot be opened is named in one sentence.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.logging
from av import VideoFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from dancer_pipeline.video.content import describe_content, is_iso_picture, read_head
from dancer_pipeline.video.errors import BadVideo

DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "ogg",
)
FORMATS_IN_WORDS = "MP4, MOV, MKV, WebM, AVI, MPEG-TS, MPEG, FLV, WMV or Ogg"
MAX_CODED_PIXELS = 64_000_000
"""No decoder allocates a larger picture, whatever a stream announces half way through."""
_READ_BYTES = 2**20
_STILL_PICTURES = {"attached_pic", "still_image", "timed_thumbnails"}


@dataclass(frozen=True)
class OpenVideo:
    """An open container and the one picture stream in it that counts as the video."""

    path: Path
    container: InputContainer
    stream: VideoStream

    def seconds(self, ticks: int | None) -> float | None:
        """Ticks of the video stream in seconds."""
        base = self.stream.time_base
        return None if ticks is None or base is None else float(ticks * base)

    def stamp(self, item: "Packet[Any] | VideoFrame") -> int | None:
        """Give the presentation time of a packet or picture in ticks, or the next best.

        AVI stores only the order of decoding; pictures leave the decoder in order of presentation,
        so there the decoding time is the evenly rising one.
        """
        if item.pts is None or self.container.format.name == "avi":
            return item.dts
        return item.pts


@contextmanager
def open_video(path: Path) -> Iterator[OpenVideo]:
    """Open a video file for demuxing and decoding.

    Raises
    ------
    BadVideo
        Where this is not a video, with what it is instead.
    """
    if not path.stat().st_size:
        raise BadVideo("This file is empty (0 bytes): upload the video again.")
    if is_iso_picture(read_head(path)):
        raise BadVideo(describe_content(path, FORMATS_IN_WORDS))
    with _open_container(path) as container:
        if not container.streams:  # an index that is cut off lists nothing
            raise BadVideo(describe_content(path, FORMATS_IN_WORDS))
        yield OpenVideo(path, container, _picture_stream(container))


def _open_container(path: Path) -> InputContainer:
    try:
        return av.open(
            f"file:{path.absolute()}",
            mode="r",
            options={
                "protocol_whitelist": "file",
                "format_whitelist": ",".join(DEMUXERS),
                "max_pixels": str(MAX_CODED_PIXELS),
            },
            metadata_errors="replace",
        )
    except av.FFmpegError as error:
        raise_unless_bad_data(error, path)
        raise BadVideo(describe_content(path, FORMATS_IN_WORDS)) from error


def raise_unless_bad_data(error: av.FFmpegError, path: Path) -> None:
    """Raise what is the machine's trouble, not the video's.

    Demuxers call some damage an input/output error too; so the file is read through, which fails
    where that is the truth.
    """
    if isinstance(error, MemoryError):
        raise error
    if isinstance(error, OSError):
        with path.open("rb") as file:
            while file.read(_READ_BYTES):
                pass


def _picture_stream(container: InputContainer) -> VideoStream:
    streams = [stream for stream in container.streams.video if not _is_still(stream)]
    if not streams:
        found = "only sound" if container.streams.audio else "no pictures"
        raise BadVideo(
            f"There is no video in this file, {found}: upload the file with the pictures."
        )
    stream = streams[0]
    if stream.codec_context is None:
        raise BadVideo(_unknown_codec(container, stream))
    if not stream.width or not stream.height:
        raise BadVideo(
            f"The picture has more than {MAX_CODED_PIXELS // 10**6} million pixels, or no size at "
            "all: scale the video down and upload it again."
        )
    return stream


def _is_still(stream: VideoStream) -> bool:
    return any(stream.disposition & Disposition[name] for name in _STILL_PICTURES)


def _unknown_codec(container: Any, stream: VideoStream) -> str:
    line = rf"Stream #0:{stream.index}.*Video: (\w+)(?:.*?\((\w{{4}}) /)?"
    found = re.search(line, _dump(container))
    name, code = found.groups() if found else (None, None)
    named = code if name == "none" else name
    return (
        f"The video codec {named + ' ' if named else ''}is not supported: "
        "convert the video to H.264 (MP4) and upload it again."
    )


def _dump(container: Any) -> str:
    """FFmpeg's own description, the one place where the code of an unknown codec can be read."""
    level = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        return str(container.dumps_format())
    finally:
        av.logging.set_level(level)
