"""A walker's events are when its feet really meet and leave the floor."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.skeleton import SIDES, assemble

SMALL = View(width_px=64, height_px=96)
FLOOR_M = 1e-6


def walker(seed=0, **options):
    return perform("walk", seed=seed, duration_s=8, view=SMALL, **options)


def joint_at(performance, name, times_s):
    return assemble(performance.body, performance.motion.posture(np.asarray(times_s))).joint(name)


def times_of(performance, side, event):
    events = performance.motion.gait_events
    return np.array([e.time_s for e in events if (e.side, e.event) == (side, event)])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", SIDES)
def test_a_heel_strike_is_when_the_heel_comes_down(seed, side):
    performance = walker(seed)
    strikes = times_of(performance, side, "heel_strike")
    strikes = strikes[(strikes > 0.1) & (strikes < 7.9)]
    assert len(strikes) >= 5
    before, after = (joint_at(performance, f"{side}_heel", strikes + d) for d in (-0.02, 0.002))
    assert (before[:, 2] > FLOOR_M).all()
    np.testing.assert_allclose(after[:, 2], 0, atol=FLOOR_M)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", SIDES)
def test_a_toe_off_is_when_the_toe_leaves(seed, side):
    performance = walker(seed)
    leaves = times_of(performance, side, "toe_off")
    leaves = leaves[(leaves > 0.1) & (leaves < 7.9)]
    before, after = (
        joint_at(performance, f"{side}_foot_index", leaves + d) for d in (-0.002, 0.03)
    )
    np.testing.assert_allclose(before[:, 2], 0, atol=FLOOR_M)
    assert (after[:, 2] > FLOOR_M).all()


@pytest.mark.parametrize("seed", range(3))
def test_feet_touch_the_floor_in_stance_only_and_never_sink_into_it(seed):
    performance = walker(seed)
    times = np.arange(0.05, 7.9, 0.008)
    for side in SIDES:
        lowest = np.minimum(
            *(
                joint_at(performance, f"{side}_{name}", times)[:, 2]
                for name in ("heel", "foot_index")
            )
        )
        strikes = times_of(performance, side, "heel_strike")
        leaves = times_of(performance, side, "toe_off")
        swings = np.zeros(len(times), bool)
        for leave in leaves:
            landing = strikes[strikes > leave]
            swings |= (times > leave + 0.02) & (times < (landing[0] if len(landing) else 9) - 0.01)
        first = min(strikes[0], leaves[0])
        assert lowest.min() > -FLOOR_M
        assert (lowest[swings] > FLOOR_M).all()
        stance = ~swings & (times > first + 0.02)
        assert np.median(lowest[stance]) == pytest.approx(0, abs=FLOOR_M)


def test_a_foot_on_the_floor_does_not_slide():
    performance = walker(3, treadmill=False)
    for side in SIDES:
        for strike in times_of(performance, side, "heel_strike"):
            flat = joint_at(performance, f"{side}_heel", strike + np.linspace(0, 0.25, 20))
            np.testing.assert_allclose(
                flat[:, :2], np.broadcast_to(flat[0, :2], (20, 2)), atol=1e-6
            )


def test_a_treadmill_carries_the_foot_back_at_its_speed():
    performance = walker(3)
    strike = times_of(performance, "left", "heel_strike")[0]
    heel = joint_at(performance, "left_heel", strike + np.array([0.02, 0.22]))
    speed = (heel[0, 0] - heel[1, 0]) / 0.2
    assert speed == pytest.approx(performance.motion.belt_speed_m_s, abs=1e-6)
    assert 0.9 < speed < 1.6


def test_the_cadence_is_the_one_asked_for_and_otherwise_usual():
    for cadence, performance in ((96, walker(cadence_spm=96)), (None, walker(5))):
        strikes = np.sort(
            np.concatenate([times_of(performance, side, "heel_strike") for side in SIDES])
        )
        steps_per_min = 60 / np.diff(strikes)
        np.testing.assert_allclose(steps_per_min, steps_per_min[0], rtol=1e-9)
        if cadence:
            assert steps_per_min[0] == pytest.approx(cadence)
        assert 95 < steps_per_min[0] < 116


def test_events_alternate_and_stance_is_a_usual_share():
    performance = walker(1)
    events = performance.motion.gait_events
    assert len([event for event in events if event.event == "heel_strike"]) >= 8
    order = [(event.side, event.event) for event in events]
    cycle = [
        ("left", "heel_strike"),
        ("right", "toe_off"),
        ("right", "heel_strike"),
        ("left", "toe_off"),
    ]
    start = cycle.index(order[0])
    assert order == [cycle[(start + i) % 4] for i in range(len(order))]
    strikes = times_of(performance, "left", "heel_strike")
    off = times_of(performance, "left", "toe_off")
    off = off[off > strikes[0]]
    assert (off[0] - strikes[0]) / (strikes[1] - strikes[0]) == pytest.approx(0.62)


@pytest.mark.parametrize("seed", range(4))
def test_knees_and_arms_move_as_those_of_a_healthy_adult(seed):
    performance = walker(seed)
    knee = joint_angles_deg(performance.skeleton)["knee_flexion"]
    assert (knee.min(axis=0) > 1).all()
    assert (knee.min(axis=0) < 10).all()
    assert ((knee.max(axis=0) > 52) & (knee.max(axis=0) < 72)).all()
    ahead = performance.skeleton.pair("ankle")[..., 0]
    hand = performance.skeleton.pair("wrist")[..., 0]
    legs, arms = ahead[:, 0] - ahead[:, 1], hand[:, 0] - hand[:, 1]
    assert np.corrcoef(legs, arms)[0, 1] < -0.7


def test_a_camera_that_follows_keeps_the_walker_in_the_picture():
    performance = walker(2, treadmill=False)
    nose = [
        performance.camera_at(frame).project(performance.skeleton.joint("nose")[frame])[0]
        for frame in range(performance.frame_count)
    ]
    assert np.ptp(performance.skeleton.joint("nose")[:, 0]) > 6
    assert np.ptp(nose) < 0.1 * performance.view.width_px
