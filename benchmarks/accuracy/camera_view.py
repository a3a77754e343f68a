"""From which side the camera looks, over performers of any build at any yaw."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import Tables, analysed, rendered_tables, synthetic_tables
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import View, perform

_LIMITS_DEG = (30.0, 60.0)
"""Folded yaw up to which a view is one of the front or the back, and from which it is a side's."""


def case_yaw_of_a_standing_person(scale: Scale) -> Iterator[Line]:
    """Yaw of noisy keypoints; the camera's yaw counts the other way round than the table's."""
    errors, right, clear = [], 0, 0
    for seed in scale.seeds(scale.count(100, 10)):
        yaw = float(np.random.default_rng([seed, 11]).uniform(-180, 180))
        performance = perform("standing", seed=seed, duration_s=4.0, view=View(yaw_deg=yaw))
        seen = _seen(synthetic_tables(performance, noise_seed=seed))
        errors.append(_off_deg(seen, yaw))
        if min(abs(_folded(yaw) - limit) for limit in _LIMITS_DEG) > 5:
            clear += 1
            right += seen["status"] == "ok" and seen["view"] == _view_of(yaw)
    worst = float(np.percentile(errors, 95))
    yield Line("yaw, standing", f"{len(errors)} random yaws", "", f"p95 {worst:.1f} deg",
               "<= 5 deg", passed=worst <= 5)  # fmt: skip
    yield Line("view, standing", f"{clear} over 5 deg from a limit", f"{right} right and ok", "",
               ">= 95 %", passed=right >= 0.95 * clear)  # fmt: skip


def case_must_not_be_sure(scale: Scale) -> Iterator[Line]:
    """Refuse pictures of nobody and of legs alone; doubt the side of somebody who turns round."""
    each, right = scale.count(10, 2), Counter[str]()
    for seed in scale.seeds(each):
        tables = synthetic_tables(perform("standing", seed=seed, duration_s=4.0), noise_seed=seed)
        right["nobody"] += _refusal(_nobody(tables)) == "no_person"
        right["legs alone"] += _refusal(_legs_alone(tables)) == "view_uncertain"
        plan = Gait(treadmill=False, turn_after_m=2.5)
        walk = perform("walk", seed=seed, duration_s=12.0, plan=plan, view=View(yaw_deg=90.0))
        seen = _seen(synthetic_tables(walk, noise_seed=seed))
        right["who turns round"] += seen["status"] != "ok" and "turning" in seen["reasons"]
    for what, count in right.items():
        yield Line(what, "no sure view", f"{count} of {each}", "", "all", passed=count == each)


def case_rendered_views(scale: Scale) -> Iterator[Line]:
    """See squats through pictures and the pose model from every side."""
    yaws = (0.0, 90.0, -90.0, 180.0, 45.0, -135.0) if not scale.quick else (90.0,)
    errors, right = [], 0
    for place, yaw in enumerate(yaws):
        view = View(yaw_deg=yaw, width_px=360, height_px=400, frame_rate_hz=15.0)
        seed = scale.first_seed() + 200 + place
        seen = _seen(rendered_tables(perform("squat", seed=seed, repetitions=2, view=view)))
        errors.append(_off_deg(seen, yaw))
        right += seen["status"] == "ok" and seen["view"] == _view_of(yaw)
    worst = float(np.nanmax(errors))
    yield Line("rendered squats", f"{len(yaws)} yaws", f"{right} views right and ok",
               f"{worst:.0f} deg at most", "<= 20 deg, all views",
               passed=right == len(yaws) and worst <= 20)  # fmt: skip


def _seen(tables: Tables) -> pd.Series:
    return analysed(tables, "camera_view")["camera_view"].iloc[0]


def _refusal(tables: Tables) -> str:
    seen = _seen(tables)
    return str(seen["reasons"][0]) if seen["status"] == "refused" else str(seen["status"])


def _nobody(tables: Tables) -> Tables:
    poses = tables["pose_keypoints"]
    seen = [name for name in poses.columns if name not in ("frame", "time_s", "keypoint")]
    return tables | {"pose_keypoints": poses.assign(**dict.fromkeys(seen, float("nan")))}


def _legs_alone(tables: Tables) -> Tables:
    poses = tables["pose_keypoints"].copy()
    poses.loc[poses["keypoint"].astype(str).str.contains("shoulder"), "confidence"] = 0.1
    return tables | {"pose_keypoints": poses}


def _off_deg(seen: pd.Series, yaw_deg: float) -> float:
    return float(abs((seen["yaw_deg"] + yaw_deg + 180) % 360 - 180))


def _folded(yaw_deg: float) -> float:
    return min(abs(yaw_deg), 180 - abs(yaw_deg))


def _view_of(yaw_deg: float) -> str:
    front, side = _LIMITS_DEG
    if _folded(yaw_deg) > front:
        return "sagittal" if _folded(yaw_deg) >= side else "oblique"
    return "back" if abs(yaw_deg) > 90 else "frontal"
