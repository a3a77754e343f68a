"""What a video file is: checked against limits from its header first, then counted, then stored.

Nothing is decoded before the header has passed the limits; then all packets are counted, and one
picture is decoded for the orientation.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import pandas as pd

from dancer_pipeline.digests import sha256_of
from dancer_pipeline.video.canvas import display_size, pixel_aspect
from dancer_pipeline.video.completeness import Arrival
from dancer_pipeline.video.container import MAX_CODED_PIXELS, OpenVideo, open_video
from dancer_pipeline.video.decoding import Decoding
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import MAX_RATE_HZ
from dancer_pipeline.video.orientation import orientation_of
from dancer_pipeline.video.quality import quality_of
from dancer_pipeline.video.scan import FrameTimes, refuse_too_long, scan
from dancer_pipeline.video.tables import SOURCE_VIDEO
from dancer_pipeline.video.timing import sampled_rate_hz

__all__ = ["SOURCE_VIDEO", "Limits", "VideoFacts", "probe", "source_video"]


@dataclass(frozen=True)
class Limits:
    """The largest video that is accepted."""

    max_size_bytes: int
    max_duration_s: float
    max_pixels: int
    """Per frame; 8K (7680 x 4320) has 33 million."""
    max_frames: int = 1_000_000

    def __post_init__(self) -> None:
        """Refuse a limit above what any decoder here may allocate."""
        if self.max_pixels > MAX_CODED_PIXELS:
            raise ValueError(f"max_pixels is at most {MAX_CODED_PIXELS}, not {self.max_pixels}")


@dataclass(frozen=True)
class VideoFacts:
    """What a file is, as `SOURCE_VIDEO` describes each field."""

    container: str
    codec: str
    pixel_format: str
    duration_s: float
    promised_duration_s: float | None
    coverage: float | None
    frame_count: int
    corrupt_packet_count: int
    frame_rate_hz: float | None
    is_variable_frame_rate: bool
    min_frame_interval_s: float | None
    max_frame_interval_s: float | None
    start_time_s: float
    rotation_deg: int
    is_mirrored: bool
    stored_width_px: int
    stored_height_px: int
    display_width_px: int
    display_height_px: int
    pixel_aspect: float
    video_stream_count: int
    has_audio: bool
    audio_codec: str | None
    size_bytes: int


def probe(path: Path, limits: Limits) -> VideoFacts:
    """Say what a video file is.

    Raises
    ------
    BadVideo
        Where the file is no video, is incomplete or passes a limit: one sentence for its uploader.
    """
    size_bytes = path.stat().st_size
    check_size(size_bytes, limits)
    with open_video(path) as video:
        _check_header(video, limits)
        arrival, times = scan(
            video, max_frames=limits.max_frames, max_duration_s=limits.max_duration_s
        )
    if arrival.missing_s:
        say_how_much_decodes(path, arrival)
    with open_video(path) as video:
        return _facts(video, arrival, times, size_bytes)


def say_how_much_decodes(path: Path, arrival: Arrival) -> NoReturn:
    """Refuse a video of which packets are missing, with what can be decoded of the rest."""
    with open_video(path) as video:
        decoding = Decoding(video)
        for _ in decoding.pictures():
            pass
        decoding.check_complete()
    raise BadVideo(
        f"The last {arrival.missing_s:.1f} s of this video were missing when it was first read, "
        "and were there a moment later: wait until the file is complete and upload it again."
    )


def source_video(
    path: Path, *, file_name: str, limits: Limits, sample_hz: float | None = None
) -> pd.DataFrame:
    """Build the one row of `SOURCE_VIDEO` for a file; raises as `probe` does."""
    facts = probe(path, limits)
    quality = quality_of(path, facts.duration_s)
    row = {
        "file_name": file_name,
        "sha256": sha256_of(path),
        **asdict(facts),
        "sample_rate_hz": sampled_rate_hz(facts.frame_rate_hz, sample_hz, MAX_RATE_HZ),
        **asdict(quality),
    }
    return SOURCE_VIDEO.frame([row])


def check_size(size_bytes: int, limits: Limits) -> None:
    """Refuse a file that is too large, which need not be here for it; raises BadVideo."""
    if size_bytes > limits.max_size_bytes:
        raise BadVideo(
            f"This file is too large: {size_bytes / 1e9:.2f} GB, at most "
            f"{limits.max_size_bytes / 1e9:.2f} GB are allowed. Cut or compress it."
        )


def _check_header(video: OpenVideo, limits: Limits) -> None:
    width = round(video.stream.width * max(1.0, pixel_aspect(video.stream)))
    height = video.stream.height
    if width * height > limits.max_pixels:
        raise BadVideo(
            f"The picture is too large: {width} x {height} pixels, at most "
            f"{limits.max_pixels / 1e6:.1f} million pixels are allowed. Scale the video down."
        )
    duration = video.container.duration
    if duration and duration > 0:
        refuse_too_long(duration / 1e6, limits.max_duration_s)


def _facts(video: OpenVideo, arrival: Arrival, times: FrameTimes, size_bytes: int) -> VideoFacts:
    stream = video.stream
    picture = Decoding(video).first_picture()
    aspect = pixel_aspect(stream)
    display_width, display_height = display_size(picture, aspect)
    orientation = orientation_of(picture)
    audio = video.container.streams.audio
    decodable = bool(audio) and audio[0].codec_context is not None
    promised_s = arrival.promise.duration_s
    return VideoFacts(
        container=video.container.format.name,
        codec=stream.codec_context.codec.canonical_name,
        pixel_format=picture.format.name,
        duration_s=times.duration_s,
        promised_duration_s=promised_s,
        coverage=min(1.0, times.duration_s / promised_s) if promised_s else None,
        frame_count=times.frame_count,
        corrupt_packet_count=arrival.corrupt,
        frame_rate_hz=times.frame_rate_hz,
        is_variable_frame_rate=times.is_variable,
        min_frame_interval_s=times.min_interval_s,
        max_frame_interval_s=times.max_interval_s,
        start_time_s=arrival.first_s or 0.0,
        rotation_deg=orientation.rotation_deg,
        is_mirrored=orientation.is_mirrored,
        stored_width_px=picture.width,
        stored_height_px=picture.height,
        display_width_px=display_width,
        display_height_px=display_height,
        pixel_aspect=aspect,
        video_stream_count=len(video.container.streams.video),
        has_audio=bool(audio),
        audio_codec=audio[0].codec_context.codec.canonical_name if decodable else None,
        size_bytes=size_bytes,
    )
