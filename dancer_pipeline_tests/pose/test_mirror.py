"""The model against itself in a mirror, on keypoints whose differences are chosen."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.pose.mirror import mirror_error
from dancer_pipeline.pose.tables import MIRROR_ERROR
from dancer_pipeline_tests.analyses import performer


def compared(
    direct: pd.DataFrame, of_mirror: pd.DataFrame, *, is_mirrored: bool = False
) -> pd.DataFrame:
    made = mirror_error(direct, of_mirror, performer.WIDTH_PX, is_mirrored=is_mirrored)
    return MIRROR_ERROR.arrow(made).to_pandas().set_index(["joint", "side"])


def torso_px(table: pd.DataFrame) -> float:
    first = table[table["frame"] == 0].set_index("keypoint")[["x_px", "y_px"]]
    shoulders, hips = (
        (first.loc[f"left_{part}"] + first.loc[f"right_{part}"]) / 2 for part in ("shoulder", "hip")
    )
    return float(np.hypot(*(shoulders - hips)))


def moved(table: pd.DataFrame, keypoint: str, **by: float) -> pd.DataFrame:
    table = table.copy()
    for column, amount in by.items():
        table.loc[table["keypoint"] == keypoint, column] += amount
    return table


def test_a_model_that_is_sure_does_not_differ() -> None:
    squat = performer.squat()
    error = compared(squat, performer.mirrored(squat))
    assert len(error) == 16
    numbers = error.drop(columns="n").fillna(0.0)
    assert numbers.to_numpy() == pytest.approx(0.0, abs=1e-3)
    assert set(error["n"]) == {181}


def test_a_keypoint_that_lies_elsewhere_in_the_mirror_is_told_in_percent_of_stature() -> None:
    standing = performer.standing()
    off_px = 0.02 * torso_px(standing) / 0.3
    other = moved(performer.mirrored(standing), "right_knee", x_px=off_px)
    error = compared(standing, other)
    assert error.loc[("knee", "left"), "median_percent"] == pytest.approx(2.0, abs=0.01)
    assert error.loc[("knee", "left"), "p90_percent"] == pytest.approx(2.0, abs=0.01)
    assert error.loc[("knee", "right"), "median_percent"] == pytest.approx(0.0, abs=0.01)


def test_the_angle_differs_at_the_joint_and_at_its_neighbours() -> None:
    standing = performer.standing()
    other = moved(performer.mirrored(standing), "right_knee", x_px=20.0, x_m=20.0 / 300)
    error = compared(standing, other)
    for space in ("image", "world"):
        angles = error[f"{space}_angle_mae_deg"]
        assert angles["knee", "left"] > angles["hip", "left"] > 1.0
        assert angles["knee", "right"] < 0.1
        assert np.isnan(angles["wrist", "left"])


def test_the_sides_of_a_mirrored_recording_are_the_persons_own() -> None:
    standing = performer.standing()
    other = moved(performer.mirrored(standing), "right_knee", x_px=20.0)
    error = compared(standing, other, is_mirrored=True)
    assert error.loc[("knee", "right"), "median_percent"] > 1.0
    assert error.loc[("knee", "left"), "median_percent"] < 0.01


def test_what_only_one_of_them_sees_is_not_compared() -> None:
    standing = performer.standing()
    hidden = performer.mirrored(standing)
    hidden.loc[hidden["keypoint"] == "right_wrist", "confidence"] = 0.3
    error = compared(standing, hidden)
    assert ("wrist", "left") not in error.index
    assert np.isnan(error.loc[("elbow", "left"), "image_angle_mae_deg"])
    assert np.isfinite(error.loc[("elbow", "right"), "image_angle_mae_deg"])


@pytest.mark.parametrize("table", [performer.nobody(), performer.squat(0.0), performer.squat()[:0]])
def test_nobody_or_a_single_frame_gives_no_row(table: pd.DataFrame) -> None:
    assert compared(table, performer.mirrored(table)).empty
