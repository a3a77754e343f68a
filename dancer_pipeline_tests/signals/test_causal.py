"""The filter for live pictures, on its authors' example and on movements in torso lengths."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.signals.causal import OneEuro, one_euro
from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.tracks import Floats

PUBLISHED = Path(__file__).parent / "one_euro_ground_truth.csv"
"""Half a second of `groundTruth.csv` of casiez/OneEuroFilter (BSD-3-Clause, (c) 2019 Inria)."""

TIMES_S = np.arange(300) / 30


def shares(values: Floats) -> tuple[float, int]:
    """How much of a swing once a second is left, and by how many frames it lags."""
    swing = np.sin(2 * np.pi * TIMES_S)
    late = [
        float(np.corrcoef(values[60 + lag : 270 + lag], swing[60:270])[0, 1]) for lag in range(6)
    ]
    return float(np.ptp(values[60:]) / np.ptp(swing)), int(np.argmax(late))


def test_the_example_that_the_authors_published_is_met() -> None:
    example = pd.read_csv(PUBLISHED)
    filtered = one_euro(
        example["timestamp"].to_numpy(), example["noisy"].to_numpy(),
        min_cutoff_hz=1.0, beta=0.1, derivative_cutoff_hz=1.0,
    )  # fmt: skip
    assert filtered == pytest.approx(example["filtered"].to_numpy(), abs=1e-4)


def test_in_torso_lengths_a_swing_keeps_its_size_and_lags_by_a_frame() -> None:
    left, lag = shares(one_euro(TIMES_S, np.sin(2 * np.pi * TIMES_S)))
    assert 0.93 < left <= 1.0
    assert lag <= 1
    without_speed, slower = shares(one_euro(TIMES_S, np.sin(2 * np.pi * TIMES_S), beta=0.0))
    assert without_speed < 0.9
    assert slower > lag


def test_what_stands_still_trembles_less_than_half_as_much() -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, (300, 2))
    filtered = one_euro(TIMES_S, noise)
    assert (filtered[30:].std(axis=0) < 0.45 * noise[30:].std(axis=0)).all()


def test_it_knows_no_future_where_the_filter_of_files_does() -> None:
    step = np.where(TIMES_S < 5, 0.0, 1.0)
    before = TIMES_S < 5 - 1e-9
    assert (one_euro(TIMES_S, step)[before] == 0).all()
    assert np.abs(low_pass(step, rate_hz=30, cutoff_hz=6)[before]).max() > 0.01


def test_live_and_whole_are_the_same() -> None:
    values = np.random.default_rng(1).normal(0, 1, (40, 3))
    live = OneEuro()
    one_by_one = [
        live.filter(time_s, row) for time_s, row in zip(TIMES_S[:40], values, strict=True)
    ]
    assert np.array_equal(np.array(one_by_one), one_euro(TIMES_S[:40], values))


def test_a_clock_that_starts_at_zero_or_elsewhere_changes_nothing() -> None:
    values = np.random.default_rng(2).normal(0, 1, 40)
    uneven_s = np.cumsum(np.random.default_rng(3).uniform(0.01, 0.1, 40))
    at_zero = one_euro(uneven_s - uneven_s[0], values)
    assert at_zero == pytest.approx(one_euro(uneven_s + 1000, values), abs=1e-6)


def test_what_is_not_seen_stays_unknown_and_goes_on_from_where_it_was() -> None:
    values = np.ones((60, 2))
    values[20:25, 1] = np.nan
    filtered = one_euro(TIMES_S[:60], values)
    assert np.isnan(filtered[20:25, 1]).all()
    filtered[20:25, 1] = 1
    assert filtered == pytest.approx(1.0)
    swing = np.sin(2 * np.pi * TIMES_S[:60])
    is_seen = ~np.isin(np.arange(60), range(20, 25))
    with_gap = one_euro(TIMES_S[:60], np.where(is_seen, swing, np.nan))
    assert np.array_equal(with_gap[is_seen], one_euro(TIMES_S[:60][is_seen], swing[is_seen]))
    late = np.where(np.arange(60) < 30, np.nan, 5.0)
    assert one_euro(TIMES_S[:60], late)[30] == 5.0


def test_a_moment_that_is_not_later_changes_nothing() -> None:
    live = OneEuro()
    first = live.filter(1.0, np.array([2.0]))
    assert live.filter(1.0, np.array([9.0])) == first
    assert live.filter(0.5, np.array([9.0])) == first


def test_a_value_that_does_not_change_is_returned_as_it_is() -> None:
    assert one_euro(TIMES_S, np.full(300, 3.5)) == pytest.approx(3.5)


def test_nothing_in_is_nothing_out() -> None:
    assert one_euro(np.array([]), np.empty((0, 2))).shape == (0, 2)


def test_only_moments_in_which_something_is_seen_are_filtered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []

    def noted(_: OneEuro, time_s: float, values: np.ndarray) -> np.ndarray:
        asked.append(time_s)
        return values

    monkeypatch.setattr(OneEuro, "filter", noted)
    values = np.full((300, 2), np.nan)
    values[[3, 200]] = 1.0
    filtered = one_euro(TIMES_S, values)
    assert asked == [TIMES_S[3], TIMES_S[200]]
    assert np.array_equal(filtered, values, equal_nan=True)
