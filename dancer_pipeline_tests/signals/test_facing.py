"""Which side of a figure the camera sees, where that was chosen."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.signals.facing import FACING_KEYPOINTS, side_seen
from dancer_pipeline.signals.tracks import Floats, tracks
from dancer_pipeline_tests.analyses import performer

SIZE_PX = (float(performer.WIDTH_PX), float(performer.HEIGHT_PX))


def seen(table: pd.DataFrame) -> Floats:
    return side_seen(tracks(table, FACING_KEYPOINTS), SIZE_PX)


@pytest.mark.parametrize("yaw_deg", [-150, -120, -90, -60, -30, 30, 60, 90, 120, 150])
def test_the_near_side_is_seen_from_all_around(yaw_deg: float) -> None:
    assert (seen(performer.from_yaw(yaw_deg)) == -np.sign(yaw_deg)).all()


@pytest.mark.parametrize("yaw_deg", [0, 10, -10, 170, 180])
def test_from_the_front_and_from_behind_no_side_is_seen(yaw_deg: float) -> None:
    assert np.isnan(seen(performer.from_yaw(yaw_deg))).all()


@pytest.mark.parametrize(
    "motion",
    [
        {"knee_deg": 100.0, "thigh_deg": 90.0, "trunk_deg": 40.0},
        {"trunk_deg": 90.0},
        {"thigh_deg": -30.0, "knee_deg": 20.0, "ankle_deg": -40.0},
    ],
    ids=["squatting", "bent over", "stepping off"],
)
def test_no_posture_turns_the_person_round(motion: dict[str, float]) -> None:
    for yaw_deg in (-90, 90):
        assert (seen(performer.from_yaw(yaw_deg, **motion)) == -np.sign(yaw_deg)).all()


def test_a_person_who_lies_is_seen_from_the_same_side() -> None:
    table = performer.pose_table(
        performer.times(1, 30), performer.Motion(), performer.Camera(scale_px=200)
    )
    across, down = table["x_px"] - SIZE_PX[0] / 2, table["y_px"] - SIZE_PX[1] / 2
    lying = table.assign(
        x_px=SIZE_PX[0] / 2 - down, y_px=SIZE_PX[1] / 2 + across,
        x_m=-table["y_m"], y_m=table["x_m"],
    )  # fmt: skip
    assert (seen(lying) == 1).all()


def test_who_turns_is_seen_from_the_other_side_after_the_turn() -> None:
    parts = [performer.from_yaw(yaw_deg) for yaw_deg in (-90, 0, 90)]
    walk = [part.assign(frame=part["frame"] + 100 * i, time_s=part["time_s"] + 3.1 * i)
            for i, part in enumerate(parts)]  # fmt: skip
    side = seen(performer.typed(pd.concat(walk)))
    assert (side[:75] == 1).all()
    assert np.isnan(side[110:160]).all()
    assert (side[200:] == -1).all()


def test_a_moment_of_confusion_does_not_turn_the_person_round() -> None:
    table = performer.from_yaw(-90.0)
    confused = table["frame"].isin(range(40, 50))
    table.loc[confused, "x_px"] = performer.WIDTH_PX - table.loc[confused, "x_px"]
    table.loc[confused, "z_m"] = -table.loc[confused, "z_m"]
    assert (seen(table) == 1).all()


def test_depth_alone_is_no_proof() -> None:
    table = performer.from_yaw(-90.0)
    hidden = table["keypoint"].isin(["left_heel", "right_heel"])
    assert np.isnan(seen(table.assign(confidence=table["confidence"].where(~hidden, 0.1)))).all()


def test_depth_and_head_together_are_enough_without_feet() -> None:
    table = performer.from_yaw(-90.0)
    hidden = table["keypoint"].isin(["left_heel", "right_heel"])
    table = table.assign(confidence=table["confidence"].where(~hidden, 0.1))
    is_nose = table["keypoint"] == "nose"
    assert (seen(table.assign(x_px=table["x_px"] - 25 * is_nose)) == 1).all()
    assert np.isnan(seen(table.assign(x_px=table["x_px"] + 25 * is_nose))).all()
