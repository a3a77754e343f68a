"""Somebody else in the picture: seen in rendered clips by the pose model, and not made up."""

from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import rendered_tables
from dancer_pipeline.signals.people import SEVERAL, several_people
from dancer_pipeline.synthetic.companion import Companion, accompanied
from dancer_pipeline.synthetic.performance import Performance, View, perform


def case_rendered_pair(scale: Scale) -> Iterator[Line]:
    """Film somebody who exercises while another one stands beside."""
    shares = list[float]()
    for seed in scale.seeds(scale.count(6, 1)):
        side = 1 if seed % 2 else -1
        companion = Companion(offset_m=(-0.3, 1.0 * side), seed=seed + 1001)
        shares.append(_share(accompanied(_alone(seed), companion)))
    found = sum(it >= SEVERAL for it in shares)
    yield _line("somebody beside", f"{len(shares)} clips", shares, f">= {SEVERAL:.0%} in 95 %",
                passed=found >= 0.95 * len(shares))  # fmt: skip


def case_rendered_alone(scale: Scale) -> Iterator[Line]:
    """Film one person only."""
    shares = [_share(_alone(seed)) for seed in scale.seeds(scale.count(6, 1))]
    yield _line("nobody else", f"{len(shares)} clips", shares, "0 in all",
                passed=all(it == 0 for it in shares))  # fmt: skip


def _alone(seed: int) -> Performance:
    view = View(
        yaw_deg=float(np.random.default_rng([seed, 41]).uniform(-30, 30)), width_px=360,
        height_px=320, field_of_view_deg=50, frame_rate_hz=10.0,
    )  # fmt: skip
    return perform("biceps_curl", seed=seed, duration_s=3.0, view=view)


def _share(performance: Performance) -> float:
    """Share of the looks that show a second person; NaN where nobody looked."""
    share = several_people(rendered_tables(performance)["people"])
    return float("nan") if share is None else share


def _line(case: str, truth: str, shares: list[float], bar: str, *, passed: bool) -> Line:
    told = ", ".join(f"{it:.0%}" for it in shares)
    return Line(case, truth, told, "", bar, passed=passed)
