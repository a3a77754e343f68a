"""Somebody who balances stands on one leg exactly when the truth says, and sways as planned."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import trunk_lean_deg
from dancer_pipeline.synthetic.balance import Balance
from dancer_pipeline.synthetic.happenings import SingleLegStance
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.skeleton import SIDES, assemble

SMALL = View(width_px=64, height_px=96)
TOUCHING = (
    SingleLegStance(2, 5, "left"),
    SingleLegStance(5.4, 8, "left"),
    SingleLegStance(9.5, 13, "right"),
)


def balance(seed=1, duration_s=15, **plan):
    return perform("balance", seed=seed, duration_s=duration_s, view=SMALL, plan=Balance(**plan))


@pytest.mark.parametrize("seed", range(4))
def test_a_foot_is_off_the_floor_exactly_from_lift_off_to_touch_down(seed):
    performance = balance(seed, stances=TOUCHING)
    times = np.arange(0, 15, 0.002)
    heel = assemble(performance.body, performance.motion.posture(times)).pair("heel")[..., 2]
    for side, name in enumerate(SIDES):
        raised = np.zeros(len(times), bool)
        for stance in performance.motion.single_leg_stances:
            if stance.side != name:
                raised |= (times > stance.start_s + 1e-9) & (times < stance.end_s - 1e-9)
        np.testing.assert_array_equal(heel[:, side] > 1e-9, raised)
        assert heel[:, side].max() > 0.05


def test_the_body_is_over_the_foot_that_stands():
    performance = balance(2, stances=TOUCHING, sway_cm=(0.3, 0.3))
    skeleton = performance.skeleton
    for stance in TOUCHING:
        during = (performance.times_s > stance.start_s) & (performance.times_s < stance.end_s)
        hips = skeleton.pair("hip").mean(axis=1)[during, 1]
        foot = skeleton.joint(f"{stance.side}_ankle")[during, 1]
        assert np.abs(hips - foot).max() < 0.05


@pytest.mark.parametrize("sway_cm", [(0.4, 0.8), (2.0, 1.0)])
def test_the_body_sways_as_much_as_planned(sway_cm):
    performance = balance(3, stances=(), sway_cm=sway_cm)
    for joint in ("hip", "shoulder"):
        place = performance.skeleton.pair(joint).mean(axis=1)
        np.testing.assert_allclose(100 * place[:, :2].std(axis=0), sway_cm, rtol=0.01)
    assert performance.motion.single_leg_stances == ()


def test_the_trunk_leans_as_planned():
    aside = balance(4, stances=(), lean_deg=(0.0, 12.0)).skeleton
    np.testing.assert_allclose(trunk_lean_deg(aside), 12, atol=1e-6)
    assert aside.pair("shoulder").mean(axis=(0, 1))[1] > 0.05


def test_one_leg_is_stood_on_where_no_stance_is_named():
    performance = balance(5)
    (stance,) = performance.motion.single_leg_stances
    assert (stance.start_s, stance.end_s) == (2.5, 13.0)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"stances": (SingleLegStance(2, 2.3, "left"),)}, "a stance is on one side"),
        ({"stances": (SingleLegStance(2, 5, "both"),)}, "a stance is on one side"),
        ({"sway_cm": (30, 0)}, "sway_cm must be"),
        (
            {"stances": (SingleLegStance(2, 4, "left"), SingleLegStance(4.3, 6, "right"))},
            "a change of legs takes",
        ),
    ],
)
def test_what_nobody_can_balance_is_refused(plan, message):
    with pytest.raises(ValueError, match=message):
        balance(**plan)
