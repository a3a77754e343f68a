import numpy as np
import pytest

from dancer_pipeline.signals.smoothness import spectral_arc_length


def test_the_published_signal_has_the_published_arc_length() -> None:
    time_s = np.arange(-1, 1, 0.01)
    assert spectral_arc_length(np.exp(-5 * time_s**2), 100) == pytest.approx(-1.41403, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "length"), [("minimum jerk", -1.40), ("half sine", -1.56), ("two strokes", -1.83)]
)
def test_reference_movements(name: str, length: float) -> None:
    share = np.linspace(0, 1, 101)
    jerk = 30 * share**2 * (1 - share) ** 2
    speeds = {
        "minimum jerk": jerk,
        "half sine": np.sin(np.pi * share),
        "two strokes": np.pad(jerk, (0, 80)) + np.pad(0.7 * jerk, (80, 0)),
    }
    assert spectral_arc_length(speeds[name], 100) == pytest.approx(length, abs=0.02)


@pytest.mark.parametrize("factor", [0.01, 1000.0])
def test_the_unit_of_the_speed_does_not_matter(factor: float) -> None:
    speed = np.sin(np.linspace(0, np.pi, 50)) ** 2
    assert spectral_arc_length(factor * speed, 30) == pytest.approx(spectral_arc_length(speed, 30))


def test_stillness_around_a_movement_changes_little() -> None:
    speed = np.sin(np.linspace(0, np.pi, 60)) ** 2
    padded = np.concatenate([np.zeros(120), speed, np.zeros(120)])
    assert spectral_arc_length(padded, 60) == pytest.approx(
        spectral_arc_length(speed, 60), abs=0.02
    )


@pytest.mark.parametrize("speed", [[], [1.0], [0.0] * 20])
def test_nothing_that_moves_has_no_smoothness(speed: list[float]) -> None:
    assert np.isnan(spectral_arc_length(np.array(speed), 30))
