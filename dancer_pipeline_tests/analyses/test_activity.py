"""What is done when: walks and runs, and everything that is neither."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy._machines import on_machine
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import Performance, perform
from dancer_pipeline.synthetic.running import Run
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.contract import core
from dancer_pipeline_tests.analyses.walkers import SIDE, seen, table, walk

FRONT = replace(SIDE, yaw_deg=0.0)
STANDING_BY = replace(SIDE, follows=False, distance_m=9.0, field_of_view_deg=60.0)


def bouts(performance: Performance, **noise: float) -> pd.DataFrame:
    return table("activity", seen(performance, **noise))


def only(found: pd.DataFrame) -> pd.Series:
    assert len(found) == 1, found[["start_s", "end_s", "activity"]]
    return found.iloc[0]


@pytest.mark.parametrize(
    ("yaw_deg", "view", "heading"),
    [
        (90, "sagittal", "left"),
        (-90, "sagittal", "right"),
        (45, "oblique", "left"),
        (-135, "oblique", "right"),
        (0, "frontal", "towards"),
        (180, "back", "away"),
    ],
)
def test_a_walk_is_one_bout_with_its_view_and_heading(
    yaw_deg: float, view: str, heading: str
) -> None:
    bout = only(bouts(walk(view=replace(SIDE, yaw_deg=yaw_deg))))
    assert (bout["activity"], bout["direction"], bout["status"]) == ("walking", "forward", "ok")
    assert (bout["view"], bout["heading"]) == (view, heading)
    assert (bout["start_s"], bout["end_s"]) == (pytest.approx(0), pytest.approx(6, abs=0.1))
    assert bout["cadence_hint_hz"] == pytest.approx(100 / 60, rel=0.03)
    # The camera goes round the walker one way, the walker turns before it the other way.
    assert (bout["yaw_deg"] + yaw_deg + 180) % 360 == pytest.approx(180, abs=5)


def test_a_walk_backward_leads_the_other_way() -> None:
    bout = only(bouts(walk(Gait(cadence_spm=90.0, backward=True))))
    assert (bout["activity"], bout["direction"]) == ("walking", "backward")
    assert bout["heading"] == "right"


def test_who_faces_the_camera_and_recedes_walks_backward() -> None:
    gait = Gait(cadence_spm=90.0, backward=True, treadmill=False, start_m=(2.0, 0.0))
    bout = only(bouts(walk(gait, replace(FRONT, follows=False, distance_m=6.0))))
    assert (bout["direction"], bout["heading"]) == ("backward", "away")


@pytest.mark.parametrize(
    ("yaw_deg", "cadence_spm"), [(90, 140), (90, 170), (45, 140), (45, 170), (0, 170), (180, 165)]
)
def test_a_run_is_no_walk(yaw_deg: float, cadence_spm: float) -> None:
    view = replace(SIDE, yaw_deg=yaw_deg)
    run = perform("run", seed=4, duration_s=5, plan=Run(cadence_spm=cadence_spm), view=view)
    assert only(bouts(run))["activity"] == "running"


@pytest.mark.parametrize(
    ("gait", "in_place"),
    [
        (Gait(cadence_spm=100.0), True),
        (Gait(cadence_spm=100.0, treadmill=False, start_m=(-3.5, 0.0)), False),
    ],
)
@pytest.mark.parametrize("yaw_deg", [90, 60])
def test_a_treadmill_leads_nowhere(gait: Gait, *, in_place: bool, yaw_deg: float) -> None:
    found = bouts(walk(gait, replace(STANDING_BY, yaw_deg=yaw_deg)))
    assert found.iloc[0]["is_in_place"] == in_place


def test_whether_a_followed_walker_moves_is_not_known_without_a_background() -> None:
    tables = seen(walk())
    extracts = tables["video_extracts"]
    is_shift = extracts["measure"].astype(str).str.startswith("camera_shift")
    tables["video_extracts"] = extracts.assign(value=extracts["value"].where(~is_shift))
    assert only(table("activity", tables))["is_in_place"] is None


def test_a_pause_and_a_turn_end_a_bout() -> None:
    gait = Gait(cadence_spm=105.0, treadmill=False, pauses_s=((4.0, 6.5),), start_m=(-4.0, 0.0))
    paused = bouts(walk(gait, STANDING_BY, duration_s=11.0))
    assert list(paused["activity"])[:2] == ["walking", "still"]
    walks = paused[paused["activity"] == "walking"]
    assert list(walks["end_s"]) == pytest.approx([4.0, 11.0], abs=0.5)
    assert list(walks["start_s"]) == pytest.approx([0.0, 6.5], abs=0.5)
    gait = Gait(cadence_spm=105.0, treadmill=False, turn_after_m=4.0, start_m=(-2.0, 0.0))
    turned = bouts(walk(gait, STANDING_BY, duration_s=10.0))
    walks = turned[turned["activity"] == "walking"]
    assert list(walks["heading"]) == ["left", "right"]
    # The performer turns between 3.3 and 5.4 s.
    turn_s = [spell.start_s for spell in walk(gait, STANDING_BY, duration_s=10.0).motion.spells]
    assert walks["end_s"].iloc[0] < turn_s[1] + 1.0 < walks["start_s"].iloc[1] + 0.5


@pytest.mark.parametrize("yaw_deg", [0, 50, 90])
@pytest.mark.parametrize("movement", ["squat", "lunge", "jumping_jack", "dance", "balance"])
def test_no_exercise_is_a_walk(movement: str, yaw_deg: float) -> None:
    performance = perform(movement, seed=4, view=replace(SIDE, yaw_deg=yaw_deg))
    assert not bouts(performance)["activity"].isin(["walking", "running"]).any()


def march(knee_deg: float, yaw_deg: float = 0.0) -> pd.DataFrame:
    """Lift one knee after the other on the spot, 100 a minute."""
    time_s = performer.times(6, 30)
    wave = np.sin(2 * np.pi * time_s / 1.2)
    sides = []
    for up in (wave, -wave):
        bend = knee_deg * np.clip(up, 0, 1)
        camera = performer.Camera(yaw_deg=yaw_deg)
        motion = performer.Motion(knee_deg=bend, thigh_deg=bend)
        sides.append(performer.pose_table(time_s, motion, camera))
    left = sides[0]["keypoint"].astype(str).str.startswith("left")
    return performer.typed(pd.concat([sides[0][left], sides[1][~left]]))


@pytest.mark.parametrize("yaw_deg", [0, 45, 90])
def test_a_march_on_the_spot_is_no_walk(yaw_deg: float) -> None:
    found = table("activity", core(march(80.0, yaw_deg)))
    assert set(found["activity"]) == {"moving"}


def test_somebody_who_stands_is_still_and_somebody_who_curls_moves() -> None:
    standing = bouts(perform("standing", seed=4, duration_s=4, view=SIDE))
    assert only(standing)["activity"] == "still"
    curls = bouts(perform("jumping_jack", seed=4, repetitions=4, view=FRONT))
    assert "moving" in set(curls["activity"])


def test_without_anybody_there_is_no_bout() -> None:
    assert table("activity", core(performer.nobody())).empty


def test_eight_frames_a_second_are_low_confidence() -> None:
    found = bouts(walk(view=replace(SIDE, frame_rate_hz=8.0)))
    assert set(found["status"]) == {"low_confidence"}
    assert found["reasons"].map(list).tolist() == [["frame_rate_too_low"]] * len(found)


def test_somebody_else_in_the_picture_lowers_the_confidence() -> None:
    looks = [
        {"frame": round(30 * at_s), "time_s": at_s, "people": 2, "second_share": 0.9,
         "centre_x_px": [600.0, 200.0], "centre_y_px": [300.0, 300.0],
         "body_size_px": [400.0, 360.0]}
        for at_s in np.arange(0.0, 6.0)
    ]  # fmt: skip
    tables = seen(walk()) | {"people": PEOPLE.frame(looks)}
    bout = only(table("activity", tables))
    assert (bout["activity"], bout["status"]) == ("walking", "low_confidence")
    assert list(bout["reasons"]) == ["several_people"]
    assert "100%" in bout["advice"]


def test_a_body_that_becomes_somebody_elses_ends_the_bout() -> None:
    tables = seen(walk(duration_s=10.0))
    points = tables["pose_keypoints"]
    later = points["time_s"] >= 5.0
    shift = points["x_px"].where(~later, points["x_px"] - 350).astype(np.float32)
    looks = [
        {"frame": 30 * at_s, "time_s": float(at_s), "people": 2, "second_share": 0.9,
         "centre_x_px": [600.0, 200.0], "centre_y_px": [300.0, 300.0],
         "body_size_px": [400.0, 360.0]}
        for at_s in range(10)
    ]  # fmt: skip
    moved = tables | {"pose_keypoints": points.assign(x_px=shift), "people": PEOPLE.frame(looks)}
    ends_s = table("activity", moved)["end_s"]
    assert ((ends_s > 4.5) & (ends_s < 5.2)).any()


def test_view_of_a_camera_at_the_other_side_is_mirrored() -> None:
    plain = only(bouts(walk()))
    tables = seen(walk())
    tables["pose_keypoints"] = performer.mirrored(tables["pose_keypoints"])
    flipped = only(table("activity", tables))
    assert (plain["heading"], flipped["heading"]) == ("left", "right")
    assert flipped["yaw_deg"] == pytest.approx(-plain["yaw_deg"], abs=0.1)


@pytest.mark.parametrize(
    ("machine", "yaw_deg"),
    [
        ("bike", 90),
        ("bike", 40),
        ("bike", 0),
        ("elliptical", -60),
        ("elliptical", 0),
        ("stair_machine", 90),
        ("high_knees", 180),
        ("rope", 0),
    ],
)
def test_feet_that_do_not_carry_the_body_do_not_walk(machine: str, yaw_deg: float) -> None:
    pedalling = on_machine(machine, 8, replace(SIDE, yaw_deg=yaw_deg), duration_s=6.0)
    assert set(bouts(pedalling)["activity"]) <= {"moving", "still"}
    gait = table("gait", seen(pedalling))
    assert set(gait["status"]) == {"refused"}
    assert {code for codes in gait["reasons"] for code in codes} == {"not_applicable"}


@pytest.mark.parametrize("yaw_deg", [0, 45, 90, -130])
def test_short_slow_steps_are_a_walk(yaw_deg: float) -> None:
    gait = Gait(cadence_spm=75.0, step_m=0.42)
    found = bouts(walk(gait, replace(SIDE, yaw_deg=yaw_deg), duration_s=8.0))
    assert only(found)["activity"] == "walking"
