"""Quality of repetitions whose tempo, depth and smoothness are known."""

import re

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy._retimed import slowing
from benchmarks.accuracy.material import analysed, synthetic_tables
from dancer_pipeline.analyses._results import Value
from dancer_pipeline.analyses._steadiness import tiring
from dancer_pipeline.analyses.movement_quality import Requirements, movement_quality
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style
from dancer_pipeline_tests.analyses import counted, performer


def quality(performance: Performance, **more: object) -> pd.DataFrame:
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    done = counted.repetitions(performance, **more)
    extracts = tables["video_extracts"]
    return movement_quality(tables["body_motion"], done, extracts).set_index("metric")


def curls(yaw_deg: float = 90, **style: object) -> Performance:
    return perform(
        "biceps_curl", seed=5, repetitions=7, view=View(yaw_deg=yaw_deg), style=Style(**style)
    )


def test_one_smooth_stroke_has_the_smoothness_that_is_published_for_it() -> None:
    row = quality(curls()).loc["smoothness"]
    assert row["value"] == pytest.approx(-1.55, abs=0.2)
    assert (row["status"], row["n"]) == ("ok", 7)
    assert row["ci95_low"] <= row["value"] <= row["ci95_high"]


def test_a_jerky_movement_is_less_smooth() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    body = tables["body_motion"]
    shaken = body.copy()
    for side in ("left", "right"):
        shaken[f"{side}_wrist_y_px"] += 15 * np.sin(2 * np.pi * 2.5 * body["time_s"])
    done, extracts = counted.repetitions(performance), tables["video_extracts"]
    smooth, jerky = (
        movement_quality(it, done, extracts).set_index("metric").loc["smoothness", "value"]
        for it in (body, shaken)
    )
    assert jerky < smooth - 0.3


@pytest.mark.parametrize("rate_hz", [15, 30, 60])
def test_smoothness_does_not_depend_on_the_frame_rate(rate_hz: float) -> None:
    view = View(yaw_deg=90, frame_rate_hz=rate_hz)
    performance = perform("squat", seed=6, repetitions=5, view=view)
    assert quality(performance).loc["smoothness", "value"] == pytest.approx(-1.6, abs=0.2)


def test_variability_is_that_of_the_repetitions() -> None:
    performance = curls(depth=(0.8, 1.0), tempo=(0.8, 1.2))
    done = performance.motion.repetitions
    rows = quality(performance)
    for name, values in (
        ("range_variability", [one.depth for one in done]),
        ("tempo_variability", [one.end_s - one.start_s for one in done]),
    ):
        percent = 100 * np.std(values, ddof=1) / np.mean(values)
        assert rows.loc[name, "value"] == pytest.approx(percent, rel=1e-6)
        assert rows.loc[name, "ci95_low"] < percent < rows.loc[name, "ci95_high"]


@pytest.mark.parametrize("loss", [0.2, 0.4])
def test_somebody_who_slows_down_loses_velocity(loss: float) -> None:
    steady, tired = (quality(slowing(curls(), it)) for it in (0.0, loss))
    assert abs(steady.loc["velocity_loss", "value"]) < 15
    assert tired.loc["velocity_loss", "value"] == pytest.approx(100 * loss, abs=8)
    assert tired.loc["fatigue_slope", "value"] == pytest.approx(-100 * loss / 6, abs=3)
    assert (tired.loc["velocity_loss", "status"], tired.loc["velocity_loss", "n"]) == ("ok", 7)


