"""Sets, rests, coming and going are known to the second, and nobody jumps from one to the next."""

from itertools import pairwise

import numpy as np
import pytest

from dancer_pipeline.synthetic.idle import IDLE_ACTS, Idle
from dancer_pipeline.synthetic.performance import EXERCISES, View, perform
from dancer_pipeline.synthetic.style import ON_FEET, Style
from dancer_pipeline.synthetic.truth import episodes_table, repetitions_table

SMALL = View(width_px=64, height_px=96, frame_rate_hz=25)
FASTEST_M_S = 9.0
"""A hand that is brought down from overhead in a second; a jump cut would be far above."""


def fastest_m_s(performance):
    steps = np.diff(performance.skeleton.joints_m, axis=0)
    return np.linalg.norm(steps, axis=-1).max() * performance.view.frame_rate_hz


def bones_m(performance):
    pairs = [("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")]
    pair = performance.skeleton.pair
    return [np.linalg.norm(pair(a) - pair(b), axis=-1) for a, b in pairs]


@pytest.mark.parametrize("approach", ["ready", "walk"])
@pytest.mark.parametrize("movement", EXERCISES)
def test_whole_bodies_come_work_rest_and_go(movement, approach):
    style = Style(sets=(2, 1), rest_s=(10, 12), approach=approach, departure=approach, hold_s=0.4)
    performance = perform(movement, seed=6, view=SMALL, style=style)
    assert fastest_m_s(performance) < FASTEST_M_S
    assert performance.skeleton.joints_m[..., 2].min() > -0.06
    for joint in ("heel", "foot_index"):
        assert performance.skeleton.pair(joint)[..., 2].min() > -1e-6
    for lengths in bones_m(performance):
        np.testing.assert_allclose(lengths, lengths[0, 0], atol=1e-9)
    motion = performance.motion
    doing = [one.what for one in motion.episodes]
    assert doing.count("set") == 2
    assert doing.index("getting_ready") < doing.index("set") < doing.index("getting_up")
    assert (doing[0] == "walking") == (approach == "walk")
    assert motion.repetitions[-1].end_s + 1 < motion.duration_s


def test_sets_hold_the_repetitions_asked_for_with_rests_between():
    style = Style(sets=(4, 2, 3), rest_s=(9, 12))
    motion = perform("squat", seed=2, view=SMALL, style=style).motion
    numbers = [one.set_number for one in motion.repetitions]
    assert numbers == [1] * 4 + [2] * 2 + [3] * 3
    for before, after in pairwise(motion.repetitions):
        gap = after.start_s - before.end_s
        assert (9 <= gap <= 12) if before.set_number != after.set_number else gap < 2


@pytest.mark.parametrize("rest", [*ON_FEET, "in_position"])
def test_a_rest_is_spent_as_was_asked_for(rest):
    style = Style(sets=(1, 1), rest_s=(13, 13), rest=rest)
    performance = perform("squat", seed=2, view=SMALL, style=style)
    (one,) = [it for it in performance.motion.episodes if it.what.startswith("rest_")]
    assert one.what == f"rest_{rest}"
    middle = np.abs(performance.times_s - (one.start_s + one.end_s) / 2) < 1.5
    skeleton = performance.skeleton
    nose = skeleton.joint("nose")[middle]
    standing = skeleton.joint("nose")[0, 2]
    assert (nose[:, 2].min() < 0.75 * standing) == (rest == "bent_over")
    assert (np.ptp(nose[:, :2], axis=0).max() > 0.3) == (rest == "walking")


def test_a_rest_that_takes_longer_than_there_is_time_is_refused():
    style = Style(sets=(1, 1), rest_s=(3, 3), rest="walking")
    with pytest.raises(ValueError, match=r"3\.0 s are too short to rest walking: in_position"):
        perform("squat", view=SMALL, style=style)


def test_partial_repetitions_are_known_and_less_deep():
    style = Style(partials=3)
    performance = perform("biceps_curl", seed=5, repetitions=10, view=SMALL, style=style)
    table = repetitions_table(performance).to_pandas()
    assert table["is_partial"].sum() == 3
    assert not table["is_partial"][0]
    whole = table.loc[~table["is_partial"], "bottom_angle_deg"].min() - 8
    assert table.loc[table["is_partial"], "bottom_angle_deg"].max() - 8 < 0.7 * whole
    assert table["depth"].between(0.35, 1.03).all()


