"""Which frames are worth a picture."""

from itertools import pairwise

import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.report.moments import key_moments
from dancer_pipeline_tests.report import example


def test_frames_of_a_finding_come_first_with_the_angles_of_its_joint() -> None:
    moments = key_moments(example.tables(), most=2)

    assert [one.frame for one in moments] == [20, 100]
    assert moments[0].caption == "Knee: left 106°, right 76°"
    assert moments[0].time_s == 20 / 30


def test_moments_are_in_order_of_time_and_apart() -> None:
    times = [one.time_s for one in key_moments(example.tables())]

    assert len(times) == 6
    assert all(after - before > 0.4 for before, after in pairwise(times))


def test_without_findings_the_joint_that_moves_most_is_shown_at_its_ends() -> None:
    tables = {name: table for name, table in example.tables().items() if name != "findings"}

    captions = {one.caption for one in key_moments(tables, most=2)}

    assert captions == {"Left knee at 106°", "Left knee at 5°"}


def test_a_joint_whose_range_was_refused_is_no_moment() -> None:
    tables = example.tables() | {"findings": example.tables()["findings"][:0]}
    tables["joint_angles"] = tables["joint_angles"].query("joint == 'ankle'")
    told = key_moments({**tables, "pose_metrics": tables["pose_metrics"][:0]})
    refused = key_moments(tables)

    assert any("ankle" in moment.caption for moment in told)
    assert not any("ankle" in moment.caption for moment in refused)


def test_angles_that_were_only_guessed_are_not_shown_as_extremes() -> None:
    tables = {name: table for name, table in example.tables().items() if name != "findings"}
    tables["joint_angles"] = tables["joint_angles"].assign(confidence=0.3)

    assert {one.caption for one in key_moments(tables)} == {"The movement"}


def test_with_nothing_but_keypoints_the_time_with_a_person_is_spread_evenly() -> None:
    moments = key_moments({"pose_keypoints": example.pose_keypoints(slice(60, 230))}, most=3)

    assert len(moments) == 3
    assert all(60 <= one.frame < 230 for one in moments)


def test_a_video_of_nobody_still_gets_pictures_that_say_so() -> None:
    moments = key_moments(example.nobody(), most=3)

    assert {one.caption for one in moments} == {"Not measured"}
    assert len(moments) == 3


def test_without_frames_there_are_no_moments() -> None:
    assert key_moments({}) == []
    assert key_moments({"pose_keypoints": example.pose_keypoints().iloc[:0]}) == []


def test_a_picture_of_a_repetition_says_which_and_how_much_and_knows_what_it_is_about() -> None:
    form = pd.DataFrame(
        {"repetition": [4], "measure": ["trunk_lean"], "value": [52.0], "unit": ["deg"],
         "frame": [100]}
    )  # fmt: skip
    findings = example.tables()["findings"][:1].assign(metric="trunk_lean")
    findings["evidence_frames"] = [[100]]
    tables = example.tables() | {"repetition_form": form, "findings": findings}

    (moment,) = (one for one in key_moments(tables) if one.frame == 100)

    assert moment.caption == "Repetition 4: lean of the trunk 52°"
    assert moment.metrics == ("trunk_lean",)


def test_every_finding_gets_its_picture_up_to_nine() -> None:
    one = example.tables()["findings"][:1]
    many = pd.concat([one] * 8, ignore_index=True)
    many["evidence_frames"] = [[25 * number] for number in range(8)]

    frames = [one.frame for one in key_moments(example.tables() | {"findings": many})]

    assert frames == [25 * number for number in range(8)]


def test_turning_points_heels_swings_and_beats_are_shown_before_the_ends_of_joints() -> None:
    repetition = {"repetition": 1, "turn_frame": 40, "start_frame": 10}
    heel = {"side": "left", "event": "heel_strike", "frame": 90}
    beats = Metric("beat_evenness", "1", 0.9, 3, evidence_frames=(190,))
    tables = example.tables() | {
        "findings": example.tables()["findings"][:0],
        "repetitions": pd.DataFrame([repetition]),
        "gait_events": pd.DataFrame([heel, heel | {"event": "toe_off", "frame": 110}]),
        "swings": pd.DataFrame([{"swing": 3, "peak_frame": 140}]),
        "pose_metrics": metric_table("dance", [beats], method_version="1"),
    }

    shown = {one.frame: one.caption for one in key_moments(tables, most=5)}

    assert shown == {
        10: "Repetition 1: start",
        40: "Repetition 1: turning point",
        90: "The left heel meets the floor",
        140: "Swing 3: the hand at its fastest",
        190: "Beat 1 of the dance",
    }


def test_of_a_video_of_nobody_three_pictures_are_enough() -> None:
    assert len(key_moments(example.nobody())) == 3


def test_a_picture_that_shows_two_findings_says_and_marks_both() -> None:
    form = pd.DataFrame(
        {"repetition": [4, 4], "measure": ["trunk_lean", "hip_shift"], "value": [52.0, 20.0],
         "unit": ["deg", "percent"], "frame": [100, 100]}
    )  # fmt: skip
    one = example.tables()["findings"][:1]
    both = pd.concat([one.assign(metric="trunk_lean"), one.assign(metric="hip_shift")])
    both["evidence_frames"] = [[100], [100]]

    (moment,) = key_moments({**example.tables(), "repetition_form": form, "findings": both}, most=1)

    assert moment.caption == "Repetition 4: lean of the trunk 52°; hips aside 20 %"
    assert moment.metrics == ("trunk_lean", "hip_shift")
