"""A quick pass over a file's packets, without decoding: how many frames, when, how regular."""

from array import array
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.packet import Packet

from dancer_pipeline.video.completeness import Arrival
from dancer_pipeline.video.container import OpenVideo, raise_unless_bad_data
from dancer_pipeline.video.errors import BadVideo

IRREGULAR_SHARE = 0.01
"""A rate is variable when more than this share of the intervals is off the median by a fifth."""
_IRREGULAR = 0.2


@dataclass(frozen=True)
class FrameTimes:
    """The times of a video's frames, summed up; None where a single frame has no interval."""

    frame_count: int
    duration_s: float
    frame_rate_hz: float | None
    min_interval_s: float | None
    max_interval_s: float | None
    is_variable: bool


def scan(video: OpenVideo, *, max_frames: int, max_duration_s: float) -> tuple[Arrival, FrameTimes]:
    """Read all packets; stop with a sentence as soon as a limit is passed.

    Raises
    ------
    BadVideo
        Where there are no frames, too many, too long a time, or they are encrypted.
    """
    arrival, stamps = Arrival(video), array("q")
    try:
        for packet in video.container.demux():
            if arrival.see(packet) and packet.size and not packet.is_discard:
                _refuse_encrypted(packet)
                stamp = video.stamp(packet)
                if stamp is not None:
                    stamps.append(stamp)
                _check_limits(arrival, max_frames, max_duration_s)
    except av.FFmpegError as error:
        raise_unless_bad_data(error, video.path)
    if not arrival.packets:
        raise BadVideo("This video holds no frames: record or export it again and upload it.")
    return arrival, _frame_times(video, arrival, stamps)


def _refuse_encrypted(packet: "Packet[Any]") -> None:
    if packet.has_sidedata("encryption_info"):
        raise BadVideo(
            "This video is encrypted (copy protection): upload a copy without protection."
        )


def _check_limits(arrival: Arrival, max_frames: int, max_duration_s: float) -> None:
    if arrival.packets > max_frames:
        raise BadVideo(
            f"This video has more than {max_frames:,} frames, the most that is allowed: "
            "cut it into parts or lower its frame rate."
        )
    refuse_too_long(arrival.duration_s, max_duration_s)


def refuse_too_long(duration_s: float, max_duration_s: float) -> None:
    """Raise BadVideo for a video longer than the limit."""
    if duration_s > max_duration_s:
        raise BadVideo(
            f"This video is too long: {in_words(duration_s)}, at most {in_words(max_duration_s)} "
            "are allowed. Cut it and upload the parts."
        )


def in_words(duration_s: float) -> str:
    """Write a duration for a person: 12.5 s, 3.0 min, 2.0 h."""
    if duration_s < 120:
        return f"{duration_s:.1f} s"
    return f"{duration_s / 60:.1f} min" if duration_s < 7200 else f"{duration_s / 3600:.1f} h"


def _frame_times(video: OpenVideo, arrival: Arrival, stamps: "array[int]") -> FrameTimes:
    count, unstamped = arrival.packets, arrival.packets - len(stamps)
    duration_s = arrival.duration_s + unstamped * arrival.interval_s
    times_s = np.sort(np.frombuffer(stamps, np.int64)) * float(video.stream.time_base or 1)
    intervals_s = np.diff(times_s)
    intervals_s = intervals_s[intervals_s > 0]
    if not intervals_s.size:
        return FrameTimes(count, duration_s, None, None, None, is_variable=False)
    off = np.abs(intervals_s / np.median(intervals_s) - 1) > _IRREGULAR
    return FrameTimes(
        frame_count=count,
        duration_s=duration_s,
        frame_rate_hz=float(1 / intervals_s.mean()),
        is_variable=bool(off.mean() > IRREGULAR_SHARE),
        min_interval_s=float(intervals_s.min()),
        max_interval_s=float(intervals_s.max()),
    )