def test_partial_repetitions_show_as_much_less_of_a_fault_and_never_come_first():
    firsts = set()
    for seed in range(12):
        style = Style(partials=2, faults={"trunk_lean": 20})
        motion = perform("squat", seed=seed, repetitions=3, view=SMALL, style=style).motion
        for one in motion.repetitions:
            share = one.depth if one.is_partial else 1.0
            assert one.faults["trunk_lean"] == pytest.approx(20 * share)
        firsts.add(motion.repetitions[0].is_partial)
    assert firsts == {False}


def test_tempo_and_hold_are_as_was_asked_for():
    slow, fast = (
        perform("squat", seed=1, repetitions=4, view=SMALL, style=Style(tempo=(pace, pace)))
        for pace in (0.5, 1.0)
    )
    for one, other in zip(slow.motion.repetitions, fast.motion.repetitions, strict=True):
        down = [it.bottom_s - it.hold_s / 2 - it.start_s for it in (one, other)]
        assert down[0] == pytest.approx(2 * down[1])
    held = perform("bridge", seed=1, repetitions=2, view=SMALL, style=Style(hold_s=3.0))
    assert [one.hold_s for one in held.motion.repetitions] == [3.0, 3.0]


def test_a_style_of_nothing_changes_nothing():
    plain = perform("jumping_jack", seed=4, repetitions=3, view=SMALL)
    styled = perform("jumping_jack", seed=4, repetitions=3, view=SMALL, style=Style())
    np.testing.assert_array_equal(plain.skeleton.joints_m, styled.skeleton.joints_m)


def test_who_comes_walks_from_the_camera_wherever_that_is():
    for yaw_deg in (0, 90, 200):
        view = View(width_px=64, height_px=96, yaw_deg=yaw_deg, frame_rate_hz=25)
        style = Style(approach="walk", departure="walk")
        performance = perform("squat", seed=3, repetitions=1, view=view, style=style)
        hip = performance.skeleton.pair("hip").mean(axis=1)[:, :2]
        gap = np.linalg.norm(hip - performance.camera.position_m[:2], axis=1)
        assert gap[0] == pytest.approx(1.5, abs=0.15)
        assert gap[-1] == pytest.approx(1.5, abs=0.15)
        assert gap.max() == pytest.approx(4.0, abs=0.3)


@pytest.mark.parametrize("act", IDLE_ACTS)
def test_each_idle_act_moves_somebody_without_a_repetition(act):
    performance = perform("idle", seed=7, duration_s=14, view=SMALL, plan=Idle((act,)))
    assert performance.motion.repetitions == ()
    assert [one.what for one in performance.motion.episodes] == [act]
    assert fastest_m_s(performance) < FASTEST_M_S
    (one,) = performance.motion.episodes
    middle = np.abs(performance.times_s - (one.start_s + one.end_s) / 2) < 0.5
    busy = np.ptp(performance.skeleton.joints_m[middle], axis=0).max()
    assert busy >= {"scratching_head": 0.02, "tying_a_shoe": 0.02, "walking": 0}.get(act, 0.002)
    assert np.ptp(performance.skeleton.joints_m, axis=0).max() > 0.04
    for lengths in bones_m(performance):
        np.testing.assert_allclose(lengths, lengths[0, 0], atol=1e-9)


def test_idle_performers_differ_by_seed_and_fill_their_time():
    kinds = set()
    for seed in range(12):
        performance = perform("idle", seed=seed, duration_s=30, view=SMALL)
        episodes = episodes_table(performance).to_pylist()
        kinds |= {one["what"] for one in episodes}
        assert len(episodes) >= 1
        assert all(a["end_s"] <= b["start_s"] for a, b in pairwise(episodes))
        assert episodes[-1]["end_s"] <= 30
        assert performance.motion.repetitions == ()
    assert len(kinds) >= 8


def test_an_act_that_nobody_knows_is_refused_by_name():
    with pytest.raises(ValueError, match="no act 'juggling': choose among looking_around"):
        Idle(("juggling",))
    with pytest.raises(ValueError, match="sitting_down must be the last"):
        Idle(("sitting_down", "drinking"))
