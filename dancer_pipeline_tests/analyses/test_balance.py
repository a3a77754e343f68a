"""Balance: stances on one leg, sway and lean with known answers, and every reason to withhold."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._balance_needs import lost_hips
from dancer_pipeline.analyses._stance import FEET, Stance, stances, torso_m
from dancer_pipeline.analyses._standing import without_steps
from dancer_pipeline.analyses._sway import sway
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.synthetic.balance import Balance
from dancer_pipeline.synthetic.happenings import SingleLegStance
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline_tests.analyses import performer, walkers
from dancer_pipeline_tests.analyses.walkers import behind, measured, metric, table

FRONT = View(width_px=performer.WIDTH_PX, height_px=performer.HEIGHT_PX)
ON_LEFT = (SingleLegStance(2.0, 7.0, "left"),)


@lru_cache
def stand(
    *stances: SingleLegStance, view: View = FRONT, duration_s: float = 9.0, **plan: object
) -> Performance:
    how = Balance(stances, **({"sway_cm": (2.0, 2.0)} | plan))
    return perform("balance", seed=5, duration_s=duration_s, plan=how, view=view)


stored = partial(walkers.stored, said="balance")


def balance(
    performance: Performance, *, said: str | None = "balance", **noise: float
) -> pd.DataFrame:
    return measured("balance", performance, said=said, **noise)


def time_of(made: pd.DataFrame, side: str = "left") -> float:
    return float(metric(made, "single_leg_stance_time", side)["value"])


@pytest.mark.parametrize("rate_hz", [15.0, 24.0, 30.0, 60.0])
def test_a_stance_lasts_as_long_at_any_frame_rate(rate_hz: float) -> None:
    made = balance(stand(*ON_LEFT, view=replace(FRONT, frame_rate_hz=rate_hz)))
    assert time_of(made) == pytest.approx(5.0, abs=0.2)
    assert metric(made, "single_leg_stance_count")["value"] == 1
    assert metric(made, "touch_down_count")["value"] == 0


@pytest.mark.parametrize("yaw_deg", [0.0, 45.0, 90.0, -90.0, 180.0])
def test_a_stance_is_seen_from_any_side(yaw_deg: float) -> None:
    made = balance(stand(*ON_LEFT, view=replace(FRONT, yaw_deg=yaw_deg)))
    assert time_of(made) == pytest.approx(5.0, abs=0.25)
    assert metric(made, "single_leg_stance_time", "right")["status"] == "refused"


@pytest.mark.parametrize(
    "view",
    [
        replace(FRONT, width_px=720, height_px=1280),
        replace(FRONT, width_px=640, height_px=360),
        replace(FRONT, distance_m=6.0, field_of_view_deg=40.0),
    ],
    ids=["portrait", "small", "far"],
)
def test_neither_format_nor_distance_change_time_and_sway(view: View) -> None:
    near, other = (balance(stand(*ON_LEFT, view=it), noise=0.2) for it in (FRONT, view))
    assert time_of(other) == pytest.approx(time_of(near), abs=0.1)
    sways = [metric(it, "sway_side_to_side")["value"] for it in (near, other)]
    assert sways[1] == pytest.approx(sways[0], rel=0.1)


def test_dropped_frames_change_nothing() -> None:
    made = balance(stand(*ON_LEFT), dropped_share=0.2)
    assert time_of(made) == pytest.approx(5.0, abs=0.25)
    assert metric(made, "sway_side_to_side")["status"] == "ok"


def test_a_mirrored_recording_that_is_called_so_has_the_sides_of_the_person() -> None:
    tables = stored(stand(*ON_LEFT))
    options = performer.upload_options(exercise="balance", mirrored="true")
    turned = performer.mirrored(tables["pose_keypoints"])
    swapped = table("balance", tables | {"pose_keypoints": turned})
    told = table("balance", tables | {"pose_keypoints": turned, "upload_options": options})
    plain = table("balance", tables)
    assert time_of(swapped, "right") == pytest.approx(time_of(plain), abs=0.02)
    assert time_of(told) == pytest.approx(time_of(plain), abs=0.02)
    assert metric(told, "stance_trunk_lean")["value"] == pytest.approx(
        metric(swapped, "stance_trunk_lean", "right")["value"], abs=0.1
    )


def test_a_foot_that_comes_down_is_a_touch_down_and_ends_the_stance() -> None:
    again = (SingleLegStance(2.0, 5.0, "right"), SingleLegStance(5.5, 7.5, "right"))
    made = balance(stand(*again))
    assert metric(made, "touch_down_count", "right")["value"] == 1
    assert metric(made, "single_leg_stance_count", "right")["value"] == 2
    assert time_of(made, "right") == pytest.approx(3.0, abs=0.2)


def test_on_both_feet_there_is_no_stance_but_a_sway() -> None:
    made = balance(stand(duration_s=10.0, sway_cm=(3.0, 3.0)))
    for side in ("left", "right"):
        assert metric(made, "single_leg_stance_count", side)["value"] == 0
        assert list(metric(made, "single_leg_stance_time", side)["reasons"]) == [
            "no_single_leg_stance"
        ]
    sway = metric(made, "standing_sway_side_to_side", None)
    assert sway["status"] == "ok"
    assert sway["value"] == pytest.approx(6.0, rel=0.3)


@pytest.mark.parametrize("kind", ["walk", "squat", "lunge", "jumping_jack", "sit_to_stand"])
def test_what_is_no_standing_is_refused(kind: str) -> None:
    made = balance(perform(kind, seed=5, view=FRONT), said=None)
    assert {code for it in made["reasons"] for code in it} == {"not_applicable"}
    assert made["advice"].str.contains("on one leg for at most").all()


def test_standing_on_one_leg_is_measured_without_a_word_too() -> None:
    assert time_of(balance(stand(*ON_LEFT), said=None)) == pytest.approx(5.0, abs=0.2)


def test_another_word_of_the_uploader_goes_before_what_is_seen() -> None:
    made = balance(stand(*ON_LEFT), said="squat")
    assert (made["status"] == "refused").all()
    assert made["advice"].str.contains("You call this squat").all()


@pytest.mark.parametrize(
    ("yaw_deg", "shown", "hidden"),
    [(0.0, "sway_side_to_side", "sway_fore_aft"), (90.0, "sway_fore_aft", "sway_side_to_side")],
)
def test_a_view_shows_one_direction_of_sway(yaw_deg: float, shown: str, hidden: str) -> None:
    show = stand(*ON_LEFT, view=replace(FRONT, yaw_deg=yaw_deg))
    made = balance(show)
    assert metric(made, shown)["status"] == "ok"
    assert metric(made, shown)["value"] == pytest.approx(true_sway(show, yaw_deg), rel=0.15)
    assert list(metric(made, hidden)["reasons"]) == ["view_not_supported"]
    assert re.search(r"turned by \d+ degrees", metric(made, hidden)["advice"])


def true_sway(show: Performance, yaw_deg: float) -> float:
    inside = (show.times_s > 2.5) & (show.times_s < 6.5)
    hips, shoulders = (show.skeleton.pair(it).mean(axis=1) for it in ("hip", "shoulder"))
    torso = np.median(np.linalg.norm(hips - shoulders, axis=1))
    return float(100 * np.std(hips[inside, 0 if yaw_deg else 1]) / torso)


def test_more_sway_is_a_larger_number_and_faster() -> None:
    little, much = (
        balance(stand(*ON_LEFT, sway_cm=(size, size)), noise=0.5) for size in (1.0, 3.0)
    )
    for name in ("sway_side_to_side", "sway_speed"):
        assert metric(much, name)["value"] > 1.5 * metric(little, name)["value"]


def test_sway_below_the_scatter_of_the_keypoints_is_not_told_with_confidence() -> None:
    row = metric(balance(stand(*ON_LEFT, sway_cm=(0.1, 0.1))), "sway_side_to_side")
    assert row["status"] != "ok"
    assert list(row["reasons"]) == ["below_noise"]
    assert "% of the torso" in row["advice"]


@pytest.mark.parametrize(("mirrored", "side"), [("false", "left"), ("true", "right")])
def test_a_moving_camera_leaves_the_time_and_takes_the_sway(mirrored: str, side: str) -> None:
    said = performer.upload_options(exercise="balance", mirrored=mirrored)
    tables = stored(stand(*ON_LEFT)) | {"upload_options": said}
    tables["video_extracts"] = performer.video_extracts(9.0, camera_shift_x=20.0)
    points = tables["pose_keypoints"]
    moved = points.assign(x_px=points["x_px"] + 20 * (points["time_s"] - 4.5))
    made = table("balance", tables | {"pose_keypoints": moved})
    assert list(metric(made, "sway_side_to_side", side)["reasons"]) == ["camera_moves"]
    assert metric(made, "single_leg_stance_time", side)["status"] == "ok"


def test_what_sways_in_front_of_a_bare_wall_is_no_camera_where_the_foot_stands_still() -> None:
    tables = stored(stand(*ON_LEFT))
    tables["video_extracts"] = performer.video_extracts(9.0, camera_shift_x=20.0)
    assert metric(table("balance", tables), "sway_side_to_side")["status"] == "ok"


@pytest.mark.parametrize("yaw_deg", [0.0, 180.0])
def test_a_lean_to_the_standing_leg_is_positive_from_front_and_back(yaw_deg: float) -> None:
    view = replace(FRONT, yaw_deg=yaw_deg)
    for side, sign in (("left", 1), ("right", -1)):
        stance = SingleLegStance(2.0, 7.0, side)
        made = balance(stand(stance, view=view, lean_deg=(2.0, 12.0)))
        assert metric(made, "stance_trunk_lean", side)["value"] == pytest.approx(12 * sign, abs=2)


@pytest.mark.parametrize("yaw_deg", [90.0, -90.0])
def test_a_lean_forward_is_positive_from_either_side(yaw_deg: float) -> None:
    made = balance(stand(*ON_LEFT, view=replace(FRONT, yaw_deg=yaw_deg), lean_deg=(15.0, 0.0)))
    assert metric(made, "stance_trunk_lean")["value"] == pytest.approx(15, abs=3)


def test_a_lean_seen_at_an_angle_has_low_confidence() -> None:
    made = balance(stand(*ON_LEFT, view=replace(FRONT, yaw_deg=45.0)))
    assert list(metric(made, "stance_trunk_lean")["reasons"]) == ["view_not_supported"]
    assert re.search(r"turned by \d+ degrees", metric(made, "stance_trunk_lean")["advice"])


def hide(
    tables: dict[str, pd.DataFrame], part: str, *, but_from_s: float = 99, but_until_s: float = 99
) -> dict[str, pd.DataFrame]:
    points = tables["pose_keypoints"].copy()
    hidden = points["keypoint"].astype(str).str.contains(part)
    hidden &= ~points["time_s"].between(but_from_s, but_until_s)
    points.loc[hidden, "confidence"] = 0.1
    return tables | {"pose_keypoints": points}


LOW = 0.45
FAR_FOOT = "right_ankle|right_heel|right_foot"


def test_a_foot_behind_the_other_while_both_stand_does_no_harm() -> None:
    tables = stored(stand(*ON_LEFT, view=replace(FRONT, yaw_deg=90.0)))
    made = table("balance", hide(tables, FAR_FOOT, but_from_s=1.9, but_until_s=7.1))
    assert metric(made, "single_leg_stance_time")["status"] == "ok"
    assert time_of(made) == pytest.approx(5.0, abs=0.2)


def test_a_foot_that_comes_into_sight_when_it_is_up_leaves_the_time_doubtful() -> None:
    tables = stored(stand(*ON_LEFT, view=replace(FRONT, yaw_deg=90.0)))
    made = table("balance", hide(tables, FAR_FOOT, but_from_s=4.0, but_until_s=9.0))
    found = metric(made, "single_leg_stance_time")
    assert list(found["reasons"]) == ["lower_body_not_visible"]
    assert re.search(r"at least 3\.[01] s", found["advice"])


def test_a_foot_that_is_never_seen_is_no_missing_stance() -> None:
    made = table("balance", hide(stored(stand(*ON_LEFT)), FAR_FOOT))
    assert {code for it in made["reasons"] for code in it} == {"lower_body_not_visible"}
    assert "one of your feet is out of view in 100%" in made["advice"].iloc[0]


@pytest.mark.parametrize("tilt", [-0.06, 0.0, 0.06])
def test_a_low_lift_that_is_held_is_a_stance(tilt: float) -> None:
    """Less than half as high, and a camera that sees one foot lower than the other."""
    moves = motion(behind("balance", stored(stand(*ON_LEFT)))["body_motion"])
    image, world = dict(moves.image_px), dict(moves.world_m)
    shift_px = tilt * moves.torso_px
    for right in (it for it in FEET if it.startswith("right")):
        left = right.replace("right", "left")
        for points, shift in ((image, shift_px), (world, 0.0)):
            points[right] = points[right].copy()
            lift = points[right][:, 1] - points[left][:, 1]
            points[right][:, 1] = points[left][:, 1] + LOW * lift + shift
    (found,) = stances(replace(moves, image_px=image, world_m=world))
    assert found.side == "left"
    assert found.duration_s == pytest.approx(5.0, abs=0.3)


def test_a_low_lift_that_dips_again_and_again_is_one_stance() -> None:
    """Half of the time it is lower than what is held, but for too short to be put down."""
    moves = motion(behind("balance", stored(stand(*ON_LEFT)))["body_motion"])
    image, world = dict(moves.image_px), dict(moves.world_m)
    is_up = (moves.time_s > 2) & (moves.time_s < 7)
    lift = np.where(is_up, 0.115 + 0.075 * np.sin(2 * np.pi * 3 * moves.time_s), 0.0)
    for right in (it for it in FEET if it.startswith("right")):
        left = right.replace("right", "left")
        for points, torso in ((image, moves.torso_px), (world, torso_m(moves))):
            points[right] = points[right].copy()
            points[right][:, 1] = points[left][:, 1] - lift * torso
    (found,) = stances(replace(moves, image_px=image, world_m=world))
    assert found.side == "left"
    assert found.duration_s == pytest.approx(5.0, abs=0.4)


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (lambda it: hide(it, "ankle|heel|foot"), "lower_body_not_visible"),
        (lambda it: it | {"pose_keypoints": performer.nobody()}, "no_person"),
        (lambda it: it | {"pose_keypoints": it["pose_keypoints"][:0]}, "too_short"),
    ],
    ids=["feet hidden", "nobody", "nothing"],
)
def test_what_cannot_be_seen_is_refused_with_what_to_do(
    spoiled: Callable[..., Any], reason: str
) -> None:
    made = table("balance", spoiled(stored(stand(*ON_LEFT))))
    assert {code for it in made["reasons"] for code in it} == {reason}
    assert made["value"].isna().all()


def test_ten_frames_a_second_are_too_few() -> None:
    made = balance(stand(*ON_LEFT, view=replace(FRONT, frame_rate_hz=10.0)))
    assert {code for it in made["reasons"] for code in it} == {"frame_rate_too_low"}


def test_somebody_else_in_the_picture_lowers_the_confidence() -> None:
    places = {name: [100.0, 300.0] for name in ("centre_x_px", "centre_y_px", "body_size_px")}
    two = {"people": 2, "second_share": 0.9, "frame": 0}
    looks = PEOPLE.frame(places | two | {"time_s": float(at)} for at in range(9))
    made = table("balance", stored(stand(*ON_LEFT)) | {"people": looks})
    assert list(metric(made, "single_leg_stance_time")["reasons"]) == ["several_people"]


def test_the_evidence_is_where_the_foot_leaves_and_meets_the_floor() -> None:
    first, last = metric(balance(stand(*ON_LEFT)), "single_leg_stance_time")["evidence_frames"]
    assert (first, last) == (pytest.approx(60, abs=4), pytest.approx(210, abs=4))


def test_a_frozen_picture_is_refused() -> None:
    still = performer.video_extracts(9.0, local_change=0.0)
    made = table("balance", stored(stand(*ON_LEFT)) | {"video_extracts": still})
    assert {code for it in made["reasons"] for code in it} == {"frozen_picture"}


def test_a_lift_inside_a_known_exercise_or_a_short_one_in_a_walk_is_no_stance() -> None:
    lift, long = (Stance("left", 2.0, end_s, 0.0) for end_s in (3.2, 6.0))
    nothing = pd.DataFrame({"start_s": [], "end_s": [], "exercise": [], "activity": []})
    around = pd.DataFrame({"start_s": [1.0], "end_s": [7.0]})
    walk, lunge = around.assign(activity="walking"), around.assign(exercise="lunge")
    unknown = around.assign(exercise="unknown")
    assert without_steps([lift], nothing, nothing, ()) == [lift]
    assert without_steps([lift], nothing, unknown, ()) == [lift]
    assert without_steps([lift], nothing, lunge, ()) == []
    assert without_steps([lift, long], walk, nothing, ()) == [long]


def test_the_noise_is_taken_off_the_sway() -> None:
    moves = [motion(table("body_motion", stored(stand(*ON_LEFT, sway_cm=(0.8, 0.8)), noise=it)))
             for it in (0.0, 1.0)]  # fmt: skip
    exact, noisy = (sway(it, 2.5, 6.5) for it in moves)
    assert exact is not None
    assert noisy is not None
    assert noisy.wandering.floor > 2 * exact.wandering.floor
    raw = float(np.hypot(noisy.wandering.value, noisy.wandering.floor))
    assert abs(noisy.wandering.value - exact.wandering.value) < raw - exact.wandering.value


def test_hips_that_were_lost_are_told_with_how_much_was_seen() -> None:
    reason, advice = lost_hips(0.42, 6.3)
    assert reason == "tracking_unstable"
    assert "in 42% of 6.3 s; 80% of it" in advice
