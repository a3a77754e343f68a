"""Small video files for tests, rendered on the spot: every property of a file can be asked for."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from dancer_pipeline.confined.parent import Bounds
from dancer_pipeline.video.facts import Limits

Painter = Callable[[int], np.ndarray]
TITLE = "rendered for a test, one two three"
TICK = Fraction(1, 90_000)

LIMITS = Limits(max_size_bytes=2**32, max_duration_s=3600, max_pixels=36_000_000)
BOUNDS = Bounds(time_s=3600, memory_bytes=2**32)
"""What the video of a test may be, and what a child process may take for it."""


def textured(width: int = 64, height: int = 48, seed: int = 0) -> np.ndarray:
    """Paint a picture with detail everywhere, which survives coding."""
    cells = np.random.default_rng(seed).integers(0, 256, (-(-height // 8), -(-width // 8), 3))
    return np.kron(cells, np.ones((8, 8, 1)))[:height, :width].astype(np.uint8)


def rolling(width: int = 64, height: int = 48, step_px: int = 1) -> Painter:
    """Paint a textured picture that moves to the right by a step each frame."""
    picture = textured(width, height)
    return lambda index: np.roll(picture, index * step_px, axis=1)


def render(
    path: Path,
    paint: Painter | None = None,
    *,
    times_s: Iterable[float] | None = None,
    frames: int = 30,
    rate_hz: float = 30,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    pixel_aspect: Fraction | None = None,
    rotation_deg: int | None = None,
    mirrored: bool = False,
    muxer_options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    sound: np.ndarray | None = None,
    format: str | None = None,  # noqa: A002 - PyAV's name
) -> Path:
    """Write a clip with the pictures that `paint` gives, at the times given or evenly."""
    paint = paint or rolling()
    times_s = list(times_s) if times_s is not None else [n / rate_hz for n in range(frames)]
    with av.open(str(path), "w", format=format, options=muxer_options or {}) as container:
        container.metadata["title"] = TITLE
        stream: Any = container.add_stream(codec, rate=Fraction(rate_hz).limit_denominator(1001))
        (stream.height, stream.width), stream.pix_fmt = paint(0).shape[:2], pixel_format
        stream.options = codec_options or {}
        stream.codec_context.time_base = TICK if path.suffix != ".avi" else 1 / Fraction(rate_hz)
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation_deg is not None or mirrored:
            stream.set_display_rotation(rotation_deg or 0, hflip=mirrored)
        if sound is not None:
            audio = container.add_stream("aac", rate=48_000, layout="mono")
        container.start_encoding()
        for index, time_s in enumerate(times_s):
            picture = av.VideoFrame.from_ndarray(paint(index), format="rgb24")
            picture.pts, picture.time_base = round(time_s * 90_000), TICK
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
        if sound is not None:
            _write_sound(container, audio, sound)
    return path


def _write_sound(container: Any, stream: Any, sound: np.ndarray) -> None:
    for start in range(0, len(sound), 1024):
        block = np.ascontiguousarray(sound[None, start : start + 1024].astype(np.float32))
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
