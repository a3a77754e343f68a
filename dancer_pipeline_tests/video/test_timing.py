"""The clock that files' timestamps are put through, and thinning, on made-up times."""

import numpy as np
import pytest

from dancer_pipeline.video.timing import Clock, Thinning, sampled_rate_hz

Stamps = list[float | None]


def placed(stamps: Stamps) -> Stamps:
    clock = Clock(0.1)
    return [clock.place(stamp) for stamp in stamps]


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ([5.0, 5.1, 5.2], [0.0, 0.1, 0.2]),
        ([-1.0, -0.5], [0.0, 0.5]),
        ([None, None, None], [0.0, 0.1, 0.2]),
        ([0.0, 0.04, None, None], [0.0, 0.04, 0.08, 0.12]),
        ([None, 7.0, 7.1], [0.0, 0.1, 0.2]),
        ([0.0, 0.1, 60.0], [0.0, 0.1, 60.0]),
        ([0.0, 0.1, 0.1, 0.2], [0.0, 0.1, None, 0.2]),
        ([0.0, 0.2, 0.1, 0.3], [0.0, 0.2, None, 0.3]),
        ([8.0, 8.1, 1.0, 1.1], [0.0, 0.1, 0.2, 0.3]),
    ],
)
def test_times_rise_from_zero_whatever_the_stamps_do(stamps: Stamps, times: Stamps) -> None:
    got = placed(stamps)
    assert [time is None for time in got] == [time is None for time in times]
    np.testing.assert_allclose(
        [t for t in got if t is not None], [t for t in times if t is not None]
    )


def kept(times_s: np.ndarray, rate_hz: float) -> np.ndarray:
    thinning = Thinning(rate_hz)
    return np.array([time_s for time_s in times_s if thinning.keeps(time_s)])


@pytest.mark.parametrize("rate_hz", [23.976, 24, 25, 29.97, 30, 50, 59.94, 60, 60.5, 62])
def test_no_frame_is_lost_up_to_the_limit_and_a_little_above(rate_hz: float) -> None:
    times_s = np.arange(2000) / rate_hz
    assert len(kept(times_s, 60)) == 2000
    assert len(kept(np.round(times_s, 3), 60)) == 2000
    assert sampled_rate_hz(rate_hz, None, 60) == rate_hz


@pytest.mark.parametrize("rate_hz", [75, 90, 100, 119.88, 120, 144, 240, 960, 1000])
@pytest.mark.parametrize("limit_hz", [10, 15, 60])
def test_faster_recordings_are_thinned_to_about_the_limit(rate_hz: float, limit_hz: float) -> None:
    times_s = np.arange(round(rate_hz) * 20) / rate_hz
    assert len(kept(times_s, limit_hz)) / 20 == pytest.approx(limit_hz, rel=0.05)


def test_after_a_gap_the_rate_is_not_made_up_for() -> None:
    times_s = np.concatenate([np.arange(0, 1, 0.01), np.arange(5, 6, 0.01)])
    assert np.diff(kept(times_s, 10)).min() > 0.09


@pytest.mark.parametrize(
    ("rate_hz", "sample_hz", "expected_hz"), [(None, 15, None), (240, 100, 60), (25, 30, 25)]
)
def test_the_rate_that_remains(
    rate_hz: float | None, sample_hz: float, expected_hz: float | None
) -> None:
    assert sampled_rate_hz(rate_hz, sample_hz, 60) == expected_hz
