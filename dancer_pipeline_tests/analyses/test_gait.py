"""Walking in numbers: against what is true, however it is filmed, and every reason to withhold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._gait_problems import Requirements
from dancer_pipeline.analyses._unstable import unstable_legs
from dancer_pipeline.analyses.gait import gait
from dancer_pipeline.analyses.gait_events import gait_events
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import Performance, perform
from dancer_pipeline.synthetic.running import Run
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.contract import core
from dancer_pipeline_tests.analyses.walkers import (
    SIDE,
    behind,
    metric,
    reasons,
    seen,
    strikes,
    table,
    walk,
)

LIMPING = Gait(cadence_spm=100.0, asymmetry_percent=16.0)
TWICE_THE_NOISE = 2.0
LEG = ("hip", "knee", "ankle")


def measured(performance: Performance, **noise: float) -> pd.DataFrame:
    return table("gait", seen(performance, **noise))


def answered(made: pd.DataFrame) -> set[str]:
    return set(made.loc[made["status"] != "refused", "metric"])


def test_heels_strike_when_they_do_with_the_side_that_does() -> None:
    events = table("gait_events", seen(walk()))
    found = events[events["event"] == "heel_strike"]
    truth = [(time_s, side) for time_s, side in strikes(walk()) if 0.2 < time_s < 5.8]
    for time_s, side in truth:
        assert (found.loc[found["side"] == side, "time_s"] - time_s).abs().min() < 0.07
    assert len(found) <= len(strikes(walk()))


def test_events_take_turns_and_name_the_frame_that_shows_them() -> None:
    events = table("gait_events", seen(walk()))
    order = [f"{row.side} {row.event}" for row in events.itertuples()]
    cycle = ["right heel_strike", "left toe_off", "left heel_strike", "right toe_off"]
    first = cycle.index(order[0])
    assert order == [cycle[(first + place) % 4] for place in range(len(order))]
    assert (events["frame"] - events["time_s"] * 30).abs().max() <= 0.51


def test_a_foot_that_is_farthest_ahead_as_the_record_ends_has_not_struck() -> None:
    inputs = behind("gait", seen(walk(), noise=0.0))
    events = inputs["gait_events"]
    last_s = events.loc[events["event"] == "heel_strike", "time_s"].iloc[-2]
    until = inputs["body_motion"]["time_s"] <= last_s + 0.07
    cut = gait_events(inputs["body_motion"][until], inputs["activity"])
    assert cut.loc[cut["event"] == "heel_strike", "time_s"].max() < last_s - 0.3


def test_a_steady_walk_has_its_numbers() -> None:
    made = measured(walk(duration_s=8.0))
    cadence = metric(made, "cadence")
    assert (cadence["status"], cadence["unit"]) == ("ok", "steps/min")
    assert cadence["value"] == pytest.approx(100.0, abs=1.5)
    assert cadence["ci95_low"] < 100.0 < cadence["ci95_high"]
    assert metric(made, "stride_time")["value"] == pytest.approx(1.2, abs=0.02)
    for side in ("left", "right"):
        assert metric(made, "step_time", side)["value"] == pytest.approx(0.6, abs=0.02)
        assert metric(made, "gait_knee_range", side)["value"] == pytest.approx(60, abs=12)
    count = metric(made, "step_count")
    assert count["value"] == pytest.approx(len(strikes(walk(duration_s=8.0))), abs=1)
    assert len(count["evidence_frames"]) == count["value"]
    assert metric(made, "step_regularity")["value"] > 0.85
    assert metric(made, "stride_regularity")["value"] > 0.85


def test_stance_has_low_confidence_always_and_says_how_far_it_is_off() -> None:
    made = measured(walk(duration_s=8.0))
    for name in ("stance_share", "swing_share", "double_support_share"):
        row = metric(made, name)
        assert (row["status"], list(row["reasons"])) == ("low_confidence", ["known_bias"])
        assert "4 percentage points" in row["advice"]
    stance, swing = metric(made, "stance_share")["value"], metric(made, "swing_share")["value"]
    assert stance + swing == pytest.approx(100)
    assert stance == pytest.approx(66, abs=4)


def test_the_slower_side_is_named() -> None:
    made = measured(walk(LIMPING, duration_s=10.0))
    row = metric(made, "step_time_asymmetry")
    assert row["value"] == pytest.approx(16, abs=6)
    assert row["ci95_low"] > 0
    left, right = (metric(made, "step_time", side)["value"] for side in ("left", "right"))
    assert left - right == pytest.approx(0.096, abs=0.04)
    assert metric(made, "step_regularity")["value"] < metric(made, "stride_regularity")["value"]


def test_a_mirror_exchanges_the_sides_and_nothing_else() -> None:
    tables = seen(walk(LIMPING, duration_s=8.0))
    flipped = tables | {"pose_keypoints": performer.mirrored(tables["pose_keypoints"])}
    made, mirrored = table("gait", tables), table("gait", flipped)
    assert metric(mirrored, "cadence")["value"] == pytest.approx(metric(made, "cadence")["value"])
    assert metric(mirrored, "step_time_asymmetry")["value"] == pytest.approx(
        -metric(made, "step_time_asymmetry")["value"], abs=0.01
    )
    for side, other in (("left", "right"), ("right", "left")):
        for name in ("step_time", "gait_knee_range"):
            here, there = metric(made, name, side), metric(mirrored, name, other)
            assert here["value"] == pytest.approx(there["value"], abs=0.01)
            assert here["status"] == there["status"]


@pytest.mark.parametrize(
    ("scale", "shift"), [(1.0, (40.0, -15.0)), (0.5, (300.0, 180.0)), (0.8, (100.0, 60.0))]
)
def test_place_and_size_in_the_picture_do_not_matter(
    scale: float, shift: tuple[float, float]
) -> None:
    tables = seen(walk(LIMPING))
    points = tables["pose_keypoints"]
    moved = points.assign(
        x_px=(points["x_px"] * scale + shift[0]).astype(np.float32),
        y_px=(points["y_px"] * scale + shift[1]).astype(np.float32),
    )
    made, other = table("gait", tables), table("gait", tables | {"pose_keypoints": moved})
    assert answered(made) == answered(other)
    np.testing.assert_allclose(made["value"], other["value"], rtol=0.01, atol=0.05)


@pytest.mark.parametrize(
    "change",
    [
        {"distance_m": 3.5},
        {"distance_m": 9.0},
        {"width_px": 720, "height_px": 1280, "field_of_view_deg": 60.0},
        {"yaw_deg": -90.0},
        {"camera_height_m": 0.6},
    ],
    ids=str,
)
def test_where_the_camera_stands_does_not_matter(change: dict[str, float]) -> None:
    made = measured(walk(LIMPING, replace(SIDE, **change), duration_s=8.0))
    assert metric(made, "cadence")["status"] == "ok"
    assert metric(made, "cadence")["value"] == pytest.approx(100, abs=1.5)
    assert metric(made, "step_time_asymmetry")["value"] == pytest.approx(16, abs=7)


@pytest.mark.parametrize("rate_hz", [15.0, 24.0, 30.0, 60.0])
def test_the_frame_rate_does_not_matter(rate_hz: float) -> None:
    made = measured(walk(LIMPING, replace(SIDE, frame_rate_hz=rate_hz), duration_s=8.0))
    assert metric(made, "cadence")["status"] == "ok"
    assert metric(made, "cadence")["value"] == pytest.approx(100, abs=1.5)
    assert metric(made, "step_time_asymmetry")["value"] == pytest.approx(16, abs=7)


@pytest.mark.parametrize("dropped_share", [0.1, 0.2, 0.35])
def test_lost_frames_do_not_change_the_time(dropped_share: float) -> None:
    made = measured(walk(duration_s=10.0), dropped_share=dropped_share)
    assert metric(made, "cadence")["value"] == pytest.approx(100, abs=2)


def test_on_a_treadmill_and_across_the_room_it_is_the_same() -> None:
    across = replace(LIMPING, treadmill=False, start_m=(-3.0, 0.0))
    view = replace(SIDE, follows=False, distance_m=7.0, field_of_view_deg=60.0)
    here, there = measured(walk(LIMPING, view)), measured(walk(across, view))
    for name in ("cadence", "stride_time"):
        assert metric(here, name)["value"] == pytest.approx(metric(there, name)["value"], rel=0.015)


def test_strides_never_reach_across_a_turn() -> None:
    plan = Gait(cadence_spm=105.0, treadmill=False, turn_after_m=4.0, start_m=(-2.0, 0.0))
    view = replace(SIDE, follows=False, distance_m=9.0, field_of_view_deg=60.0)
    made = measured(walk(plan, view, duration_s=11.0))
    assert metric(made, "cadence")["status"] == "ok"
    assert metric(made, "cadence")["value"] == pytest.approx(105, abs=1.5)
    # Each side is near on one of the two ways.
    assert metric(made, "gait_knee_range", "left")["status"] == "ok"
    assert metric(made, "gait_knee_range", "right")["status"] == "ok"


def test_from_the_side_the_far_leg_has_low_confidence() -> None:
    made = measured(walk())
    assert metric(made, "gait_knee_range", "left")["status"] == "ok"
    far = metric(made, "gait_knee_range", "right")
    assert (far["status"], list(far["reasons"])) == ("low_confidence", ["far_side"])


def test_obliquely_there_are_times_but_no_angles() -> None:
    made = measured(walk(view=replace(SIDE, yaw_deg=45.0)))
    assert metric(made, "cadence")["status"] == metric(made, "step_time", "left")["status"] == "ok"
    uneven = metric(made, "step_time_asymmetry")
    assert (uneven["status"], list(uneven["reasons"])) == (
        "low_confidence",
        ["view_not_supported"],
    )
    knee = metric(made, "gait_knee_range", "left")
    assert (knee["status"], list(knee["reasons"])) == ("refused", ["view_not_supported"])
    assert "45 degrees" in knee["advice"] or "44 degrees" in knee["advice"]


@pytest.mark.parametrize("yaw_deg", [0, 20, 180])
def test_from_the_front_and_from_behind_there_is_a_cadence_only(yaw_deg: float) -> None:
    made = measured(walk(view=replace(SIDE, yaw_deg=yaw_deg)))
    assert answered(made) == {"cadence"}
    assert metric(made, "cadence")["value"] == pytest.approx(100, abs=2)
    assert reasons(made) == {"view_not_supported"}


def test_running_and_walking_backward_have_a_cadence_only() -> None:
    run = measured(perform("run", seed=4, duration_s=6, plan=Run(cadence_spm=165.0), view=SIDE))
    assert (answered(run), reasons(run)) == ({"cadence"}, {"running"})
    assert metric(run, "cadence")["value"] == pytest.approx(165, abs=2)
    backward = measured(walk(Gait(cadence_spm=90.0, backward=True), duration_s=7.0))
    assert (answered(backward), reasons(backward)) == ({"cadence"}, {"walking_backward"})
    assert metric(backward, "cadence")["value"] == pytest.approx(90, abs=1.5)


def without(tables: dict[str, pd.DataFrame], parts: str) -> dict[str, pd.DataFrame]:
    points = tables["pose_keypoints"]
    hit = points["keypoint"].astype(str).str.contains(parts)
    hidden = points.assign(confidence=points["confidence"].where(~hit, 0.1).astype(np.float32))
    return tables | {"pose_keypoints": hidden}


def nobody(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return tables | {"pose_keypoints": performer.without_person(tables["pose_keypoints"])}


def frozen(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return tables | {"video_extracts": performer.video_extracts(local_change=0.001)}


REFUSALS = {
    "no_person": lambda: nobody(seen(walk())),
    "too_short": lambda: seen(walk(duration_s=3.0)),
    "frozen_picture": lambda: frozen(seen(walk())),
    "frame_rate_too_low": lambda: seen(walk(view=replace(SIDE, frame_rate_hz=2.0))),
    "lower_body_not_visible": lambda: without(seen(walk()), "knee|ankle|heel|foot_index"),
    "tracking_unstable": lambda: seen(walk(duration_s=10.0), swaps_per_min=110.0),
    "not_periodic": lambda: seen(perform("standing", seed=4, duration_s=6, view=SIDE)),
    "not_applicable": lambda: seen(perform("squat", seed=4, view=SIDE)),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_cannot_be_measured_is_refused_with_what_was_measured(code: str) -> None:
    made = table("gait", REFUSALS[code]())
    assert set(made["status"]) == {"refused"}
    assert reasons(made) == {code}
    assert made["advice"].str.len().min() > 40
    assert len(made) == 19


def test_a_constant_pose_and_one_frame_and_a_table_of_nothing_are_refused() -> None:
    still = performer.pose_table(performer.times(5, 30), performer.Motion(thigh_deg=20.0))
    for points in (still, still[still["frame"] == 0], still[:0]):
        made = table("gait", core(performer.typed(points)))
        assert set(made["status"]) == {"refused"}


def test_a_third_of_fifteen_frames_lost_is_too_slow() -> None:
    slow = walk(view=replace(SIDE, frame_rate_hz=15.0), duration_s=8.0)
    made = measured(slow, dropped_share=0.35)
    assert reasons(made) == {"frame_rate_too_low"}
    assert "15" in made["advice"].iloc[0]


def test_thirteen_frames_a_second_have_low_confidence() -> None:
    made = measured(walk(view=replace(SIDE, frame_rate_hz=13.0), duration_s=9.0))
    cadence = metric(made, "cadence")
    assert (cadence["status"], list(cadence["reasons"])) == (
        "low_confidence",
        ["frame_rate_too_low"],
    )


def test_steps_in_another_rhythm_than_the_ankles_part_have_low_confidence() -> None:
    tables = seen(walk(duration_s=8.0))
    inputs = behind("gait", tables)
    events = inputs["gait_events"]
    stretched = events.assign(time_s=events["time_s"] * 1.08)
    made = gait(*(it for it in (inputs | {"gait_events": stretched}).values()))
    assert list(metric(made, "cadence")["reasons"]) == ["methods_disagree"]
    assert list(metric(made, "stride_time")["reasons"]) == []


def test_a_missing_step_makes_no_long_one() -> None:
    tables = seen(walk(duration_s=8.0))
    inputs = behind("gait", tables)
    events = inputs["gait_events"]
    found = events[events["event"] == "heel_strike"]
    missing = events.drop(found.index[len(found) // 2])
    made = gait(*(it for it in (inputs | {"gait_events": missing}).values()))
    assert metric(made, "cadence")["value"] == pytest.approx(100, abs=1.5)
    assert metric(made, "step_time", "left")["value"] == pytest.approx(0.6, abs=0.03)


def test_every_refusal_is_the_same_metrics_in_the_same_order() -> None:
    whole = measured(walk(duration_s=8.0))
    refused = table("gait", seen(perform("standing", seed=4, duration_s=6, view=SIDE)))
    names = ["metric", "side", "unit"]
    pd.testing.assert_frame_equal(whole[names].astype(str), refused[names].astype(str))


def test_noise_widens_the_interval() -> None:
    plain = metric(measured(walk(duration_s=8.0)), "cadence")
    noisy = metric(measured(walk(duration_s=8.0), noise=TWICE_THE_NOISE), "cadence")
    assert noisy["ci95_high"] - noisy["ci95_low"] > plain["ci95_high"] - plain["ci95_low"]


def test_a_leg_whose_bones_change_their_length_has_no_angles_and_sure_times() -> None:
    noisy = measured(walk(duration_s=8.0), noise=6.0)
    for joint in ("knee", "hip", "ankle"):
        row = metric(noisy, f"gait_{joint}_range", "left")
        assert (row["status"], list(row["reasons"])) == ("refused", ["tracking_unstable"])
        assert "%" in row["advice"]
    for name in ("cadence", "stride_time", "step_time_asymmetry"):
        row = metric(noisy, name)
        assert row["status"] == "low_confidence"
        assert "tracking_unstable" in list(row["reasons"])


def test_legs_hidden_in_more_than_a_fifth_of_the_walk_have_no_angles() -> None:
    points = {f"{side}_{part}": np.zeros((100, 2)) for side in ("left", "right") for part in LEG}
    points["left_knee"] = points["left_knee"] + 50.0
    during = np.ones(100, dtype=bool)
    assert unstable_legs(points, during, ["left"]) is None
    points["left_knee"][:25] = np.nan
    code, advice = unstable_legs(points, during, ["right", "left"])
    assert code == "tracking_unstable"
    assert "left" in advice
    assert "25%" in advice
    assert unstable_legs(points, ~during, ["left"]) is None


def test_legs_confused_in_some_frames_leave_a_doubt() -> None:
    tables = behind("gait", seen(walk(duration_s=8.0)))
    motion = tables["body_motion"]
    for share, status in ((0.02, "ok"), (0.07, "low_confidence"), (0.12, "refused")):
        exchanged = np.arange(len(motion)) < share * len(motion)
        walked = tables | {"activity": whole_time(tables["activity"])}
        made = gait(*(walked | {"body_motion": motion.assign(legs_exchanged=exchanged)}).values())
        assert metric(made, "step_time_asymmetry")["status"] == status
        doubtful = status != "ok"
        assert ("tracking_unstable" in list(metric(made, "cadence")["reasons"])) is doubtful


def whole_time(activity: pd.DataFrame) -> pd.DataFrame:
    return activity.assign(start_s=0.0)


def test_in_a_limp_the_difference_of_the_steps_is_not_sure() -> None:
    limp = metric(measured(walk(Gait(limp="right"), duration_s=8.0)), "step_time_asymmetry")
    assert (limp["status"], list(limp["reasons"])) == ("low_confidence", ["known_bias"])
    assert "left foot" in limp["advice"]
    assert metric(measured(walk(LIMPING, duration_s=8.0)), "step_time_asymmetry")["status"] == "ok"


@pytest.mark.parametrize("yaw_deg", [0.0, 180.0])
def test_a_cadence_by_rhythm_has_an_interval(yaw_deg: float) -> None:
    front = walk(view=replace(SIDE, yaw_deg=yaw_deg), duration_s=12.0)
    row = metric(measured(front), "cadence")
    assert row["ci95_low"] < 100.0 < row["ci95_high"]
    assert row["ci95_high"] - row["ci95_low"] < 25.0


def test_a_rhythm_that_no_body_has_is_withheld() -> None:
    tables = behind("gait", seen(walk(view=replace(SIDE, yaw_deg=0.0), duration_s=12.0)))
    assert metric(gait(*tables.values()), "cadence")["status"] == "ok"
    slow = gait(*tables.values(), needs=Requirements(cadences_spm=(120.0, 220.0)))
    row = metric(slow, "cadence")
    assert (row["status"], list(row["reasons"])) == ("refused", ["out_of_range"])


def test_an_ankle_is_never_sure() -> None:
    made = measured(walk(duration_s=8.0))
    for side in ("left", "right"):
        row = metric(made, "gait_ankle_range", side)
        assert row["status"] == "low_confidence"
        assert "known_bias" in list(row["reasons"])
    assert metric(made, "gait_knee_range", "left")["status"] == "ok"
