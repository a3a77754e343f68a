"""Joint angles of a figure whose angles were chosen."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses.joint_angles import joint_angles
from dancer_pipeline.signals.geometry import joint_angle_deg
from dancer_pipeline.signals.tracks import tracks
from dancer_pipeline_tests.analyses import performer

STILL_S = performer.times(1.0, 30.0)


def angles(table: pd.DataFrame, **said: str) -> pd.DataFrame:
    return joint_angles(table, performer.source_video(), performer.upload_options(**said))


def of(result: pd.DataFrame, joint: str, side: str, column: str = "image_deg") -> pd.Series:
    return result[(result["joint"] == joint) & (result["side"] == side)].set_index("frame")[column]


def held(**motion: float) -> pd.DataFrame:
    return angles(performer.pose_table(STILL_S, performer.Motion(**motion)))


@pytest.mark.parametrize("degrees", [0, 5, 90, 140])
@pytest.mark.parametrize("column", ["image_deg", "world_deg"])
def test_a_bent_knee_has_the_angle_it_was_bent_to(degrees: float, column: str) -> None:
    result = held(knee_deg=degrees, thigh_deg=degrees / 2)
    assert of(result, "knee", "left", column).to_numpy() == pytest.approx(degrees, abs=0.01)


@pytest.mark.parametrize(
    ("joint", "motion", "degrees"),
    [
        ("hip", {"thigh_deg": 60.0, "knee_deg": 60.0, "trunk_deg": 20.0}, 80),
        ("elbow", {"elbow_deg": 90.0}, 90),
        ("hip", {"thigh_deg": -20.0, "knee_deg": 10.0}, -20),
        ("shoulder", {"arm_deg": 180.0}, 180),
        ("shoulder", {"arm_deg": 45.0, "trunk_deg": 30.0}, 45),
        ("shoulder", {"arm_deg": -30.0}, 30),
        ("shoulder_flexion", {"arm_deg": -30.0}, -30),
        ("shoulder_flexion", {"arm_deg": 45.0, "trunk_deg": 30.0}, 45),
        ("shoulder_flexion", {"arm_deg": 190.0}, 190),
        ("ankle", {}, 0),
        ("ankle", {"ankle_deg": 15.0}, 15),
        ("ankle", {"ankle_deg": -30.0}, -30),
    ],
)
def test_every_joint_has_its_zero_at_upright_standing(
    joint: str, motion: dict[str, float], degrees: float
) -> None:
    assert of(held(**motion), joint, "left").to_numpy() == pytest.approx(degrees, abs=0.01)


@pytest.mark.parametrize("yaw_deg", [-90, -80, 80, 90, 100])
@pytest.mark.parametrize(
    ("joint", "motion"),
    [("hip", "thigh_deg"), ("shoulder_flexion", "arm_deg")],
)
def test_behind_the_trunk_is_negative_whichever_side_is_filmed(
    joint: str, motion: str, yaw_deg: float
) -> None:
    swing = 7.5 + 22.5 * np.sin(2 * np.pi * performer.times(3.0, 30.0))
    table = performer.from_yaw(yaw_deg, **{motion: swing})
    for side in ("left", "right"):
        seen = of(angles(table), joint, side).to_numpy()
        # Shoulders are wider than hips, which tilts the trunk where the camera is off the side.
        assert np.abs(seen - swing).max() < (0.6 if abs(yaw_deg) == 90 else 3)
        assert np.ptp(seen) == pytest.approx(45, abs=1)


@pytest.mark.parametrize("yaw_deg", [0, 35, -60, 90, 145, 180, -120])
def test_the_sign_in_the_world_does_not_depend_on_the_camera(yaw_deg: float) -> None:
    swing = 7.5 + 22.5 * np.sin(2 * np.pi * performer.times(3.0, 30.0))
    result = angles(performer.from_yaw(yaw_deg, thigh_deg=swing, trunk_deg=10.0))
    assert np.abs(of(result, "hip", "right", "world_deg").to_numpy() - swing - 10).max() < 0.6


@pytest.mark.parametrize("yaw_deg", [0, 10, 180])
def test_from_the_front_and_from_behind_the_picture_has_no_flexion(yaw_deg: float) -> None:
    result = angles(performer.from_yaw(yaw_deg, thigh_deg=30.0, arm_deg=-20.0))
    for joint in ("hip", "shoulder_flexion"):
        assert of(result, joint, "left").isna().all()
        assert of(result, joint, "left", "world_deg").notna().all()


def test_without_feet_and_head_forward_is_not_guessed() -> None:
    camera = performer.Camera(confidence=dict.fromkeys(("left_heel", "right_heel"), 0.1))
    result = angles(performer.pose_table(STILL_S, performer.Motion(thigh_deg=30.0), camera))
    assert of(result, "hip", "left").isna().all()
    assert of(result, "knee", "left").notna().all()


def test_a_mirror_leaves_the_sign_of_a_hip_behind_the_trunk() -> None:
    table = performer.pose_table(STILL_S, performer.Motion(thigh_deg=-15.0))
    for column in ("image_deg", "world_deg"):
        seen = of(angles(performer.mirrored(table)), "hip", "right", column)
        assert seen.to_numpy() == pytest.approx(-15, abs=0.01)


def test_a_moving_knee_is_followed_without_a_lag() -> None:
    result = of(angles(performer.squat(depth_deg=100)), "knee", "left")
    truth = 50 * (1 - np.cos(np.pi * performer.times(6, 30)))
    assert np.abs(result.to_numpy() - truth).max() < 0.5


def test_a_mirror_exchanges_the_sides() -> None:
    motion = performer.Motion(knee_deg=80.0, right_knee_deg=20.0)
    table = performer.pose_table(STILL_S, motion)
    plain, mirrored = angles(table), angles(performer.mirrored(table))
    assert of(mirrored, "knee", "left").to_numpy() == pytest.approx(
        of(plain, "knee", "right").to_numpy(), abs=0.01
    )


@pytest.mark.parametrize("scale_px", [60.0, 150.0, 300.0])
def test_the_distance_of_the_camera_does_not_matter(scale_px: float) -> None:
    table = performer.pose_table(
        STILL_S, performer.Motion(knee_deg=70.0), performer.Camera(scale_px=scale_px)
    )
    assert of(angles(table), "knee", "left").to_numpy() == pytest.approx(70, abs=0.01)


def test_dropped_frames_do_not_bend_the_time() -> None:
    table = performer.squat()
    kept = np.sort(np.random.default_rng(7).permutation(181)[:120])
    result = of(angles(table[table["frame"].isin(kept)]), "knee", "left").dropna()
    truth = 50 * (1 - np.cos(np.pi * result.index.to_numpy() / 30))
    assert len(result) > 100
    assert np.median(np.abs(result.to_numpy() - truth)) < 1


def test_noise_is_reduced_but_the_movement_kept() -> None:
    table, rng = performer.squat(), np.random.default_rng(5)
    noisy = table.assign(x_px=table["x_px"] + rng.normal(0, 3, len(table)))
    place = tracks(noisy, ["left_hip", "left_knee", "left_ankle"]).image_px
    raw = 180 - joint_angle_deg(place["left_hip"], place["left_knee"], place["left_ankle"])
    truth = 50 * (1 - np.cos(np.pi * performer.times(6, 30)))
    filtered = of(angles(noisy), "knee", "left").to_numpy()
    assert np.std(filtered - truth) < 0.8 * np.std(raw - truth)
    assert abs(np.mean(filtered - truth)) < 0.5


def test_a_joint_with_an_unsure_keypoint_has_no_angle_but_its_confidence() -> None:
    camera = performer.Camera(confidence={"left_ankle": 0.3})
    result = angles(performer.pose_table(STILL_S, performer.Motion(), camera))
    assert of(result, "knee", "left").isna().all()
    assert of(result, "knee", "left", "confidence").to_numpy() == pytest.approx(0.3)
    assert of(result, "hip", "left").notna().all()
    assert of(result, "knee", "right").notna().all()


def test_a_joint_out_of_the_picture_has_no_angle() -> None:
    camera = performer.Camera(middle_px=(640.0, 600.0))
    result = angles(performer.pose_table(STILL_S, performer.Motion(), camera))
    assert of(result, "knee", "left").isna().all()
    assert of(result, "elbow", "left").notna().all()


def test_a_short_absence_is_bridged_and_a_long_one_is_not() -> None:
    table = performer.without_person(performer.squat(), [*range(40, 44), *range(90, 110)])
    result = angles(table)
    knee = of(result, "knee", "left")
    assert np.flatnonzero(knee.isna()).tolist() == list(range(90, 110))
    assert of(result, "knee", "left", "confidence").loc[40:43].isna().all()


def test_there_is_a_row_for_each_frame_joint_and_side_also_without_a_person() -> None:
    result = angles(performer.nobody())
    assert len(result) == 121 * 12
    assert result[["image_deg", "world_deg", "confidence"]].isna().all(axis=None)


def test_legs_confused_for_a_moment_do_not_show() -> None:
    motion = performer.Motion(knee_deg=80.0, right_knee_deg=20.0)
    table = performer.pose_table(STILL_S, motion)
    names = table["keypoint"].astype(str)
    hit = table["frame"].isin([10, 11, 12]) & names.str.contains("knee|ankle|heel|foot")
    other = (
        names.str.replace("left", "*")
        .str.replace("right", "left")
        .str.replace("*", "right", regex=False)
    )
    confused = performer.typed(table.assign(keypoint=names.where(~hit, other)))
    assert of(angles(confused), "knee", "left").to_numpy() == pytest.approx(80, abs=0.01)


def test_a_recording_that_is_told_to_be_mirrored_has_its_sides_put_right() -> None:
    motion = performer.Motion(knee_deg=80.0, right_knee_deg=20.0, thigh_deg=30.0)
    plain = performer.pose_table(STILL_S, motion)
    told = angles(performer.mirrored(plain), mirrored="true")
    pd.testing.assert_frame_equal(told, angles(plain), check_exact=False, atol=1e-3)
