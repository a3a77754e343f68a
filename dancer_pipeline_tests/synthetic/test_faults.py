"""A planted fault has exactly its size, in the repetitions that are said to show it."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import joint_angles_deg, trunk_lean_deg
from dancer_pipeline.synthetic.performance import EXERCISES, View, perform
from dancer_pipeline.synthetic.skeleton import assemble
from dancer_pipeline.synthetic.style import FAULTS, Style
from dancer_pipeline.synthetic.truth import faults_table

SMALL = View(width_px=64, height_px=96, frame_rate_hz=15)


def at_turns(movement, *, seed=3, share=1.0, **style):
    """Skeleton at the turns of three repetitions, or at a share of the way to them."""
    performance = perform(movement, seed=seed, repetitions=3, view=SMALL, style=Style(**style))
    times = np.array(
        [
            one.start_s + share * (one.bottom_s - one.hold_s / 2 - one.start_s)
            for one in performance.motion.repetitions
        ]
    )
    return performance, assemble(performance.body, performance.motion.posture(times))


def with_and_without(movement, fault, size, measure, **options):
    one, other = (
        measure(at_turns(movement, faults=faults, **options)[1]) for faults in ({fault: size}, {})
    )
    return one - other


def knees_y(skeleton):
    return skeleton.pair("knee")[..., 1]


def hips_y(skeleton):
    return skeleton.pair("hip").mean(axis=1)[:, 1]


def hands_ahead(skeleton):
    return (skeleton.pair("wrist") - skeleton.pair("shoulder"))[..., 0].mean(axis=1)


def elbow_deg(skeleton):
    return joint_angles_deg(skeleton)["elbow_flexion"].mean(axis=1)


def body_bend_deg(skeleton):
    """How far the middle of the hips is below the line from shoulders to ankles, as an angle."""
    shoulder, hip, ankle = (
        skeleton.pair(name).mean(axis=1)[:, [0, 2]] for name in ("shoulder", "hip", "ankle")
    )
    upper, lower = shoulder - hip, hip - ankle
    return np.degrees(np.arctan2(upper[:, 1], upper[:, 0]) - np.arctan2(lower[:, 1], lower[:, 0]))


@pytest.mark.parametrize("size_m", [0.03, 0.06])
@pytest.mark.parametrize("seed", [3, 14])
def test_knees_go_in_by_so_many_metres_each(size_m, seed):
    inward = with_and_without("squat", "knees_in", size_m, knees_y, seed=seed)
    np.testing.assert_allclose(inward, np.tile([-size_m, size_m], (3, 1)), atol=1e-9)


def test_only_the_front_knee_of_a_lunge_goes_in():
    inward = with_and_without("lunge", "knees_in", 0.05, knees_y, side="left")
    np.testing.assert_allclose(inward, np.tile([-0.05, 0.0], (3, 1)), atol=1e-9)


@pytest.mark.parametrize("movement", ["squat", "lunge"])
def test_the_trunk_leans_so_many_degrees_further(movement):
    further = with_and_without(movement, "trunk_lean", 20, trunk_lean_deg)
    np.testing.assert_allclose(further, 20, atol=1e-6)


@pytest.mark.parametrize("size_m", [-0.05, 0.05])
def test_the_hips_shift_to_the_left_or_right(size_m):
    shifted = with_and_without("squat", "hip_shift", size_m, hips_y)
    np.testing.assert_allclose(shifted, size_m, atol=1e-9)


@pytest.mark.parametrize("size_deg", [-20, 10, 25])
@pytest.mark.parametrize("movement", ["push_up", "plank"])
def test_the_hips_sag_or_stick_up_by_so_many_degrees(movement, size_deg):
    options = {"hold_s": 1.0, "depth": (1.0, 1.0)}
    bend = with_and_without(movement, "hip_sag", size_deg, body_bend_deg, **options)
    np.testing.assert_allclose(bend, size_deg, atol=0.4)


@pytest.mark.parametrize("movement", ["biceps_curl", "push_up", "pull_up", "lateral_raise"])
def test_elbows_stay_bent_at_rest(movement):
    bent = with_and_without(movement, "incomplete_extension", 30, elbow_deg, share=0.0)
    np.testing.assert_allclose(bent, 30, atol=1e-6)


def test_elbows_stay_bent_at_the_top_of_a_press():
    bent = with_and_without(
        "shoulder_press", "incomplete_extension", 30, elbow_deg, depth=(1.0, 1.0)
    )
    np.testing.assert_allclose(bent, 30, atol=1e-6)


@pytest.mark.parametrize("movement", ["biceps_curl", "lateral_raise"])
def test_the_trunk_swings_back_half_way_and_is_back_at_the_turn(movement):
    def lean(skeleton):
        shoulder, hip = (skeleton.pair(name).mean(axis=1) for name in ("shoulder", "hip"))
        return np.degrees(np.arctan2(*(shoulder - hip)[:, [0, 2]].T))

    half_way = with_and_without(movement, "trunk_swing", 15, lean, share=0.5)
    np.testing.assert_allclose(half_way, -15, atol=1e-6)
    at_turn = with_and_without(movement, "trunk_swing", 15, lean)
    np.testing.assert_allclose(at_turn, 0, atol=1e-6)


def test_a_press_drifts_ahead_half_way():
    drift = with_and_without("shoulder_press", "path_drift", 0.12, hands_ahead, share=0.5)
    np.testing.assert_allclose(drift, 0.12, atol=1e-9)


@pytest.mark.parametrize("movement", ["squat", "push_up", "bridge", "pull_up", "lunge"])
def test_too_shallow_is_the_share_of_the_depth_that_is_missing(movement):
    full, _ = at_turns(movement, depth=(1.0, 1.0))
    less, _ = at_turns(movement, depth=(1.0, 1.0), faults={"too_shallow": 0.4})
    assert {one.depth for one in full.motion.repetitions} == {1.0}
    np.testing.assert_allclose([one.depth for one in less.motion.repetitions], 0.6)


def test_a_short_step_is_shorter_by_its_share():
    def step(skeleton):
        return np.abs(np.diff(skeleton.pair("foot_index")[..., 0], axis=1))[:, 0]

    short, usual = (
        step(at_turns("lunge", faults=faults, depth=(1.0, 1.0))[1])
        for faults in ({"step_too_short": 0.4}, {})
    )
    np.testing.assert_allclose(short / usual, 0.6, atol=1e-9)


def test_only_the_repetitions_that_are_named_show_the_fault():
    performance, skeleton = at_turns("squat", faults={"knees_in": 0.05}, fault_repetitions=(2,))
    _, clean = at_turns("squat")
    shift = np.abs(knees_y(skeleton) - knees_y(clean)).max(axis=1)
    np.testing.assert_allclose(shift, [0, 0.05, 0], atol=1e-9)
    table = faults_table(performance).to_pylist()
    assert table == [{"repetition": 2, "fault": "knees_in", "size": 0.05, "unit": "m"}]


@pytest.mark.parametrize("movement", EXERCISES)
def test_every_fault_of_an_exercise_can_be_shown_at_any_of_its_sizes(movement):
    for name in EXERCISES[movement].faults:
        for size in (FAULTS[name].least, FAULTS[name].most):
            style = Style(faults={name: size}, hold_s=0.3, depth=(0.85, 0.85))
            faulty = perform(movement, seed=8, repetitions=1, view=SMALL, style=style)
            clean = perform(
                movement,
                seed=8,
                repetitions=1,
                view=SMALL,
                style=Style(hold_s=0.3, depth=(0.85, 0.85)),
            )
            gap = np.abs(faulty.skeleton.joints_m - clean.skeleton.joints_m).max()
            assert gap > 0.004, name
            assert faulty.motion.repetitions[0].faults == {name: size}


@pytest.mark.parametrize(
    ("movement", "style", "message"),
    [
        (
            "squat",
            {"faults": {"hip_sag": 10}},
            "squat cannot show hip_sag; it can show",
        ),
        ("squat", {"faults": {"butt_wink": 1}}, "no fault 'butt_wink'"),
        ("squat", {"faults": {"knees_in": 3.0}}, "knees_in must be 0.005 to 0.1 m"),
        ("squat", {"side": "left"}, "squat is done with both, not left"),
        ("squat", {"asymmetry": 0.2}, "squat cannot be done with asymmetry"),
        ("lunge", {"faults": {"knees_in": 0.1, "too_shallow": 0.6}}, "bent so little"),
        ("squat", {"side": "up"}, "side must be one of both"),
        ("squat", {"depth": (0.9, 0.8)}, "depth must be two numbers"),
        ("squat", {"tempo": (0.0, 1.0)}, "tempo must be two numbers"),
        ("squat", {"partials": 3}, "partials need a number of repetitions"),
        ("squat", {"sets": (3, 3)}, "say repetitions or sets"),
        ("squat", {"sets": (3, 0)}, "sets must be numbers of repetitions"),
        ("squat", {"rest": "asleep"}, "rest must be one of standing"),
        ("squat", {"approach": "fly"}, "approach must be one of none, ready, walk"),
        ("plank", {"faults": {"hip_sag": 9}, "fault_repetitions": (1,)}, "whole set"),
        ("standing", {}, "standing has no style"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(movement, style, message):
    with pytest.raises(ValueError, match=message):
        perform(movement, repetitions=3, view=SMALL, style=Style(**style))
