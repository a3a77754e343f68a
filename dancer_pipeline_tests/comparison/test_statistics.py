"""Two methods on one video: agreement, and steadiness without a truth."""

import math
from collections.abc import Iterable

import numpy as np
import pytest

from dancer_pipeline.comparison.statistics import (
    Statistic,
    of_courses,
    of_events,
    of_ranks,
    of_values,
    residual,
    steadiness,
    variation,
)

RATE_HZ = 30.0
TIME_S = np.arange(300) / RATE_HZ
SLOW = 40 * np.sin(2 * np.pi * 0.5 * TIME_S)


def values(statistics: Iterable[Statistic]) -> dict[str, float]:
    return {one.name: one.value for one in statistics}


def noise(size: float, seed: int = 1) -> np.ndarray:
    return size * np.random.default_rng(seed).standard_normal(len(TIME_S))


def test_events_are_matched_within_their_side_and_pooled() -> None:
    first = {"left": np.array([1.0, 2.0]), "right": np.array([1.5])}
    second = {"left": np.array([1.5, 2.03]), "right": np.array([1.54, 3.0])}
    found = values(of_events(first, second, tolerance_s=0.07))
    assert (found["count_a"], found["count_b"], found["count_difference"]) == (3, 4, 1)
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["precision"] == pytest.approx(2 / 4)
    assert found["f1"] == pytest.approx(4 / 7)
    assert found["bias"] == pytest.approx(0.035)


def test_events_of_one_method_alone_have_a_count_and_no_error() -> None:
    found = values(of_events({"": np.array([])}, {"": np.array([1.0])}, tolerance_s=0.07))
    assert (found["count_difference"], found["precision"], found["f1"]) == (1, 0, 0)
    assert not {"recall", "bias", "limits_low"} & set(found)


def test_values_are_compared_where_both_methods_give_one_and_refusals_are_counted() -> None:
    first, second = np.array([10.0, 20.0, np.nan, np.nan]), np.array([12.0, 24.0, np.nan, 5.0])
    found = values(of_values(first, second, "deg"))
    assert found["refusal_agreement"] == 0.75
    assert found["bias"] == 3
    assert found["limits_high"] - found["limits_low"] == pytest.approx(2 * 1.96 * math.sqrt(2))
    both_refused = values(of_values(np.array([np.nan]), np.array([np.nan]), "deg"))
    assert both_refused == {"refusal_agreement": 1}


def test_one_pair_of_values_has_a_bias_and_no_limits() -> None:
    found = values(of_values(np.array([100.0]), np.array([101.0]), "1/min"))
    assert found == {"refusal_agreement": 1, "bias": 1, "mae": 1}


def test_methods_of_different_units_are_compared_by_order() -> None:
    first = np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    found = values(of_ranks(first, np.array([5.0, 50.0, 500.0, 5000.0, 1.0])))
    assert found == {"refusal_agreement": 0.8, "rank_correlation": pytest.approx(1)}
    assert values(of_ranks(first[:4], -(first[:4] ** 3)))["rank_correlation"] == pytest.approx(-1)
    assert "rank_correlation" not in values(of_ranks(first[:3], first[:3])), "too few"
    assert "rank_correlation" not in values(of_ranks(first[:4], np.ones(4))), "nothing to order"


def test_the_course_with_less_noise_is_steadier_whichever_comes_first() -> None:
    calm, shaky = SLOW + noise(0.5), SLOW + noise(2.0, seed=2)
    for first, second, steadier in ((calm, shaky, 0), (shaky, calm, 1)):
        found = {it.name: it for it in of_courses(first, second, RATE_HZ, "deg")}
        assert found["residual_above_6_hz_ratio"].steadier == steadier
    assert found["residual_above_6_hz_ratio"].value == pytest.approx(4, rel=0.2)


def test_methods_that_hardly_differ_are_equally_steady() -> None:
    [*_, ratio] = steadiness("variation", 1.00, 1.05, "%", 9)
    assert (ratio.name, ratio.steadier) == ("variation_ratio", None)
    assert [it.name for it in steadiness("variation", 0.0, 1.0, "%", 9)] == [
        "variation_a", "variation_b",
    ]  # fmt: skip


def test_slow_movement_is_no_noise_and_gaps_are_bridged() -> None:
    assert residual(SLOW, RATE_HZ) < 0.02
    holed = SLOW + noise(1.0)
    holed[100:130] = np.nan
    assert residual(holed, RATE_HZ) == pytest.approx(residual(SLOW + noise(1.0), RATE_HZ), rel=0.15)


def test_noise_cannot_be_told_at_a_low_rate_or_from_a_few_frames() -> None:
    assert math.isnan(residual(SLOW + noise(1.0), 12.0))
    assert math.isnan(residual(SLOW[:10], RATE_HZ))
    gaps = values(of_courses(SLOW[:10], np.full(10, np.nan), RATE_HZ, "deg"))
    assert gaps == {"gaps_a": 0, "gaps_b": 100}


def test_the_variation_of_a_length_is_in_percent_of_it() -> None:
    assert variation(np.tile([90.0, 110.0], 20)) == pytest.approx(10)
    assert math.isnan(variation(np.array([1.0, 2.0])))
