"""The metrics of an exercise: counts, tempo and range, or why there are none."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy._exercisers import random_session
from benchmarks.accuracy.material import analysed
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.exercisers import Told, front_raises, show, without_feet

SIDE = {"yaw_deg": 90.0, "frame_rate_hz": 30.0}


def test_counts_and_their_evidence() -> None:
    told = Told(show("squat", None, sets=(3, 4), view=SIDE))
    count = told.metric("repetition_count")
    assert (count["value"], count["n"], count["status"]) == (7, 7, "ok")
    assert told.metric("set_count")["value"] == 2
    assert told.metric("partial_repetition_count")["value"] == 0
    assert list(count["evidence_frames"]) == list(told.rows["turn_frame"])


def test_tempo_and_range_of_squats_from_the_side() -> None:
    shown = show("squat", 6, view=SIDE, hold_s=0.8)
    told = Told(shown)
    truth = shown.motion.repetitions
    # A smooth movement is faster than 5 % of its fastest moment for 88 % of the time.
    down_s = np.median([one.bottom_s - one.hold_s / 2 - one.start_s for one in truth])
    period_s = np.median(np.diff([one.bottom_s for one in truth]))
    assert told.metric("eccentric_duration")["value"] == pytest.approx(0.88 * down_s, abs=0.25)
    assert told.metric("hold_duration")["value"] == pytest.approx(0.8, abs=0.2)
    assert told.metric("repetition_rate")["value"] == pytest.approx(60 / period_s, rel=0.05)
    reach = told.metric("repetition_range")
    assert (reach["value"], reach["status"]) == (pytest.approx(92, abs=10), "ok")
    assert reach["ci95_low"] <= reach["value"] <= reach["ci95_high"]


def test_a_range_that_rests_on_estimated_depth_says_so() -> None:
    told = Told(show("squat", 4, view={"yaw_deg": 0.0, "frame_rate_hz": 30.0}))
    assert told.metric("repetition_count")["status"] == "ok"
    assert list(told.metric("repetition_range")["reasons"]) == ["view_not_supported"]


def test_few_frames_per_second_make_times_coarse_but_not_the_count() -> None:
    told = Told(show("squat", 4, view={"yaw_deg": 90.0, "frame_rate_hz": 15.0}))
    assert told.metric("repetition_count")["status"] == "ok"
    assert list(told.metric("eccentric_duration")["reasons"]) == ["frame_rate_too_low"]


def test_a_plank_has_a_duration_and_no_count() -> None:
    told = Told(show("plank", 1, hold_s=8.0, view={"yaw_deg": 80.0}))
    assert told.metric("hold_duration")["value"] == pytest.approx(9.0, abs=1.2)
    assert list(told.metric("repetition_count")["reasons"]) == ["not_applicable"]


def test_an_unknown_exercise_has_a_count_of_low_confidence_and_no_lifting() -> None:
    told = Told(front_raises(6))
    assert told.metric("repetition_count")["status"] == "low_confidence"
    assert told.metric("concentric_duration")["status"] == "refused"


def test_a_single_repetition_has_no_rate() -> None:
    told = Told(show("bridge", 1))
    assert told.metric("repetition_count")["value"] == 1
    assert list(told.metric("repetition_rate")["reasons"]) == ["too_short"]


def test_a_movement_that_is_too_small_is_told_with_its_size() -> None:
    time_s = performer.times(8.0, 30.0)
    dip = 18 * (1 - np.cos(np.pi * time_s)) / 2
    poses = performer.pose_table(time_s, performer.Motion(knee_deg=2 * dip, thigh_deg=dip))
    row = Told(poses, exercise="squat").metric("repetition_count")
    assert list(row["reasons"]) == ["movement_too_small"]
    assert "40" in row["advice"]
    assert np.isnan(row["value"])


@pytest.mark.parametrize(
    ("said", "reason"), [("dance", "not_applicable"), ("plank", "not_periodic")]
)
def test_what_was_named_but_not_done_is_refused_by_name(said: str, reason: str) -> None:
    row = Told(show("squat", 3), exercise=said).metric("repetition_count")
    assert list(row["reasons"]) == [reason]
    assert said in row["advice"]


def test_squats_that_are_called_curls_are_refused_for_what_the_elbows_did() -> None:
    row = Told(show("squat", 5, view=SIDE), exercise="biceps_curl").metric("repetition_count")
    assert list(row["reasons"]) == ["movement_too_small"]
    assert "the elbow moved by" in row["advice"]


def test_two_exercises_are_counted_together_and_have_no_tempo_in_common() -> None:
    tables, truth = random_session(("squat", "biceps_curl"), seed=3)
    rows = analysed(tables, "exercise")["exercise"].set_index("metric")
    count = rows.loc["repetition_count"]
    assert (count["value"], count["status"]) == (
        sum(number for _, number in truth),
        "low_confidence",
    )
    assert f"{truth[0][1]} of squat, {truth[1][1]} of biceps curl" in count["advice"]
    assert rows.loc["set_count", "value"] == 2
    for name in ("repetition_rate", "eccentric_duration", "repetition_range"):
        assert list(rows.loc[name, "reasons"]) == ["several_exercises"]


def test_no_exercise_is_no_count_of_zero() -> None:
    row = Told(show("standing", None)).metric("repetition_count")
    assert (row["status"], list(row["reasons"])) == ("refused", ["not_periodic"])
    assert np.isnan(row["value"])


def test_hidden_legs_are_named_with_their_share() -> None:
    row = Told(show("squat", 3), change=without_feet, exercise="squat").metric("repetition_count")
    assert list(row["reasons"]) == ["lower_body_not_visible"]
    assert "100%" in row["advice"]


def test_nobody_is_told_before_anything_else() -> None:
    row = Told(performer.nobody(), exercise="squat").metric("repetition_count")
    assert list(row["reasons"]) == ["no_person"]


def test_a_clock_that_jumps_makes_no_frames_rare() -> None:
    def late(poses: pd.DataFrame) -> pd.DataFrame:
        return poses.assign(time_s=poses["time_s"] + 60.0 * (poses["time_s"] > 15.0))

    told = Told(show("squat", 6, view=SIDE), change=late, exercise="squat")
    assert "frame_rate_too_low" not in list(told.metric("eccentric_duration")["reasons"])
