"""What is said about planted faults: the side of a finding, the level, the week, and nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import Tables, analysed, clip_tables, synthetic_tables
from dancer_pipeline.analyses import discover
from dancer_pipeline.findings import findings
from dancer_pipeline.metrics import collect
from dancer_pipeline.report.overview import overview
from dancer_pipeline.synthetic.balance import Balance
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style

_FIRST_SEED = 57_000
_JUDGED = ("recording_quality", "range_of_motion", "exercise_form", "movement_quality", "gait")


@dataclass(frozen=True)
class Planted:
    """What is planted, and the finding that must come of it, where its opposite must not."""

    movement: str
    yaw_deg: float
    fault: str
    size: float
    finding: str
    opposite: str


PLANTED = (
    Planted("squat", 0, "hip_shift", -0.10, "squat_hip_shift_right", "squat_hip_shift_left"),
    Planted("squat", 180, "hip_shift", -0.10, "squat_hip_shift_right", "squat_hip_shift_left"),
    Planted("squat", 0, "hip_shift", 0.10, "squat_hip_shift_left", "squat_hip_shift_right"),
    Planted("push_up", 90, "hip_sag", -29.0, "hips_high", "body_sags"),
    Planted("jumping_jack", 0, "asymmetry", 0.4, "shoulder_range_left_right", "arms_uneven_right"),
    Planted("walk", 90, "asymmetry", 18.0, "steps_uneven", "steps_uneven_right"),
    Planted("walk", 90, "asymmetry", -18.0, "steps_uneven_right", "steps_uneven"),
)


def case_side_of_a_finding(scale: Scale) -> Iterator[Line]:
    """Name the side, or the direction, that a fault has."""
    each = scale.count(8, 1)
    for planted in PLANTED:
        hits = 0
        for seed in scale.seeds(each, first=_FIRST_SEED):
            found = set(_judged(_of(planted, seed), seed)[0]["finding"])
            hits += planted.finding in found and planted.opposite not in found
        truth = f"{planted.movement}, {planted.fault} {planted.size:g}, yaw {planted.yaw_deg:g}"
        yield Line.of_hits(truth, planted.finding, hits, each, 0.9)


def case_level_and_plan(scale: Scale) -> Iterator[Line]:
    """Sum up squats that lean far, and squats without a fault."""
    each, right = scale.count(8, 1), 0
    for seed in scale.seeds(each, first=_FIRST_SEED):
        found, metrics = _judged(_squats(seed, trunk_lean=26.0), seed)
        said = _overview(found, metrics)
        first = found[found["finding"] == "squat_trunk_lean"]
        is_planned = any(first["drill"].iloc[0] in day["practice"] for day in said["plan"][:1])
        right += said["level"] in ("low", "medium") and len(said["plan"]) == 7 and is_planned
    yield Line.of_hits(
        "squats that lean far", "level low or medium, its drill on day 1", right, each, 0.9
    )
    calm = 0
    for seed in scale.seeds(each, first=_FIRST_SEED):
        found, metrics = _judged(_squats(seed), seed)
        said = _overview(found, metrics)
        calm += said["level"] in ("none", "info") and not said["plan"]
    yield Line.of_hits("squats without a fault", "level none or info, no plan", calm, each, 0.9)


def case_uneven_rightly(scale: Scale) -> Iterator[Line]:
    """Compare no sides of somebody who stands on one leg, or curls with one arm."""
    each, quiet, told = scale.count(6, 1), 0, set[str]()
    for seed in scale.seeds(each, first=_FIRST_SEED):
        for done in (
            perform("balance", seed=seed, plan=Balance(), view=View(yaw_deg=0)),
            perform("biceps_curl", seed=seed, repetitions=5, view=View(yaw_deg=0),
                    style=Style(side="left")),
        ):  # fmt: skip
            found = set(_judged(done, seed)[0]["finding"])
            said = {one for one in found if one.endswith("_range_left_right")}
            quiet += not said
            told |= said
    truth = f"no side is compared {sorted(told) or ''}"
    yield Line.of_hits("one leg, one arm", truth, quiet, 2 * each, 0.95)


def case_nobody(scale: Scale) -> Iterator[Line]:
    """Say nothing at all about a video that shows nobody."""
    each, silent = scale.count(3, 1), 0
    for seed in scale.seeds(each, first=_FIRST_SEED):
        tables = synthetic_tables(_squats(seed), noise_seed=seed)
        poses = tables["pose_keypoints"]
        seen = [name for name in poses.columns if name not in ("frame", "time_s", "keypoint")]
        empty = poses.assign(**dict.fromkeys(seen, float("nan")))
        found, metrics = _said(analysed(tables | {"pose_keypoints": empty}))
        said = _overview(found, metrics)
        silent += found.empty and said["level"] == "not_measured" and not said["plan"]
    yield Line.of_hits("nobody", "no findings, nothing judged", silent, each, 1.0)


def case_clip_without_a_body(_: Scale) -> Iterator[Line]:
    """Say nothing at all about a real clip that shows nothing but hands."""
    found, metrics = _said(analysed(clip_tables("hands_only_bottles.mp4")))
    said = _overview(found, metrics)
    told = ", ".join(found["finding"].astype(str)) or "none"
    yield Line(
        "clip hands_only_bottles", "no findings", told, f"level {said['level']}",
        "none, nothing judged", passed=found.empty and said["level"] == "not_measured",
    )  # fmt: skip


def _of(planted: Planted, seed: int) -> Performance:
    view, size = View(yaw_deg=planted.yaw_deg), planted.size
    if planted.movement == "walk":
        gait = Gait(asymmetry_percent=size)
        return perform("walk", seed=seed, duration_s=12.0, plan=gait, view=view)
    is_uneven = planted.fault == "asymmetry"
    style = Style(asymmetry=size) if is_uneven else Style(faults={planted.fault: size})
    return perform(planted.movement, seed=seed, repetitions=5, view=view, style=style)


def _squats(seed: int, **faults: float) -> Performance:
    view = View(yaw_deg=90)
    return perform("squat", seed=seed, repetitions=5, view=view, style=Style(faults=faults))


def _judged(done: Performance, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    told = {"exercise": done.movement} if done.movement in ("squat", "push_up") else {}
    return _said(analysed(synthetic_tables(done, noise_seed=seed, metadata=told), *_JUDGED))


def _said(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    known = {one.name: one.method_version for one in discover().values() if one.is_metrics}
    metrics = collect(tables, {name: it for name, it in known.items() if name in tables})
    more = (tables[name] for name in ("camera_view", "repetition_form", "repetitions"))
    return findings(metrics, *more), metrics


def _overview(*tables: pd.DataFrame) -> dict[str, Any]:
    found, metrics = ([dict(row) for _, row in it.iterrows()] for it in tables)
    return overview(found, metrics)
