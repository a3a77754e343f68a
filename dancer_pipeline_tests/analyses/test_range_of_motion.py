"""Ranges of motion with known answers, and every reason to withhold one."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.material import Tables, analysed, synthetic_tables
from dancer_pipeline.analyses import discover
from dancer_pipeline.analyses.range_of_motion import Requirements, range_of_motion
from dancer_pipeline.pose.tables import MIRROR_ERROR, PEOPLE
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.contract import core, result
from dancer_pipeline_tests.analyses.walkers import metric

ANALYSES = discover()


def ranges(table: pd.DataFrame, **tables: pd.DataFrame) -> pd.DataFrame:
    return result("range_of_motion", ANALYSES, core(table, **tables))


def knee(made: pd.DataFrame, side: str = "left") -> pd.Series:
    return made[(made["metric"] == "knee_flexion_range") & (made["side"] == side)].iloc[0]


def swinging(yaw_deg: float = -90.0, **camera: object) -> pd.DataFrame:
    """Thighs between 15 degrees behind the trunk and 30 in front, arms 20 to both sides."""
    wave = np.sin(2 * np.pi * performer.times(6, 30))
    motion = performer.Motion(thigh_deg=7.5 + 22.5 * wave, arm_deg=20 * wave)
    return performer.pose_table(
        performer.times(6, 30), motion, performer.Camera(yaw_deg=yaw_deg, **camera)
    )


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


def seen_twice(**angle_error_deg: float) -> pd.DataFrame:
    """Say of the left knee by how much two looks at the video differ."""
    row = {"joint": "knee", "side": "left", "median_percent": 1.0, "p90_percent": 2.0, "n": 100}
    angles = {f"{space}_angle_mae_deg": error for space, error in angle_error_deg.items()}
    return MIRROR_ERROR.frame([row | {"image_angle_mae_deg": None, **angles}])


def test_a_second_look_in_a_mirror_gives_an_interval() -> None:
    made = ranges(squat_at(30), mirror_error=seen_twice(image=4.0, world=9.0))
    row = knee(made)
    # s = 4 sqrt(pi) / 2 at both ends, and 4 degrees that both looks share.
    half = 1.96 * np.sqrt(2 * (2 * np.sqrt(np.pi)) ** 2 + 4.0**2)
    assert row["value"] - row["ci95_low"] == pytest.approx(half)
    assert row["ci95_high"] - row["value"] == pytest.approx(half)
    assert np.isnan(knee(made, "right")["ci95_low"])


@pytest.mark.parametrize("error_deg", [0.0, 1.0, 5.0])
def test_the_interval_holds_nineteen_of_twenty_ranges_with_such_errors(error_deg: float) -> None:
    random = np.random.default_rng(0)
    looks = random.normal(0, error_deg, (2, 20000, 2))
    mae = float(np.abs(looks[0] - looks[1]).mean())
    row = knee(ranges(squat_at(30), mirror_error=seen_twice(image=mae)))
    errors = np.diff(looks[0], axis=1)[:, 0] + random.normal(0, 4.0, 20000)
    held = np.abs(errors) <= row["ci95_high"] - row["value"]
    assert held.mean() == pytest.approx(0.95, abs=0.01)


def test_an_interval_of_a_range_goes_down_to_zero_at_most() -> None:
    row = knee(ranges(performer.standing(), mirror_error=seen_twice(image=4.0)))
    assert row["ci95_low"] == 0.0
    assert row["ci95_high"] > 10.0


def test_where_the_range_comes_from_estimated_depth_so_does_its_interval() -> None:
    side, oblique = (
        knee(ranges(squat_at(30, yaw_deg=yaw), mirror_error=seen_twice(image=4.0, world=4.0)))
        for yaw in (-90.0, -45.0)
    )
    assert oblique["ci95_high"] - oblique["value"] > 1.5 * (side["ci95_high"] - side["value"])


def test_what_is_refused_has_no_interval() -> None:
    made = ranges(performer.nobody(), mirror_error=seen_twice(image=4.0))
    assert np.isnan(knee(made)["ci95_low"])


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


@pytest.mark.parametrize(("yaw_deg", "near"), [(-90, "left"), (90, "right")])
def test_a_hip_that_swings_behind_the_trunk_has_its_whole_range(yaw_deg: float, near: str) -> None:
    row = metric(ranges(swinging(yaw_deg)), "hip_flexion_range", near)
    assert row["status"] == "ok"
    assert row["value"] == pytest.approx(45, abs=1)


def test_an_arm_that_swings_has_its_whole_flexion_and_is_lifted_by_half_of_it() -> None:
    made = ranges(swinging())
    assert metric(made, "shoulder_flexion_range")["value"] == pytest.approx(40, abs=1)
    lift = metric(made, "shoulder_elevation_range")
    assert lift["value"] == pytest.approx(20, abs=1)
    assert (lift["status"], list(lift["reasons"])) == ("low_confidence", ["view_not_supported"])


@pytest.mark.parametrize("name", ["hip_flexion_range", "shoulder_flexion_range"])
def test_a_swing_has_the_same_range_in_a_mirror(name: str) -> None:
    made, mirrored = ranges(swinging()), ranges(performer.mirrored(swinging()))
    assert metric(mirrored, name, "right")["status"] == "ok"
    assert metric(mirrored, name, "right")["value"] == pytest.approx(
        metric(made, name)["value"], abs=0.01
    )


def test_where_forward_cannot_be_told_from_backward_only_what_needs_it_is_refused() -> None:
    made = ranges(swinging(confidence=dict.fromkeys(("left_heel", "right_heel"), 0.1)))
    assert refused_for("facing_uncertain", metric(made, "hip_flexion_range"))
    assert refused_for("facing_uncertain", metric(made, "shoulder_flexion_range"))
    assert knee(made)["status"] == "ok"


def test_arms_lifted_sideways_are_not_called_hidden() -> None:
    table = swinging(yaw_deg=0)
    outward = {"left_elbow": 1.0, "right_elbow": -1.0}
    for name, sign in outward.items():
        shoulder, elbow = (
            table["keypoint"] == it for it in (name.replace("elbow", "shoulder"), name)
        )
        table.loc[elbow, "x_m"] = table.loc[shoulder, "x_m"].to_numpy() + 0.3 * sign
        table.loc[elbow, "y_m"] = table.loc[shoulder, "y_m"].to_numpy()
        table.loc[elbow, "z_m"] = table.loc[shoulder, "z_m"].to_numpy()
    made = ranges(table)
    assert refused_for("view_not_supported", metric(made, "shoulder_flexion_range"))


def test_the_swing_of_an_arm_is_refused_from_the_front_and_its_lift_is_not() -> None:
    made = ranges(swinging(yaw_deg=0))
    assert refused_for("view_not_supported", metric(made, "shoulder_flexion_range"))
    assert metric(made, "shoulder_elevation_range")["status"] == "low_confidence"
    assert metric(made, "hip_flexion_range")["value"] == pytest.approx(45, abs=1)


@pytest.mark.parametrize(("yaw_deg", "status"), [(-78, "ok"), (-68, "low_confidence")])
def test_a_camera_off_the_side_lowers_the_confidence_in_the_hip(
    yaw_deg: float, status: str
) -> None:
    made = ranges(swinging(yaw_deg))
    assert metric(made, "hip_flexion_range")["status"] == status
    assert knee(made)["status"] == "ok"


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
        *(
            result(name, ANALYSES, tables)
            for name in ("joint_angles", "body_motion", "camera_view")
        ),
        tables["video_extracts"],
        tables["mirror_error"],
        PEOPLE.frame(),
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


def test_an_ankle_is_never_sure() -> None:
    ankle = metric(ranges(swinging()), "ankle_flexion_range")
    assert (ankle["status"], list(ankle["reasons"])) == ("low_confidence", ["known_bias"])
    assert "ankle" in ankle["advice"]
    assert metric(ranges(swinging()), "hip_flexion_range")["status"] == "ok"


def walked(swaps_per_min: float) -> Tables:
    performance = perform("walk", seed=5, duration_s=12.0, view=View(yaw_deg=90.0))
    tables = synthetic_tables(performance, noise_seed=5, swaps_per_min=swaps_per_min)
    return analysed(tables, "range_of_motion")


def test_confused_legs_have_no_range_and_the_arms_keep_theirs() -> None:
    made = walked(90.0)["range_of_motion"].set_index("metric")
    of_legs = made.loc[["knee_flexion_range", "hip_flexion_range", "ankle_flexion_range"]]
    assert all(refused_for("tracking_unstable", row) for _, row in of_legs.iterrows())
    assert of_legs["advice"].str.contains("Left and right leg were confused in").all()
    assert (made.loc["elbow_flexion_range", "status"] != "refused").any()


def test_legs_that_are_confused_now_and_then_have_low_confidence() -> None:
    made, sure = (walked(rate)["range_of_motion"] for rate in (30.0, 0.0))
    assert list(knee(made)["reasons"]) == ["tracking_unstable"]
    assert "confused in" in knee(made)["advice"]
    assert knee(sure)["status"] == "ok"


def test_a_knee_that_strays_is_no_difference_between_the_sides() -> None:
    poses = squat_at(30, 0.0)
    is_knee = (poses["keypoint"] == "left_knee").to_numpy()
    poses.loc[is_knee, "y_m"] += (0.2 * np.sign(np.sin(5 * poses["time_s"]))).astype("float32")
    made = ranges(poses)
    assert refused_for("tracking_unstable", knee(made, "left"))
    assert "Your left thigh seems to change its length" in knee(made, "left")["advice"]
    assert knee(made, "right")["status"] != "refused"
