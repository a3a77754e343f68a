"""What was seen in each frame, and its form as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from dancer_pipeline.pose.estimators import Pose, PoseEstimator
from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.video.frames import Frame

_CATEGORIES = pd.Index(KEYPOINTS)
_MEASURED = ["x_px", "y_px", "z_px", "x_m", "y_m", "z_m", "confidence", "presence"]


@dataclass(frozen=True)
class Observation:
    """Who was seen in one frame: a pose in pixels of the display size, or nobody."""

    frame: int
    time_s: float
    pose: Pose | None


class FrameAnalyzer:
    """Looks at one frame after the other and says what is seen, whatever size it comes in."""

    def __init__(self, estimator: PoseEstimator) -> None:
        self._estimator = estimator

    def analyze(self, frame: Frame) -> Observation:
        """Find the person in the next frame."""
        pose = self._estimator.estimate(frame.image, frame.time_s)
        if pose is not None and frame.scale != 1:
            pose = replace(pose, image_px=pose.image_px / np.float32(frame.scale))
        return Observation(frame.index, frame.time_s, pose)


def keypoint_table(observations: Sequence[Observation]) -> pd.DataFrame:
    """Rows of `POSE_KEYPOINTS`: 33 for each observation, null where nobody was seen."""
    count = len(KEYPOINTS)
    measured = np.full((len(observations), count, len(_MEASURED)), np.nan, np.float32)
    for row, observation in zip(measured, observations, strict=True):
        if observation.pose is not None:
            row[:] = _measured(observation.pose)
    frames = np.array([observation.frame for observation in observations], np.int32)
    times_s = np.array([observation.time_s for observation in observations], np.float64)
    order = np.tile(np.arange(count, dtype=np.int16), len(observations))
    columns = {
        "frame": np.repeat(frames, count),
        "time_s": np.repeat(times_s, count),
        "keypoint": pd.Categorical.from_codes(order, categories=_CATEGORIES),
    }
    return pd.DataFrame(columns).join(
        pd.DataFrame(measured.reshape(-1, len(_MEASURED)), columns=_MEASURED)
    )


def _measured(pose: Pose) -> npt.NDArray[np.float32]:
    return np.column_stack([pose.image_px, pose.world_m, pose.confidence, pose.presence])
