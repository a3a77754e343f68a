"""Gaits out of the ordinary are exactly what their plan says; running has flight."""

import itertools

import numpy as np
import pytest

from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.running import Run
from dancer_pipeline.synthetic.skeleton import SIDES, assemble

SMALL = View(width_px=64, height_px=96)
FLOOR_M = 2e-6
FINE_S = np.arange(0, 12, 0.004)

PLANS = {
    "slow": ("walk", Gait(cadence_spm=60)),
    "fast": ("walk", Gait(cadence_spm=150)),
    "lopsided": ("walk", Gait(asymmetry_percent=20)),
    "limping": ("walk", Gait(limp="right")),
    "backward": ("walk", Gait(backward=True, treadmill=False)),
    "unsteady": ("walk", Gait(variability_percent=3, treadmill=False)),
    "pausing": ("walk", Gait(treadmill=False, pauses_s=((0, 2), (5.5, 8)))),
    "turning": ("walk", Gait(treadmill=False, turn_after_m=4)),
    "running": ("run", Run(treadmill=False)),
}


def performed(name, seed=1, duration_s=12):
    movement, plan = PLANS[name]
    return perform(movement, seed=seed, duration_s=duration_s, plan=plan, view=SMALL)


def strikes(performance, side, event="heel_strike"):
    events = performance.motion.gait_events
    return np.array([e.time_s for e in events if (e.side, e.event) == (side, event)])


def height_of_sole(performance, times_s):
    skeleton = assemble(performance.body, performance.motion.posture(times_s))
    return np.minimum(skeleton.pair("heel")[..., 2], skeleton.pair("foot_index")[..., 2])


def on_floor(performance, times_s):
    """Where the events say that a foot stands: (times, sides)."""
    stands = np.zeros((len(times_s), 2), bool)
    for index, side in enumerate(SIDES):
        marks = [(at, 1) for at in strikes(performance, side)]
        marks += [(at, 0) for at in strikes(performance, side, "toe_off")]
        marks.sort()
        stands[:, index] = 1 - marks[0][1]
        for at, state in marks:
            stands[times_s >= at, index] = state
    return stands


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("seed", [1, 4])
def test_feet_are_on_the_floor_exactly_when_the_events_say_so(name, seed):
    performance = performed(name, seed)
    height, stands = height_of_sole(performance, FINE_S), on_floor(performance, FINE_S)
    near = np.zeros_like(stands)
    for index, side in enumerate(SIDES):
        for event in ("heel_strike", "toe_off"):
            for at in strikes(performance, side, event):
                near[:, index] |= abs(FINE_S - at) < 0.03
    assert height.min() > -FLOOR_M
    np.testing.assert_allclose(height[stands & ~near], 0, atol=FLOOR_M)
    assert (height[~stands & ~near] > FLOOR_M).all()


@pytest.mark.parametrize("asymmetry", [-15, 0, 6, 20])
def test_the_left_step_takes_longer_than_the_right_by_exactly_so_much(asymmetry):
    performance = perform(
        "walk", duration_s=20, view=SMALL, plan=Gait(cadence_spm=100, asymmetry_percent=asymmetry)
    )
    left, right = (strikes(performance, side) for side in SIDES)
    to_left = [at - right[right < at][-1] for at in left if (right < at).any()]
    to_right = [at - left[left < at][-1] for at in right if (left < at).any()]
    one, other = np.mean(to_left), np.mean(to_right)
    assert 200 * (one - other) / (one + other) == pytest.approx(asymmetry, abs=1e-9)
    assert one + other == pytest.approx(1.2)
    assert np.ptp(to_left) < 1e-9


def test_a_limp_spares_its_leg():
    performance = performed("limping")
    share = {}
    for side in SIDES:
        on, off = strikes(performance, side), strikes(performance, side, "toe_off")
        share[side] = off[off > on[0]][0] - on[0]
    assert share["right"] < share["left"]
    with pytest.raises(ValueError, match="limp must be left or right"):
        Gait(limp="both")


def test_single_steps_vary_as_asked_around_the_cadence():
    performance = perform(
        "walk", duration_s=300, view=SMALL, plan=Gait(cadence_spm=100, variability_percent=3)
    )
    steps = np.diff(np.sort(np.concatenate([strikes(performance, side) for side in SIDES])))
    assert 100 * np.std(steps) / np.mean(steps) == pytest.approx(3, abs=0.4)
    assert np.mean(steps) == pytest.approx(0.6, rel=0.01)


