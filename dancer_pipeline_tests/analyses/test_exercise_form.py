"""The form of a performer whose faults are known."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.material import Tables, analysed, synthetic_tables
from dancer_pipeline.analyses._form_measures import MEASURES
from dancer_pipeline.analyses.exercise_form import exercise_form
from dancer_pipeline.analyses.repetition_form import TABLE, repetition_form
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style
from dancer_pipeline_tests.analyses import counted


def performed(
    movement: str, yaw_deg: float, *, repetitions: int = 6, **faults: float
) -> Performance:
    return perform(
        movement,
        seed=3,
        repetitions=repetitions,
        view=View(yaw_deg=yaw_deg),
        style=Style(faults=faults),
    )


def form(
    performance: Performance, *, noise: float = 1.0, swaps_per_min: float = 0.0, **more: object
) -> Tables:
    observed = synthetic_tables(performance, noise=noise, noise_seed=4, swaps_per_min=swaps_per_min)
    tables = analysed(observed, "body_motion")
    each = repetition_form(tables["body_motion"], counted.repetitions(performance, **more))
    return {"repetition_form": each, "exercise_form": exercise_form(each)}


def value(tables: Tables, measure: str) -> float:
    rows = tables["exercise_form"].set_index("metric")
    return float(rows.loc[measure, "value"])


@pytest.mark.parametrize(
    ("movement", "yaw_deg", "fault", "size", "measure", "change"),
    [
        ("squat", 90, "trunk_lean", 15.0, "trunk_lean", 15.0),
        ("squat", 90, "too_shallow", 0.3, "squat_knee_flexion", -28.0),
        ("squat", 0, "hip_shift", 0.06, "hip_shift", 21.0),
        ("push_up", 90, "hip_sag", 20.0, "body_sag", 20.0),
        ("biceps_curl", 90, "incomplete_extension", 30.0, "elbow_flexion_at_start", 28.0),
    ],
)
def test_a_planted_fault_changes_the_measure_that_looks_for_it(
    movement: str, yaw_deg: float, fault: str, size: float, measure: str, change: float
) -> None:
    good = value(form(performed(movement, yaw_deg)), measure)
    bad = value(form(performed(movement, yaw_deg, **{fault: size})), measure)
    assert bad - good == pytest.approx(change, abs=5)


def test_knees_that_fall_in_bring_the_ratio_down() -> None:
    ratios = [
        value(form(performed("squat", 0, **faults)), "knee_separation_ratio")
        for faults in ({}, {"knees_in": 0.05}, {"knees_in": 0.1})
    ]
    assert ratios[0] > ratios[1] + 0.2 > ratios[2] + 0.4


def test_the_ratio_of_the_knees_does_not_mind_thirty_degrees_of_yaw() -> None:
    front, aside = (
        value(form(performed("squat", yaw), noise=0), "knee_separation_ratio") for yaw in (0, 25)
    )
    assert aside == pytest.approx(front, abs=0.06)


@pytest.mark.parametrize(
    ("movement", "yaw_deg", "refused", "measured"),
    [
        ("squat", 90, "knee_separation_ratio", "trunk_lean"),
        ("squat", 0, "trunk_lean", "knee_separation_ratio"),
        ("lateral_raise", 90, "arm_elevation", None),
    ],
)
def test_what_a_view_does_not_show_is_refused(
    movement: str, yaw_deg: float, refused: str, measured: str | None
) -> None:
    rows = form(performed(movement, yaw_deg))["exercise_form"].set_index("metric")
    assert rows.loc[refused, "status"] == "refused"
    assert list(rows.loc[refused, "reasons"]) == ["view_not_supported"]
    assert "Film once more" in rows.loc[refused, "advice"]
    if measured:
        assert rows.loc[measured, "status"] == "ok"


def test_an_oblique_view_shows_neither_plane() -> None:
    made = form(performed("squat", 45))
    assert (made["repetition_form"]["status"] == "refused").all()
    assert (made["exercise_form"]["status"] == "refused").all()


def test_a_side_view_from_somewhat_ahead_is_less_sure() -> None:
    rows = form(performed("squat", 64), noise=0.3)["exercise_form"].set_index("metric")
    assert rows.loc["squat_knee_flexion", "status"] == "low_confidence"


@pytest.mark.parametrize("yaw_deg", [90, -90])
def test_a_lean_forward_is_positive_from_both_sides(yaw_deg: float) -> None:
    assert value(form(performed("squat", yaw_deg)), "trunk_lean") > 20


def test_a_shift_to_the_left_is_positive_from_the_front_and_from_behind() -> None:
    for yaw in (0, 180):
        assert value(form(performed("squat", yaw, hip_shift=0.08)), "hip_shift") > 10


def test_hidden_legs_leave_no_number() -> None:
    performance = performed("squat", 90)
    tables = synthetic_tables(performance, noise_seed=4)
    poses = tables["pose_keypoints"]
    poses.loc[poses["keypoint"].isin(["left_knee", "left_ankle"]), "confidence"] = 0.1
    body = analysed(tables, "body_motion")["body_motion"]
    rows = exercise_form(repetition_form(body, counted.repetitions(performance)))
    knee = rows.set_index("metric").loc["squat_knee_flexion"]
    assert (knee["status"], list(knee["reasons"])) == ("refused", ["not_visible"])
    assert "6 of 6 repetitions" in knee["advice"]


def test_each_repetition_has_a_row_for_each_measure() -> None:
    each = form(performed("squat", 90))["repetition_form"]
    assert len(each) == 6 * len(MEASURES["squat"])
    assert each.groupby("repetition")["frame"].nunique().eq(1).all()


def test_doubts_about_a_repetition_go_on_to_its_form() -> None:
    doubtful = form(performed("squat", 90), status="low_confidence", reasons=["gaps"])
    rows = doubtful["exercise_form"].set_index("metric")
    assert rows.loc["trunk_lean", "status"] == "low_confidence"
    assert list(rows.loc["trunk_lean", "reasons"]) == ["gaps"]


def test_a_lean_that_grows_over_the_set_is_told() -> None:
    rows = lean_rows(*[30.0 + 2 * number for number in range(1, 10)])
    table = exercise_form(rows).set_index("metric")
    assert table.loc["trunk_lean_change", "value"] == pytest.approx(12.0)


def test_the_lower_back_is_never_measured() -> None:
    rows = form(performed("squat", 90))["exercise_form"].set_index("metric")
    assert rows.loc["lumbar_rounding", "status"] == "refused"


def test_without_a_known_exercise_there_is_no_form() -> None:
    performance = performed("squat", 90)
    rows = form(performance, exercise="unknown")["exercise_form"]
    assert rows[["metric", "status"]].to_numpy().tolist() == [["form", "refused"]]


def test_two_repetitions_are_too_few() -> None:
    rows = form(performed("squat", 90, repetitions=2))["exercise_form"].set_index("metric")
    assert pd.isna(rows.loc["trunk_lean_change", "value"])
    assert list(rows.loc["trunk_lean", "reasons"]) == ["too_short"]
    assert "2 of 2 repetitions; it takes 3" in rows.loc["trunk_lean", "advice"]


def lean_rows(*values: float, exercise: str = "squat", **more: object) -> pd.DataFrame:
    measure = "body_sag" if exercise == "plank" else "trunk_lean"
    return TABLE.frame(
        {"repetition": number, "exercise": exercise, "measure": measure, "unit": "deg",
         "value": value, "frame": number, "yaw_deg": 64.0, "status": "ok", "reasons": [],
         "method_version": "1"} | more
        for number, value in enumerate(values, 1)
    )  # fmt: skip


def test_a_position_that_is_held_once_is_less_sure_but_told() -> None:
    row = exercise_form(lean_rows(4.0, exercise="plank")).set_index("metric").loc["body_sag"]
    assert (row["status"], list(row["reasons"])) == ("low_confidence", ["too_short"])
    assert (row["value"], row["n"]) == (4.0, 1)


def test_a_change_of_the_lean_is_as_doubtful_as_the_repetitions() -> None:
    rows = lean_rows(*range(30, 39), status="low_confidence", reasons=["view_not_supported"])
    change = exercise_form(rows).set_index("metric").loc["trunk_lean_change"]
    assert (change["status"], list(change["reasons"])) == ("low_confidence", ["view_not_supported"])
    assert "26 degrees off the side" in change["advice"]


def hidden_feet(performance: Performance) -> pd.DataFrame:
    tables = synthetic_tables(performance, noise_seed=4)
    poses = tables["pose_keypoints"]
    is_foot = poses["keypoint"].astype(str).str.contains("heel|foot_index")
    poses.loc[is_foot, "confidence"] = 0.1
    return analysed(tables, "body_motion")["body_motion"]


@pytest.mark.parametrize("yaw_deg", [90, -90])
def test_the_trunk_tells_forward_where_the_feet_are_not_seen(yaw_deg: float) -> None:
    performance = performed("squat", yaw_deg)
    each = repetition_form(hidden_feet(performance), counted.repetitions(performance))
    assert value({"exercise_form": exercise_form(each)}, "trunk_lean") > 20


@pytest.mark.parametrize("movement", ["squat", "lunge"])
def test_turning_round_between_sets_changes_nothing(movement: str) -> None:
    one_way, other_way = (performed(movement, yaw) for yaw in (90, -90))
    bodies = [
        analysed(synthetic_tables(it, noise_seed=4), "body_motion")["body_motion"]
        for it in (one_way, other_way)
    ]
    later_s, later = bodies[0]["time_s"].max() + 1.0, int(bodies[0]["frame"].max()) + 30
    second = bodies[1].assign(
        time_s=bodies[1]["time_s"] + later_s, frame=bodies[1]["frame"] + later
    )
    both = pd.concat([bodies[0], second], ignore_index=True)
    first_set, second_set = (counted.repetitions(it) for it in (one_way, other_way))
    moments = ["start_s", "turn_s", "end_s"]
    second_set[moments] += later_s
    second_set["repetition"] += len(first_set)
    done = pd.concat([first_set, second_set], ignore_index=True)
    each = repetition_form(both, done)
    measure = "trunk_lean" if movement == "squat" else "front_knee_flexion"
    values = each[each["measure"] == measure].set_index("repetition")["value"]
    assert values.iloc[:6].median() == pytest.approx(values.iloc[6:].median(), abs=8)
    assert values.notna().all()
    assert values.min() > (15 if movement == "squat" else 60)


def test_toes_that_contradict_the_trunk_leave_no_lean() -> None:
    performance = performed("squat", 90)
    tables = synthetic_tables(performance, noise_seed=4)
    body = analysed(tables, "body_motion")["body_motion"].copy()
    for side in ("left", "right"):
        ends = [f"{side}_heel_x_px", f"{side}_foot_index_x_px"]
        body[ends] = body[ends[::-1]].to_numpy()
    made = exercise_form(repetition_form(body, counted.repetitions(performance)))
    row = made.set_index("metric").loc["trunk_lean"]
    assert (row["status"], list(row["reasons"])) == ("refused", ["facing_uncertain"])
    assert "6 of 6 repetitions" in row["advice"]
    assert made.set_index("metric").loc["squat_knee_flexion", "status"] == "ok"


def test_what_no_body_can_do_is_withheld() -> None:
    performance = performed("squat", 90)
    body = analysed(synthetic_tables(performance, noise_seed=4), "body_motion")["body_motion"]
    bent = body.copy()
    for side in ("left", "right"):  # shoulders hang behind the hips
        for axis in ("x", "y"):
            hip = body[f"{side}_hip_{axis}_px"]
            bent[f"{side}_shoulder_{axis}_px"] = hip + (80.0 if axis == "x" else -80.0)
    made = exercise_form(repetition_form(bent, counted.repetitions(performance)))
    row = made.set_index("metric").loc["trunk_lean"]
    assert (row["status"], list(row["reasons"])) == ("refused", ["out_of_range"])


def test_a_turning_point_that_was_filled_in_is_less_sure() -> None:
    performance = performed("squat", 90)
    tables = synthetic_tables(performance, noise_seed=4)
    poses = tables["pose_keypoints"]
    times = poses["time_s"] if "time_s" in poses else poses["frame"] / 30
    near = [abs(times - one.bottom_s) < 0.08 for one in performance.motion.repetitions]
    is_hidden = np.logical_or.reduce(near) & poses["keypoint"].astype(str).str.endswith("knee")
    poses.loc[is_hidden, "confidence"] = 0.1
    body = analysed(tables, "body_motion")["body_motion"]
    rows = exercise_form(repetition_form(body, counted.repetitions(performance)))
    rows = rows.set_index("metric")
    assert list(rows.loc["squat_knee_flexion", "reasons"]) == ["tracking_unstable"]
    assert rows.loc["squat_knee_flexion", "status"] == "low_confidence"
    assert rows.loc["trunk_lean", "status"] == "ok"


def test_a_refusal_says_from_where_the_camera_looks() -> None:
    rows = form(performed("squat", 45))["exercise_form"].set_index("metric")
    assert "45 degrees" in rows.loc["trunk_lean", "advice"]
    assert "6 of 6 repetitions" in rows.loc["trunk_lean", "advice"]


def test_confused_legs_have_no_form_and_the_trunk_keeps_its_own() -> None:
    made = form(performed("lunge", 90), swaps_per_min=120.0)
    rows = made["exercise_form"].set_index("metric")
    for measure in ("front_knee_flexion", "front_shank_lean"):
        assert list(rows.loc[measure, "reasons"]) == ["tracking_unstable"]
        assert "not followed steadily in 6 of 6 repetitions" in rows.loc[measure, "advice"]
    assert rows.loc["trunk_lean", "status"] == "ok"


def test_legs_that_are_confused_now_and_then_are_less_sure() -> None:
    rows = form(performed("lunge", 90), swaps_per_min=35.0)["exercise_form"].set_index("metric")
    knee = rows.loc["front_knee_flexion"]
    assert (knee["status"], list(knee["reasons"])) == ("low_confidence", ["tracking_unstable"])


def test_a_knee_that_strays_has_no_depth() -> None:
    performance = performed("squat", 90)
    tables = synthetic_tables(performance, noise_seed=4)
    poses = tables["pose_keypoints"]
    is_knee = (poses["keypoint"] == "left_knee").to_numpy()
    poses.loc[is_knee, "x_px"] += 80 * np.sign(np.sin(6 * poses.loc[is_knee, "time_s"]))
    body = analysed(tables, "body_motion")["body_motion"]
    rows = exercise_form(repetition_form(body, counted.repetitions(performance)))
    knee = rows.set_index("metric").loc["squat_knee_flexion"]
    assert (knee["status"], list(knee["reasons"])) == ("refused", ["tracking_unstable"])
