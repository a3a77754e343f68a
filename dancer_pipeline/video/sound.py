"""Loudness of a video's sound over time, and the moments at which it rises."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from dancer_pipeline.video.container import OpenVideo, open_video, raise_unless_bad_data

WINDOW_S = 0.01
_RATE_HZ = 16_000
_WINDOW = round(_RATE_HZ * WINDOW_S)
_SILENCE = 1e-4
"""Loudness (RMS of samples between -1 and 1) below which changes are noise, not onsets: -80 dB."""
_GAP_S = 0.05

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


def sound_envelope(path: Path) -> Iterator[tuple[float, float]]:
    """Give time (seconds since the first picture) and RMS of every 10 ms of the first audio track.

    All channels are mixed. Nothing comes from a video without sound or with sound that no decoder
    knows; stretches that cannot be decoded are left out.
    """
    with open_video(path) as video:
        start_s = video.seconds(video.stream.start_time) or 0.0
        for time_s, samples in _stretches(video):
            whole = len(samples) // _WINDOW * _WINDOW
            rms = np.sqrt(np.square(samples[:whole].reshape(-1, _WINDOW)).mean(axis=1))
            for index, value in enumerate(rms):
                window_s = time_s - start_s + index * WINDOW_S
                if window_s >= 0:
                    yield window_s, float(value)


def onsets(envelope: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Samples:
    """Rise of the log loudness from each window to the next; falls count as 0."""
    level = np.log(np.maximum(envelope, _SILENCE))
    return np.maximum(np.diff(level, prepend=level[:1]), 0).astype(np.float32)


def _stretches(video: OpenVideo) -> Iterator[tuple[float, Samples]]:
    """Stretches of sound of whole windows, each with its time in the file."""
    rest, rest_s = np.empty(0, np.float32), 0.0
    for time_s, samples in _blocks(video):
        if abs(rest_s + len(rest) / _RATE_HZ - time_s) > _GAP_S:
            rest, rest_s = np.empty(0, np.float32), time_s
        rest = np.concatenate([rest, samples])
        whole = len(rest) // _WINDOW * _WINDOW
        yield rest_s, rest[:whole]
        rest, rest_s = rest[whole:], rest_s + whole / _RATE_HZ


def _blocks(video: OpenVideo) -> Iterator[tuple[float, Samples]]:
    resampler, shape = None, None
    for frame in _decoded(video):
        if resampler is None or shape != _shape(frame):  # a stream may change its channels
            resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE_HZ)
            shape = _shape(frame)
        for block in resampler.resample(frame):
            if block.pts is not None and block.time_base is not None:
                yield float(block.pts * block.time_base), block.to_ndarray()[0]


def _shape(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _decoded(video: OpenVideo) -> Iterator[av.AudioFrame]:
    streams = [s for s in video.container.streams.audio if s.codec_context is not None]
    if not streams:
        return
    try:
        for packet in video.container.demux(streams[0]):
            try:
                yield from streams[0].decode(packet)
            except av.FFmpegError as error:
                raise_unless_bad_data(error, video.path)
    except av.FFmpegError as error:
        raise_unless_bad_data(error, video.path)
