"""The form of exercises with planted faults of known size, and with none.

Where a fault is planted the uploader names the exercise: half a squat need not be recognised.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._form_lines import (
    bias_line,
    true_elbow,
    true_knee_flexion,
    true_lean,
    true_separation,
    true_shift,
    true_thigh,
    within_line,
)
from benchmarks.accuracy.material import Tables, analysed, rendered_tables, synthetic_tables
from dancer_pipeline.analyses._form_measures import MEASURES
from dancer_pipeline.findings import findings
from dancer_pipeline.metrics import collect
from dancer_pipeline.outcome import RECORDING
from dancer_pipeline.signals.heading import folded_deg
from dancer_pipeline.synthetic.performance import EXERCISES, Performance, View, perform
from dancer_pipeline.synthetic.style import Style

_FIRST_SEED = 51_000
_JUDGED = ("recording_quality", "range_of_motion", "exercise_form", "movement_quality")


@dataclass(frozen=True)
class Planted:
    """A fault that is planted in an exercise, and the finding that must come of it."""

    movement: str
    yaw_deg: float
    fault: str
    size: float
    finding: str
    behind_deg: float = 30.0
    """From so far behind the side it is looked for."""

    def random_yaw_deg(self, draw: np.random.Generator) -> float:
        """Draw from where the camera looks: any yaw of a view that shows it."""
        off, side = float(draw.uniform(-30, self.behind_deg)), float(draw.choice([-1, 1]))
        way = 0.0 if self.yaw_deg else float(draw.choice([0, 180]))
        return way + side * (self.yaw_deg + off)


FAULTS = (
    Planted("squat", 90, "too_shallow", 0.35, "squat_shallow"),
    Planted("squat", 90, "trunk_lean", 26.0, "squat_trunk_lean"),
    Planted("squat", 0, "knees_in", 0.10, "squat_knees_in"),
    Planted("squat", 0, "hip_shift", 0.10, "squat_hip_shift_left"),
    Planted("push_up", 90, "hip_sag", 28.0, "body_sags"),
    Planted("push_up", 90, "too_shallow", 0.5, "push_up_half", behind_deg=8.0),
    Planted("biceps_curl", 90, "incomplete_extension", 45.0, "curl_not_straight"),
    Planted("biceps_curl", 90, "trunk_swing", 26.0, "trunk_swings"),
    Planted("shoulder_press", 90, "path_drift", 0.22, "press_path"),
    Planted("lunge", 90, "step_too_short", 0.5, "lunge_short"),
)


def case_knee_separation_bias(scale: Scale) -> Iterator[Line]:
    """Compare KASR with that of the joints, at yaws up to 25 degrees and any size of the fault."""
    errors = []
    for seed, draw in _seeds(scale, scale.count(60, 6)):
        faults = {"knees_in": float(draw.uniform(0.005, 0.10))}
        done = _performed("squat", seed, float(draw.uniform(-25, 25)), faults)
        value = _value(_analysed(done, seed), "knee_separation_ratio")
        if value is not None:
            errors.append(value - true_separation(done))
    yield bias_line("knee separation ratio", errors, scale.count(60, 6), 0.03, "")


def case_trunk_lean(scale: Scale) -> Iterator[Line]:
    """Compare the lean at the deepest point, from a side view."""
    errors = []
    for seed, draw in _seeds(scale, scale.count(60, 6)):
        faults = {"trunk_lean": float(draw.uniform(3, 25))}
        done = _performed("squat", seed, float(90 + draw.uniform(-12, 12)), faults)
        value = _value(_analysed(done, seed), "trunk_lean")
        if value is not None:
            errors.append(value - true_lean(done))
    yield bias_line("trunk lean", errors, scale.count(60, 6), 5.0, " deg")


def case_planted_faults(scale: Scale) -> Iterator[Line]:
    """Find a fault that is there, by its name, from any yaw of a view that shows it.

    Half a push-up is looked for from at most 8 degrees behind the side: from farther its elbows,
    which point there, bend so little in the picture that it is not counted.
    """
    each = scale.count(8, 1)
    for planted in FAULTS:
        hits = 0
        for seed, draw in _seeds(scale, each, planted.finding):
            yaw = planted.random_yaw_deg(draw)
            done = _performed(planted.movement, seed, yaw, {planted.fault: planted.size})
            found = _findings(_analysed(done, seed, exercise=planted.movement))
            hits += planted.finding in set(found["finding"])
        yield Line.of_hits(f"{planted.movement}: {planted.fault}", planted.finding, hits, each, 0.9)


def case_perfect_form(scale: Scale) -> Iterator[Line]:
    """Find nothing where no fault is, in any exercise and from any yaw; and measure what is shown.

    A measure counts as shown a little inside of where it is promised with full confidence.
    """
    each, clean, told = scale.count(8, 1), 0, set()
    statuses: list[str] = []
    for movement in EXERCISES:
        for seed, draw in _seeds(scale, each, movement):
            yaw = float(draw.uniform(-180, 180))
            tables = _analysed(_performed(movement, seed, yaw, {}), seed)
            said = _about_movement(_findings(tables))
            clean += not said
            told |= said
            statuses += _shown(tables, movement, yaw)
    count = each * len(EXERCISES)
    yield Line.of_hits("perfect form, any yaw", f"nothing {sorted(told) or ''}", clean, count, 1.0)
    sure = sum(it == "ok" for it in statuses)
    yield Line.of_hits("perfect form, any yaw", "sure of what is shown", sure, len(statuses), 0.95)


def _shown(tables: Tables, movement: str, yaw: float) -> Iterator[str]:
    """Status of each measure of form that this yaw shows, `missing` where it is not looked at."""
    off, rows = folded_deg(yaw), tables["exercise_form"].set_index("metric")
    for measure in MEASURES[movement]:
        limits = (
            (72, 90) if measure.views == ("sagittal",) else (0, min(28, measure.sure_off_deg - 2))
        )
        if limits[0] <= off <= limits[1]:
            yield str(rows["status"].get(measure.name, "missing"))


def case_hip_shift(scale: Scale) -> Iterator[Line]:
    """Compare the shift of the hips with the true one, from wherever it is promised."""
    errors = []
    for seed, draw in _seeds(scale, scale.count(60, 6), "hip_shift"):
        yaw = float(draw.uniform(-18, 18) + draw.choice([0, 180]))
        done = _performed("squat", seed, yaw, {"hip_shift": float(draw.uniform(-0.1, 0.1))})
        value = _value(_analysed(done, seed), "hip_shift")
        if value is not None:
            errors.append(value - true_shift(done))
    yield bias_line("hip shift", errors, scale.count(60, 6), 2.0, " %")
    yield within_line("hip shift", errors, 8.0, " %")


def case_depth_off_the_side(scale: Scale) -> Iterator[Line]:
    """Compare the depth of squats and push-ups with the true one, from 60 to 120 degrees."""
    wanted = (
        ("squat", "thigh_above_horizontal", true_thigh),
        ("push_up", "elbow_flexion_at_turn", true_elbow),
    )
    for movement, name, true in wanted:
        errors = []
        for seed, draw in _seeds(scale, scale.count(40, 4), name):
            yaw = float(draw.uniform(62, 118) * draw.choice([-1, 1]))
            done = _performed(movement, seed, yaw, {"too_shallow": float(draw.uniform(0.05, 0.3))})
            rows = _analysed(done, seed, exercise=movement)["exercise_form"].set_index("metric")
            errors.append(float(rows["value"][name]) - true(done))
        yield within_line(f"{movement}, 62 to 118 deg", errors, 10.0, " deg")


def case_rendered_faults(scale: Scale) -> Iterator[Line]:
    """Do the same through pictures and the pose model."""
    chosen = FAULTS if not scale.quick else FAULTS[:1]
    hits, missed = 0, []
    for planted in chosen:
        done = _performed(planted.movement, scale.first_seed(_FIRST_SEED) + 900, planted.yaw_deg,
                          {planted.fault: planted.size}, rendered=True)  # fmt: skip
        told = {"exercise": planted.movement}
        tables = analysed(rendered_tables(done, metadata=told), *_JUDGED)
        found = set(_findings(tables)["finding"])
        hits += planted.finding in found
        missed += [] if planted.finding in found else [planted.finding]
    yield Line.of_hits(
        "rendered faults", f"found (missed: {missed or 'none'})", hits, len(chosen), 0.9
    )


def case_rendered_perfect_form(scale: Scale) -> Iterator[Line]:
    """Do the same without a fault."""
    wanted = [("squat", 90), ("squat", 0), ("push_up", 90), ("biceps_curl", 90), ("lunge", 90),
              ("shoulder_press", 90), ("lateral_raise", 0)]  # fmt: skip
    chosen = wanted if not scale.quick else wanted[3:4]
    clean, told = 0, set()
    for movement, yaw in chosen:
        done = _performed(movement, scale.first_seed(_FIRST_SEED) + 950, yaw, {}, rendered=True)
        said = _about_movement(_findings(analysed(rendered_tables(done), *_JUDGED)))
        clean += not said
        told |= said
    yield Line.of_hits(
        "rendered, perfect", f"nothing {sorted(told) or ''}", clean, len(chosen), 0.95
    )


def case_rendered_knee_flexion(scale: Scale) -> Iterator[Line]:
    """Compare the peak bend of the knee in squats that are filmed from the side."""
    wanted = [(90.0, 0.0), (-90.0, 0.0), (80.0, 0.2), (100.0, 0.35)]
    for place, (yaw, missing) in enumerate(wanted[: scale.count(4, 1)]):
        faults = {"too_shallow": missing} if missing else {}
        seed = scale.first_seed(_FIRST_SEED) + 900 + place
        done = _performed("squat", seed, yaw, faults, rendered=True)
        told = {"exercise": "squat"}
        tables = analysed(rendered_tables(done, metadata=told), "exercise_form")
        value, true = _value(tables, "squat_knee_flexion"), true_knee_flexion(done)
        error = float("nan") if value is None else value - true
        yield Line(
            f"rendered squat, yaw {yaw:g}", f"{true:.0f} deg",
            "refused" if value is None else f"{value:.0f} deg", f"{error:+.1f} deg", "<= 10 deg",
            passed=abs(error) <= 10.0,
        )  # fmt: skip


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """Refuse what a view does not show, every time."""
    each, right = scale.count(20, 3), 0
    for seed, draw in _seeds(scale, each):
        yaw = float(draw.choice([0, 90]))
        hidden = "trunk_lean" if yaw == 0 else "knee_separation_ratio"
        tables = _analysed(_performed("squat", seed, yaw, {}), seed)
        rows = tables["exercise_form"].set_index("metric")
        right += int(rows.loc[[hidden, "lumbar_rounding"], "status"].eq("refused").all())
    yield Line.of_hits("the other plane, the spine", "refused", int(right), each, 1.0)


def _seeds(scale: Scale, count: int, salt: str = "") -> Iterator[tuple[int, np.random.Generator]]:
    for seed in scale.seeds(count, first=_FIRST_SEED + sum(map(ord, salt)) % 100 * 50):
        yield seed, np.random.default_rng([seed, 31])


def _performed(
    movement: str, seed: int, yaw_deg: float, faults: dict[str, float], *, rendered: bool = False
) -> Performance:
    size: dict[str, Any] = {"width_px": 360, "height_px": 400} if rendered else {}
    if movement in ("push_up", "plank"):
        size = {"width_px": 540, "height_px": 360} if rendered else {}
    return perform(movement, seed=seed, repetitions=3 if rendered else 6,
                   view=View(yaw_deg=yaw_deg, **size), style=Style(faults=faults))  # fmt: skip


def _analysed(done: Performance, seed: int, **told: str) -> Tables:
    return analysed(synthetic_tables(done, noise_seed=seed, metadata=told), *_JUDGED)


def _findings(tables: Tables) -> pd.DataFrame:
    metrics = collect(tables, dict.fromkeys(_JUDGED, "1") | _versions(tables))
    more = (tables[name] for name in ("camera_view", "repetition_form", "repetitions"))
    return findings(metrics, *more)


def _versions(tables: Tables) -> dict[str, str]:
    return {name: str(tables[name]["method_version"].iloc[0]) for name in _JUDGED}


def _about_movement(found: pd.DataFrame) -> set[str]:
    """Take every finding, remarks too, but those about the recording."""
    return set(found.loc[found["analysis"] != RECORDING, "finding"])


def _value(tables: Tables, name: str) -> float | None:
    rows = tables["exercise_form"]
    row = rows[(rows["metric"] == name) & (rows["status"] == "ok")]
    return None if row.empty else float(row["value"].iloc[0])
