"""Facts, extracts and preview as `facts.py` & co make them, but each in a child process.

Besides what those raise, they raise `TimeLimit`, `MemoryLimit` and `WorkerDied`: a decoder that
hangs, takes all memory or crashes on a stranger's file is ended and named.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from dancer_pipeline.confined.parent import Bounds, Task, perform
from dancer_pipeline.video.faces import KEYPOINTS_OF_FACES
from dancer_pipeline.video.facts import Limits
from dancer_pipeline.video.worker import ERRORS

_WHAT = {
    "facts": "Reading the video's facts",
    "extracts": "Measuring picture and sound",
    "preview": "Writing the preview",
}


def source_video(
    path: Path,
    *,
    file_name: str,
    limits: Limits,
    bounds: Bounds,
    sample_hz: float | None = None,
) -> pd.DataFrame:
    """Build the one row of `SOURCE_VIDEO` for a file."""
    arguments = {"file_name": file_name, "sample_hz": sample_hz, "limits": asdict(limits)}
    return _done("facts", path, arguments, bounds)


def video_extracts(path: Path, *, bounds: Bounds) -> pd.DataFrame:
    """Build `VIDEO_EXTRACTS` for a video file."""
    return _done("extracts", path, {}, bounds)


def write_preview(
    path: Path,
    pose_keypoints: pd.DataFrame,
    destination: Path,
    *,
    bounds: Bounds,
    blur_faces: bool = True,
) -> None:
    """Write the preview of a video to a file."""
    wanted = pose_keypoints["keypoint"].isin(KEYPOINTS_OF_FACES)
    places = pose_keypoints.loc[wanted, ["time_s", "keypoint", "x_px", "y_px"]]
    arguments = {"destination": str(destination), "blur_faces": blur_faces}
    _done("preview", path, arguments, bounds, pa.Table.from_pandas(places, preserve_index=False))


def _done(
    job: str,
    path: Path,
    arguments: dict[str, Any],
    bounds: Bounds,
    table: pa.Table | None = None,
) -> pd.DataFrame:
    request = {"job": job, "video": str(path), "arguments": arguments}
    task = Task("dancer_pipeline.video.worker", _WHAT[job], request, ERRORS, table)
    (made,) = perform(task, bounds)
    frame: pd.DataFrame = made.to_pandas()
    return frame
