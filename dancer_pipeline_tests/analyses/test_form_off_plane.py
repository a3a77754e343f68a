"""The form of a performer whom the camera sees neither exactly from the side nor from the front."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.performance import Performance
from dancer_pipeline.synthetic.skeleton import assemble
from dancer_pipeline_tests.analyses.test_exercise_form import form, performed, value


def true_elbow_deg(done: Performance) -> float:
    turns_s = np.array([one.bottom_s for one in done.motion.repetitions])
    angles = joint_angles_deg(assemble(done.body, done.motion.posture(turns_s)))
    return float(np.median(angles["elbow_flexion"]))


def true_thigh_deg(done: Performance) -> float:
    turns_s = np.array([one.bottom_s for one in done.motion.repetitions])
    skeleton = assemble(done.body, done.motion.posture(turns_s))
    thigh = skeleton.pair("hip") - skeleton.pair("knee")
    slope = np.arcsin(thigh[..., 2] / np.linalg.norm(thigh, axis=-1))
    return float(np.degrees(np.median(slope)))


@pytest.mark.parametrize("yaw_deg", [-28, -15, 15, 28, 155, -155])
def test_hips_that_go_straight_back_are_not_aside(yaw_deg: float) -> None:
    assert value(form(performed("squat", yaw_deg)), "hip_shift") == pytest.approx(0, abs=8)


@pytest.mark.parametrize("yaw_deg", [-20, 20, 160])
def test_hips_that_go_aside_are_seen_from_beside_the_front(yaw_deg: float) -> None:
    done = performed("squat", yaw_deg, hip_shift=0.1)
    assert value(form(done), "hip_shift") == pytest.approx(32, abs=8)


def test_a_shift_of_the_hips_from_far_beside_the_front_is_less_sure() -> None:
    rows = form(performed("squat", 26))["exercise_form"].set_index("metric")
    hips, knees = rows.loc["hip_shift"], rows.loc["knee_separation_ratio"]
    assert (hips["status"], list(hips["reasons"])) == ("low_confidence", ["view_not_supported"])
    assert "26 degrees off the front" in hips["advice"]
    assert knees["status"] == "ok"


@pytest.mark.parametrize("yaw_deg", [62, 90, 118, -62, -118])
@pytest.mark.parametrize("missing", [0.05, 0.5])
def test_a_push_up_is_as_deep_from_every_side(yaw_deg: float, missing: float) -> None:
    done = performed("push_up", yaw_deg, too_shallow=missing)
    measured = value(form(done), "elbow_flexion_at_turn")
    assert measured == pytest.approx(true_elbow_deg(done), abs=10)


@pytest.mark.parametrize("yaw_deg", [62, 118, -62, -118])
def test_a_squat_is_as_deep_from_every_side(yaw_deg: float) -> None:
    done = performed("squat", yaw_deg)
    measured = value(form(done), "thigh_above_horizontal")
    assert measured == pytest.approx(true_thigh_deg(done), abs=8)
