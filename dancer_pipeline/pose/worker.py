"""The child process that decodes one video and finds its keypoints; asked by `extraction.py`."""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from dancer_pipeline.confined.child import Progress, serve
from dancer_pipeline.pose.estimators import MediaPipeEstimator, MediaPipeFinder
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.mirror import mirror_error
from dancer_pipeline.pose.model import ModelError
from dancer_pipeline.pose.observations import FrameAnalyzer, Observation, keypoint_table
from dancer_pipeline.pose.people import PEOPLE_PER_LOOK, PeopleWatch
from dancer_pipeline.pose.tables import MIRROR_ERROR, PEOPLE
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import Frame, IncompleteVideo, read_frames

ERRORS = (IncompleteVideo, BadVideo, ModelError)


def find_keypoints(request: dict[str, Any], _table: pa.Table, progress: Progress) -> list[pa.Table]:
    """Return the rows of `POSE_KEYPOINTS`, `PEOPLE` and `MIRROR_ERROR`, from one decoding.

    The request names video, model and sampling rate, whether the mirrored video is to be looked at
    too, and whether the video itself is a mirror image.
    """
    _keep_libraries_quiet()
    model = Path(request["model"])
    seen: list[Observation] = []
    with ExitStack() as opened:  # the models come first, without them no video is touched
        analyzer = FrameAnalyzer(opened.enter_context(MediaPipeEstimator(model)))
        finder = opened.enter_context(MediaPipeFinder(model, people=PEOPLE_PER_LOOK))
        people = PeopleWatch(finder)
        mirror = None
        if request["mirror_check"]:
            mirror = Mirror(FrameAnalyzer(opened.enter_context(MediaPipeEstimator(model))))
        for frame in read_frames(Path(request["video"]), sample_hz=request["sample_hz"]):
            seen.append(analyzer.analyze(frame))
            people.watch(frame, seen[-1].pose)
            if mirror:
                mirror.analyze(frame)
            progress(len(seen))
    keypoints = keypoint_table(seen)
    error = mirror.error(keypoints, is_mirrored=request["mirrored"]) if mirror else None
    return [
        POSE_KEYPOINTS.arrow(keypoints),
        PEOPLE.arrow(people.table()),
        MIRROR_ERROR.arrow(MIRROR_ERROR.frame() if error is None else error),
    ]


class Mirror:
    """Looks at the flipped frames of a video with a model of its own."""

    def __init__(self, analyzer: FrameAnalyzer) -> None:
        self._analyzer = analyzer
        self._seen: list[Observation] = []
        self._width_px = 0.0

    def analyze(self, frame: Frame) -> None:
        """See the mirror image of the next frame."""
        self._seen.append(self._analyzer.analyze(replace(frame, image=frame.image[:, ::-1])))
        self._width_px = frame.image.shape[1] / frame.scale

    def error(self, keypoints: pd.DataFrame, *, is_mirrored: bool) -> pd.DataFrame:
        """Compare with the keypoints of the video itself: rows of `MIRROR_ERROR`."""
        of_mirror = keypoint_table(self._seen)
        return mirror_error(keypoints, of_mirror, self._width_px, is_mirrored=is_mirrored)


def _keep_libraries_quiet() -> None:
    """One core for OpenCV; no sound devices, for which MediaPipe would start a compiler."""
    import cv2

    cv2.setNumThreads(1)
    sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]  # None: cannot be imported


if __name__ == "__main__":
    serve(find_keypoints, ERRORS)