@pytest.mark.parametrize(("lost", "status"), [(2, "low_confidence"), (3, "refused")])
def test_speeds_that_were_filled_in_say_nothing_of_tiring(lost: int, status: str) -> None:
    performance = curls()
    tables = synthetic_tables(performance, noise_seed=2)
    poses = tables["pose_keypoints"]
    is_wrist = poses["keypoint"].astype(str).str.endswith("wrist")
    is_gap = poses["time_s"] % 0.3 < 0.12
    for one in performance.motion.repetitions[-lost:]:
        is_back = poses["time_s"].between(one.bottom_s, one.end_s)
        poses.loc[is_wrist & is_gap & is_back, "confidence"] = 0.1
    body = analysed(tables, "body_motion")["body_motion"]
    done = counted.repetitions(performance)
    rows = movement_quality(body, done, tables["video_extracts"]).set_index("metric")
    for name in ("velocity_loss", "fatigue_slope"):
        row = rows.loc[name]
        assert (row["status"], list(row["reasons"])) == (status, ["tracking_unstable"])
        assert f"In {lost} of 7 repetitions the wrists were not seen" in row["advice"]
    few = movement_quality(body, done[3:], tables["video_extracts"]).set_index("metric")
    for name in ("velocity_loss", "fatigue_slope"):
        assert list(few.loc[name, "reasons"]) == ["too_short"]


def test_a_slope_counts_the_repetitions_whose_speed_is_not_known() -> None:
    peaks = np.array([1.0, np.nan, 0.9, np.nan, 0.8, np.nan, 0.7, np.nan, 0.6])
    table = pd.DataFrame({"set": 1, "is_partial": [False] * 9})
    why = ("tracking_unstable", "Hidden.")
    loss, slope = tiring(peaks, table, 5, why)
    assert isinstance(loss, Value)
    assert isinstance(slope, Value)
    assert loss.value == pytest.approx(40)
    assert slope.value == pytest.approx(-5 / 0.8)
    assert loss.doubts == slope.doubts == dict([why])


def test_ways_too_quick_for_a_smoothness_are_not_blamed_on_what_was_filled_in() -> None:
    performance = curls()
    tables = synthetic_tables(performance, noise_seed=2)
    poses = tables["pose_keypoints"]
    one = performance.motion.repetitions[2]
    is_wrist = poses["keypoint"].astype(str).str.endswith("wrist")
    is_gap = poses["time_s"].between(one.bottom_s, one.end_s) & (poses["time_s"] % 0.3 < 0.12)
    poses.loc[is_wrist & is_gap, "confidence"] = 0.1
    body, done = analysed(tables, "body_motion")["body_motion"], counted.repetitions(performance)
    rows = movement_quality(
        body, done, tables["video_extracts"], needs=Requirements(phase_s=9.0)
    ).set_index("metric")
    assert list(rows.loc["smoothness", "reasons"]) == ["too_short"]


def test_a_hand_out_of_the_picture_makes_no_exercise_of_one_arm() -> None:
    performance = perform("shoulder_press", seed=5, repetitions=6, view=View(yaw_deg=0))
    tables = synthetic_tables(performance, noise_seed=2)
    poses = tables["pose_keypoints"]
    for one in performance.motion.repetitions[:4]:
        is_up = poses["time_s"].between(one.bottom_s - 0.4, one.bottom_s + 0.4)
        poses.loc[is_up & (poses["keypoint"] == "right_wrist"), "confidence"] = 0.1
    body = analysed(tables, "body_motion")["body_motion"]
    rows = movement_quality(body, counted.repetitions(performance), tables["video_extracts"])
    row = rows.set_index("metric").loc["range_symmetry"]
    assert list(row["reasons"]) == ["too_short"]
    assert "Only 2 repetitions could be used" in row["advice"]


def test_arms_that_do_the_same_are_even_and_a_lazy_arm_is_seen() -> None:
    even, lazy = (
        quality(
            perform(
                "lateral_raise", seed=2, repetitions=5, view=View(yaw_deg=0),
                style=Style(asymmetry=share),
            )
        )
        for share in (0.0, 0.3)
    )  # fmt: skip
    assert even.loc["range_symmetry", "value"] == pytest.approx(1.0, abs=0.06)
    assert even.loc["range_symmetry_angle", "value"] == pytest.approx(0.0, abs=2)
    assert lazy.loc["range_symmetry", "value"] > 1.15
    assert lazy.loc["range_symmetry_angle", "value"] < -4


