"""Bat and racket swings happen when their truth says, as their plan says."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.batting import Batting
from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.happening_tables import court_corners_px, happening_tables
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.racket import Play
from dancer_pipeline.synthetic.skeleton import SIDES, assemble
from dancer_pipeline.synthetic.strokes import STROKES, Shot

SMALL = View(width_px=64, height_px=96)
BEHIND = View(
    yaw_deg=180,
    distance_m=8,
    camera_height_m=3.5,
    field_of_view_deg=50,
    width_px=640,
    height_px=400,
)


def bat(seed=0, **plan):
    return perform("bat_swing", seed=seed, view=SMALL, plan=Batting(**plan))


def play(seed=0, view=SMALL, **plan):
    return perform("racket", seed=seed, view=view, plan=Play(**plan))


def around(performance, at_s, reach_s=0.3, step_s=0.001):
    times = at_s + np.arange(-reach_s, reach_s, step_s)
    return times, assemble(performance.body, performance.motion.posture(times))


def fastest_s(times, values):
    speed = np.linalg.norm(np.diff(values, axis=0), axis=-1)
    return times[speed.argmax()] + (times[1] - times[0]) / 2


def heading(pair):
    across = pair[:, 0] - pair[:, 1]
    return np.unwrap(np.arctan2(across[:, 1], across[:, 0]))[:, None]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("lag_s", [0.0, 0.06])
def test_shoulders_turn_fastest_exactly_so_long_after_the_hips(side, lag_s):
    performance = bat(2, side=side, lag_s=lag_s)
    for swing in performance.motion.swings:
        times, skeleton = around(performance, swing.contact_s)
        hips, shoulders = (
            fastest_s(times, heading(skeleton.pair(joint))) for joint in ("hip", "shoulder")
        )
        assert hips == pytest.approx(swing.pelvis_peak_s, abs=0.0011)
        assert shoulders == pytest.approx(swing.thorax_peak_s, abs=0.0011)
        assert swing.thorax_peak_s - swing.pelvis_peak_s == pytest.approx(lag_s)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("down", "braced"), [(30, 12), (35, 55)])
def test_the_front_knee_is_bent_as_planned_when_the_foot_is_down(side, down, braced):
    performance = bat(3, side=side, front_knee_deg=(down, braced))
    front = SIDES.index({"right": "left", "left": "right"}[side])
    for swing in performance.motion.swings:
        times = np.array([swing.front_foot_contact_s, swing.contact_s, swing.contact_s + 0.5])
        skeleton = assemble(performance.body, performance.motion.posture(times))
        knee = joint_angles_deg(skeleton)["knee_flexion"][:, front]
        np.testing.assert_allclose(knee, [down, braced, braced], atol=1e-6)


def test_the_front_foot_comes_down_when_the_truth_says():
    performance = bat(4)
    for swing in performance.motion.swings:
        at = swing.front_foot_contact_s
        heel = assemble(
            performance.body, performance.motion.posture(np.array([at - 0.02, at, at + 0.4]))
        ).joint("left_heel")[:, 2]
        assert heel[0] > 0.003
        np.testing.assert_allclose(heel[1:], 0, atol=1e-9)


@pytest.mark.parametrize("side", SIDES)
def test_the_lower_hand_is_fastest_when_the_truth_says(side):
    for swing in bat(6, side=side).motion.swings:
        assert swing.side == side
        times, skeleton = around(bat(6, side=side), swing.contact_s)
        path = skeleton.joint(f"{side}_wrist") - skeleton.pair("shoulder").mean(axis=1)
        assert fastest_s(times, path) == pytest.approx(swing.peak_s, abs=0.0011)
        assert abs(swing.peak_s - swing.contact_s) < 0.05


@pytest.mark.parametrize("travel_m", [0.0, 0.12])
def test_the_head_goes_exactly_as_far_as_planned(travel_m):
    performance = bat(5, head_travel_m=travel_m, head_sway_m=0.02)
    swing = performance.motion.swings[0]
    times = np.arange(swing.start_s, swing.contact_s, 0.002)
    head = assemble(performance.body, performance.motion.posture(times)).head_m
    assert np.ptp(head[:, 0]) == pytest.approx(travel_m, abs=1e-6)
    assert np.ptp(head[:, 1]) == pytest.approx(0.04, abs=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_batters_of_all_builds_can_swing(seed):
    performance = bat(seed, front_knee_deg=(25, 10), head_travel_m=0.15)
    knee = joint_angles_deg(performance.skeleton)["knee_flexion"]
    assert knee.min() > 3
    lowest = np.minimum(
        performance.skeleton.pair("heel")[..., 2], performance.skeleton.pair("foot_index")[..., 2]
    )
    assert lowest.min() > -1e-9


@pytest.mark.parametrize("kind", STROKES)
@pytest.mark.parametrize("side", SIDES)
def test_the_hitting_wrist_is_fastest_when_the_truth_says(kind, side):
    performance = play(6, kinds=(kind,), side=side, rallies=1, shots_per_rally=2)
    for swing in performance.motion.swings:
        assert (swing.kind, swing.side) == (kind, side)
        times, skeleton = around(performance, swing.contact_s)
        path = skeleton.joint(f"{side}_wrist") - skeleton.pair("shoulder").mean(axis=1)
        assert fastest_s(times, path) == pytest.approx(swing.peak_s, abs=0.0011)
        speed = np.linalg.norm(np.diff(path, axis=0), axis=1).max() / 0.001
        assert speed / performance.body.trunk_m > 5


def test_overhead_strokes_are_overhead_and_the_others_are_not():
    for kind in STROKES:
        performance = play(7, kinds=(kind,), rallies=1, shots_per_rally=1)
        swing = performance.motion.swings[0]
        skeleton = assemble(performance.body, performance.motion.posture(np.array([swing.peak_s])))
        above = skeleton.joint("right_wrist") - skeleton.joint("right_shoulder")
        share = above[0, 2] / performance.body.trunk_m
        assert (share > 0.4) == (kind in ("smash", "clear", "drop")), (kind, share)


def test_shots_are_played_where_they_are_planned_and_the_player_stands_still_for_them():
    shots = (Shot(2.0, "clear", (-2.0, 1.0), 1), Shot(6.0, "net", (1.5, -1.2), 1))
    for side in SIDES:
        performance = play(8, shots=shots, side=side, court=Court())
        positions = happening_tables(performance)["court_positions"].to_pandas()
        for shot in shots:
            at = np.interp(
                [shot.contact_s, shot.contact_s + 0.3], positions["time_s"], positions["along_m"]
            )
            np.testing.assert_allclose(at, shot.at_m[0] + 3.35, atol=1e-6)
            across = np.interp(shot.contact_s, positions["time_s"], positions["across_m"])
            assert across == pytest.approx(3.05 - shot.at_m[1], abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_players_of_all_builds_get_about_the_court_on_their_feet(seed):
    performance = play(seed, court=Court(), rallies=2, shots_per_rally=4)
    skeleton = performance.skeleton
    lowest = np.minimum(skeleton.pair("heel")[..., 2], skeleton.pair("foot_index")[..., 2])
    assert lowest.min() > -1e-4
    assert np.ptp(skeleton.pair("hip").mean(axis=1)[:, 0]) > 0.5
    thigh = np.linalg.norm(skeleton.pair("knee") - skeleton.pair("hip"), axis=-1)
    np.testing.assert_allclose(thigh, performance.body.thigh_m, atol=1e-9)
    rallies = [swing.rally for swing in performance.motion.swings]
    assert rallies == [1] * 4 + [2] * 4
    contacts = np.array([swing.contact_s for swing in performance.motion.swings])
    np.testing.assert_allclose(np.diff(contacts), [2, 2, 2, 7, 2, 2, 2])


def test_court_corners_lead_back_from_the_picture_to_the_court():
    performance = play(1, view=BEHIND, court=Court(), rallies=1, shots_per_rally=1)
    corners = court_corners_px(performance)
    assert ((corners > 0) & (corners < [640, 400])).all()
    metres = Court().place(Court().corners_m()[:, :2])
    np.testing.assert_allclose(metres, [[0, 0], [6.1, 0], [6.1, 13.4], [0, 13.4]])
    rows = [
        row
        for (x, y), (across, along) in zip(metres, corners, strict=True)
        for row in (
            [x, y, 1, 0, 0, 0, -across * x, -across * y],
            [0, 0, 0, x, y, 1, -along * x, -along * y],
        )
    ]
    plane = np.append(np.linalg.solve(np.array(rows), corners.ravel()), 1).reshape(3, 3)
    seen = plane @ [2.0, 5.0, 1.0]
    world = np.array([[5.0 - 3.35, 3.05 - 2.0, 0.0]])
    np.testing.assert_allclose(seen[:2] / seen[2], performance.camera.project(world)[0], atol=1e-6)
    with pytest.raises(ValueError, match="a walk has no court"):
        court_corners_px(perform("walk", view=SMALL))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bat(contacts_s=(2.0, 4.0)), "swings take"),
        (lambda: bat(side="both"), "side must be left or right"),
        (lambda: bat(front_knee_deg=(2, 20)), "front_knee_deg must be"),
        (lambda: play(pace_s=1.0), "strokes are at least"),
        (lambda: play(shots=(Shot(2, "net"), Shot(3, "net"))), "strokes are at least"),
        (lambda: play(shots=(Shot(2, "net", (2, 2)), Shot(4, "net", (-2, -2)))), "nobody gets"),
        (lambda: Shot(2, "lob"), "no stroke 'lob'"),
        (lambda: play(lag_s=0.2), "lag_s must be"),
    ],
)
def test_what_cannot_be_swung_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
