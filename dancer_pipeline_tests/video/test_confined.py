"""Facts, extracts, preview made in a child process: the same results and errors, and bounds."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest

from dancer_pipeline.confined.errors import MemoryLimit, TimeLimit, WorkerDied
from dancer_pipeline.confined.parent import Bounds
from dancer_pipeline.video import confined, extracts, facts, preview
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import IncompleteVideo, read_frames
from dancer_pipeline_tests.video.rendered import BOUNDS, LIMITS, render, rolling, textured
from dancer_pipeline_tests.video.test_preview import CENTRE, NOBODY, SIZE, person

Step = Callable[[Path, Bounds], object]
STEPS: dict[str, Step] = {
    "facts": lambda clip, bounds: confined.source_video(
        clip, file_name="a", limits=LIMITS, bounds=bounds
    ),
    "extracts": lambda clip, bounds: confined.video_extracts(clip, bounds=bounds),
    "preview": lambda clip, bounds: confined.write_preview(
        clip, NOBODY, clip.with_name("p.mp4"), bounds=bounds
    ),
}
every_step = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)


def children() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children()
        if "dancer_pipeline.video.worker" in child.cmdline()
    ]  # fmt: skip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return render(tmp_path / "a.mp4", lambda _: textured(SIZE, SIZE), frames=30)


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    """Take seconds to decode, and hundreds of megabytes."""
    return render(tmp_path / "a.mp4", rolling(2560, 1440), frames=60, codec_options={"g": "60"})


def test_facts_are_the_same_as_in_this_process(clip: Path) -> None:
    said: dict[str, Any] = {"file_name": "walk 💃.mp4", "sample_hz": 10, "limits": LIMITS}
    apart = confined.source_video(clip, **said, bounds=BOUNDS)
    here = facts.source_video(clip, **said)
    pd.testing.assert_frame_equal(apart, here)


def test_extracts_are_the_same_as_in_this_process(clip: Path) -> None:
    apart = confined.video_extracts(clip, bounds=BOUNDS)
    pd.testing.assert_frame_equal(apart, extracts.video_extracts(clip))


def test_a_preview_is_the_same_as_in_this_process(clip: Path, tmp_path: Path) -> None:
    keypoints = person([0.0], lambda _: CENTRE).assign(frame=0, presence=1.0)
    confined.write_preview(clip, keypoints, tmp_path / "apart", bounds=BOUNDS)
    preview.write_preview(clip, keypoints, tmp_path / "here")
    apart, here = (list(read_frames(tmp_path / name)) for name in ("apart", "here"))
    for one, other in zip(apart, here, strict=True):
        np.testing.assert_array_equal(one.image, other.image)


def test_a_limit_of_the_operator_is_one_in_the_child_too(clip: Path) -> None:
    with pytest.raises(BadVideo, match="too long"):
        confined.source_video(
            clip, file_name="a", limits=replace(LIMITS, max_duration_s=0.5), bounds=BOUNDS
        )


@every_step
def test_what_is_no_video_stays_a_bad_video(tmp_path: Path, step: Step) -> None:
    page = tmp_path / "a.mp4"
    page.write_text("<!doctype html>")
    with pytest.raises(BadVideo, match="a web page"):
        step(page, BOUNDS)


@every_step
def test_a_truncated_video_stays_incomplete_with_its_counts(clip: Path, step: Step) -> None:
    whole = render(clip.with_suffix(".mkv"), rolling(320, 240), frames=90, codec_options={"g": "9"})
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(IncompleteVideo, match="incomplete") as caught:
        step(whole, BOUNDS)
    assert 20 < caught.value.decoded_frames < 70


@every_step
def test_a_decoder_that_takes_too_long_is_ended(clip: Path, step: Step) -> None:
    with pytest.raises(TimeLimit, match="longer than 0 s"):
        step(clip, replace(BOUNDS, time_s=0.05))
    assert not children()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's memory")
@every_step
def test_a_decoder_that_takes_too_much_memory_is_stopped(long_clip: Path, step: Step) -> None:
    with pytest.raises((MemoryLimit, WorkerDied)):
        step(long_clip, replace(BOUNDS, memory_bytes=100 * 2**20))


@every_step
def test_a_decoder_that_crashes_is_named_with_its_signal(long_clip: Path, step: Step) -> None:
    def crash() -> None:
        while not (found := children()):
            time.sleep(0.01)
        os.kill(found[0].pid, signal.SIGSEGV)

    killer = threading.Thread(target=crash)
    killer.start()
    with pytest.raises(WorkerDied, match="SIGSEGV"):
        step(long_clip, BOUNDS)
    killer.join()


@every_step
def test_a_missing_video_is_no_bad_video(tmp_path: Path, step: Step) -> None:
    with pytest.raises(WorkerDied, match=r"FileNotFoundError.*gone\.mp4"):
        step(tmp_path / "gone.mp4", BOUNDS)
