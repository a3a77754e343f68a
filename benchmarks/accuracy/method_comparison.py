"""Two methods on one video: they agree where both are right, and differ where one is made wrong.

What is compared has a truth here: the performer's repetitions and contacts. A planted error (a
repetition that one method misses, noise in one of two sources) must show as what it is.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import Tables, analysed, rendered_tables, synthetic_tables
from dancer_pipeline.analyses.method_comparison import method_comparison
from dancer_pipeline.synthetic.performance import Performance, View, perform

_EXERCISES = (("squat", 90.0), ("biceps_curl", 90.0), ("jumping_jack", 0.0), ("squat", 0.0))
_RATES_HZ = (15.0, 24.0, 30.0)
_NEEDED = ("repetitions", "gait_events", "activity")


def case_repetitions(scale: Scale) -> Iterator[Line]:
    """Both methods count the same, which is the truth; a repetition taken away shows."""
    alike, missed = [], []
    for movement, yaw_deg in _EXERCISES[: scale.count(4, 2)]:
        for seed in scale.seeds(scale.count(20, 1)):
            performance = _performed(movement, yaw_deg, seed)
            tables = _tables(performance, seed)
            true = len(performance.motion.repetitions)
            found = statistics(_compared(tables), "repetition")
            alike.append(_counts(found) == (true, true) and found["f1"] == 1)
            tables["repetitions"] = tables["repetitions"][1:]
            fewer = statistics(_compared(tables), "repetition")
            missed.append(_counts(fewer) == (true - 1, true) and fewer["recall"] == 1)
    yield _line("repetitions, both right", "the same count, matched", alike)
    yield _line("a repetition taken from A", "one more in B, recall 1", missed)


def case_walks(scale: Scale) -> Iterator[Line]:
    """Contacts and cadence of walks by both methods."""
    counts, shares, paces = [], [], []
    for seed in scale.seeds(scale.count(40, 4)):
        draw = np.random.default_rng([seed, 31])
        view = View(yaw_deg=90 + draw.uniform(-8, 8), frame_rate_hz=float(draw.choice(_RATES_HZ)))
        rows = _compared(_tables(perform("walk", seed=seed, duration_s=12.0, view=view), seed))
        strikes, pace = statistics(rows, "heel_strike"), statistics(rows, "cadence")
        counts.append(abs(strikes["count_difference"]))
        shares.append(strikes["f1"])
        paces.append(pace.get("refusal_agreement") == 1 and pace["mae"] <= 2.0)
    apart, matched = float(np.mean(counts)), float(np.mean(shares))
    yield Line(
        "heel strikes, counted", "about 22 each", f"{len(counts)} walks",
        f"mean {apart:.1f} apart", "<= 2", passed=apart <= 2,
    )  # fmt: skip
    yield Line(
        "heel strikes, matched", "1", f"{len(shares)} walks",
        f"mean f1 {matched:.2f}", ">= 0.8", passed=matched >= 0.8,
    )  # fmt: skip
    yield _line("cadence", "mean difference <= 2 /min", paces)


def case_steadiness(scale: Scale) -> Iterator[Line]:
    """Call the source that is given more noise never the steadier one."""
    shaken = {"picture": ("x_px", "y_px"), "estimated_depth": ("x_m", "y_m", "z_m")}
    for noisy, axes in shaken.items():
        right = []
        for seed in scale.seeds(scale.count(20, 1)):
            tables = _tables(_performed("squat", 90.0, seed), seed)
            tables["body_motion"] = _shaken(tables["body_motion"], axes, seed)
            rows = _compared(tables)
            steadier = rows.loc[rows["quantity"] == "knee_range", "steadier"].dropna()
            right.append([*steadier] == [one for one in shaken if one != noisy])
        yield _line(f"noise in the {noisy.replace('_', ' ')}", "the other is steadier", right)


def case_nothing_to_compare(scale: Scale) -> Iterator[Line]:
    """Of somebody who stands every pair is refused; of squats no walk is compared."""
    stands, squats = [], []
    for seed in scale.seeds(scale.count(30, 2)):
        still = perform("standing", seed=seed, duration_s=6.0, view=View(yaw_deg=30.0 * seed))
        stands.append(bool((_compared(_tables(still, seed))["status"] == "refused").all()))
        rows = _compared(_tables(_performed("squat", 90.0, seed), seed))
        walked = rows[rows["quantity"].isin(("heel_strike", "cadence"))]
        squats.append(bool((walked["status"] == "refused").all()))
    yield _line("somebody stands", "every pair refused", stands)
    yield _line("squats", "no walk is compared", squats)


def case_rendered(scale: Scale) -> Iterator[Line]:
    """From rendered videos: both methods count the same repetitions."""
    view = View(width_px=320, height_px=360, frame_rate_hz=15)
    right = []
    for seed in scale.seeds(scale.count(8, 1)):
        performance = perform("jumping_jack", seed=seed, repetitions=4, view=view)
        found = statistics(_compared(_done(rendered_tables(performance))), "repetition")
        right.append(_counts(found) == (4, 4))
    yield _line("jumping jacks, rendered", "4 and 4", right, least=0.85)


def _performed(movement: str, yaw_deg: float, seed: int) -> Performance:
    draw = np.random.default_rng([seed, 32])
    view = View(yaw_deg=yaw_deg + draw.uniform(-8, 8), frame_rate_hz=float(draw.choice(_RATES_HZ)))
    return perform(movement, seed=seed, repetitions=int(draw.integers(4, 8)), view=view)


def _tables(performance: Performance, seed: int) -> Tables:
    return _done(synthetic_tables(performance, noise_seed=seed))


def _done(tables: Tables) -> Tables:
    return analysed(tables, *_NEEDED)


def _compared(tables: Tables) -> pd.DataFrame:
    names = ("body_motion", "activity", "gait_events", "repetitions")
    return method_comparison(*(tables[name] for name in names))


def statistics(rows: pd.DataFrame, quantity: str) -> dict[str, float]:
    """Read what is told about a quantity, by the names of the statistics."""
    chosen = rows[(rows["quantity"] == quantity) & (rows["status"] == "ok")]
    return dict(zip(chosen["statistic"].astype(str), chosen["value"], strict=True))


def _counts(found: dict[str, float]) -> tuple[float | None, float | None]:
    return found.get("count_a"), found.get("count_b")


def _shaken(body_motion: pd.DataFrame, axes: Sequence[str], seed: int) -> pd.DataFrame:
    """Add noise of a tenth of a thigh to both knees, along these axes."""
    draw = np.random.default_rng([seed, 33])
    noisy = body_motion.copy()
    for side in ("left", "right"):
        for axis in axes:
            size = 0.04 if axis.endswith("_m") else 0.04 * _px_per_m(body_motion)
            shake = draw.normal(0, size, len(noisy)).astype(np.float32)
            noisy[f"{side}_knee_{axis}"] += shake
    return noisy


def _px_per_m(body_motion: pd.DataFrame) -> float:
    picture, world = (
        (body_motion[f"left_ankle_y_{unit}"] - body_motion[f"left_shoulder_y_{unit}"]).median()
        for unit in ("px", "m")
    )
    return float(picture / world)


def _line(case: str, truth: str, right: Sequence[bool], least: float = 0.95) -> Line:
    return Line(
        case, truth, f"{sum(right)} of {len(right)}", "", f">= {least:.0%}",
        passed=float(np.mean(right)) >= least,
    )  # fmt: skip