@pytest.mark.parametrize(
    ("yaw_deg", "reason"), [(90, "view_not_supported"), (45, "view_not_supported")]
)
def test_a_side_view_hides_one_arm(yaw_deg: float, reason: str) -> None:
    row = quality(curls(yaw_deg)).loc["range_symmetry"]
    assert (row["status"], list(row["reasons"])) == ("refused", [reason])


def test_a_moving_camera_says_nothing_about_smoothness() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance), "body_motion")
    panned = performer.video_extracts(30.0, camera_shift_x=80.0)
    rows = movement_quality(tables["body_motion"], counted.repetitions(performance), panned)
    row = rows.set_index("metric").loc["smoothness"]
    assert list(row["reasons"]) == ["camera_moves"]
    assert re.search(r"by \d+\.\d\d torso lengths per second", row["advice"])


def test_without_repetitions_everything_is_refused() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance), "body_motion")
    none = counted.repetitions(performance)[:0]
    rows = movement_quality(tables["body_motion"], none, tables["video_extracts"])
    assert (rows["status"] == "refused").all()
    assert rows["advice"].notna().all()


def test_an_unknown_exercise_has_a_tempo_but_no_smoothness() -> None:
    rows = quality(curls(), exercise="unknown")
    assert rows.loc["smoothness", "status"] == "refused"
    assert rows.loc["tempo_variability", "status"] == "ok"


def test_only_the_exercise_that_is_done_most_is_measured() -> None:
    performance = curls()
    mixed, alone = counted.repetitions(performance), counted.repetitions(performance)
    mixed["exercise"] = ["squat"] * 2 + ["biceps_curl"] * 5
    mixed.loc[:1, "range_deg"] = 20.0
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    rows, wanted = (
        movement_quality(tables["body_motion"], it, tables["video_extracts"]).set_index("metric")
        for it in (mixed, alone[2:])
    )
    pd.testing.assert_frame_equal(rows, wanted)
    assert rows.loc["smoothness", "n"] == 5


def test_a_slower_second_set_is_no_uneven_tempo() -> None:
    performance = curls(tempo=(0.97, 1.03))
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    done = counted.repetitions(performance)
    done.loc[4:, "set"] = 2
    done.loc[4:, "end_s"] = done.loc[4:, "start_s"] + 2 * (
        done.loc[4:, "end_s"] - done.loc[4:, "start_s"]
    )
    rows = movement_quality(tables["body_motion"], done, tables["video_extracts"])
    assert rows.set_index("metric").loc["tempo_variability", "value"] < 5


@pytest.mark.parametrize(("share", "is_told"), [(0.05, True), (0.25, False)])
def test_smoothness_of_what_was_filled_in_is_refused(share: float, *, is_told: bool) -> None:
    performance = curls()
    tables = synthetic_tables(performance, noise_seed=2)
    poses = tables["pose_keypoints"]
    is_lost = np.random.default_rng(1).random(poses["frame"].max() + 1) < share
    is_wrist = poses["keypoint"].astype(str).str.endswith("wrist")
    poses.loc[is_wrist & is_lost[poses["frame"]], "confidence"] = 0.1
    body = analysed(tables, "body_motion")["body_motion"]
    rows = movement_quality(body, counted.repetitions(performance), tables["video_extracts"])
    row = rows.set_index("metric").loc["smoothness"]
    if is_told:
        assert row["status"] == "ok"
    else:
        assert list(row["reasons"]) == ["tracking_unstable"]
        assert re.search(r"In \d of 7 repetitions the wrists were not seen for 2\d%", row["advice"])


def test_a_range_that_was_not_measured_says_in_how_many_it_was() -> None:
    row = quality(curls(), range_deg=None).loc["range_variability"]
    assert "0 of 7 repetitions" in row["advice"]
