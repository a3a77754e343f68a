"""Cleaning: which frames are judged, filled, kept apart, and how well time is respected."""

import numpy as np
import pytest

from dancer_pipeline.signals.cleaning import clean, is_outlier, outliers, segments

RATE_HZ = 30.0
TIME_S = np.arange(0, 4, 1 / RATE_HZ)
SWAY = 100 * np.sin(2 * np.pi * TIME_S)


def cleaned(hidden: slice, values: np.ndarray = SWAY) -> np.ndarray:
    seen = np.ones(len(TIME_S), dtype=bool)
    seen[hidden] = False
    return clean(TIME_S, values, seen, cutoff_hz=6)


def test_a_gap_of_a_fifth_of_a_second_is_filled() -> None:
    # 5 hidden frames: 6/30 s = 0.20 s between the frames around them.
    assert cleaned(slice(40, 45))[40:45] == pytest.approx(SWAY[40:45], abs=3)


def test_a_longer_gap_stays_empty_and_only_there() -> None:
    result = cleaned(slice(40, 46))
    assert np.flatnonzero(np.isnan(result)).tolist() == list(range(40, 46))


def test_the_ends_are_never_extrapolated() -> None:
    assert np.isnan(cleaned(slice(0, 2))[:2]).all()


def test_a_hidden_value_has_no_influence() -> None:
    wild = SWAY.copy()
    wild[41:44] = 1e6
    assert cleaned(slice(41, 44), wild) == pytest.approx(cleaned(slice(41, 44)))


def test_movement_on_both_sides_of_a_long_gap_is_filtered_apart() -> None:
    jump = np.where(TIME_S < 2, 0.0, 100.0)
    result = cleaned(slice(50, 70), jump)
    assert np.nanmax(np.abs(result[:50])) < 1e-6
    assert result[70:] == pytest.approx(100)


def test_dropped_frames_do_not_shift_time() -> None:
    kept = np.sort(np.random.default_rng(3).permutation(len(TIME_S))[: int(0.65 * len(TIME_S))])
    result = clean(TIME_S[kept], SWAY[kept], np.ones(len(kept), dtype=bool), cutoff_hz=6)
    seen = np.isfinite(result)
    assert seen.mean() > 0.9
    assert np.median(np.abs(result[seen] - SWAY[kept][seen])) < 2


def test_a_gap_counts_frames_that_are_missing_from_the_file() -> None:
    time_s = np.array([0.0, 0.1, 0.2, 0.9, 1.0])
    parts = [part.tolist() for part in segments(time_s, np.ones(5, dtype=bool))]
    assert parts == [[0, 1, 2], [3, 4]]


def test_a_single_wild_value_is_an_outlier_and_repaired() -> None:
    wild = SWAY.copy()
    wild[60] += 400
    assert is_outlier(wild)[60]
    assert cleaned(slice(0, 0), wild)[60] == pytest.approx(SWAY[60], abs=3)


def test_a_fast_but_steady_movement_has_no_outliers() -> None:
    assert not is_outlier(np.linspace(0, 1000, 50)).any()
    assert not is_outlier(SWAY).any()


def test_hampel_uses_three_scaled_median_deviations() -> None:
    # Window of 7 around the middle: median 3, absolute deviations 3 2 1 0 1 2 x, their median 2.
    values = np.array([0.0, 1.0, 2.0, 0.0, 3.0, 4.0, 5.0])
    edge = 3 * 1.4826 * 2
    values[3] = np.median([0, 1, 2, 3, 4, 5]) + edge + 0.6
    assert is_outlier(values)[3]
    values[3] = 3 + edge - 0.1
    assert not is_outlier(values)[3]


def test_missing_values_are_no_outliers_and_few_values_judge_nothing() -> None:
    assert not is_outlier(np.array([np.nan, 1.0, np.nan, 50.0, np.nan, 1.0, np.nan])).any()
    assert is_outlier(np.empty(0)).shape == (0,)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_frames_come_back_as_they_are(count: int) -> None:
    values = np.arange(float(count)) ** 2
    result = clean(TIME_S[:count], values, np.ones(count, dtype=bool), cutoff_hz=6)
    assert result == pytest.approx(values)


def test_nothing_seen_gives_nothing() -> None:
    assert np.isnan(cleaned(slice(None))).all()


def test_repeated_timestamps_are_not_used_twice() -> None:
    time_s = np.array([0.0, 0.1, 0.1, 0.2, 0.3])
    result = clean(time_s, np.arange(5.0), np.ones(5, dtype=bool), cutoff_hz=6)
    assert np.isfinite(result).all()


def test_a_movement_that_begins_or_ends_quickly_has_no_outliers_there() -> None:
    accelerating = np.arange(12.0) ** 4
    assert not is_outlier(accelerating).any()
    assert not is_outlier(accelerating[::-1]).any()
    halting = np.concatenate([np.zeros(20), [1.0, 30.0]])
    assert not is_outlier(halting)[-1]


def test_the_first_and_the_last_known_values_are_the_ends() -> None:
    accelerating = np.pad(np.arange(12.0) ** 4, 5, constant_values=np.nan)
    assert not is_outlier(accelerating).any()
    assert not is_outlier(accelerating[::-1]).any()


@pytest.mark.parametrize("rate_hz", [10.0, 12.0, 15.0, 24.0, 30.0])
def test_a_quick_step_is_no_outlier_at_any_rate(rate_hz: float) -> None:
    # A foot stands for 0.6 s and is carried on for 0.4 s, again and again.
    time_s = np.arange(0, 6, 1 / rate_hz)
    carried = np.clip((time_s % 1.0 - 0.6) / 0.4, 0, 1)
    ahead = np.floor(time_s) + carried**2 * (3 - 2 * carried)
    back = ahead - time_s
    assert not outliers(back[:, None], rate_hz).any()


def test_a_wild_value_is_an_outlier_from_twenty_frames_a_second_on() -> None:
    for rate_hz, is_judged in ((12.0, False), (15.0, False), (24.0, True), (60.0, True)):
        values = np.linspace(0, 10, 30)[:, None].repeat(2, axis=1)
        values[15, 1] += 100.0
        found = outliers(values, rate_hz)
        assert np.flatnonzero(found).tolist() == ([15] if is_judged else [])
    assert not outliers(values, float("nan")).any()
