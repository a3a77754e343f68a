"""Swings with known times by a stick figure, and every movement that is none."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._shots import Shot, kinds
from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.analyses.swings import TABLE, rally_numbers, swings
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.swings import Choice, bursts, peak_threshold, speed
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.striker import (
    Course,
    Eye,
    Figure,
    across,
    ease,
    observed,
    swinging,
)

CONTACTS_S = (2.0, 4.1, 6.3)
OVERHEAD = Figure(right_arm=swinging(CONTACTS_S))
FOREHAND = Figure(right_arm=across(CONTACTS_S, from_deg=-100, to_deg=60))
BACKHAND = Figure(right_arm=across(CONTACTS_S, from_deg=60, to_deg=-80))
NOBODY_ELSE = PEOPLE.frame()


def found(
    poses: pd.DataFrame, *, people: pd.DataFrame = NOBODY_ELSE, rate_hz: float = 30.0, **said: str
) -> pd.DataFrame:
    said_table = performer.upload_options(**said)
    facts = performer.source_video(rate_hz=rate_hz)
    moving = body_motion(poses, facts, said_table)
    return TABLE.arrow(swings(moving, poses, facts, said_table, people)).to_pandas()


@cache
def played(figure: Figure, rate_hz: float, yaw_deg: float, noise: float = 1.0) -> pd.DataFrame:
    eye = Eye(yaw_deg=yaw_deg)
    return observed(figure, duration_s=8, rate_hz=rate_hz, eye=eye, noise=noise, seed=3)


def refused_for(reason: str, made: pd.DataFrame) -> bool:
    row = made.iloc[0]
    named = list(row["reasons"]) == [reason] and bool(row["advice"])
    return len(made) == 1 and row["status"] == "refused" and named and np.isnan(row["peak_s"])


@pytest.mark.parametrize(
    ("yaw_deg", "rate_hz"), [(0, 30), (-90, 30), (180, 30), (45, 15), (45, 60)]
)
@pytest.mark.parametrize("figure", [OVERHEAD, FOREHAND, BACKHAND], ids=["over", "fore", "back"])
def test_every_stroke_is_found_at_its_time_from_any_side_at_any_rate(
    figure: Figure, yaw_deg: float, rate_hz: float
) -> None:
    made = found(played(figure, rate_hz, yaw_deg), rate_hz=rate_hz, exercise="tennis")
    assert made["peak_s"].tolist() == pytest.approx(CONTACTS_S, abs=0.06)
    assert set(made["side"]) == {"right"}
    assert (made["start_s"] < made["peak_s"]).all()
    assert (made["end_s"] > made["peak_s"]).all()


@pytest.mark.parametrize(
    ("figure", "kind"), [(OVERHEAD, "overhead"), (FOREHAND, "forehand"), (BACKHAND, "backhand")]
)
def test_a_kind_is_named_from_any_side_or_left_open(figure: Figure, kind: str) -> None:
    named = [
        found(played(figure, 30.0, yaw_deg), exercise="tennis")["kind"] for yaw_deg in (0, -90, 180)
    ]
    assert set(pd.concat(named)) <= {kind, "unknown"}
    assert (named[0] == kind).all()


def test_without_the_sport_a_stroke_is_found_with_low_confidence_and_no_kind() -> None:
    made = found(played(FOREHAND, 30.0, 0.0))
    assert made["peak_s"].tolist() == pytest.approx(CONTACTS_S, abs=0.05)
    assert set(made["status"]) == {"low_confidence"}
    assert {tuple(it) for it in made["reasons"]} == {("exercise_unknown",)}
    assert set(made["kind"]) == {"unknown"}
    assert made["rally"].isna().all()


def test_a_mirror_exchanges_the_hand_and_nothing_else() -> None:
    table = played(FOREHAND, 30.0, 45.0)
    made = found(table, exercise="tennis")
    mirrored = found(performer.mirrored(table), exercise="tennis")
    assert set(mirrored["side"]) == {"left"}
    assert mirrored["peak_s"].tolist() == pytest.approx(made["peak_s"].tolist(), abs=1e-3)
    assert mirrored["kind"].tolist() == made["kind"].tolist()


def test_the_uploaders_word_mirrored_gives_the_hand_back() -> None:
    table = performer.mirrored(played(FOREHAND, 30.0, 0.0))
    assert set(found(table, exercise="tennis", mirrored="true")["side"]) == {"right"}


@pytest.mark.parametrize("distance_m", [3.0, 8.0])
def test_the_distance_of_the_camera_changes_no_speed(distance_m: float) -> None:
    near = found(played(FOREHAND, 30.0, 0.0, 0.0), exercise="tennis")
    eye = Eye(distance_m=distance_m, focal_px=900 * distance_m / 4)
    far = found(observed(FOREHAND, duration_s=8, eye=eye), exercise="tennis")
    assert far["peak_speed_torsos_per_s"].mean() == pytest.approx(
        near["peak_speed_torsos_per_s"].mean(), rel=0.1
    )


def test_dropped_frames_with_timestamps_move_no_stroke() -> None:
    table = played(OVERHEAD, 30.0, 45.0)
    kept = table[~table["frame"].isin(range(1, 240, 5))]
    made = found(performer.typed(kept), exercise="tennis")
    assert made["peak_s"].tolist() == pytest.approx(CONTACTS_S, abs=0.06)


def waving(time_s: performer.Floats) -> performer.Floats:
    """Swing an arm to and fro over 150 degrees, as fast back as forth."""
    angle = np.radians(75 * np.sin(2 * np.pi * time_s / 0.9))
    return np.column_stack([np.sin(angle), -np.cos(angle), 0 * angle])


def both_up(time_s: performer.Floats) -> performer.Floats:
    """Lift an arm to the side quickly, and let it down slowly."""
    lift = ease((time_s - 3.0) / 0.3) - ease((time_s - 4.5) / 1.5)
    angle = np.radians(150 * lift)
    return np.column_stack([-np.sin(angle), np.cos(angle), 0 * angle])


def flipped(time_s: performer.Floats) -> performer.Floats:
    return both_up(time_s) * np.array([-1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    "figure",
    [Figure(), Figure(right_arm=waving), Figure(right_arm=both_up, left_arm=flipped)],
    ids=["standing", "waving", "both arms"],
)
def test_what_is_no_swing_gives_none(figure: Figure) -> None:
    made = found(observed(figure, duration_s=8, noise=1.0))
    assert refused_for("no_swing_found", made)
    assert "torso lengths per second" in made["advice"][0]


def sideways(sign: float) -> Course:
    return lambda time_s: np.tile([sign, 0.0, 0.0], (len(time_s), 1))


@pytest.mark.parametrize("rate_hz", [15.0, 30.0])
def test_hands_that_exchange_their_names_make_no_swing(rate_hz: float) -> None:
    table = observed(
        Figure(right_arm=sideways(-1.0), left_arm=sideways(1.0)), duration_s=6, rate_hz=rate_hz
    )
    names = table["keypoint"].astype(str)
    swap = {"left_wrist": "right_wrist", "right_wrist": "left_wrist"}
    table["keypoint"] = names.where(table["frame"] < 3 * rate_hz, names.replace(swap))
    made = found(performer.typed(table), rate_hz=rate_hz, exercise="tennis")
    assert refused_for("no_swing_found", made)


def test_a_squat_that_is_called_one_has_no_swings_however_it_looks() -> None:
    made = found(played(FOREHAND, 30.0, 0.0), exercise="squat")
    assert refused_for("not_applicable", made)
    assert "You call this squat" in made["advice"][0]


def test_too_few_frames_a_second_are_refused_and_few_compare_no_speeds() -> None:
    assert refused_for("frame_rate_too_low", found(played(OVERHEAD, 8.0, 0.0), rate_hz=8))
    made = found(played(OVERHEAD, 15.0, 45.0), rate_hz=15, exercise="badminton")
    assert {tuple(it) for it in made["reasons"]} == {("frame_rate_too_low",)}
    assert made["peak_percentile"].isna().all()


def test_hands_that_are_hardly_seen_are_followed_where_the_sport_is_told_and_not_otherwise() -> (
    None
):
    eye = Eye(hidden=("left_wrist", "right_wrist"))
    table = observed(OVERHEAD, duration_s=8, eye=eye)
    assert refused_for("upper_body_not_visible", found(table))
    made = found(table, exercise="tennis")
    assert made["peak_s"].tolist() == pytest.approx(CONTACTS_S, abs=0.06)
    assert {tuple(it) for it in made["reasons"]} == {("hand_hidden",)}


def test_hands_out_of_the_picture_are_refused() -> None:
    table = performer.typed(played(OVERHEAD, 30.0, 0.0).assign(y_px=lambda it: it["y_px"] + 500))
    assert refused_for("upper_body_not_visible", found(table, exercise="tennis"))


def test_nobody_is_refused() -> None:
    assert refused_for("no_person", found(performer.nobody(), exercise="tennis"))


def test_a_hand_that_is_blurred_for_the_middle_of_it_still_swings() -> None:
    table = played(FOREHAND, 30.0, 0.0).copy()
    blurred = table["frame"].between(59, 62) & (table["keypoint"] == "right_wrist")
    table.loc[blurred, "confidence"] = 0.2
    assert found(table, exercise="tennis")["peak_s"][0] == pytest.approx(2.0, abs=0.1)


def test_somebody_else_lowers_the_confidence_and_without_a_sport_refuses() -> None:
    people = PEOPLE.frame(
        {"time_s": float(at), "frame": 30 * at, "people": 2, "second_share": 0.9} for at in range(8)
    )
    made = found(played(FOREHAND, 30.0, 0.0), people=people, exercise="tennis")
    assert {tuple(it) for it in made["reasons"]} == {("several_people",)}
    assert refused_for("several_people", found(played(FOREHAND, 30.0, 0.0), people=people))


def test_the_speeds_of_a_session_are_ranked_from_five_swings_on() -> None:
    contacts = tuple(2.0 + 2.5 * i for i in range(6))
    made = found(
        observed(Figure(right_arm=swinging(contacts)), duration_s=17), exercise="badminton"
    )
    assert made["peak_percentile"].between(0, 100).all()
    assert len(made) == 6


@pytest.mark.parametrize(
    ("peak_s", "rallies"),
    [
        ([1.0], [1]),
        ([1.0, 3.0, 5.0, 14.0, 16.0], [1, 1, 1, 2, 2]),
        ([1.0, 11.0], [1, 2]),
        ([0.0, 3.5, 7.0, 15.0], [1, 1, 1, 1]),
    ],
)
def test_a_rally_ends_where_nothing_is_hit_for_long(
    peak_s: list[float], rallies: list[int]
) -> None:
    assert rally_numbers(np.array(peak_s)).tolist() == rallies


def test_smash_clear_and_drop_need_speed_and_follow_through() -> None:
    fast, middle, slow = (
        Shot(1.0, rise, 0.5, peak) for rise, peak in ((-0.9, 13.0), (-0.6, 9.0), (-0.3, 6.0))
    )
    session = [fast, middle, slow] * 4
    names = [it.name for it in kinds(session, "badminton", compares_speeds=True)]
    assert names == ["smash", "clear", "drop"] * 4
    plain = [it.name for it in kinds(session, "badminton", compares_speeds=False)]
    assert set(plain) == {"overhead"}
    assert {it.name for it in kinds([fast] * 12, "badminton", compares_speeds=True)} == {"overhead"}


def test_near_a_limit_no_kind_is_named() -> None:
    on_the_limit = Shot(0.41, -0.5, 0.0, 10.0)
    (named,) = kinds([on_the_limit], "tennis", compares_speeds=True)
    assert (named.name, named.confidence) == ("unknown", 0.0)


def test_a_pulse_of_speed_is_found_between_the_samples() -> None:
    time_s = performer.times(4, 30)
    pulse = 12 * np.exp(-(((time_s - 2.013) / 0.08) ** 2)) + 0.5
    (burst,) = bursts(time_s, pulse, 5.0)
    assert burst.peak_s == pytest.approx(2.013, abs=0.003)
    assert burst.peak_speed == pytest.approx(12.5, abs=0.2)
    assert burst.width_s == pytest.approx(2 * 0.08 * np.sqrt(np.log(2)), abs=0.02)


def test_of_two_peaks_of_one_burst_the_sport_says_which_counts() -> None:
    time_s = performer.times(4, 60)
    two = sum(h * np.exp(-(((time_s - at) / 0.05) ** 2)) for h, at in ((10, 1.9), (11, 2.05)))
    moments = {
        choice: bursts(time_s, np.asarray(two), 5.0, choice)[0].peak_s
        for choice in (Choice(), Choice(0.8), Choice(0.65, is_last=True))
    }
    assert moments[Choice(0.8)] == pytest.approx(1.9, abs=0.01)
    assert moments[Choice(0.65, is_last=True)] == moments[Choice()] == pytest.approx(2.05, abs=0.01)


def test_a_hand_that_is_always_fast_still_has_strokes() -> None:
    drill = 6 + 5 * np.sin(2 * np.pi * performer.times(20, 30))
    assert peak_threshold(drill) < 6
    assert peak_threshold(np.full(10, np.nan)) == 5


def test_the_speed_of_a_line_is_its_slope() -> None:
    time_s = performer.times(1, 30)
    line = np.column_stack([3 * time_s, 4 * time_s])
    assert speed(time_s, line) == pytest.approx(np.full(31, 5.0))
    assert np.isnan(speed(time_s[:1], line[:1])).all()
