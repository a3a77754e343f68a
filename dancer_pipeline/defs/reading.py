"""How a video is read: within which limits and bounds, with what software, and how far it is."""

import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

import dagster as dg
import pandas as pd

from dancer_pipeline import __version__
from dancer_pipeline.defs.versions import task_memory_mib
from dancer_pipeline.settings import Settings
from dancer_pipeline.sizing import step_memory_mib

if TYPE_CHECKING:
    from dancer_pipeline.confined.parent import Bounds
    from dancer_pipeline.video.facts import Limits

PROGRESS_EVERY_S = 5.0


def limits(settings: Settings) -> "Limits":
    """Return what the operator allows a video to be."""
    from dancer_pipeline.video.facts import Limits

    return Limits(
        max_size_bytes=int(settings.max_size_mib * 2**20),
        max_duration_s=settings.max_duration_s,
        max_pixels=int(settings.max_megapixels * 1e6),
    )


def bounds(settings: Settings, run: dg.DagsterRun, *, looks: int = 1) -> "Bounds":
    """Return what a process that opens a video may take: less memory than the run's task has.

    Its time is for each look at every picture.
    """
    from dancer_pipeline.confined.parent import Bounds

    task_mib = task_memory_mib(run)
    memory_mib = settings.step_memory_mib if task_mib is None else step_memory_mib(task_mib)
    return Bounds(looks * settings.step_timeout_s, memory_mib * 2**20)


def software() -> dict[str, str]:
    """Return the versions of what results are made with; `provenance` adds the pose model."""
    names = ("mediapipe", "av", "opencv-contrib-python", "numpy", "scipy")
    return {"dancer_pipeline": __version__, **{name: version(name) for name in names}}


def progress_of(context: dg.AssetExecutionContext) -> Callable[[int, int], None]:
    """Log how far the extraction is, every few seconds."""
    started = last = time.monotonic()

    def report(done: int, expected: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < PROGRESS_EVERY_S:
            return
        last = now
        share, rate = 100 * done / max(expected, 1), done / (now - started)
        context.log.info(
            "pose: %d of about %d frames (%.0f %%), %.1f frames/s", done, expected, share, rate
        )

    return report


def expected_frames_of(source_video: pd.DataFrame) -> int:
    """Return about how many frames are looked at; for the progress only."""
    facts = source_video.iloc[0]
    if pd.isna(facts["sample_rate_hz"]):
        return 1
    return max(1, round(float(facts["duration_s"] * facts["sample_rate_hz"])))
