"""Ranges of motion with known answers, and every reason to withhold one."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses import discover
from dancer_pipeline.analyses.range_of_motion import Requirements, range_of_motion
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.contract import core, result

ANALYSES = discover()


def ranges(table: pd.DataFrame, **tables: pd.DataFrame) -> pd.DataFrame:
    return result("range_of_motion", ANALYSES, core(table, **tables))


def knee(made: pd.DataFrame, side: str = "left") -> pd.Series:
    return made[(made["metric"] == "knee_flexion_range") & (made["side"] == side)].iloc[0]


def squat_at(rate_hz: float, yaw_deg: float = -90.0, **camera: object) -> pd.DataFrame:
    time_s = performer.times(6, rate_hz)
    knee_deg = 50 * (1 - np.cos(np.pi * time_s))
    motion = performer.Motion(knee_deg=knee_deg, thigh_deg=knee_deg / 2, trunk_deg=knee_deg / 3)
    return performer.pose_table(time_s, motion, performer.Camera(yaw_deg=yaw_deg, **camera))


@pytest.mark.parametrize("rate_hz", [15.0, 24.0, 30.0, 60.0])
def test_a_squat_to_100_degrees_has_that_range_at_any_frame_rate(rate_hz: float) -> None:
    row = knee(ranges(squat_at(rate_hz)))
    # 95 % of the frames of a sine lie within cos(0.025 pi) = 0.997 of its amplitude.
    assert row["value"] == pytest.approx(99.7, abs=1.5)
    assert (row["status"], row["n"], row["unit"]) == ("ok", round(6 * rate_hz) + 1, "deg")
    assert np.isnan(row["ci95_low"])


def test_the_evidence_is_a_frame_of_each_end() -> None:
    low, high = knee(ranges(squat_at(30)))["evidence_frames"]
    angle = 50 * (1 - np.cos(np.pi * np.array([low, high]) / 30))
    assert angle == pytest.approx([0, 100], abs=3)


def test_standing_still_has_no_range() -> None:
    made = ranges(performer.standing())
    assert made["value"].max() < 0.1
    assert knee(made)["status"] == "ok"


@pytest.mark.parametrize("wrong", [range(60, 61), range(60, 65)], ids=["one", "five in a row"])
def test_a_few_wrong_frames_do_not_make_a_range(wrong: range) -> None:
    table = performer.standing(12.0)
    hit = table["frame"].isin(wrong) & (table["keypoint"] == "left_ankle")
    table.loc[hit, "x_px"] += 250
    assert knee(ranges(table))["value"] < 2


def test_sides_are_kept_apart_and_the_far_one_has_low_confidence() -> None:
    time_s = performer.times(6, 30)
    wave = (1 - np.cos(np.pi * time_s)) / 2
    motion = performer.Motion(knee_deg=90 * wave, right_knee_deg=60 * wave)
    made = ranges(performer.pose_table(time_s, motion))
    assert knee(made, "left")["value"] == pytest.approx(90, abs=1)
    assert knee(made, "right")["value"] == pytest.approx(60, abs=1)
    assert (knee(made, "left")["status"], knee(made, "right")["status"]) == ("ok", "low_confidence")
    assert list(knee(made, "right")["reasons"]) == ["far_side"]


def test_a_mirror_exchanges_the_sides() -> None:
    table = squat_at(30)
    made, mirrored = ranges(table), ranges(performer.mirrored(table))
    assert knee(mirrored, "right")["status"] == "ok"
    assert knee(mirrored, "right")["value"] == pytest.approx(knee(made)["value"], abs=0.01)


@pytest.mark.parametrize("yaw_deg", [-90, -80, -75, 75, 105])
def test_a_camera_nearly_at_the_side_costs_at_most_five_degrees(yaw_deg: float) -> None:
    near = "left" if yaw_deg < 0 else "right"
    row = knee(ranges(squat_at(30, yaw_deg)), near)
    assert row["status"] == "ok"
    assert row["value"] == pytest.approx(99.7, abs=5)


@pytest.mark.parametrize(
    ("yaw_deg", "named"), [(0, "the front"), (-45, "an angle"), (180, "behind")]
)
def test_any_other_view_uses_depth_with_low_confidence(yaw_deg: float, named: str) -> None:
    row = knee(ranges(squat_at(30, yaw_deg)))
    assert row["status"] == "low_confidence"
    assert list(row["reasons"]) == ["view_not_supported"]
    assert named in row["advice"]
    assert row["value"] == pytest.approx(99.7, abs=1)


def test_a_low_frame_rate_has_low_confidence() -> None:
    row = knee(ranges(squat_at(8)))
    assert (row["status"], list(row["reasons"])) == ("low_confidence", ["frame_rate_too_low"])


def test_a_stricter_requirement_is_a_parameter() -> None:
    tables = core(squat_at(30))
    made = range_of_motion(
        *(result(name, ANALYSES, tables) for name in ("joint_angles", "camera_view")),
        tables["video_extracts"],
        needs=Requirements(duration_s=10),
    )
    assert refused_for("too_short", knee(made))


def refused_for(reason: str, row: pd.Series) -> bool:
    return (
        row["status"] == "refused"
        and np.isnan(row["value"])
        and list(row["reasons"]) == [reason]
        and bool(row["advice"])
    )


def test_nobody_in_most_frames_is_refused() -> None:
    made = ranges(performer.without_person(squat_at(30), range(80)))
    assert all(refused_for("no_person", row) for _, row in made.iterrows())
    assert "only 56% of the frames" in made["advice"][0]


def test_legs_out_of_the_picture_refuse_the_legs_only() -> None:
    made = ranges(squat_at(30, middle_px=(640.0, 600.0)))
    assert refused_for("lower_body_not_visible", knee(made))
    assert "Step back" in knee(made)["advice"]
    assert (made.loc[made["metric"] == "elbow_flexion_range", "status"] != "refused").all()


def test_a_hidden_far_leg_is_asked_for_from_its_own_side() -> None:
    made = ranges(squat_at(30, confidence={"right_ankle": 0.1}))
    assert refused_for("lower_body_not_visible", knee(made, "right"))
    assert "Film once more from your right" in knee(made, "right")["advice"]


@pytest.mark.parametrize("duration_s", [0.0, 0.2, 0.9])
def test_less_than_a_second_is_refused(duration_s: float) -> None:
    made = ranges(performer.squat(duration_s))
    assert all(refused_for("too_short", row) for _, row in made.iterrows())


def test_few_frames_are_refused_however_long() -> None:
    assert refused_for("too_short", knee(ranges(performer.squat(4.0, 2.0))))


def test_a_frozen_picture_is_refused_whatever_the_keypoints_say() -> None:
    extracts = performer.video_extracts(local_change=0.002)
    made = ranges(performer.standing(), video_extracts=extracts)
    assert all(refused_for("frozen_picture", row) for _, row in made.iterrows())


def test_an_impossible_angle_is_withheld() -> None:
    time_s = performer.times(4, 30)
    motion = performer.Motion(knee_deg=175 * np.abs(np.sin(time_s)))
    assert refused_for("out_of_range", knee(ranges(performer.pose_table(time_s, motion))))


def test_someone_who_turns_gets_low_confidence_with_the_advice_of_the_view() -> None:
    parts = [squat_at(30, yaw_deg) for yaw_deg in (-90, -50, -10)]
    turned = [part.assign(frame=part["frame"] + 200 * i, time_s=part["time_s"] + 7.0 * i)
              for i, part in enumerate(parts)]  # fmt: skip
    row = knee(ranges(performer.typed(pd.concat(turned))))
    assert row["status"] == "low_confidence"
    assert "turning" in row["reasons"]
    assert "one direction" in row["advice"]
