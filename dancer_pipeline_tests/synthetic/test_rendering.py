"""What is drawn is where the truth says it is, and what is hidden is said to be hidden."""

from itertools import pairwise

import numpy as np
import pytest

from dancer_pipeline.synthetic.camera import aim
from dancer_pipeline.synthetic.clip import pictures
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.raycast import Cone, Surface
from dancer_pipeline.synthetic.skeleton import JOINTS

SMALL = {"width_px": 160, "height_px": 180, "frame_rate_hz": 10.0}


def camera(yaw_deg=0.0):
    return aim(
        yaw_deg=yaw_deg,
        distance_m=4,
        camera_height_m=1,
        target_height_m=1,
        width_px=400,
        height_px=600,
        field_of_view_deg=2 * np.degrees(np.arctan(0.3)),
    )


@pytest.mark.parametrize(
    ("yaw_deg", "point_m", "pixel"),
    [
        (0, (0, 0, 1), (200, 300)),
        (0, (0, 0.4, 1), (300, 300)),  # their left is on the picture's right in a front view
        (180, (0, 0.4, 1), (100, 300)),
        (0, (0, 0, 1.4), (200, 200)),
        (90, (0.4, 0, 1), (100, 300)),  # seen from their left, they face the picture's left
        (0, (2, 0.4, 1), (400, 300)),
    ],
)
def test_a_known_point_lands_on_its_pixel(yaw_deg, point_m, pixel):
    np.testing.assert_allclose(camera(yaw_deg).project(np.array([point_m]))[0], pixel, atol=1e-9)


def test_a_point_behind_the_camera_has_no_pixel():
    assert np.isnan(camera().project(np.array([[9.0, 0, 1]]))).all()


def surface():
    slopes = np.linspace(-0.3, 0.3, 121).astype(np.float32)
    return Surface(slopes, slopes)


def cone(start, end, start_radius, end_radius, stretch=(1, 1, 1)):
    to_local = np.diag(1 / np.array(stretch, float))
    return Cone(
        np.array(start, float),
        np.array(end, float),
        start_radius,
        end_radius,
        3,
        to_local,
        max(stretch),
    )


@pytest.mark.parametrize(
    "shape",
    [
        cone((0.1, 0, 4), (0.1, 0, 4), 0.4, 0.4),
        cone((-0.5, -0.3, 4), (0.5, 0.4, 3.5), 0.2, 0.1),
        cone((0, 0, 3), (0.05, 0, 4.5), 0.1, 0.4),
        cone((0, 0.2, 3), (0.2, 0, 3), 0.3, 0.05, (1, 0.5, 0.7)),
        cone((0, 0, 4), (0.01, 0, 4), 0.3, 0.1),
        cone((0, 0, 4), (0, 0, 4), 0.01, 0.01, (9, 20, 14)),
    ],
)
def test_rays_meet_a_round_cone_where_marching_along_them_does(shape):
    scene = surface()
    scene.draw(shape)
    rows, columns = (places[::7] for places in np.nonzero(scene.material >= 0))
    assert len(rows) > 20
    depth = scene.depth_m[rows, columns].astype(float)
    rays = np.stack([scene.u[columns], scene.v[rows], np.ones(len(rows))], axis=1)
    at = depth[:, None] * rays
    assert np.abs(distance(shape, at)).max() < 2e-3
    assert (distance(shape, at * (1 - 0.002)) > 0).all()
    step = 1e-4 * scene.normal[rows, columns]
    assert (distance(shape, at + step) > distance(shape, at - step)).all()
    beside = scene.material < 0
    missed_rows, missed_columns = (places[::23] for places in np.nonzero(beside))
    for reach in np.linspace(2, 6, 60):
        points = reach * np.stack(
            [scene.u[missed_columns], scene.v[missed_rows], np.ones(len(missed_rows))], axis=1
        )
        assert distance(shape, points).min() > -2e-3


def distance(shape, points_m):
    """Signed distance in the space where the cone is round, by trying points of its axis."""
    local = points_m @ shape.to_local.T
    share = np.linspace(0, 1, 400)
    radii = shape.start_radius_m + share * (shape.end_radius_m - shape.start_radius_m)
    centres = shape.start_m + share[:, None] * (shape.end_m - shape.start_m)
    gaps = np.linalg.norm(local[:, None] - centres @ shape.to_local.T, axis=-1) - radii
    return gaps.min(axis=1)


