"""The estimators, one by one, and what they see as a table."""

from pathlib import Path
from typing import Self

import numpy as np

from dancer_pipeline.pose.estimators import MediaPipeEstimator, Pose
from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS
from dancer_pipeline.pose.observations import (
    FrameAnalyzer,
    Observation,
    keypoint_table,
)
from dancer_pipeline.video.frames import Frame

BLANK = np.zeros((120, 160, 3), np.uint8)


def some_pose(seed: int = 0) -> Pose:
    random = np.random.default_rng(seed)
    image_px, world_m = random.random((2, 33, 3), np.float32)
    confidence, presence = random.random((2, 33), np.float32)
    return Pose(100 * image_px, world_m, confidence, presence)


class Finding:
    """Finds the same pose in every picture."""

    def __init__(self, pose: Pose) -> None:
        self._pose = pose

    def estimate(self, image_rgb: np.ndarray, time_s: float) -> Pose:  # noqa: ARG002 - a fake
        return self._pose

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def test_nobody_is_seen_in_a_blank_picture_however_close_the_frames(model: Path) -> None:
    with MediaPipeEstimator(model) as estimator:
        for time_s in (0.0, 0.0001, 0.0002, 0.0002, 0.001, 0.0005):
            assert estimator.estimate(BLANK, time_s) is None


def test_an_estimator_may_be_closed_twice(model: Path) -> None:
    estimator = MediaPipeEstimator(model)
    estimator.close()
    estimator.close()


def test_a_smaller_copy_of_a_frame_gives_keypoints_at_display_size() -> None:
    pose = some_pose()
    analyzer = FrameAnalyzer(Finding(pose))
    seen = analyzer.analyze(Frame(7, 0.0, BLANK, scale=0.5))
    assert seen.pose is not None
    assert seen.frame == 7
    np.testing.assert_allclose(seen.pose.image_px, 2 * pose.image_px)
    np.testing.assert_array_equal(seen.pose.world_m, pose.world_m)


def test_a_frame_without_a_person_is_33_rows_of_nothing() -> None:
    table = keypoint_table([Observation(3, 0.1, None)])
    stored = POSE_KEYPOINTS.arrow(table)
    assert stored.num_rows == 33
    assert stored["keypoint"].to_pylist() == list(KEYPOINTS)
    assert set(stored["frame"].to_pylist()) == {3}
    for column in POSE_KEYPOINTS.columns[3:]:
        assert stored[column.name].null_count == 33, column.name


def test_no_frames_at_all_are_an_empty_table() -> None:
    assert POSE_KEYPOINTS.arrow(keypoint_table([])).num_rows == 0
