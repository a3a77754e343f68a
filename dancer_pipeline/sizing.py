"""How large a task a video needs, from what is known of it before it starts. Pure.

Measured with `python -m benchmarks.task_memory`: finding the poses takes the most memory, 330 MiB
and 46 MiB for each megapixel (H.264 with few reference pictures); the run's own process takes
250 MiB and 12 KiB for each frame that was analysed. The figures below are two to three times that.
"""

import math
from dataclasses import dataclass, replace

_RUN_MIB = 600.0
_DECODER_MIB = 660.0
_MIB_PER_MEGAPIXEL = 92.0
_MIB_PER_FRAME = 0.04

UNKNOWN_PIXELS = 3840 * 2160
"""What a video is taken for that was never opened: 4K."""

FEWEST_BYTES_PER_FRAME = 4000
"""1 Mbit/s at 30 Hz: a file of so many bytes has at the most so many frames, mostly far fewer."""

_MOST_FRAMES = 3600 * 60

_IMAGE_GIB, _COPIES = 8.0, 2.2
"""Of the disk: the image, packed and unpacked; the source and what is made of it."""

BESIDE_STEP_MIB = 1024
"""What the run's own process keeps while another one reads the video."""


@dataclass(frozen=True)
class TaskSize:
    """What a task asks for; only combinations that Fargate has."""

    cpu_units: int
    memory_mib: int
    ephemeral_gib: int = 21
    """The smallest that may be asked for."""


SMALL = TaskSize(512, 2048)
"""Opens no video: reads results back and deletes a source."""

LADDER = (
    SMALL,
    TaskSize(1024, 4096),
    TaskSize(2048, 8192),
    TaskSize(2048, 16384),
    TaskSize(4096, 30720),
)
"""Every size that is used, from the smallest to the largest."""


def analysis_size(
    size_bytes: int,
    *,
    pixels: int | None = None,
    frames: int | None = None,
    more_than_mib: int = 0,
) -> TaskSize:
    """Return the smallest size that a video's analysis fits into.

    Parameters
    ----------
    size_bytes
        Of the file; all that is known of a video that was never opened.
    pixels, frames
        Of a picture, and how many of them are analysed, where an earlier attempt has seen it.
    more_than_mib
        Memory that was too little for it.
    """
    need_mib = max(memory_need_mib(size_bytes, pixels, frames), LADDER[1].memory_mib)
    disk_gib = math.ceil(_IMAGE_GIB + _COPIES * size_bytes / 2**30)
    size = _at_least(need_mib, more_than_mib)
    return replace(size, ephemeral_gib=min(max(disk_gib, size.ephemeral_gib), 200))


def cleanup_size(more_than_mib: int = 0) -> TaskSize:
    """Return the size of a task that deletes a source."""
    return _at_least(SMALL.memory_mib, more_than_mib)


def memory_need_mib(size_bytes: int, pixels: int | None, frames: int | None) -> float:
    """Return how much memory an analysis may take."""
    if frames is None:
        frames = min(size_bytes // FEWEST_BYTES_PER_FRAME, _MOST_FRAMES)
    megapixels = (UNKNOWN_PIXELS if pixels is None else pixels) / 1e6
    return _RUN_MIB + _DECODER_MIB + _MIB_PER_MEGAPIXEL * megapixels + _MIB_PER_FRAME * frames


def is_largest(memory_mib: int) -> bool:
    """Whether no larger task can be had."""
    return memory_mib >= LADDER[-1].memory_mib


def step_memory_mib(task_memory_mib: int) -> int:
    """Return what a step that reads the video may take: its limit is met before the task's."""
    return max(task_memory_mib - BESIDE_STEP_MIB, task_memory_mib // 2)


def _at_least(need_mib: float, more_than_mib: int) -> TaskSize:
    fitting = (it for it in LADDER if it.memory_mib >= need_mib and it.memory_mib > more_than_mib)
    return next(fitting, LADDER[-1])
