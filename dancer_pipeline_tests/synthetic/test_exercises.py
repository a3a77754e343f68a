"""Exercises are as deep as is said, and stay planted where people are planted."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.performance import EXERCISES, MOVEMENTS, View, perform
from dancer_pipeline.synthetic.skeleton import SIDES
from dancer_pipeline.synthetic.style import Style

SMALL = View(width_px=64, height_px=96, frame_rate_hz=30)
SEEDS = (1, 12)


def done(movement, seed=1, repetitions=3, **style):
    return perform(movement, seed=seed, repetitions=repetitions, view=SMALL, style=Style(**style))


def moved_m(performance, *joints):
    places = [performance.skeleton.pair(joint) for joint in joints]
    return max(float(np.ptp(place, axis=0).max()) for place in places)


AT_TURN_DEG = {
    "squat": lambda depth: 6 + 94 * depth,
    "lunge": lambda depth: 8 + 80 * depth,
    "biceps_curl": lambda depth: 8 + 127 * depth,
    "shoulder_press": lambda depth: 138 - 126 * depth,
    "lateral_raise": lambda depth: 9 + 79 * depth,
    "push_up": lambda depth: 8 + 104 * depth,
    "pull_up": lambda depth: 10 + 138 * depth,
    "sit_to_stand": lambda depth: 90 - 84 * depth,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("movement", AT_TURN_DEG)
def test_the_primary_angle_at_the_turn_is_what_the_depth_says(movement, seed):
    performance = done(movement, seed, depth=(0.8, 1.0), repetitions=4)
    repetitions = performance.motion.repetitions
    depths = np.array([one.depth for one in repetitions])
    turns = np.array([one.bottom_s for one in repetitions])
    assert np.ptp(depths) > 0.01
    said = AT_TURN_DEG[movement](depths)
    np.testing.assert_allclose(performance.primary_angle_deg(turns), said, atol=0.02)


def test_a_bridge_takes_away_the_hip_flexion_that_its_depth_says():
    performance = done("bridge", depth=(0.6, 0.9))
    one = performance.motion.repetitions[0]
    rest, top = performance.primary_angle_deg(np.array([one.start_s, one.bottom_s]))
    assert 40 < rest < 75
    assert top == pytest.approx((1 - one.depth) * rest, abs=1e-6)


@pytest.mark.parametrize("movement", [name for name in EXERCISES if name != "jumping_jack"])
def test_repetitions_are_at_rest_at_both_ends_and_still_in_their_hold(movement):
    performance = done(movement, hold_s=1.2, repetitions=2)
    for one in performance.motion.repetitions:
        assert one.hold_s == 1.2
        edges = performance.primary_angle_deg(np.array([one.start_s, one.end_s]))
        assert edges[0] == pytest.approx(edges[1], abs=1e-6)
        held = performance.primary_angle_deg(one.bottom_s + np.array([-0.59, 0, 0.59]))
        assert np.ptp(held) < 1e-6
        near = performance.primary_angle_deg(one.bottom_s + np.array([-0.75, 0.75]))
        assert (np.abs(near - held[1]) > 1e-4).all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("movement", "joints"),
    [
        ("shoulder_press", ("ankle", "heel", "foot_index")),
        ("lateral_raise", ("ankle", "heel", "foot_index")),
        ("push_up", ("wrist", "index", "foot_index")),
        ("plank", ("elbow", "wrist", "index", "foot_index")),
        ("bridge", ("shoulder", "elbow", "wrist", "ankle", "heel", "foot_index")),
        ("pull_up", ("wrist", "index")),
        ("sit_to_stand", ("ankle", "heel", "foot_index")),
    ],
)
def test_what_is_planted_stays_where_it_is(movement, joints, seed):
    performance = done(movement, seed, hold_s=0.5)
    assert moved_m(performance, *joints) < 1e-3
    assert moved_m(performance, "knee" if movement == "sit_to_stand" else "elbow", "hip") > 0.02


@pytest.mark.parametrize("movement", ["push_up", "plank"])
def test_a_board_is_straight_and_on_the_floor(movement):
    performance = done(movement, hold_s=1.0)
    turn = performance.motion.repetitions[0].bottom_s
    skeleton = perform(
        movement, seed=1, repetitions=3, view=SMALL, style=Style(hold_s=1.0)
    ).skeleton
    frame = round(turn * SMALL.frame_rate_hz)
    shoulder, hip, ankle = (
        skeleton.pair(joint)[frame].mean(axis=0) for joint in ("shoulder", "hip", "ankle")
    )
    upper, lower = shoulder - hip, hip - ankle
    cosine = upper @ lower / np.linalg.norm(upper) / np.linalg.norm(lower)
    assert np.degrees(np.arccos(np.clip(cosine, -1, 1))) < 2.5
    assert np.abs(skeleton.pair("foot_index")[..., 2]).max() < 1e-9
    assert skeleton.joints_m[..., 2].min() > -1e-9


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_a_lunge_lands_on_the_front_foot_and_never_goes_through_the_floor(seed):
    performance = done("lunge", seed, repetitions=2, depth=(0.8, 1.03))
    skeleton, motion = performance.skeleton, performance.motion
    sides = [one.side for one in motion.repetitions]
    assert set(sides) == set(SIDES)
    assert skeleton.pair("foot_index")[..., 2].min() > -1e-9
    assert skeleton.pair("knee")[..., 2].min() > 0.04
    for one in motion.repetitions:
        low = np.abs(performance.times_s - one.bottom_s) < 0.15
        front, back = SIDES.index(one.side), 1 - SIDES.index(one.side)
        toes, heels = (skeleton.pair(joint)[low] for joint in ("foot_index", "heel"))
        assert np.ptp(toes, axis=0).max() < 1e-9
        assert np.abs(toes[..., 2]).max() < 1e-9
        assert np.abs(heels[:, front, 2]).max() < 1e-9
        assert heels[:, back, 2].min() > 0.05
        assert (toes[:, front, 0] - toes[:, back, 0]).min() > 0.4


def test_one_side_alone_and_both_in_turn():
    left = done("biceps_curl", side="left")
    elbow = joint_angles_deg(left.skeleton)["elbow_flexion"]
    assert elbow[:, 0].max() > 120
    assert elbow[:, 1].max() == pytest.approx(8, abs=1e-6)
    assert {one.side for one in left.motion.repetitions} == {"left"}
    turn = np.array([one.bottom_s for one in left.motion.repetitions])
    assert left.primary_angle_deg(turn).min() > 120
    both = [one.side for one in done("biceps_curl", side="alternating").motion.repetitions]
    assert both in (["left", "right", "left"], ["right", "left", "right"])
    assert [one.side for one in done("biceps_curl").motion.repetitions] == [None] * 3


def test_the_weaker_side_moves_less_by_the_share_that_was_asked_for():
    for asymmetry, weak in ((0.3, 1), (-0.3, 0)):
        angles = joint_angles_deg(done("lateral_raise", asymmetry=asymmetry).skeleton)
        ranges = np.ptp(angles["shoulder_abduction"], axis=0)
        assert ranges[weak] / ranges[1 - weak] == pytest.approx(0.7, abs=1e-6)


@pytest.mark.parametrize("movement", EXERCISES)
def test_performers_have_ways_of_their_own_and_do_it_as_deep(movement):
    plain, *own = (
        [done(movement, seed, habits=habits, repetitions=1) for seed in range(6)]
        for habits in (False, True)
    )
    differ = 0
    for usual, personal in zip(plain, own[0], strict=True):
        turn = np.array([usual.motion.repetitions[0].bottom_s])
        angles = [one.primary_angle_deg(turn)[0] for one in (usual, personal)]
        assert abs(angles[0] - angles[1]) < 9
        differ += np.abs(usual.skeleton.joints_m - personal.skeleton.joints_m).max() > 0.005
    assert (differ >= 2) == (movement != "plank")


def test_a_chin_goes_up_to_the_bar_and_feet_off_the_floor():
    performance = done("pull_up", seed=4)
    bar_m = performance.motion.props[0].start_m[2]
    mouth = performance.skeleton.joint("mouth_left")[:, 2]
    assert mouth.max() > bar_m - 0.02
    assert mouth.min() < bar_m - 0.3
    assert performance.skeleton.joints_m[..., 2].min() > 0.03


def test_the_seat_carries_who_sits_and_nobody_else():
    performance = done("sit_to_stand", seed=5)
    seat = performance.motion.props[0]
    hips = performance.skeleton.pair("hip").mean(axis=1)
    one = performance.motion.repetitions[0]
    seated, standing = (hips[round(at * 30)] for at in (one.start_s, one.bottom_s))
    assert 0.05 < seated[2] - seat.start_m[2] < 0.2
    assert abs(seated[0] - seat.start_m[0]) < 0.05
    assert standing[0] > seat.start_m[0] + 0.25


def test_the_command_line_tells_of_every_movement():
    from dancer_pipeline import cli

    told = cli.MOVEMENTS.replace(" or ", ", ").split(", ")
    assert sorted(told) == sorted(MOVEMENTS)
