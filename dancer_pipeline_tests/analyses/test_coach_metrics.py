"""The coach's measures against closed forms, at any frame rate, distance and shape of picture."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._coach_rows import Taken
from dancer_pipeline.analyses._stance_measures import Missing
from dancer_pipeline.analyses._swing_measures import front_knee
from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.analyses.coach_metrics import _of_view, coach_metrics
from dancer_pipeline.analyses.swings import swings
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.technique import balance_offset, excursion, landing, line_yaw_deg, turn
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.striker import (
    FRONT,
    Eye,
    Figure,
    ease,
    observed,
    swinging,
)

Floats = performer.Floats
CONTACT_S = 4.0
SCORES = (
    "head_stability_score", "balance_drift_score", "front_knee_brace_score",
    "hip_shoulder_separation_timing", "elbow_drop_score",
)  # fmt: skip


def measured(
    poses: pd.DataFrame,
    *,
    rate_hz: float = 30.0,
    extracts: pd.DataFrame | None = None,
    eye: Eye = FRONT,
    **said: str,
) -> pd.DataFrame:
    told = performer.upload_options(**said)
    facts = performer.source_video(
        rate_hz, display_width_px=eye.width_px, display_height_px=eye.height_px
    )
    moving = body_motion(poses, facts, told)
    found = swings(moving, poses, facts, told, PEOPLE.frame())
    steady = performer.video_extracts(duration_s=8.0) if extracts is None else extracts
    return coach_metrics(moving, found, told, steady, PEOPLE.frame())


def row(made: pd.DataFrame, metric: str, side: str | None = None) -> pd.Series:
    rows = made[made["metric"] == metric]
    return rows[rows["side"] == side].iloc[0] if side else rows.iloc[0]


def refused_for(reason: str, it: pd.Series) -> bool:
    named = list(it["reasons"]) == [reason] and bool(it["advice"])
    return it["status"] == "refused" and np.isnan(it["value"]) and named


def swaying(time_s: Floats) -> Floats:
    """10 cm to both sides at 1 Hz: 14.1 % of a torso of 50 cm."""
    return 0.1 * np.sin(2 * np.pi * time_s)


def turned_by(size_deg: float, middle_s: float) -> Callable[[Floats], Floats]:
    return lambda time_s: size_deg * ease((time_s - middle_s + 0.2) / 0.4)


def striding(time_s: Floats) -> Floats:
    """Step 60 cm forward (towards -z) with the left foot, which lands 0.3 s before contact."""
    step = ease((time_s - CONTACT_S + 0.65) / 0.35)
    lift = 0.1 * np.sin(np.pi * np.clip((time_s - CONTACT_S + 0.65) / 0.35, 0, 1))
    return np.column_stack([0 * step + 0.15, lift, -0.6 * step])


def bending(time_s: Floats) -> Floats:
    """Bend the left knee by 20 degrees at landing and by 35 at contact."""
    return 20 + 15 * ease((time_s - CONTACT_S + 0.25) / 0.2)


STRIKER = Figure(
    right_arm=swinging((CONTACT_S,)),
    head_x_m=swaying,
    hip_x_m=lambda time_s: 0 * time_s + 0.06,
    left_foot_m=lambda time_s: np.tile([0.25, 0.0, 0.0], (len(time_s), 1)),
    right_foot_m=lambda time_s: np.tile([-0.25, 0.0, 0.0], (len(time_s), 1)),
    pelvis_deg=turned_by(60, CONTACT_S - 0.1),
    shoulders_deg=turned_by(60, CONTACT_S),
)
BOWLER = Figure(right_arm=swinging((CONTACT_S,)), left_foot_m=striding, left_knee_deg=bending)


@cache
def seen(
    figure: Figure, rate_hz: float = 30.0, noise: float = 0.0, eye: Eye = FRONT
) -> pd.DataFrame:
    return observed(figure, duration_s=8, rate_hz=rate_hz, eye=eye, noise=noise, seed=1)


STANDING = replace(STRIKER, right_arm=Figure().right_arm)


@pytest.mark.parametrize("rate_hz", [12.0, 15.0, 24.0, 30.0, 60.0])
def test_the_heads_excursion_is_the_same_at_every_frame_rate(rate_hz: float) -> None:
    made = measured(seen(STANDING, rate_hz), rate_hz=rate_hz, exercise="batting")
    # The root mean square of a sine of 10 cm over whole periods, and a torso of 50 cm.
    assert row(made, "head_excursion")["value"] == pytest.approx(14.14, rel=0.02)
    assert row(made, "head_stability_score")["value"] == pytest.approx(1 - 14.14 / 30, rel=0.02)


@pytest.mark.parametrize(
    "eye",
    [
        Eye(distance_m=2.5, focal_px=600),
        Eye(distance_m=5.0),
        Eye(width_px=720, height_px=1280, focal_px=700),
    ],
    ids=["near", "far", "portrait"],
)
def test_head_and_balance_are_the_same_at_every_distance_and_shape(eye: Eye) -> None:
    made = measured(seen(STANDING, eye=eye), eye=eye, exercise="batting")
    assert row(made, "head_excursion")["value"] == pytest.approx(14.14, rel=0.02)
    assert row(made, "balance_offset")["value"] == pytest.approx(2 * 0.06 / 0.5, rel=0.02)


def test_a_mirror_changes_neither_head_nor_balance() -> None:
    made, mirrored = (
        measured(table, exercise="batting")
        for table in (seen(STANDING), performer.mirrored(seen(STANDING)))
    )
    for name in ("head_excursion", "balance_offset", "balance_drift"):
        assert row(mirrored, name)["value"] == pytest.approx(row(made, name)["value"], rel=1e-3)


def test_before_a_swing_head_balance_and_elbows_are_measured() -> None:
    made = measured(seen(STRIKER), exercise="tennis")
    assert row(made, "balance_offset")["value"] == pytest.approx(0.24, abs=0.01)
    assert row(made, "balance_drift")["value"] == pytest.approx(0.0, abs=0.01)
    assert row(made, "balance_drift_score")["value"] == pytest.approx(0.76, abs=0.01)
    assert row(made, "head_excursion")["status"] == "ok"
    # At the top of the backswing the arm points 60 degrees back from straight up.
    assert row(made, "elbow_drop_backlift", "right")["value"] == pytest.approx(-0.5, abs=0.1)
    assert row(made, "elbow_drop_score", "left")["value"] == pytest.approx(1.0, abs=0.03)


def test_at_contact_the_elbow_is_never_sure_and_with_a_racket_not_told() -> None:
    batting = row(measured(seen(STRIKER), exercise="batting"), "elbow_drop_contact", "left")
    assert batting["value"] == pytest.approx(1.0, abs=0.03)
    assert (batting["status"], list(batting["reasons"])) == ("low_confidence", ["timing_uncertain"])
    racket = measured(seen(STRIKER), exercise="tennis")
    assert refused_for("timing_uncertain", row(racket, "elbow_drop_contact", "left"))
    assert row(racket, "elbow_drop_stance", "left")["status"] == "ok"


def test_a_score_says_that_it_is_a_convention_and_is_never_outside_of_0_to_1() -> None:
    made = measured(
        seen(replace(STRIKER, head_x_m=lambda t: 0.4 * np.sin(6 * t))), exercise="tennis"
    )
    score = row(made, "head_stability_score")
    assert (score["value"], score["unit"]) == (0.0, "score")
    assert "convention" in score["advice"]


@pytest.mark.parametrize("lag_s", [-0.1, 0.0, 0.1])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_lag_of_the_shoulders_behind_the_hips(lag_s: float, noise: float) -> None:
    figure = replace(STRIKER, pelvis_deg=turned_by(60, CONTACT_S - lag_s))
    made = measured(seen(figure, noise=noise, eye=Eye(yaw_deg=45)), exercise="tennis")
    lag = row(made, "hip_shoulder_separation_timing")
    assert lag["value"] == pytest.approx(lag_s, abs=0.04 if noise else 0.01)
    assert lag["ci95_high"] - lag["value"] >= 0.04
    assert row(made, "hip_shoulder_separation")["status"] == "low_confidence"


def test_the_order_of_hips_and_shoulders_is_told_only_beyond_the_error() -> None:
    for lag_s, words in ((0.1, "hips turn first"), (-0.1, "shoulders turn first"), (0.01, "same")):
        figure = replace(STRIKER, pelvis_deg=turned_by(60, CONTACT_S - lag_s))
        made = measured(seen(figure, eye=Eye(yaw_deg=45)), exercise="tennis")
        assert words in row(made, "hip_shoulder_separation_timing")["advice"]


@pytest.mark.parametrize("yaw_deg", [0.0, -90.0])
def test_from_the_front_and_the_side_no_lag_is_told(yaw_deg: float) -> None:
    made = measured(seen(STRIKER, eye=Eye(yaw_deg=yaw_deg)), exercise="tennis")
    assert refused_for("view_not_supported", row(made, "hip_shoulder_separation_timing"))


def test_hips_that_do_not_turn_have_no_lag() -> None:
    figure = replace(STRIKER, pelvis_deg=lambda time_s: 0 * time_s)
    made = measured(seen(figure, noise=1.0, eye=Eye(yaw_deg=45)), exercise="tennis")
    assert refused_for("timing_uncertain", row(made, "hip_shoulder_separation_timing"))


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_front_knee_at_landing_and_at_contact(noise: float) -> None:
    made = measured(seen(BOWLER, noise=noise, eye=Eye(yaw_deg=-90)), exercise="tennis")
    for name, truth in (("landing", 20), ("contact", 35), ("largest", 35)):
        it = row(made, f"front_knee_flexion_{name}", "left")
        assert it["value"] == pytest.approx(truth, abs=5)
        assert it["status"] == "ok"
    assert "class: flexor." in row(made, "front_knee_flexion_largest", "left")["advice"]
    brace = row(made, "front_knee_brace_score", "left")
    assert brace["value"] == pytest.approx(0.65, abs=0.05)


def earlier(time_s: Floats) -> Floats:
    return striding(time_s + 0.4) * np.array([-1.0, 1.0, 0.4])


def test_of_two_feet_that_land_the_later_is_in_front() -> None:
    made = measured(
        seen(replace(BOWLER, right_foot_m=earlier), eye=Eye(yaw_deg=-90)), exercise="tennis"
    )
    assert row(made, "front_knee_flexion_contact")["side"] == "left"


def test_a_line_that_turns_through_the_back_does_not_jump() -> None:
    way = np.radians(np.arange(150.0, 211.0, 10.0))
    left = np.column_stack([np.cos(way), 0 * way, np.sin(way)])
    assert np.diff(line_yaw_deg(left, -left)) == pytest.approx(np.full(6, 10.0))


def test_a_mirror_exchanges_the_front_leg() -> None:
    made = measured(performer.mirrored(seen(BOWLER, eye=Eye(yaw_deg=-90))), exercise="tennis")
    assert row(made, "front_knee_flexion_contact")["side"] == "right"


@pytest.mark.parametrize(
    ("figure", "rate_hz", "yaw_deg", "reason"),
    [
        (BOWLER, 24.0, -90.0, "frame_rate_too_low"),
        (BOWLER, 30.0, 0.0, "view_not_supported"),
        (STRIKER, 30.0, -90.0, "no_front_foot_contact"),
    ],
)
def test_the_front_knee_is_refused(
    figure: Figure, rate_hz: float, yaw_deg: float, reason: str
) -> None:
    made = measured(
        seen(figure, rate_hz, eye=Eye(yaw_deg=yaw_deg)), rate_hz=rate_hz, exercise="tennis"
    )
    assert refused_for(reason, row(made, "front_knee_brace_score"))
    assert refused_for(reason, row(made, "front_knee_flexion_landing"))


def striding_twice(time_s: Floats) -> Floats:
    """Stride before the contacts at 2.5 s and 5.5 s, and step back between them."""
    first, second = striding(time_s + 1.5), striding(time_s - 1.5)
    return first * (1 - ease((time_s - 3.2) / 0.4)[:, None]) + second


@pytest.mark.parametrize(("turned_deg", "is_doubted"), [((0, 0, 50), False), ((0, 40, 50), True)])
def test_a_line_out_of_the_picture_is_doubted_where_it_is_so_in_most_swings(
    turned_deg: tuple[float, ...], *, is_doubted: bool
) -> None:
    taken = [Taken({"doubt_deg": it}, 0) for it in turned_deg]
    doubts = _of_view(taken, "of the front foot")
    assert list(doubts) == (["view_not_supported"] if is_doubted else [])


def test_a_camera_that_half_of_the_swings_face_is_right_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figure = replace(BOWLER, right_arm=swinging((2.5, 5.5)), left_foot_m=striding_twice)
    poses, missing = seen(figure, eye=Eye(yaw_deg=-90)), Missing("view_not_supported", "Turn.")
    made = measured(poses, exercise="tennis")
    assert row(made, "front_knee_flexion_contact", "left")["n"] == 2

    def first_alone(*arguments: Any) -> Any:
        return front_knee(*arguments) if arguments[-1].contact_s < 4 else missing

    monkeypatch.setattr("dancer_pipeline.analyses.coach_metrics.front_knee", first_alone)
    made = measured(poses, exercise="tennis")
    assert refused_for("view_not_supported", row(made, "front_knee_flexion_contact"))


def test_without_a_stride_the_advice_says_how_far_the_feet_moved() -> None:
    made = measured(seen(STRIKER, eye=Eye(yaw_deg=-90)), exercise="tennis")
    advice = row(made, "front_knee_flexion_landing")["advice"]
    assert "your left foot moves by 0.0" in advice
    assert "at least 0.2 torso lengths" in advice
    hidden = measured(seen(STRIKER, eye=Eye(hidden=("left_heel",))), exercise="tennis")
    advice = row(hidden, "front_knee_flexion_landing")["advice"]
    assert "your left foot is seen in 0% of the frames" in advice


def test_someone_who_runs_has_no_stance() -> None:
    running = replace(
        STRIKER, place_m=lambda time_s: np.column_stack([time_s - 4, 0 * time_s, 0 * time_s])
    )
    made = measured(seen(running, eye=Eye(distance_m=8)), exercise="tennis")
    assert refused_for("not_in_stance", row(made, "head_stability_score"))
    assert refused_for("not_in_stance", row(made, "balance_drift_score"))


def test_a_camera_that_moves_shows_no_head_that_is_still() -> None:
    extracts = performer.video_extracts(8.0, camera_shift_x=200.0)
    made = measured(seen(STRIKER), extracts=extracts, exercise="tennis")
    assert refused_for("camera_moves", row(made, "head_stability_score"))
    assert "by 1.78 torso lengths per second" in row(made, "head_stability_score")["advice"]
    assert row(made, "balance_offset")["status"] == "ok"


def crouching(time_s: Floats) -> Floats:
    """Half a metre down and up again, every 4 s."""
    return np.column_stack([0 * time_s, -0.25 + 0.25 * np.cos(np.pi * time_s / 2), 0 * time_s])


def test_a_squat_on_planted_feet_is_no_stance_whatever_it_is_called() -> None:
    standing = np.array([0.15, 0.0, 0.0])
    squat = Figure(
        place_m=crouching,
        left_foot_m=lambda time_s: standing - crouching(time_s),
        right_foot_m=lambda time_s: -standing - crouching(time_s),
    )
    made = measured(seen(squat), exercise="balance")
    assert refused_for("not_in_stance", row(made, "head_stability_score"))
    assert refused_for("not_in_stance", row(made, "balance_offset"))
    assert "hips move by" in row(made, "head_excursion")["advice"]


def test_feet_behind_each_other_show_no_balance() -> None:
    made = measured(seen(STANDING, eye=Eye(yaw_deg=-90)), exercise="batting")
    assert refused_for("stance_too_narrow", row(made, "balance_offset"))


def test_a_hidden_face_shows_no_head_and_hidden_feet_no_balance() -> None:
    eye = Eye(hidden=("nose", "left_heel"))
    made = measured(seen(STRIKER, eye=eye), exercise="tennis")
    assert refused_for("upper_body_not_visible", row(made, "head_excursion"))
    assert refused_for("lower_body_not_visible", row(made, "balance_offset"))


@pytest.mark.parametrize("said", [{}, {"exercise": "squat"}, {"exercise": "dance"}])
def test_without_a_swing_and_its_sport_nothing_is_measured(said: dict[str, str]) -> None:
    made = measured(performer.squat(8.0), **said)
    assert (made["status"] == "refused").all()
    assert {it[0] for it in made["reasons"]} == {"not_applicable" if said else "no_swing_found"}
    assert set(SCORES) <= set(made["metric"])


def test_who_only_stands_and_says_batting_gets_head_and_balance_alone() -> None:
    made = measured(seen(STANDING), exercise="batting")
    measured_names = set(made.loc[made["status"] == "ok", "metric"])
    assert measured_names == {
        "head_excursion", "head_speed", "head_stability_score",
        "balance_offset", "balance_drift", "balance_drift_score",
    }  # fmt: skip
    assert refused_for("no_swing_found", row(made, "elbow_drop_score"))


def test_nobody_has_no_stance() -> None:
    assert (measured(performer.nobody(8.0), exercise="batting")["status"] == "refused").all()


def test_a_head_that_goes_round_a_circle_has_its_radius_as_excursion() -> None:
    way = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    assert excursion(np.column_stack([np.cos(way), np.sin(way)])) == pytest.approx(1.0)


def test_hips_over_a_foot_have_an_offset_of_one() -> None:
    left, right = np.array([10.0]), np.array([30.0])
    assert balance_offset(np.array([20.0]), left, right) == pytest.approx([0.0])
    assert balance_offset(np.array([30.0]), left, right) == pytest.approx([1.0])
    assert balance_offset(np.array([35.0]), left, right) == pytest.approx([1.5])


def test_a_foot_that_stands_all_the_time_or_is_still_in_the_air_has_not_landed() -> None:
    time_s = performer.times(1.2, 30)
    still = np.zeros((len(time_s), 2))
    assert landing(time_s, still) is None
    flying = np.column_stack([3 * time_s, 0 * time_s])
    assert landing(time_s, flying) is None
    assert landing(time_s, np.full((len(time_s), 2), np.nan)) is None
    stepped = np.column_stack([ease((time_s - 0.3) / 0.4), 0 * time_s])
    found = landing(time_s, stepped)
    assert found is not None
    assert found.time_s == pytest.approx(0.7, abs=0.06)


def test_a_turn_has_its_middle_and_size_and_noise_its_misfit() -> None:
    time_s = performer.times(4, 30)
    step = 50 * ease((time_s - 1.8) / 0.4) + 170
    found = turn(time_s, step, 2.1)
    assert found is not None
    assert found.time_s == pytest.approx(2.0, abs=0.005)
    assert found.size_deg == pytest.approx(50, rel=0.05)
    assert found.misfit < 0.03
    noise = np.random.default_rng(1).normal(0, 5, len(time_s))
    noisy = turn(time_s, noise, 2.1)
    assert noisy is None or noisy.misfit > 0.1
    assert turn(time_s[:3], step[:3], 0.05) is None
