"""Two videos of one movement: what is found, what is no difference, and what is refused."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.comparison.courses import Course
from dancer_pipeline.comparison.phases import phase_locked
from dancer_pipeline.comparison.recording import Recording
from dancer_pipeline.comparison.tables import VIDEO_COMPARISON, VIDEO_COMPARISON_CURVES
from dancer_pipeline.comparison.videos import VideoComparison, compare_videos
from dancer_pipeline.metrics import Metric, collect, metric_table
from dancer_pipeline_tests.comparison.takes import Take, recording

USUAL = Take()


def compared(first: Take, second: Take) -> VideoComparison:
    return compare_videos(recording(first, "a"), recording(second, "b"))


def differences(first: Take, second: Take) -> pd.DataFrame:
    found = compared(first, second)
    assert found.refusals == []
    return found.differences


def beyond(rows: pd.DataFrame) -> set[tuple[str, str | None]]:
    hits = rows[[one is True for one in rows["is_beyond"]]]
    return {
        (str(one.quantity), one.landmark if isinstance(one.landmark, str) else None)
        for one in hits.itertuples()
    }


def row(rows: pd.DataFrame, quantity: str, landmark: str | None = None) -> Any:
    chosen = rows[rows["quantity"] == quantity]
    return (chosen if landmark is None else chosen[chosen["landmark"] == landmark]).iloc[0]


# No difference -----------------------------------------------------------------------------------


def test_a_video_does_not_differ_from_itself() -> None:
    rows = differences(USUAL, USUAL)
    assert (rows["difference"].dropna() == 0).all()
    assert {"knee_flexion", "hip_flexion", "trunk_lean", "repetition_duration"} < {
        *rows["quantity"]
    }
    assert beyond(rows) == set()


@pytest.mark.parametrize(
    "other",
    [
        {"middle_px": (800.0, 300.0)},
        {"scale_px": 190.0},
        {"rate_hz": 15.0},
        {"rate_hz": 60.0},
    ],
    ids=["elsewhere in the picture", "farther away", "fewer frames", "more frames"],
)
def test_how_it_was_filmed_is_no_difference_of_the_movement(other: dict[str, Any]) -> None:
    rows = differences(USUAL, replace(USUAL, **other))
    angles = rows[rows["unit"] == "deg"]
    assert angles["difference"].abs().max() < 0.5
    assert beyond(rows) == set()


def test_a_faster_movement_differs_in_tempo_and_not_in_angles() -> None:
    rows = differences(USUAL, replace(USUAL, down_s=1 / 1.3, up_s=1 / 1.3))
    assert rows.loc[rows["unit"] == "deg", "difference"].abs().max() < 1.5
    phases = ("eccentric", "concentric", "repetition", "beyond_half")
    assert beyond(rows) == {(f"{name}_duration", None) for name in phases}
    assert row(rows, "repetition_duration").difference == pytest.approx(2 / 1.3 - 2)
    half = row(rows, "beyond_half_duration")
    assert half.value_a == pytest.approx(1.0, abs=0.03), "half cosines: half of the time"
    assert half.difference == pytest.approx(1 / 1.3 - 1, abs=0.03)


def test_the_time_beyond_half_of_the_way_depends_neither_on_depth_nor_on_where_rest_is() -> None:
    usual = row(differences(USUAL, USUAL), "beyond_half_duration").value_a
    shallow = differences(USUAL, replace(USUAL, depths_deg=(70.0,) * 4))
    assert abs(row(shallow, "beyond_half_duration").difference) < 0.03
    starts = [start - 0.15 for start in USUAL.starts_s]
    early = differences(USUAL, replace(USUAL, said={"start_s": starts}))
    assert row(early, "beyond_half_duration").value_b == pytest.approx(usual, abs=0.04)
    assert row(early, "repetition_duration").difference == pytest.approx(0.15, abs=0.01)


# Differences -------------------------------------------------------------------------------------


def test_15_percent_less_depth_is_found_at_the_turn_and_in_the_range() -> None:
    rows = differences(USUAL, replace(USUAL, depths_deg=(102.0,) * 4))
    assert row(rows, "knee_flexion", "turn").difference == pytest.approx(-18, abs=1)
    assert row(rows, "knee_flexion", "range").difference == pytest.approx(-18, abs=1)
    assert {("knee_flexion", "turn"), ("knee_flexion", "range")} <= beyond(rows)
    assert not {("knee_flexion", "start"), ("knee_flexion", "end")} & beyond(rows)
    assert row(rows, "timing").difference == pytest.approx(0, abs=0.5), "it is no other timing"


def test_the_difference_is_the_second_less_the_first() -> None:
    there = differences(USUAL, replace(USUAL, depths_deg=(80.0,) * 4))
    back = differences(replace(USUAL, depths_deg=(80.0,) * 4), USUAL)
    assert there["difference"].drop(there.index[there["quantity"] == "timing"]).to_numpy() == (
        pytest.approx(-back["difference"].drop(back.index[back["quantity"] == "timing"]).to_numpy())
    )


def test_whose_repetitions_differ_a_lot_is_told_less() -> None:
    scattered = replace(USUAL, depths_deg=(90.0, 120.0, 105.0, 75.0))
    rows = differences(USUAL, scattered)
    turn = row(rows, "knee_flexion", "turn")
    assert abs(turn.difference) > 15
    assert (turn.mdc_origin, turn.is_beyond) == ("repetitions", False)
    spread = math.sqrt(np.var([90, 120, 105, 75], ddof=1) / 2)
    assert turn.mdc == pytest.approx(2.447 * math.sqrt(2) * spread, rel=0.05)  # Student, 6 degrees


def test_the_mirrored_re_run_of_a_video_widens_what_must_be_exceeded() -> None:
    runs = {
        "joint": ["knee"], "side": ["left"], "image_angle_mae_deg": [10.0],
        "world_angle_mae_deg": [0.0],
    }  # fmt: skip
    unsure = recording(replace(USUAL, depths_deg=(102.0,) * 4), "b")
    unsure = replace(unsure, tables={**unsure.tables, "mirror_error": pd.DataFrame(runs)})
    rows = compare_videos(recording(), unsure).differences
    turn = row(rows, "knee_flexion", "turn")
    sem = 10 * math.sqrt(math.pi / 2) / math.sqrt(2) / math.sqrt(2)  # of one run; of one of two
    assert turn.mdc == pytest.approx(2.447 * math.sqrt(2) * sem, rel=0.02)
    assert (turn.mdc_origin, turn.is_beyond) == ("repetitions", False)
    assert row(rows, "hip_flexion", "turn").mdc == 10


def test_the_median_repetition_is_compared_and_no_single_slip() -> None:
    slip = replace(USUAL, depths_deg=(120.0, 120.0, 120.0, 120.0, 60.0))
    assert abs(row(differences(USUAL, slip), "knee_flexion", "turn").difference) < 1


def test_a_repetition_that_turns_later_is_timed_differently() -> None:
    rows = differences(replace(USUAL, down_s=0.8, up_s=1.2), replace(USUAL, down_s=1.2, up_s=0.8))
    assert row(rows, "timing").difference > 5
    assert rows.loc[rows["unit"] == "deg", "difference"].abs().max() < 2, "phases are locked"
    assert ("eccentric_duration", None) in beyond(rows)


def test_partial_repetitions_and_holds_are_not_compared() -> None:
    odd = {"is_partial": [False, True, False, False, False], "is_hold": [False] * 4 + [True]}
    take = replace(USUAL, depths_deg=(120.0, 40.0, 120.0, 120.0, 120.0), said=odd)
    turn = row(differences(USUAL, take), "knee_flexion", "turn")
    assert (turn.n_a, turn.n_b) == (4, 3)


def test_of_one_sided_repetitions_only_those_of_one_side_are_compared() -> None:
    sides = {"side": ["left", "right"] * 3 + ["left"]}
    left_deep = tuple(120.0 if n % 2 == 0 else 60.0 for n in range(7))
    lunge = replace(USUAL, exercise="lunge", depths_deg=left_deep, said=sides)
    rows = differences(lunge, lunge)
    turn = row(rows, "knee_flexion", "turn")
    assert (turn.n_a, turn.n_b) == (4, 4)
    assert turn.value_a == pytest.approx(120, abs=2)


def test_from_the_front_the_knees_separation_counts_and_angles_are_rough() -> None:
    rows = differences(*(replace(USUAL, yaw_deg=0.0),) * 2)
    knees = row(rows, "knee_separation")
    assert (knees.landmark, knees.unit, knees.status) == ("turn", "ratio", "ok")
    angles = rows[rows["quantity"] == "knee_flexion"]
    assert {*angles["side"]} == {"left", "right"}
    assert {*angles["status"]} == {"low_confidence"}
    assert angles["advice"].str.contains("depth").all()
    assert (angles["mdc"] >= 25).all()
    assert "trunk_lean" not in {*rows["quantity"]}


def test_what_was_seen_in_one_video_alone_is_refused_and_the_rest_compared() -> None:
    hidden = recording(USUAL, "b")
    angles = hidden.tables["joint_angles"].copy()
    angles.loc[angles["joint"] == "elbow", ["image_deg", "world_deg"]] = np.nan
    hidden = replace(hidden, tables={**hidden.tables, "joint_angles": angles})
    rows = compare_videos(recording(USUAL), hidden).differences
    elbow = row(rows, "elbow_flexion")
    assert (elbow.status, [*elbow.reasons], elbow.n_a, elbow.n_b) == (
        "refused", ["not_seen_in_both"], 4, 0,
    )  # fmt: skip
    assert math.isnan(elbow.difference)
    assert row(rows, "knee_flexion").status == "ok"


def test_uncertain_repetitions_make_every_difference_uncertain() -> None:
    said = {"status": "low_confidence", "reasons": [["several_people"]] * 4}
    rows = differences(USUAL, replace(USUAL, said=said))
    assert {*rows["status"]} == {"low_confidence"}
    assert all([*codes] == ["several_people"] for codes in rows["reasons"])
    assert rows["advice"].str.contains("uncertain").all()


def test_metrics_of_whole_videos_are_judged_by_their_intervals() -> None:
    def measured(cadence: float, half: float, version: str = "1") -> pd.DataFrame:
        found = Metric("cadence", "1/min", cadence, n=9, ci95=(cadence - half, cadence + half))
        return collect(
            {"gait": metric_table("gait", [found], method_version=version)}, {"gait": ""}
        )

    def judged(first: pd.DataFrame, second: pd.DataFrame) -> list[Any]:
        pair = [
            replace(it, tables={**it.tables, "pose_metrics": metrics})
            for it, metrics in zip((recording(), recording()), (first, second), strict=True)
        ]
        rows = compare_videos(*pair).differences
        return [(it.mdc, it.is_beyond) for it in rows[rows["quantity"] == "cadence"].itertuples()]

    assert judged(measured(100, 0.1), measured(101, 0.1)) == [(1.5, False)]
    assert judged(measured(100, 0.1), measured(102, 0.1)) == [(1.5, True)]
    assert judged(measured(100, 3.0), measured(104, 4.0)) == [(5.0, False)]
    assert judged(measured(100, 0.1), measured(104, 0.1, "2")) == [], "another method"


# Strides -----------------------------------------------------------------------------------------


def walk(stride_s: float, knee_deg: float, strides: int = 5) -> Recording:
    """Take swings of the left knee for strides: it bends half way between its heel strikes."""
    half_s = (stride_s - 0.5) / 2
    take = replace(USUAL, depths_deg=(knee_deg,) * strides, down_s=half_s, up_s=half_s)
    found = recording(take)
    strikes = [0.25 + n * stride_s for n in range(strides + 1)]
    events = pd.DataFrame(
        {"bout": 1, "side": "left", "event": "heel_strike", "time_s": strikes, "status": "ok"}
    )
    activity = pd.DataFrame({"activity": ["still", "walking"]})
    more = {"gait_events": events, "activity": activity}
    return replace(
        found, tables={**found.tables, **more, "repetitions": found.tables["repetitions"][:0]}
    )


def test_walks_are_compared_stride_by_stride() -> None:
    rows = compare_videos(walk(1.1, 60.0), walk(1.3, 75.0)).differences
    assert {*rows["exercise"]} == {"walk"}
    highest = row(rows, "knee_flexion", "highest")
    assert (highest.n_a, highest.n_b) == (5, 5)
    assert highest.difference == pytest.approx(15, abs=2)
    stride = row(rows, "stride_duration")
    assert (stride.difference, stride.is_beyond) == (pytest.approx(0.2), True)


def test_a_stride_with_a_missed_contact_does_not_count() -> None:
    whole = walk(1.1, 60.0, strides=6)
    events = whole.tables["gait_events"].drop(index=3)
    missed = replace(whole, tables={**whole.tables, "gait_events": events})
    stride = row(compare_videos(whole, missed).differences, "stride_duration")
    assert (stride.n_a, stride.n_b) == (6, 4)
    assert stride.mdc < 0.1


def test_a_walk_is_no_squat() -> None:
    assert reasons(compare_videos(walk(1.1, 60.0), recording())) == ["different_exercise"]


# Refusals ----------------------------------------------------------------------------------------


def reasons(found: VideoComparison) -> list[str]:
    rows = found.differences
    assert {*rows["quantity"]} == {"comparison"}
    assert rows["difference"].isna().all()
    assert {*rows["status"]} == {"refused"}
    assert len(found.curves) == 0
    return [code for codes in rows["reasons"] for code in codes]


@pytest.mark.parametrize(
    ("other", "reason", "words"),
    [
        ({"exercise": "lunge"}, "different_exercise", "shows squat, the second lunge"),
        ({"exercise": "unknown"}, "exercise_unknown", "in the second video cannot be told"),
        ({"exercise": "other"}, "exercise_unknown", "in the second video cannot be told"),
        ({"yaw_deg": -45.0}, "different_view", "from the side, the second from an angle"),
        ({"yaw_deg": -72.0}, "different_view", "18 degrees farther round"),
        ({"yaw_deg": 90.0}, "different_view", "180 degrees farther round"),
        ({"depths_deg": (120.0, 120.0)}, "too_short", "second video shows only 2 whole repet"),
    ],
)
def test_what_is_not_the_same_is_refused_in_words(
    other: dict[str, Any], reason: str, words: str
) -> None:
    found = compared(USUAL, replace(USUAL, **other))
    assert reasons(found) == [reason]
    assert words in found.refusals[0]


def test_all_reasons_are_given_at_once() -> None:
    other = replace(USUAL, exercise="lunge", yaw_deg=-40.0)
    found = compare_videos(recording(USUAL), recording(other, "b", joint_angles="3"))
    assert reasons(found) == ["different_exercise", "different_view", "method_differs"]


def test_other_methods_or_another_model_are_refused() -> None:
    older = compare_videos(recording(), recording(USUAL, "old-1", joint_angles="1"))
    assert reasons(older) == ["method_differs"]
    assert "different versions of joint_angles. Run `dancer reanalyse a old-1`" in older.refusals[0]
    model = compare_videos(recording(), recording(USUAL, pose_model_sha256="def"))
    assert "the pose model is not the same" in model.refusals[0]
    walks = compare_videos(recording(), recording(USUAL, gait_events="9"))
    assert walks.refusals == [], "squats do not depend on it"


def test_a_video_without_the_tables_is_refused_with_what_to_do() -> None:
    lacking = recording(USUAL, "old-1")
    lacking = replace(
        lacking, tables={n: it for n, it in lacking.tables.items() if n != "repetitions"}
    )
    found = compare_videos(recording(), lacking)
    assert reasons(found) == ["not_stored"]
    assert "second video there is no repetitions. Run `dancer reanalyse old-1`" in found.refusals[0]


def test_a_person_who_turns_while_moving_or_has_no_trunk_is_refused() -> None:
    def with_trunk(change: Any) -> Recording:
        given = recording()
        body = given.tables["body_motion"].copy()
        for side in ("left", "right"):
            for part in ("hip", "shoulder"):
                body[f"{side}_{part}_x_m"] = change(body[f"{side}_{part}_x_m"], side, len(body))
        return replace(given, tables={**given.tables, "body_motion": body})

    def turned(_: Any, side: str, count: int) -> Any:
        return (1 if side == "left" else -1) * np.linspace(0.1, -0.1, count, dtype=np.float32)

    hidden = with_trunk(lambda x, *_: x * np.nan)
    assert reasons(compare_videos(hidden, recording())) == ["view_uncertain"]
    assert reasons(compare_videos(recording(), with_trunk(turned))) == ["turning"]


def test_only_the_view_of_the_movement_itself_counts() -> None:
    given = recording(replace(USUAL, depths_deg=(120.0,) * 5))
    first_two = given.tables["body_motion"]["time_s"] < given.cycles.marks_s[1, 2]
    body = given.tables["body_motion"].copy()
    for side, sign in (("left", 1), ("right", -1)):
        for part in ("hip", "shoulder"):
            body.loc[first_two, f"{side}_{part}_x_m"] = sign * np.float32(0.2)
            body.loc[first_two, f"{side}_{part}_z_m"] = np.float32(0.0)
    tables = {**given.tables, "body_motion": body, "repetitions": given.tables["repetitions"][2:]}
    assert compare_videos(recording(), replace(given, tables=tables)).refusals == []


def test_videos_without_anybody_are_refused() -> None:
    empty = recording()
    empty = replace(empty, tables={name: table[:0] for name, table in empty.tables.items()})
    found = compare_videos(empty, empty)
    assert reasons(found) == ["exercise_unknown", "exercise_unknown"]


# Courses and tables ------------------------------------------------------------------------------


def test_the_curves_are_locked_at_start_turn_and_end() -> None:
    curves = compared(USUAL, replace(USUAL, down_s=1.6, up_s=0.8)).curves
    knee = curves[curves["quantity"] == "knee_flexion"]
    for video in "ab":
        course = knee[knee["video"] == video].sort_values("phase_percent")
        assert len(course) == 101
        assert course["median"].idxmax() == course[course["phase_percent"] == 50].index[0]
        assert (course["low"] <= course["high"]).all()


def test_the_faster_video_is_read_as_the_slower_one_would_have_been() -> None:
    time_s = np.arange(0, 4, 1 / 60)
    slow, fast = np.sin(2 * np.pi * 0.5 * time_s), np.sin(2 * np.pi * 9.0 * time_s)
    course = Course("knee_flexion", "left", "deg", 10.0, time_s, 50 * slow + 5 * fast)
    lower = course.at_rate(15.0, 60.0)
    assert np.diff(lower.time_s) == pytest.approx(1 / 15)
    inner = (lower.time_s > 0.5) & (lower.time_s < 3.5)
    assert lower.values[inner] == pytest.approx(50 * np.interp(lower.time_s, time_s, slow)[inner],
                                                abs=0.8)  # fmt: skip
    assert course.at_rate(60.0, 60.0) is course
    assert course.at_rate(59.9, 60.0) is course, "timestamps are not exact"


def test_a_repetition_that_was_hardly_seen_does_not_count() -> None:
    time_s = np.arange(0, 4, 1 / 30)
    values = np.where((time_s > 2.2) & (time_s < 2.8), np.nan, 10.0)
    courses = phase_locked(time_s, values, np.array([[0.0, 1.0, 2.0], [2.0, 3.0, 4.0]]))
    assert np.isfinite(courses[0]).all()
    assert np.isnan(courses[1]).all()


def test_both_tables_keep_their_declarations() -> None:
    found = compared(USUAL, USUAL)
    VIDEO_COMPARISON.arrow(found.differences)
    VIDEO_COMPARISON_CURVES.arrow(found.curves)
