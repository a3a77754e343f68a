"""Published worked examples, and what must hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dancer_pipeline.comparison.agreement import agreement, detectable_change, intraclass
from dancer_pipeline.comparison.matching import matched, tolerance_s
from dancer_pipeline.comparison.warping import warping

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
"""Four judges rate six targets: Psychological Bulletin 86 (1979) 420-428, table 2."""

WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI_WRIGHT = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""Peak flow by two meters, first readings: Bland and Altman, Lancet 1 (1986) 307-310."""

numbers = st.floats(-100, 100, width=32)
series = arrays(float, st.tuples(st.integers(1, 12), st.just(2)), elements=numbers)


def test_the_intraclass_correlations_are_those_that_shrout_and_fleiss_printed() -> None:
    found = intraclass(SHROUT_FLEISS)
    singles = [round(one, 2) for one in (found.one_1, found.two_1, found.three_1)]
    means = [round(one, 2) for one in (found.one_k, found.two_k, found.three_k)]
    assert singles == [0.17, 0.29, 0.71]
    assert means == [0.44, 0.62, 0.91]


def test_the_limits_of_agreement_are_those_of_bland_and_altmans_flow_meters() -> None:
    found = agreement(np.array(MINI_WRIGHT, float), np.array(WRIGHT, float))
    assert found.n == 17
    assert round(found.bias, 1) == -2.1
    assert round(found.spread, 1) == 38.8
    assert found.limits == pytest.approx((-78.1, 73.9), abs=0.1)  # they print 2 SD: -79.7, 75.5


def test_the_same_measurement_twice_agrees_wholly() -> None:
    values = np.array([60.0, 75.0, 81.0])
    found = agreement(values, values)
    assert (found.bias, found.mae, found.limits, found.icc) == (0, 0, (0, 0), 1)


def test_a_constant_offset_is_bias_and_costs_absolute_agreement() -> None:
    values = np.array([60.0, 75.0, 81.0, 90.0])
    found = agreement(values, values + 12)
    assert (found.bias, found.mae) == (12, 12)
    assert found.spread == pytest.approx(0, abs=1e-9)
    assert found.icc < 0.8


def test_what_is_missing_in_one_of_two_is_no_pair() -> None:
    found = agreement(np.array([1.0, np.nan, 3.0]), np.array([2.0, 2.0, np.nan]))
    assert (found.n, found.bias) == (1, 1)
    assert math.isnan(found.spread)
    with pytest.raises(ValueError, match="no pair"):
        agreement(np.array([np.nan]), np.array([1.0]))


def test_the_detectable_change_is_1_96_times_root_two_of_the_error() -> None:
    assert detectable_change(2.0) == pytest.approx(1.96 * math.sqrt(2) * 2.0)


def test_an_error_known_from_few_observations_takes_a_larger_change_to_be_beyond() -> None:
    assert detectable_change(1.0, freedom=4) == pytest.approx(2.776 * math.sqrt(2), abs=0.001)
    assert detectable_change(1.0, freedom=1e6) == pytest.approx(1.96 * math.sqrt(2), abs=0.001)


def test_events_are_matched_one_to_one_within_two_frames_or_70_ms() -> None:
    assert (tolerance_s(60.0), tolerance_s(15.0)) == (0.070, pytest.approx(2 / 15))
    found = matched(
        np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.02, 2.06, 3.08, 2.94]), tolerance_s=0.07
    )
    assert sorted(found.errors_s.round(3)) == [-0.06, 0.02, 0.06]
    assert (found.recall, found.precision, found.f1) == (0.75, 0.75, 0.75)


def test_as_many_events_as_possible_are_matched_even_where_one_pair_is_closer() -> None:
    found = matched(np.array([1.00, 1.06]), np.array([1.05, 1.12]), tolerance_s=0.07)
    assert len(found.errors_s) == 2


@settings(max_examples=60)
@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 40), unique=True))
def test_no_matching_has_more_pairs(first: list[int], second: list[int]) -> None:
    times = [np.array(sorted(it), float) * 0.03 for it in (first, second)]
    left, pairs = list(times[1]), 0
    for time_s in times[0]:  # the earliest that is still near: in one dimension there is no better
        near = [it for it in left if abs(it - time_s) <= 0.07]
        if near:
            left, pairs = [it for it in left if it > near[0]], pairs + 1
    assert len(matched(*times, tolerance_s=0.07).errors_s) == pairs


def test_without_events_there_is_no_share_of_them() -> None:
    nothing = matched(np.array([]), np.array([]), tolerance_s=0.07)
    assert all(math.isnan(one) for one in (nothing.precision, nothing.recall, nothing.f1))
    one_sided = matched(np.array([1.0]), np.array([]), tolerance_s=0.07)
    assert (one_sided.recall, one_sided.f1) == (0, 0)
    assert math.isnan(one_sided.precision)


def test_the_distance_of_the_textbook_pair_is_root_two() -> None:
    first, second = ([0, 0, 1, 2, 1, 0, 1, 0, 0], [0, 1, 2, 0, 0, 0, 0, 0, 0])
    columns = [np.array(one, float)[:, None] for one in (first, second)]
    assert warping(*columns, window=1.0).distance == pytest.approx(math.sqrt(2))


@settings(max_examples=40)
@given(series)
def test_a_course_lies_on_itself_and_its_path_is_the_diagonal(course: np.ndarray) -> None:
    found = warping(course, course)
    assert found.distance == 0
    assert found.path[0].tolist() == [0, 0]
    assert found.deviation <= 0.15


@settings(max_examples=40)
@given(series, series)
def test_warping_is_symmetric_and_never_costs_more_than_lining_up_rigidly(
    first: np.ndarray, second: np.ndarray
) -> None:
    there, back = warping(first, second), warping(second, first)
    assert there.distance == pytest.approx(back.distance)
    if len(first) == len(second):
        assert there.distance <= math.sqrt(((first - second) ** 2).sum()) + 1e-9
    steps = np.diff(there.path, axis=0)
    assert ((steps >= 0) & (steps <= 1)).all()


def test_nothing_is_lined_up_across_more_than_the_band() -> None:
    phase = np.linspace(0, 1, 101)
    early, late = (np.exp(-(((phase - at) / 0.05) ** 2))[:, None] for at in (0.3, 0.7))
    assert warping(early, late, window=1.0).distance < 0.1
    banded = warping(early, late, window=0.15)
    assert banded.distance > 1
    assert np.abs(np.diff(banded.path, axis=1)).max() <= 16


def test_a_course_that_comes_later_deviates_by_as_much() -> None:
    phase = np.linspace(0, 1, 101)
    early, late = (np.exp(-(((phase - at) / 0.1) ** 2))[:, None] * 90 for at in (0.45, 0.55))
    assert warping(early, late).deviation == pytest.approx(0.07, abs=0.03)
    assert warping(early, early).deviation < 0.005
