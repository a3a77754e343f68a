"""Methods that others published, on the examples and closed forms that they come with."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from dancer_pipeline.comparison.agreement import intraclass
from dancer_pipeline.comparison.warping import warping
from dancer_pipeline.signals.causal import one_euro
from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.symmetry import symmetry_angle_percent

_ONE_EURO = (
    Path(__file__).parents[2] / "dancer_pipeline_tests" / "signals" / "one_euro_ground_truth.csv"
)
"""Half a second of the table that the filter's authors publish."""

_SHROUT_FLEISS = (
    (9, 2, 5, 8),
    (6, 1, 3, 2),
    (8, 4, 6, 8),
    (7, 1, 2, 6),
    (10, 5, 6, 9),
    (6, 2, 4, 7),
)
_PRINTED = {
    "one_1": 0.17, "two_1": 0.29, "three_1": 0.71, "one_k": 0.44, "two_k": 0.62, "three_k": 0.91
}  # fmt: skip


def case_one_euro_as_published(_: Scale) -> Iterator[Line]:
    """Filter the authors' example as they do (Casiez et al. 2012)."""
    example = pd.read_csv(_ONE_EURO)
    filtered = one_euro(
        example["timestamp"].to_numpy(), example["noisy"].to_numpy(),
        min_cutoff_hz=1.0, beta=0.1, derivative_cutoff_hz=1.0,
    )  # fmt: skip
    worst = float(np.abs(filtered - example["filtered"].to_numpy()).max())
    yield _line("One-Euro, published example", f"{len(example)} values", "", worst, 1e-4)


def case_intraclass_as_published(_: Scale) -> Iterator[Line]:
    """Take the correlations of the six targets and four judges of Shrout and Fleiss (1979)."""
    found = intraclass(np.array(_SHROUT_FLEISS, float))
    for name, printed in _PRINTED.items():
        value = float(getattr(found, name))
        yield _line(f"ICC {name}", f"{printed}", f"{value:.3f}", abs(value - printed), 0.005)


def case_warping_of_the_textbook(_: Scale) -> Iterator[Line]:
    """Line up the pair whose distance after warping is the root of two."""
    pair = ([0, 0, 1, 2, 1, 0, 1, 0, 0], [0, 1, 2, 0, 0, 0, 0, 0, 0])
    first, second = (np.array(one, float)[:, None] for one in pair)
    found = warping(first, second, window=1.0).distance
    yield _line("DTW distance", "1.414214", f"{found:.6f}", abs(found - math.sqrt(2)), 1e-9)


def case_gain_at_the_cutoff(_: Scale) -> Iterator[Line]:
    """Pass waves of the cut-off frequency through the filter: both passes together halve power."""
    for rate_hz, cutoff_hz in ((15.0, 5.0), (24.0, 4.0), (30.0, 6.0), (60.0, 6.0)):
        time_s = np.arange(0, 40, 1 / rate_hz)
        wave = np.sin(2 * np.pi * cutoff_hz * time_s)
        middle = slice(len(time_s) // 4, -len(time_s) // 4)
        passed = low_pass(wave, rate_hz=rate_hz, cutoff_hz=cutoff_hz)[middle]
        gain = float(np.std(passed) / np.std(wave[middle]))
        yield _line(f"Butterworth, {cutoff_hz:g} of {rate_hz:g} Hz", "0.7071", f"{gain:.4f}",
                    abs(gain - 2**-0.5), 0.01)  # fmt: skip


def case_symmetry_angle_by_definition(_: Scale) -> Iterator[Line]:
    """Take the symmetry angle of equal sides, of one side alone, of 10 % (Zifchock et al. 2008)."""
    for left, truth in ((1.0, 0.0), (0.0, 50.0), (1.1, -3.03)):
        found = symmetry_angle_percent(left, 1.0)
        yield _line(f"symmetry angle, left {left:g} of right", f"{truth:g} %", f"{found:.2f} %",
                    abs(found - truth), 0.005)  # fmt: skip


def _line(case: str, truth: str, result: str, error: float, bar: float) -> Line:
    return Line(case, truth, result, f"{error:.1e}", f"<= {bar:g}", passed=bool(error <= bar))
