"""How regularly signals of known periods repeat themselves."""

import numpy as np
import pytest

from dancer_pipeline.signals.periodicity import autocorrelation, period, vertex


def wave(rate_hz: float, period_s: float = 1.137, duration_s: float = 6.0) -> np.ndarray:
    phase = 2 * np.pi * np.arange(0, duration_s, 1 / rate_hz) / period_s
    return np.sin(phase) + 0.3 * np.sin(2 * phase + 1)


@pytest.mark.parametrize("rate_hz", [12.0, 15.0, 24.0, 30.0, 60.0])
def test_a_period_is_found_between_the_samples(rate_hz: float) -> None:
    found = period(wave(rate_hz), rate_hz, shortest_s=0.4, longest_s=2.5)
    assert found.period_s == pytest.approx(1.137, rel=0.005)
    assert found.strength == pytest.approx(1.0, abs=0.02)


def test_offset_size_and_slow_drift_do_not_move_a_period() -> None:
    plain = period(wave(30), 30, shortest_s=0.4, longest_s=2.5)
    other = period(500 + 1e-3 * wave(30), 30, shortest_s=0.4, longest_s=2.5)
    assert other.period_s == pytest.approx(plain.period_s)
    drifting = wave(30) + np.linspace(0, 1.0, 180)
    assert period(drifting, 30, shortest_s=0.4, longest_s=2.5).period_s == pytest.approx(
        1.137, rel=0.01
    )


def test_what_was_not_seen_is_left_out() -> None:
    values = wave(30)
    values[40:55] = np.nan
    found = period(values, 30, shortest_s=0.4, longest_s=2.5)
    assert found.period_s == pytest.approx(1.137, rel=0.01)


def test_of_a_period_and_its_double_the_first_is_taken() -> None:
    found = period(wave(30, 0.6, 12.0), 30, shortest_s=0.3, longest_s=3.0)
    assert found.period_s == pytest.approx(0.6, rel=0.01)


def test_noise_and_half_a_movement_have_no_strong_period() -> None:
    noise = np.random.default_rng(1).normal(size=180)
    assert period(noise, 30, shortest_s=0.4, longest_s=2.5).strength < 0.5
    once = wave(30, 4.0, 6.0)
    assert not period(once, 30, shortest_s=0.4, longest_s=5.0).period_s > 3.5


@pytest.mark.parametrize(
    "values",
    [np.array([]), np.zeros(1), np.zeros(90), np.full(90, 1e6), np.full(90, np.nan)],
    ids=["none", "one", "zeros", "constant", "not seen"],
)
def test_what_does_not_move_has_no_period(values: np.ndarray) -> None:
    found = period(values, 30, shortest_s=0.4, longest_s=2.5)
    assert (np.isnan(found.period_s), found.strength) == (True, 0.0)


def test_autocorrelation_does_not_shrink_with_the_lag() -> None:
    found = autocorrelation(wave(30, 1.0, 8.0), 30, longest_s=3.5)
    assert found[[0, 30, 60, 90]] == pytest.approx([1, 1, 1, 1], abs=1e-6)
    assert np.abs(found).max() <= 1 + 1e-9


def test_a_vertex_lies_where_the_parabola_has_its_top() -> None:
    places = np.arange(9.0)
    assert vertex(-((places - 4.3) ** 2), 4) == pytest.approx(4.3)
    assert vertex(-((places - 4.3) ** 2), 4, reach=3) == pytest.approx(4.3)
    assert vertex(places, 8) == 8.0
