"""The low-pass: its gain, its lack of a lag, and where it steps back."""

import numpy as np
import pytest

from dancer_pipeline.signals.filters import corrected_cutoff_hz, joint_angle_cutoff_hz, low_pass


def gain(frequency_hz: float, *, rate_hz: float, cutoff_hz: float) -> float:
    time_s = np.arange(0, 40, 1 / rate_hz)
    wave = np.sin(2 * np.pi * frequency_hz * time_s)
    middle = slice(len(time_s) // 4, -len(time_s) // 4)
    filtered = low_pass(wave, rate_hz=rate_hz, cutoff_hz=cutoff_hz)[middle]
    return float(np.sqrt(2 * np.mean(filtered**2)))


@pytest.mark.parametrize(("rate_hz", "cutoff_hz"), [(30, 6), (60, 6), (15, 5), (24, 4)])
def test_the_gain_at_the_cutoff_is_one_over_the_root_of_two(
    rate_hz: float, cutoff_hz: float
) -> None:
    assert gain(cutoff_hz, rate_hz=rate_hz, cutoff_hz=cutoff_hz) == pytest.approx(2**-0.5, abs=0.01)


def test_slow_movement_passes_and_fast_noise_does_not() -> None:
    assert gain(0.5, rate_hz=30, cutoff_hz=6) == pytest.approx(1, abs=0.001)
    assert gain(13, rate_hz=30, cutoff_hz=6) < 0.02


def test_a_peak_stays_where_it_is() -> None:
    time_s = np.arange(0, 4, 1 / 30)
    bump = np.exp(-(((time_s - 2) / 0.3) ** 2))
    assert np.argmax(low_pass(bump, rate_hz=30, cutoff_hz=6)) == np.argmax(bump)


def test_a_straight_line_is_kept_to_its_ends() -> None:
    line = np.linspace(0, 100, 60)
    assert low_pass(line, rate_hz=30, cutoff_hz=6) == pytest.approx(line, abs=1e-4)


@pytest.mark.parametrize("rate_hz", [8.0, 12.0, 14.28, 2.0, float("nan")])
def test_values_come_back_as_they_are_when_the_rate_is_too_low(rate_hz: float) -> None:
    values = np.random.default_rng(1).normal(size=50)
    assert np.array_equal(low_pass(values, rate_hz=rate_hz, cutoff_hz=6), values)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9])
def test_short_signals_are_filtered_or_kept_but_never_fail(count: int) -> None:
    assert len(low_pass(np.arange(float(count)), rate_hz=30, cutoff_hz=6)) == count


def test_the_corrected_cutoff_is_winters() -> None:
    # Winter 2009: for a low cut-off the correction tends to 1 / (sqrt(2) - 1) ** 0.25 = 1.2465.
    assert corrected_cutoff_hz(0.01, 1000) == pytest.approx(0.012465, rel=1e-3)


def test_joint_angles_are_filtered_lower_at_low_rates() -> None:
    assert (joint_angle_cutoff_hz(30), joint_angle_cutoff_hz(15)) == (6, 5)
