"""Repetitions are counted from any side, whoever films however, and nothing else is counted."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy._exercisers import random_session
from benchmarks.accuracy._none_of_ten import SQUATS, other_set
from benchmarks.accuracy.material import analysed
from dancer_pipeline.options import upload_options
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.synthetic.performance import View
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.exercisers import (
    Told,
    front_raises,
    mirrored,
    other_side,
    show,
    turns_of,
    without_feet,
)

EXERCISES = (
    "squat", "lunge", "push_up", "pull_up", "biceps_curl", "shoulder_press", "lateral_raise",
    "jumping_jack", "bridge", "sit_to_stand",
)  # fmt: skip


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_is_counted_and_recognised_without_being_named(exercise: str) -> None:
    shown = show(exercise, seed=EXERCISES.index(exercise))
    told = Told(shown)
    assert told.names == {exercise}
    assert told.turns_s == pytest.approx(turns_of(shown), abs=0.35)
    assert set(told.rows["recognised_by"]) == {"movement"}


@pytest.mark.parametrize("yaw_deg", [0, 90, -135, 180])
def test_a_squat_counts_from_every_side(yaw_deg: float) -> None:
    told = Told(show("squat", 3, view={"yaw_deg": yaw_deg}))
    assert (len(told.rows), told.names) == (3, {"squat"})


@pytest.mark.parametrize("rate_hz", [15, 30, 60])
def test_the_frame_rate_changes_nothing(rate_hz: float) -> None:
    shown = show("push_up", 3, view={"frame_rate_hz": rate_hz})
    assert Told(shown).turns_s == pytest.approx(turns_of(shown), abs=0.2)


def test_lost_frames_change_nothing() -> None:
    shown = show("biceps_curl", 4)
    assert Told(shown, dropped_share=0.3).turns_s == pytest.approx(turns_of(shown), abs=0.25)


@pytest.mark.parametrize(("width_px", "height_px"), [(480, 854), (1280, 720)])
def test_portrait_and_landscape_count_the_same(width_px: int, height_px: int) -> None:
    told = Told(show("squat", 3, view={"width_px": width_px, "height_px": height_px}))
    assert (len(told.rows), told.names) == (3, {"squat"})


def test_a_mirror_exchanges_the_sides_and_nothing_else() -> None:
    shown = show("lunge", 4, side="alternating")
    plain, seen = Told(shown), Told(shown, change=mirrored(shown))
    sides = [one.side for one in shown.motion.repetitions]
    assert list(plain.rows["side"]) == sides
    assert list(seen.rows["side"]) == [{"left": "right", "right": "left"}[it] for it in sides]
    assert seen.turns_s == pytest.approx(plain.turns_s, abs=0.05)


def test_place_and_size_in_the_picture_change_nothing() -> None:
    shown = show("lateral_raise", 3)
    smaller = Told(
        shown,
        change=lambda poses: poses.assign(
            x_px=0.4 * poses["x_px"] + 300, y_px=0.4 * poses["y_px"] + 150
        ),
    )
    pd.testing.assert_frame_equal(smaller.rows, Told(shown).rows, check_exact=False, atol=1e-3)


def test_sets_are_split_by_rests_and_people_who_come_and_go_are_not_counted() -> None:
    shown = show("squat", None, sets=(4, 3), approach="walk", departure="walk", rest="bent_over")
    rows = Told(shown).rows
    assert list(rows["set"]) == [1, 1, 1, 1, 2, 2, 2]
    assert list(rows["rest_s"].isna()) == [False, False, False, True, False, False, True]


@pytest.mark.parametrize(
    "movements", [("lateral_raise", "squat"), ("lateral_raise", "jumping_jack")]
)
def test_two_exercises_after_each_other_are_counted_each_by_its_name(
    movements: tuple[str, str],
) -> None:
    tables, truth = random_session(movements, seed=5)
    rows = analysed(tables, "repetitions")["repetitions"]
    sets = rows.groupby("set").agg(name=("exercise", "first"), count=("set", "size"))
    assert list(sets.itertuples(index=False, name=None)) == truth
    assert set(rows["exercise"].astype(str)) == set(movements)


def test_lying_down_and_getting_up_are_no_push_ups() -> None:
    told = Told(show("push_up", 4, approach="ready", departure="ready"))
    assert (len(told.rows), told.names) == (4, {"push_up"})


def test_repetitions_that_go_part_of_the_way_count_and_are_told() -> None:
    shown = show("biceps_curl", 6, partials=2, depth=(0.95, 1.0), partial_depth=(0.45, 0.6))
    rows = Told(shown, exercise="biceps_curl").rows
    assert list(rows["is_partial"]) == [one.is_partial for one in shown.motion.repetitions]


def test_arms_that_take_turns_are_told_apart() -> None:
    shown = show("biceps_curl", 4, side="alternating", view={"yaw_deg": 10.0})
    assert list(Told(shown).rows["side"]) == [one.side for one in shown.motion.repetitions]


def test_what_is_lifted_first_is_concentric_first() -> None:
    squat, curl = (
        Told(show(name, 3, hold_s=1.0), exercise=name).rows for name in ("squat", "biceps_curl")
    )
    for rows, first in ((squat, "eccentric_s"), (curl, "concentric_s")):
        out_s = rows["turn_s"] - rows["hold_s"] / 2 - rows["start_s"]
        assert list(rows[first]) == pytest.approx(list(out_s), abs=0.05)
        assert rows["hold_s"].median() == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(("range_deg", "count"), [(46.0, 5), (44.0, 0)])
def test_an_angle_of_the_arms_may_be_read_a_little_small(
    monkeypatch: pytest.MonkeyPatch, range_deg: float, count: int
) -> None:
    monkeypatch.setattr(
        "dancer_pipeline.analyses._recognised.primary_angle_deg",
        lambda _body, _kind, every: np.full(len(every), range_deg),
    )
    rows = Told(show("shoulder_press", 5)).rows
    assert (rows["exercise"] == "shoulder_press").sum() == count


def test_a_plank_is_one_hold() -> None:
    shown = show("plank", 1, hold_s=9.0, view={"yaw_deg": 80.0})
    (row,) = Told(shown).rows.to_dict("records")
    assert (row["exercise"], row["is_hold"]) == ("plank", True)
    assert row["hold_s"] == pytest.approx(10.0, abs=1.2)


def test_one_bridge_is_a_bridge_but_one_curl_may_be_a_gesture() -> None:
    assert Told(show("bridge", 1)).names == {"bridge"}
    assert Told(show("biceps_curl", 1)).rows.empty
    assert len(Told(show("biceps_curl", 1), exercise="biceps_curl").rows) == 1


def test_what_the_uploader_says_wins() -> None:
    told = Told(show("squat", 3), exercise="single_leg_squat")
    assert (len(told.rows), told.names) == (3, {"single_leg_squat"})
    assert set(told.rows["recognised_by"]) == {"uploader"}
    assert told.rows["exercise_confidence"].isna().all()


def test_an_exercise_that_nobody_knows_is_counted_as_unknown() -> None:
    told = Told(front_raises(6))
    assert (len(told.rows), told.names) == (6, {"unknown"})
    assert set(told.rows["status"]) == {"low_confidence"}
    assert told.rows["eccentric_s"].isna().all()


@pytest.mark.parametrize("movement", ["idle", "dance", "walk", "run", "standing"])
def test_what_is_no_exercise_has_no_repetitions(movement: str) -> None:
    assert Told(show(movement, None)).rows.empty


def test_a_named_exercise_that_is_not_there_is_not_found() -> None:
    walk = show("walk", None, view={"yaw_deg": 90.0})
    assert Told(walk, exercise="squat").rows.empty
    assert Told(walk, exercise="lunge").rows.empty


def test_squats_are_no_lunges_whatever_they_are_called() -> None:
    assert Told(show("squat", 3), exercise="lunge").rows.empty


def test_jumping_jacks_that_are_called_raises_are_doubted() -> None:
    rows = Told(show("jumping_jack", 5), exercise="lateral_raise").rows
    assert len(rows) == 5
    assert [list(reasons) for reasons in rows["reasons"]] == [["looks_like_another"]] * 5


def test_of_two_exercises_the_one_that_is_named_is_counted() -> None:
    tables, truth = random_session(("squat", "biceps_curl"), seed=4)
    told = upload_options({"exercise": "biceps_curl"})
    rows = analysed(tables | {"upload_options": told}, "repetitions")["repetitions"]
    assert len(rows) == dict(truth)["biceps_curl"]
    assert set(rows["status"]) == {"ok"}


def test_pull_ups_are_counted_although_no_hand_is_followed() -> None:
    def hidden(poses: pd.DataFrame) -> pd.DataFrame:
        hit = poses["keypoint"].astype(str).str.contains("wrist|index")
        return poses.assign(confidence=poses["confidence"].mask(hit, 0.1))

    shown = show("pull_up", 5, view={"yaw_deg": 90.0})
    rows = Told(shown, change=hidden, exercise="pull_up").rows
    assert list(rows["turn_s"]) == pytest.approx(turns_of(shown), abs=0.35)
    assert [list(reasons) for reasons in rows["reasons"]] == [["upper_body_not_visible"]] * 5
    assert rows["range_deg"].isna().all()
    squats = Told(show("squat", 5), change=hidden, exercise="pull_up")
    assert squats.rows.empty


def test_a_dance_that_is_named_is_not_counted() -> None:
    assert Told(show("squat", 3), exercise="dance").rows.empty


def test_hidden_feet_are_not_guessed() -> None:
    assert Told(show("squat", 3), change=without_feet).rows.empty
    assert Told(show("squat", 3), change=without_feet, exercise="squat").rows.empty


def test_confused_legs_do_not_change_the_count() -> None:
    def confused(poses: pd.DataFrame) -> pd.DataFrame:
        names = poses["keypoint"].astype(str)
        hit = names.str.contains("knee|ankle|heel|foot") & (poses["frame"] % 40 < 3)
        return poses.assign(keypoint=names.mask(hit, names.map(other_side)))

    assert len(Told(show("squat", 3), change=confused).rows) == 3


def test_two_frames_a_second_are_too_few() -> None:
    shown = show("squat", 3)
    slow = Told(shown, change=lambda poses: poses[poses["frame"] % 12 == 0], exercise="squat")
    assert slow.rows.empty


def test_a_body_that_becomes_somebody_elses_is_not_counted() -> None:
    def jumps(poses: pd.DataFrame) -> pd.DataFrame:
        return poses.assign(x_px=poses["x_px"].mask(poses["time_s"] > 5, poses["x_px"] + 350))

    shown = show("squat", 4)
    looks = np.arange(0.0, 12.0)
    two = PEOPLE.frame(
        {"time_s": it, "frame": int(24 * it), "people": 2, "second_share": 0.9} for it in looks
    )
    assert Told(shown, change=jumps, people=two).rows.empty
    assert len(Told(shown, people=two).rows) == 4


def test_a_body_that_never_moves_repeats_nothing() -> None:
    frozen = performer.standing(6.0)
    assert Told(frozen).rows.empty
    assert Told(frozen, exercise="squat").rows.empty


@pytest.mark.parametrize("yaw_deg", [90, 45, 0])
@pytest.mark.parametrize("movement", ["deadlift", "thruster", "side_lunge", "burpee", "row"])
def test_what_is_none_of_the_exercises_gets_no_name_of_them(movement: str, yaw_deg: float) -> None:
    shown = other_set(movement, 11, View(yaw_deg=yaw_deg))
    assert Told(shown).names <= {"unknown"}


@pytest.mark.parametrize("kind", SQUATS)
def test_a_squat_is_one_whatever_the_arms_do(kind: str) -> None:
    assert Told(other_set(kind, 11, View(yaw_deg=70.0))).names == {"squat"}


def test_an_exercise_without_a_name_here_is_counted_as_other() -> None:
    shown = other_set("deadlift", 11, View(yaw_deg=70.0))
    told = Told(shown, exercise="other")
    assert (told.names, set(told.rows["status"])) == ({"other"}, {"ok"})
    assert len(told.rows) == len(shown.motion.repetitions)
    assert told.rows["eccentric_s"].isna().all()
    assert told.metric("repetition_count")["status"] == "ok"
