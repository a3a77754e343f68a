"""Finds the keypoints of a whole video in a child process, and says how far it has come.

The same decoding tells who else is in the picture and, where that is asked for, how the model
differs from itself on the mirrored video.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dancer_pipeline.confined.parent import Bounds, Task, perform
from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.pose.model import model_file
from dancer_pipeline.pose.worker import ERRORS


@dataclass(frozen=True)
class Extraction:
    """What was seen in a video that was decoded to its end."""

    keypoints: pd.DataFrame
    """Rows of `POSE_KEYPOINTS`."""
    people: pd.DataFrame
    """Rows of `PEOPLE`."""
    mirror_error: pd.DataFrame
    """Rows of `MIRROR_ERROR`; none unless they were asked for."""

    @property
    def frames(self) -> int:
        """How many frames were analysed."""
        return len(self.keypoints) // len(KEYPOINTS)

    @property
    def frames_with_person(self) -> int:
        """In how many of them somebody was found."""
        return int(self.keypoints["x_px"].notna().sum()) // len(KEYPOINTS)


def extract_pose(
    video: Path,
    *,
    model: Path,
    expected_frames: int,
    bounds: Bounds,
    sample_hz: float | None = None,
    mirror_check: bool = False,
    mirrored: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _expected: None,
) -> Extraction:
    """Decode a video and find a person's keypoints in its frames.

    Parameters
    ----------
    video, model
        Local files; the model is what `model_file` returned, or an official `.task` file.
    expected_frames
        Only for `progress`: how many frames the video is thought to have.
    bounds
        What the child process may take.
    sample_hz
        How many frames a second to look at; None takes every frame, up to 60 a second.
    mirror_check
        Also find the keypoints of the flipped video, and compare; takes twice as long.
    mirrored
        The video itself is a mirror image, so the sides of that comparison are exchanged.
    progress
        Told how many frames are done and expected, at most twice a second and at the end.

    Raises
    ------
    ModelError
        Before the video is touched.
    BadVideo
        The video cannot be decoded; `IncompleteVideo` where only its first part can.
    TimeLimit, MemoryLimit, WorkerDied
        The child process took too long or too much memory, or was killed or crashed.
    """
    request = {
        "video": str(video),
        "model": str(model_file(model)),
        "sample_hz": sample_hz,
        "mirror_check": bool(mirror_check),  # what comes from a table is numpy's
        "mirrored": bool(mirrored),
    }
    task = Task("dancer_pipeline.pose.worker", "Finding keypoints", request, ERRORS)
    tables = perform(task, bounds, lambda done: progress(done, expected_frames))
    found = Extraction(*(table.to_pandas() for table in tables))
    progress(found.frames, expected_frames)
    return found
