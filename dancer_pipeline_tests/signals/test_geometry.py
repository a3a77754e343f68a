"""Angles, lengths and directions with answers known from the drawing."""

import numpy as np
import pytest

from dancer_pipeline.signals.geometry import (
    angle_deg,
    circular_median_deg,
    forward_deg,
    joint_angle_deg,
    torso_length,
    turn_deg,
    wrapped_deg,
)


@pytest.mark.parametrize("degrees", [0, 1e-5, 30, 90, 120, 179.99999, 180])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_an_angle_is_exact_also_where_a_cosine_is_flat(degrees: float, dimensions: int) -> None:
    first, second = np.zeros((1, dimensions)), np.zeros((1, dimensions))
    first[0, 0] = 3.0
    second[0, :2] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    assert angle_deg(first, second)[0] == pytest.approx(degrees, abs=1e-9)


def test_an_angle_has_no_sign_and_no_scale() -> None:
    first, up, down = np.array([[1.0, 0.0]]), np.array([[0.0, 5.0]]), np.array([[0.0, -0.1]])
    assert angle_deg(first, up) == angle_deg(first, down) == pytest.approx(90)


def test_a_segment_without_length_has_no_angle() -> None:
    assert np.isnan(angle_deg(np.zeros((1, 2)), np.ones((1, 2)))).all()
    assert np.isnan(angle_deg(np.full((1, 3), np.nan), np.ones((1, 3)))).all()


def test_a_straight_joint_encloses_180_degrees() -> None:
    hip, knee, ankle = np.array([[0.0, 0.0]]), np.array([[0.0, 1.0]]), np.array([[0.0, 2.0]])
    assert joint_angle_deg(hip, knee, ankle) == pytest.approx(180)


def test_the_torso_reaches_from_the_middle_of_the_hips_to_the_middle_of_the_shoulders() -> None:
    points = (np.array([[x, y]]) for x, y in [(-2.0, 0.0), (2.0, 0.0), (-1.0, 5.0), (1.0, 5.0)])
    assert torso_length(*points) == pytest.approx(5)


def test_directions_around_the_back_have_their_median_at_the_back() -> None:
    median, spread = circular_median_deg(np.array([170.0, 175.0, 180.0, -175.0, -170.0]))
    assert abs(median) == pytest.approx(180)
    assert spread == pytest.approx(10)


def test_no_direction_has_no_median() -> None:
    assert np.isnan(circular_median_deg(np.array([np.nan]))).all()


def test_wrapping_keeps_the_direction() -> None:
    assert wrapped_deg(np.array([190.0, -190.0, 540.0])).tolist() == [-170, 170, -180]


@pytest.mark.parametrize("degrees", [-170, -90, -15, 0, 30, 180])
def test_a_turn_has_a_sign(degrees: float) -> None:
    down = np.array([[0.0, 2.0]])
    turned = np.array([[-np.sin(np.radians(degrees)), np.cos(np.radians(degrees))]])
    assert turn_deg(down, turned)[0] == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize("outward_m", [0.0, 0.3, -0.3])
def test_forward_counts_only_what_lies_in_the_plane(outward_m: float) -> None:
    down, left = np.array([[0.0, 2.0, 0.0]]), np.array([[1.0, 0.2, 0.0]])
    for degrees in (-40, 0, 120):
        angle = np.radians(degrees)
        limb = np.array([[outward_m, np.cos(angle), -np.sin(angle)]])
        assert forward_deg(limb, down, left)[0] == pytest.approx(degrees, abs=1e-9)


def test_a_limb_that_points_sideways_is_neither_forward_nor_backward() -> None:
    down, left = np.array([[0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    assert np.isnan(forward_deg(np.array([[1.0, 0.2, 0.2]]), down, left)).all()
