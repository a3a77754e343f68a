"""The child process that decodes one video and finds its keypoints; asked by `extraction.py`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from dancer_pipeline.confined.child import Progress, serve
from dancer_pipeline.pose.estimators import MediaPipeEstimator
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.model import ModelError
from dancer_pipeline.pose.observations import FrameAnalyzer, Observation, keypoint_table
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import IncompleteVideo, read_frames

ERRORS = (IncompleteVideo, BadVideo, ModelError)


def find_keypoints(request: dict[str, Any], _table: pa.Table, progress: Progress) -> pa.Table:
    """Return the rows of `POSE_KEYPOINTS`; the request names video, model and sampling rate."""
    return POSE_KEYPOINTS.arrow(keypoint_table(list(_observations(request, progress))))


def _observations(request: dict[str, Any], progress: Progress) -> Iterator[Observation]:
    """Look at every frame; the model comes first, without it no video is touched."""
    _keep_libraries_quiet()
    done = 0
    with MediaPipeEstimator(Path(request["model"])) as estimator:
        analyzer = FrameAnalyzer(estimator)
        for frame in read_frames(Path(request["video"]), sample_hz=request["sample_hz"]):
            yield analyzer.analyze(frame)
            done += 1
            progress(done)


def _keep_libraries_quiet() -> None:
    """One core for OpenCV; no sound devices, for which MediaPipe would start a compiler."""
    import cv2

    cv2.setNumThreads(1)
    sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]  # None: cannot be imported


if __name__ == "__main__":
    serve(find_keypoints, ERRORS)
