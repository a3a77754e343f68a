"""The truth is right by itself: bones keep their length, feet their place, angles their value."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.angles import joint_angles_deg, trunk_lean_deg
from dancer_pipeline.synthetic.limbs import bend
from dancer_pipeline.synthetic.performance import MOVEMENTS, View, perform
from dancer_pipeline.synthetic.skeleton import SIDES

SMALL = View(width_px=64, height_px=96, frame_rate_hz=60)


def angle_at(corner, one, other):
    towards, away = one - corner, other - corner
    cosine = np.sum(towards * away, axis=-1)
    cosine /= np.linalg.norm(towards, axis=-1) * np.linalg.norm(away, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize("seed", [0, 7])
def test_bones_keep_their_length_in_every_frame(movement, seed):
    performance = perform(movement, seed=seed, duration_s=6, view=SMALL)
    body, skeleton = performance.body, performance.skeleton
    bones = [
        ("hip", "knee", body.thigh_m),
        ("knee", "ankle", body.shank_m),
        ("shoulder", "elbow", body.upper_arm_m),
        ("elbow", "wrist", body.forearm_m),
        ("heel", "foot_index", body.heel_back_m + body.toe_forward_m),
    ]
    for start, end, length_m in bones:
        lengths = np.linalg.norm(skeleton.pair(end) - skeleton.pair(start), axis=-1)
        np.testing.assert_allclose(lengths, length_m, atol=1e-9, err_msg=f"{start} to {end}")
    for joint, half_width_m in (
        ("hip", body.hip_half_width_m),
        ("shoulder", body.shoulder_half_width_m),
    ):
        left, right = np.moveaxis(skeleton.pair(joint), 1, 0)
        np.testing.assert_allclose(np.linalg.norm(left - right, axis=-1), 2 * half_width_m)


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_angles_are_those_between_the_joints(movement):
    performance = perform(movement, seed=3, duration_s=5, view=SMALL)
    skeleton, angles = performance.skeleton, joint_angles_deg(performance.skeleton)
    for name, joints in {
        "knee_flexion": ("hip", "knee", "ankle"),
        "elbow_flexion": ("shoulder", "elbow", "wrist"),
    }.items():
        one, corner, other = (skeleton.pair(joint) for joint in joints)
        np.testing.assert_allclose(angles[name], 180 - angle_at(corner, one, other), atol=1e-4)


def test_a_squat_bends_the_knees_exactly_as_its_depth_says():
    performance = perform("squat", seed=1, repetitions=3, view=SMALL)
    repetitions = performance.motion.repetitions
    bottoms = np.array([repetition.bottom_s for repetition in repetitions])
    depths = np.array([repetition.depth for repetition in repetitions])
    np.testing.assert_allclose(performance.primary_angle_deg(bottoms), 6 + 94 * depths, atol=1e-6)
    edges = np.array([(rep.start_s, rep.end_s) for rep in repetitions]).ravel()
    np.testing.assert_allclose(performance.primary_angle_deg(edges), 6, atol=1e-6)


@pytest.mark.parametrize("movement", ["squat", "biceps_curl", "standing"])
def test_feet_stay_flat_where_they_stand(movement):
    skeleton = perform(movement, seed=2, duration_s=6, view=SMALL).skeleton
    for joint in ("heel", "foot_index", "ankle"):
        place = skeleton.pair(joint)
        np.testing.assert_allclose(place, np.broadcast_to(place[:1], place.shape), atol=1e-12)
    np.testing.assert_allclose(skeleton.pair("heel")[..., 2], 0, atol=1e-12)


def test_a_jumping_jack_leaves_the_floor_and_lands_on_it():
    performance = perform("jumping_jack", seed=2, repetitions=4, view=SMALL)
    heel = performance.skeleton.pair("heel")[..., 2]
    assert heel.min() == pytest.approx(0, abs=1e-9)
    assert 0.05 < heel.max() < 0.2
    abduction = joint_angles_deg(performance.skeleton)["shoulder_abduction"]
    assert abduction.min() < 15
    assert abduction.max() > 145


@pytest.mark.parametrize(
    ("movement", "angle"), [("squat", "knee_flexion"), ("biceps_curl", "elbow_flexion")]
)
def test_each_repetition_is_deepest_at_its_bottom(movement, angle):
    performance = perform(movement, seed=5, repetitions=4, view=SMALL)
    values = joint_angles_deg(performance.skeleton)[angle].mean(axis=1)
    times = performance.times_s
    assert len(performance.motion.repetitions) == 4
    for repetition in performance.motion.repetitions:
        during = (times >= repetition.start_s) & (times <= repetition.end_s)
        deepest = times[during][values[during].argmax()]
        assert abs(deepest - repetition.bottom_s) <= repetition.hold_s / 2 + 1 / 60


def test_standing_still_is_nearly_still_and_has_no_repetitions():
    performance = perform("standing", seed=4, view=SMALL)
    assert performance.motion.repetitions == ()
    moved = np.ptp(performance.skeleton.joints_m, axis=0)
    assert 0 < moved.max() < 0.05
    assert trunk_lean_deg(performance.skeleton).max() < 3


def test_performers_differ_by_seed_and_the_stature_can_be_fixed():
    bodies = [perform("standing", seed=seed, duration_s=1).body for seed in range(12)]
    assert np.ptp([body.stature_m for body in bodies]) > 0.15
    assert np.ptp([body.thigh_m / body.stature_m for body in bodies]) > 0.005
    fixed = perform("standing", duration_s=1, stature_m=1.7)
    assert fixed.body.stature_m == 1.7
    nose = fixed.skeleton.joint("nose")[0, 2]
    assert 0.90 < nose / 1.7 < 0.95


def test_as_many_repetitions_as_fit_are_done():
    one, more = (perform("squat", seed=1, duration_s=s, view=SMALL) for s in (5.0, 20.0))
    assert len(one.motion.repetitions) < len(more.motion.repetitions)
    assert more.motion.repetitions[-1].end_s < 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"movement": "moonwalk"}, "no movement 'moonwalk'"),
        ({"movement": "squat", "duration_s": 4, "repetitions": 9}, "9 repetitions take"),
        ({"movement": "walk", "duration_s": -1}, "duration_s must be above 0"),
    ],
)
def test_what_cannot_be_performed_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        perform(**arguments)


def test_a_leg_is_never_stretched():
    hip, direction = np.array([[0.0, 0, 1.0]]), np.array([[1.0, 0, 0]])
    with pytest.raises(ValueError, match="beyond the leg's reach"):
        bend(hip, np.zeros((1, 3)), direction, 0.4, 0.5)


def test_sides_are_where_anatomy_has_them():
    skeleton = perform("standing", duration_s=1, view=SMALL).skeleton
    for joint in ("shoulder", "hip", "knee", "ankle"):
        left, right = (skeleton.joint(f"{side}_{joint}")[0, 1] for side in SIDES)
        assert left > 0 > right
