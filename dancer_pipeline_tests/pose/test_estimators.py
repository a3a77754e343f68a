"""The estimators, one by one, and what they see as a table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.pose.estimators import MediaPipeEstimator, Pose, ReplayEstimator
from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS
from dancer_pipeline.pose.observations import (
    FrameAnalyzer,
    Observation,
    keypoint_table,
    observations_of,
)
from dancer_pipeline.video.frames import Frame

BLANK = np.zeros((120, 160, 3), np.uint8)


def some_pose(seed: int = 0) -> Pose:
    random = np.random.default_rng(seed)
    image_px, world_m = random.random((2, 33, 3), np.float32)
    confidence, presence = random.random((2, 33), np.float32)
    return Pose(100 * image_px, world_m, confidence, presence)


def same(one: Pose | None, other: Pose | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(np.array_equal(vars(one)[name], vars(other)[name]) for name in vars(one))


def test_nobody_is_seen_in_a_blank_picture_however_close_the_frames(model: Path) -> None:
    with MediaPipeEstimator(model) as estimator:
        for time_s in (0.0, 0.0001, 0.0002, 0.0002, 0.001, 0.0005):
            assert estimator.estimate(BLANK, time_s) is None


def test_an_estimator_may_be_closed_twice(model: Path) -> None:
    estimator = MediaPipeEstimator(model)
    estimator.close()
    estimator.close()


def test_replay_gives_back_what_was_recorded_at_that_time() -> None:
    pose = some_pose()
    with ReplayEstimator([(0.1, None), (0.0, pose)]) as replay:
        assert replay.estimate(BLANK, 0.0) is pose
        assert replay.estimate(BLANK, 0.1) is None
        for time_s in (-0.05, 0.05, 0.2):
            with pytest.raises(LookupError, match=f"{time_s:.4f} s"):
                replay.estimate(BLANK, time_s)


def test_a_smaller_copy_of_a_frame_gives_keypoints_at_display_size() -> None:
    pose = some_pose()
    analyzer = FrameAnalyzer(ReplayEstimator([(0.0, pose)]))
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


def test_a_stored_table_gives_back_the_same_observations(tmp_path: Path) -> None:
    seen = [
        Observation(0, 0.0, some_pose(1)),
        Observation(2, 0.08, None),
        Observation(5, 0.2, some_pose(2)),
    ]
    keypoint_table(seen).to_parquet(tmp_path / "pose_keypoints.parquet")
    back = list(observations_of(pd.read_parquet(tmp_path / "pose_keypoints.parquet")))
    assert [(o.frame, o.time_s) for o in back] == [(o.frame, o.time_s) for o in seen]
    assert all(same(one.pose, other.pose) for one, other in zip(back, seen, strict=True))