def first_picture(movement="standing", seed=0, **view):
    performance = perform(movement, seed=seed, duration_s=1, view=View(**{**SMALL, **view}))
    return performance, next(iter(pictures(performance)))


@pytest.fixture(scope="module", params=[0, 90, 180, 290])
def standing_and_squatting(request):
    """Two frames of one performer, and the joints' pixels in each."""
    view = View(**SMALL, yaw_deg=request.param)
    performance = perform("squat", seed=1, duration_s=5, view=view)
    drawn = [picture for picture in pictures(performance) if picture.index in (0, 18)]
    joints = performance.skeleton.joints_m
    return drawn, [performance.camera.project(joints[picture.index]) for picture in drawn]


def test_the_figure_is_drawn_around_its_joints_and_nowhere_else(standing_and_squatting):
    drawn, pixels = standing_and_squatting
    changed = np.abs(drawn[0].image.astype(int) - drawn[1].image).max(axis=-1) > 60
    rows, columns = np.nonzero(changed)
    assert len(rows) > 100
    (left, top), (right, bottom) = np.min(pixels, axis=(0, 1)), np.max(pixels, axis=(0, 1))
    assert rows.min() > top - 12
    assert rows.max() < bottom + 12
    assert columns.min() > left - 12
    assert columns.max() < right + 12


def test_joints_in_view_are_drawn_where_the_truth_has_them(standing_and_squatting):
    drawn, pixels = standing_and_squatting
    changed = np.abs(drawn[0].image.astype(int) - drawn[1].image).max(axis=-1) > 20
    moved = np.linalg.norm(pixels[1] - pixels[0], axis=-1) > 12
    columns, rows = pixels[1][moved & drawn[1].in_view].astype(int).T
    assert len(rows) >= 4
    assert changed[rows, columns].mean() > 0.7


def hidden(picture):
    return {name for name, seen in zip(JOINTS, picture.in_view, strict=True) if not seen}


def test_a_front_view_shows_every_joint_of_the_limbs():
    _, picture = first_picture(yaw_deg=0)
    limbs = ("shoulder", "elbow", "hip", "knee", "ankle")
    assert not {name for name in hidden(picture) if name.endswith(limbs)}
    assert "nose" not in hidden(picture)


def test_a_side_view_hides_the_far_side_and_a_back_view_the_face():
    _, left = first_picture(yaw_deg=90)
    assert {"right_shoulder", "right_hip", "right_ear"} <= hidden(left)
    assert not {"left_shoulder", "left_hip", "left_knee", "left_ear"} & hidden(left)
    _, back = first_picture(yaw_deg=180)
    assert {"nose", "left_eye", "mouth_right"} <= hidden(back)


def test_what_is_outside_the_picture_is_not_in_view():
    _, picture = first_picture(distance_m=1.6, field_of_view_deg=30.0)
    assert {"nose", "left_ankle", "right_heel"} <= hidden(picture)
    assert "left_hip" not in hidden(picture)


def test_another_yaw_shows_the_same_truth_differently():
    front, front_picture = first_picture(yaw_deg=0)
    side, side_picture = first_picture(yaw_deg=77)
    np.testing.assert_array_equal(front.skeleton.joints_m, side.skeleton.joints_m)
    assert np.abs(front_picture.image.astype(int) - side_picture.image).mean() > 3


def test_another_frame_rate_shows_the_same_movement():
    slow, fast = (
        perform("walk", seed=4, duration_s=4, view=View(frame_rate_hz=rate)) for rate in (15, 60)
    )
    np.testing.assert_allclose(slow.skeleton.joints_m, fast.skeleton.joints_m[::4], atol=1e-12)
    assert slow.motion.gait_events == fast.motion.gait_events


def test_seeds_change_clothes_and_room():
    images = [first_picture(seed=seed)[1].image for seed in range(4)]
    for one, other in pairwise(images):
        assert np.abs(one.astype(int) - other).mean() > 5


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({"width_px": 641}, "width_px must be even"),
        ({"frame_rate_hz": 0}, "frame_rate_hz must be 1 to 240"),
        ({"distance_m": 0.2}, "distance_m must be at least 1.5"),
        ({"field_of_view_deg": 170}, "field_of_view_deg must be 10 to 100"),
    ],
)
def test_an_impossible_view_is_refused_by_name(view, message):
    with pytest.raises(ValueError, match=message):
        View(**view)
