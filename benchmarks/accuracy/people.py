"""Somebody else in the picture: seen in rendered clips by the pose model, and not made up."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import Tables, analysed, rendered_tables, synthetic_tables
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.signals.people import SEVERAL, identity_jumps, several_people
from dancer_pipeline.signals.tracks import Floats
from dancer_pipeline.synthetic.companion import Companion, accompanied
from dancer_pipeline.synthetic.performance import MOVEMENTS, Performance, View, perform


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


def case_switched(scale: Scale) -> Iterator[Line]:
    """Follow somebody, and from a moment on somebody else beside, all analyses together."""
    seeds = scale.seeds(scale.count(100, 4))
    sure = {seed: _sure(_switched(np.random.default_rng([seed, 42]), seed)) for seed in seeds}
    fooled = sum(bool(it) for it in sure.values())
    yield Line("becomes somebody else's", f"{len(seeds)} clips",
               f"{fooled} with an ok number", "", "none in 95 %",
               passed=fooled <= 0.05 * len(seeds))  # fmt: skip


def case_not_switched(scale: Scale) -> Iterator[Line]:
    """Follow one person, lost twice, through every movement while somebody else is about."""
    seeds = scale.seeds(scale.count(200, 19))
    found = sum(len(_jumps(seed)) > 0 for seed in seeds)
    yield Line("stays the same person", f"{len(seeds)} clips", f"{found} jumps", "",
               "0", passed=found == 0)  # fmt: skip


_NAMED = {"bat_swing": "batting", "racket": "tennis", "idle": "standing"}
_RATES_HZ = (15.0, 24.0, 30.0, 60.0)
_NOT_OF_A_PERSON = ("recording_quality",)
_TABLES = ("repetitions", "repetition_form", "swings", "court_positions")


def _switched(draw: np.random.Generator, seed: int) -> Tables:
    """Two performers, of whom the first is followed until a moment, and then the second."""
    one, other = (str(it) for it in draw.choice(MOVEMENTS, 2))
    rate_hz, yaw_deg = float(draw.choice(_RATES_HZ)), float(draw.uniform(-180, 180))
    view = View(yaw_deg=yaw_deg, frame_rate_hz=rate_hz, width_px=1280)
    said = {"exercise": _NAMED.get(one, one)} if draw.random() < 0.5 else {}
    tables = synthetic_tables(
        perform(one, seed=seed, duration_s=_LASTS_S, view=view), noise_seed=seed, metadata=said
    )
    turned = replace(view, yaw_deg=yaw_deg + float(draw.choice([0.0, draw.uniform(-180, 180)])))
    second = synthetic_tables(
        perform(other, seed=seed + 7_000_000, duration_s=_LASTS_S, view=turned), noise_seed=seed + 1
    )
    poses, at_s = tables["pose_keypoints"], draw.uniform(0.2, 0.8) * _LASTS_S
    aside_px = draw.choice([-1, 1]) * draw.uniform(0.6, 2.0) * _PX_PER_M
    later = second["pose_keypoints"]
    later = later.assign(
        x_px=later["x_px"] + aside_px - _middle_px(later, at_s) + _middle_px(poses, at_s)
    )
    lost_s = at_s + draw.choice([0.0, draw.uniform(0.0, 0.5)])
    mixed = pd.concat([poses[poses["time_s"] < at_s], later[later["time_s"] >= at_s]])
    mixed.loc[mixed["time_s"].between(at_s, lost_s), list(_MEASURED)] = np.nan
    first_s = draw.uniform(0.0, at_s)
    return tables | {"pose_keypoints": mixed, "people": _looks(first_s, at_s + 2.0)}


_LASTS_S = 12.0
_PX_PER_M = 250.0
"""Of the usual view, about half a torso in 65 pixels."""
_MEASURED = ("x_px", "y_px", "x_m", "y_m", "z_m", "confidence")


def _middle_px(poses: pd.DataFrame, at_s: float) -> float:
    near = poses[(poses["time_s"] - at_s).abs() < 0.1]
    trunk = near[near["keypoint"].astype(str).str.contains("hip|shoulder")]
    return float(trunk["x_px"].median())


def _looks(start_s: float, end_s: float) -> pd.DataFrame:
    """Look around every second and a half; the second person is there from one time to another."""
    rows: list[dict[str, object]] = [
        {"frame": 0, "time_s": at_s, "people": 1 + is_there, "second_share": 0.9 * is_there or None}
        for at_s in np.arange(0.0, _LASTS_S, 1.5)
        for is_there in [int(start_s - 1.5 <= at_s <= end_s)]
    ]
    nothing = {column.name: None for column in PEOPLE.columns}
    return PEOPLE.frame(nothing | row for row in rows)


def _sure(tables: Tables) -> list[str]:
    """Name what is ok though a part of it is somebody else's."""
    done = analysed(tables)
    metrics = [it for it in done.values() if "metric" in it and "analysis" in it]
    rows = pd.concat([*metrics, *(done[name].assign(analysis=name) for name in _TABLES)])
    is_ok = (rows["status"] == "ok") & ~rows["analysis"].isin(_NOT_OF_A_PERSON)
    return [f"{it.analysis}.{it.metric}" for it in rows[is_ok].itertuples()]


def _jumps(seed: int) -> Floats:
    draw, movement = np.random.default_rng([seed, 43]), MOVEMENTS[seed % len(MOVEMENTS)]
    view = View(
        yaw_deg=float(draw.uniform(-180, 180)), frame_rate_hz=float(draw.choice(_RATES_HZ)),
        follows=bool(draw.integers(2)),
    )  # fmt: skip
    performance = perform(movement, seed=seed, duration_s=8.0, view=view)
    lost = float(draw.choice([0.0, 0.1, 0.2]))
    tables = synthetic_tables(performance, noise_seed=seed, dropped_share=lost)
    poses = tables["pose_keypoints"]
    for start_s, lasts_s in draw.uniform([0.0, 0.1], [8.0, 0.8], (2, 2)):
        poses.loc[poses["time_s"].between(start_s, start_s + lasts_s), list(_MEASURED)] = np.nan
    body = motion(analysed(tables, "body_motion")["body_motion"])
    return identity_jumps(body, _looks(0.0, _LASTS_S))
