"""The symmetry angle, at the places that follow from its definition."""

import math

import pytest

from dancer_pipeline.signals.symmetry import symmetry_angle_percent


@pytest.mark.parametrize(
    ("left", "right", "percent"), [(3, 3, 0), (0, 2, 50), (2, 0, -50), (1.1, 1, -3.03)]
)
def test_the_angle_is_what_its_definition_says(left: float, right: float, percent: float) -> None:
    assert symmetry_angle_percent(left, right) == pytest.approx(percent, abs=0.005)


def test_the_other_side_has_the_other_sign_and_nothing_has_no_angle() -> None:
    assert symmetry_angle_percent(2, 5) == pytest.approx(-symmetry_angle_percent(5, 2))
    assert math.isnan(symmetry_angle_percent(0, 0))