def test_nothing_moves_from_the_floor_during_a_pause():
    performance = performed("pausing")
    standing = [spell for spell in performance.motion.spells if spell.activity == "standing"]
    assert [(spell.start_s, spell.end_s) for spell in standing] == [(0, 2), (5.5, 8)]
    for spell in standing:
        inside = [
            e for e in performance.motion.gait_events if spell.start_s < e.time_s < spell.end_s
        ]
        assert inside == []
        times = np.arange(spell.start_s + 0.4, spell.end_s - 0.35, 0.05)
        ankle = performance.motion.posture(times).ankle_m
        np.testing.assert_allclose(ankle, np.broadcast_to(ankle[:1], ankle.shape), atol=1e-6)
    first_off = min(strikes(performance, side, "toe_off").min() for side in SIDES)
    assert first_off == pytest.approx(2.0)


def test_a_turn_sends_the_walker_back_and_the_next_one_forth():
    performance = perform(
        "walk", duration_s=25, view=SMALL, plan=Gait(treadmill=False, turn_after_m=5)
    )
    pelvis = performance.motion.posture(performance.times_s).pelvis_m
    walks = [spell for spell in performance.motion.spells if spell.activity == "walking"]
    assert [spell.heading_deg for spell in walks[:3]] == [0, 180, 0]
    for spell in walks:
        inside = (performance.times_s > spell.start_s) & (performance.times_s < spell.end_s)
        goes = np.diff(pelvis[inside, 0])
        assert (np.sign(goes) == (1 if spell.heading_deg == 0 else -1)).all()
    assert np.ptp(pelvis[:, 0]) < 7


@pytest.mark.parametrize("seed", range(4))
def test_nobody_turns_in_a_pause(seed):
    plan = Gait(treadmill=False, turn_after_m=3, pauses_s=((5, 8), (13, 16)))
    spells = perform("walk", seed=seed, duration_s=25, view=SMALL, plan=plan).motion.spells
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in itertools.pairwise(spells))
    assert [s.start_s for s in spells if s.activity == "standing"] == [5, 13]
    assert sum(spell.activity == "turning" for spell in spells) >= 2


def test_a_backward_walker_faces_one_way_and_goes_the_other_toes_first():
    performance = performed("backward")
    skeleton = performance.skeleton
    assert skeleton.joint("nose")[-1, 0] < skeleton.joint("nose")[0, 0] - 4
    assert (skeleton.joint("nose")[:, 0] > skeleton.pair("ear").mean(axis=1)[:, 0]).all()
    landing = strikes(performance, "left")[1] + 0.02
    foot = assemble(performance.body, performance.motion.posture(np.array([landing])))
    assert foot.joint("left_foot_index")[0, 2] < foot.joint("left_heel")[0, 2]
    assert performance.motion.spells[0].direction == "backward"


@pytest.mark.parametrize("seed", range(3))
def test_a_runner_never_has_both_feet_on_the_floor_and_often_none(seed):
    performance = perform("run", seed=seed, duration_s=12, view=SMALL)
    standing = (height_of_sole(performance, FINE_S) < FLOOR_M).sum(axis=1)
    assert standing.max() == 1
    assert 0.2 < (standing == 0).mean() < 0.35
    both = np.sort(np.concatenate([strikes(performance, side) for side in SIDES]))
    assert 150 <= 60 / np.diff(both).mean() <= 190


def test_a_runner_overground_lands_where_no_foot_slides():
    performance = performed("running")
    strike = strikes(performance, "left")[3]
    off = strikes(performance, "left", "toe_off")
    off = off[off > strike][0]
    toe = assemble(
        performance.body,
        performance.motion.posture(np.linspace(strike + 0.4 * (off - strike), off)),
    ).joint("left_foot_index")
    np.testing.assert_allclose(toe, np.broadcast_to(toe[:1], toe.shape), atol=1e-6)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"plan": Run()}, "a walk is planned by a Gait"),
        ({"plan": Gait(treadmill=False, pauses_s=((3, 3.5),))}, "a pause lasts a second or more"),
        ({"plan": Gait(treadmill=False, pauses_s=((1, 3),))}, "2 s of walking are the least"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(plan, message):
    with pytest.raises(ValueError, match=message):
        perform("walk", duration_s=8, view=SMALL, **plan)


def test_a_treadmill_neither_pauses_nor_turns():
    with pytest.raises(ValueError, match="a treadmill runs on"):
        Gait(pauses_s=((2, 4),))
