import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS
from dancer_pipeline.synthetic.keypoints import NOISE_PERCENT, observed_keypoints
from dancer_pipeline.synthetic.performance import Performance, View, perform


@pytest.fixture(scope="module")
def standing() -> Performance:
    return perform("standing", seed=4, duration_s=20.0, view=View(yaw_deg=90))


def of(table: pd.DataFrame, keypoint: str) -> pd.DataFrame:
    return table[table["keypoint"] == keypoint].set_index("frame")


def test_the_table_is_a_pose_table(standing: Performance) -> None:
    table = observed_keypoints(standing)
    assert set(POSE_KEYPOINTS.arrow(table)["keypoint"].to_pylist()) == set(KEYPOINTS)
    assert len(table) == standing.frame_count * len(KEYPOINTS)


def test_without_noise_the_keypoints_are_the_joints(standing: Performance) -> None:
    knee = of(observed_keypoints(standing, noise=0), "left_knee")
    joint = standing.skeleton.joint("left_knee")
    seen = standing.camera.project(joint)
    np.testing.assert_allclose(knee[["x_px", "y_px"]], seen, atol=1e-3)
    thigh = (
        knee[["x_m", "y_m", "z_m"]].to_numpy()
        - of(observed_keypoints(standing, noise=0), "left_hip")[["x_m", "y_m", "z_m"]].to_numpy()
    )
    np.testing.assert_allclose(np.linalg.norm(thigh, axis=1), standing.body.thigh_m, atol=1e-5)


@pytest.mark.parametrize("part", ["hip", "ankle", "wrist"])
def test_the_noise_has_the_size_that_was_measured_on_real_clips(
    standing: Performance, part: str
) -> None:
    plain, noisy = (
        of(observed_keypoints(standing, noise=level, seed=3), f"left_{part}")
        for level in (0.0, 1.0)
    )
    error_m = noisy[["x_m", "y_m", "z_m"]] - plain[["x_m", "y_m", "z_m"]]
    percent = 100 * error_m.std() / standing.body.stature_m
    assert percent["x_m"] == pytest.approx(NOISE_PERCENT[part], rel=0.15)
    assert percent["z_m"] == pytest.approx(3 * NOISE_PERCENT[part], rel=0.15)


def test_dropped_frames_are_missing_and_the_others_keep_their_times(standing: Performance) -> None:
    table = observed_keypoints(standing, dropped_share=0.35, seed=2)
    frames = table["frame"].unique()
    assert len(frames) / standing.frame_count == pytest.approx(0.65, abs=0.06)
    np.testing.assert_allclose(table.groupby("frame")["time_s"].first(), standing.times_s[frames])


def test_confused_legs_change_places_and_nothing_else_does(standing: Performance) -> None:
    calm, confused = (observed_keypoints(standing, seed=5, swaps_per_min=rate) for rate in (0, 30))
    moved = of(calm, "left_ankle")["x_m"] != of(confused, "left_ankle")["x_m"]
    assert 0.02 < moved.mean() < 0.25
    went_to = of(confused, "left_ankle")["x_m"][moved]
    np.testing.assert_array_equal(went_to, of(calm, "right_ankle")["x_m"][moved])
    pd.testing.assert_frame_equal(of(calm, "left_wrist"), of(confused, "left_wrist"))


def test_the_arm_on_the_far_side_is_seen_with_less_confidence(standing: Performance) -> None:
    table = observed_keypoints(standing)
    near, far = (of(table, f"{side}_wrist")["confidence"].mean() for side in ("left", "right"))
    assert far < 0.75 < near
