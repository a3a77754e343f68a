"""Balance: stances on one leg, sway and lean of people whose stances, sway and lean are known."""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import (
    Tables,
    analysed,
    metric,
    rendered_tables,
    synthetic_tables,
)
from dancer_pipeline.synthetic.angles import trunk_lean_deg
from dancer_pipeline.synthetic.balance import Balance
from dancer_pipeline.synthetic.happenings import SingleLegStance
from dancer_pipeline.synthetic.performance import Performance, View, perform

_RATES_HZ = (15.0, 24.0, 30.0, 60.0)
_VIEWS_DEG = (0.0, 180.0, 90.0, -90.0, 45.0)
_SETTLING_S = 0.5


def case_time_on_one_leg(scale: Scale) -> Iterator[Line]:
    """One or two stances of 1.5 to 8 s, any side, view and frame rate, noisy keypoints."""
    errors, right, answered = [], 0, 0
    seeds = scale.seeds(scale.count(120, 8))
    for seed in seeds:
        show = _random(seed)
        tables = _of(show, seed)
        truths = {side: _longest(show, side) for side in ("left", "right")}
        rows = {side: metric(tables, "balance", "single_leg_stance_time", side) for side in truths}
        right += all((rows[it]["status"] != "refused") == (truths[it] > 0) for it in truths)
        for side, truth in truths.items():
            if truth and rows[side]["status"] == "ok":
                answered += 1
                errors.append(abs(rows[side]["value"] - truth))
    asked = sum(_longest(_random(seed), side) > 0 for seed in seeds for side in ("left", "right"))
    yield _line("time on one leg", f"{asked} stances", errors, 0.2, "s", answered / asked)
    yield Line(
        "which leg stands", f"{len(seeds)} videos", f"{right} right", "", ">= 98 %",
        passed=right >= 0.98 * len(seeds),
    )  # fmt: skip


def case_touch_downs(scale: Scale) -> Iterator[Line]:
    """Put the lifted foot down for 0.3 to 0.9 s, once to three times."""
    right, seeds = 0, scale.seeds(scale.count(40, 4))
    for seed in seeds:
        draw = np.random.default_rng([seed, 21])
        downs, side, at_s = int(draw.integers(1, 4)), str(draw.choice(["left", "right"])), 2.0
        stances = []
        for _ in range(downs + 1):
            stances.append(SingleLegStance(at_s, at_s + float(draw.uniform(1.5, 3)), side))
            at_s = stances[-1].end_s + float(draw.uniform(0.3, 0.9))
        show = perform(
            "balance", seed=seed, duration_s=at_s + 1.5, plan=Balance(tuple(stances)),
            view=View(yaw_deg=float(draw.choice(_VIEWS_DEG))),
        )  # fmt: skip
        found = metric(_of(show, seed), "balance", "touch_down_count", side)
        right += found["status"] == "ok" and found["value"] == downs
    yield Line(
        "touch-downs", f"{len(seeds)} videos", f"{right} right", "", ">= 90 %",
        passed=right >= 0.9 * len(seeds),
    )  # fmt: skip


def case_nobody_stands_on_one_leg(scale: Scale) -> Iterator[Line]:
    """On both feet the count is 0; walks and exercises are refused."""
    counts = []
    for seed in scale.seeds(scale.count(30, 3)):
        show = perform("balance", seed=seed, duration_s=8.0, plan=Balance(()), view=_view(seed))
        rows = _of(show, seed)["balance"]
        counts += list(rows[rows["metric"] == "single_leg_stance_count"]["value"])
    yield Line(
        "standing on both feet", "0 stances", f"at most {max(counts):.0f}", "", "0",
        passed=not any(counts),
    )  # fmt: skip
    kinds = ("walk", "run", "squat", "lunge", "jumping_jack", "biceps_curl", "sit_to_stand")
    wrong = []
    for seed in scale.seeds(scale.count(12, 1)):
        for kind in kinds:
            rows = _of(perform(kind, seed=seed, view=_view(seed)), seed, said=None)["balance"]
            wrong += [kind] if (rows["status"] != "refused").any() else []
    told = ", ".join(sorted(set(wrong))) or "none"
    yield Line("walks and exercises", "refused", f"answered: {told}", "", "none", passed=not wrong)


def case_sway(scale: Scale) -> Iterator[Line]:
    """Sway of 1 to 4 cm on one leg; what is below the noise is never told with confidence."""
    errors, answered, pairs = [], 0, []
    seeds = scale.seeds(scale.count(80, 6))
    for seed in seeds:
        draw = np.random.default_rng([seed, 22])
        size = float(np.exp(draw.uniform(np.log(1.6), np.log(4))))
        show, is_side = _swaying(seed, size)
        row = _sway_row(_of(show, seed), is_side=is_side)
        truth = _true_sway(show, is_side=is_side)
        answered += row["status"] == "ok"
        if row["status"] == "ok":
            errors.append(100 * abs(row["value"] / truth - 1))
            pairs.append((truth, row["value"]))
    yield _line("sway above the noise", f"{len(seeds)} stances", errors, 15, "%",
                answered / len(seeds))  # fmt: skip
    ordered = _ordered(pairs)
    yield Line("sway, order of size", "pairs 20 % apart", f"{ordered:.1%} right", "",
               ">= 98 %", passed=ordered >= 0.98)  # fmt: skip
    sure = 0
    for seed in scale.seeds(scale.count(30, 3)):
        show, is_side = _swaying(seed, 0.1)
        sure += _sway_row(_of(show, seed), is_side=is_side)["status"] == "ok"
    yield Line("sway of 1 mm", "withheld or doubted", f"{sure} sure", "", "0", passed=sure == 0)


def case_lean(scale: Scale) -> Iterator[Line]:
    """Lean the trunk to the standing leg, or ahead, by up to 20 degrees."""
    errors, answered, seeds = [], 0, scale.seeds(scale.count(60, 5))
    for seed in seeds:
        draw = np.random.default_rng([seed, 23])
        is_side = bool(draw.integers(2))
        lean = float(draw.uniform(0, 20))
        plan = Balance(sway_cm=(0.6, 0.5), lean_deg=(lean, 0.0) if is_side else (2.0, lean))
        yaw = float(draw.choice([90.0, -90.0] if is_side else [0.0, 180.0]))
        show = perform("balance", seed=seed, duration_s=9.0, plan=plan, view=View(yaw_deg=yaw))
        stance = show.motion.single_leg_stances[0]
        row = metric(_of(show, seed), "balance", "stance_trunk_lean", stance.side)
        ahead = float(np.median(trunk_lean_deg(show.skeleton)))
        truth = ahead if is_side else lean * (1 if stance.side == "left" else -1)
        answered += row["status"] == "ok"
        errors.append(abs(row["value"] - truth))
    yield _line("lean of the trunk", f"{len(seeds)} stances", errors, 5, "deg",
                answered / len(seeds))  # fmt: skip


def case_what_must_be_refused(scale: Scale) -> Iterator[Line]:
    """Hidden feet, a moving camera, ten frames a second."""
    seed = scale.first_seed() + scale.count(1, 0)
    show, is_side = _swaying(seed, 2.0)
    tables = synthetic_tables(show, noise_seed=seed, metadata={"exercise": "balance"})
    points = tables["pose_keypoints"]
    feet = points["keypoint"].astype(str).str.contains("ankle|heel|foot")
    hidden = points.assign(confidence=points["confidence"].where(~feet, 0.2).astype("float32"))
    shift = tables["video_extracts"]["measure"].astype(str) == "camera_shift_x"
    moved = tables["video_extracts"].copy()
    moved.loc[shift, "value"] = 30.0
    slow, _ = _swaying(seed, 2.0, rate_hz=10.0)
    cases = {
        "feet hidden": analysed(tables | {"pose_keypoints": hidden}, "balance"),
        "10 frames a second": _of(slow, seed),
    }
    for name, found in cases.items():
        refused = bool((found["balance"]["status"] == "refused").all())
        yield Line(name, "refused", "refused" if refused else "answered", "", "refused",
                   passed=refused)  # fmt: skip
    along = points.assign(x_px=points["x_px"] + 30 * (points["time_s"] - 7.5))
    panned = {"video_extracts": moved, "pose_keypoints": along}
    row = _sway_row(analysed(tables | panned, "balance"), is_side=is_side)
    yield Line("sway, moving camera", "refused", str(row["status"]), "", "refused",
               passed=list(row["reasons"]) == ["camera_moves"])  # fmt: skip


def case_rendered_stances(scale: Scale) -> Iterator[Line]:
    """Take rendered clips through the pose model: time, leg and sway."""
    errors, sways, answered, right = [], [], 0, 0
    seeds = scale.seeds(scale.count(12, 1))
    for seed in seeds:
        yaw = float(_VIEWS_DEG[seed % 4])
        plan = Balance(sway_cm=(3.0, 3.0))
        rate_hz = 15.0 if scale.quick else 30.0
        view = View(yaw_deg=yaw, width_px=360, height_px=440, frame_rate_hz=rate_hz)
        duration = 9.0 if scale.quick else 12.0
        show = perform("balance", seed=seed, duration_s=duration, plan=plan, view=view)
        tables = analysed(rendered_tables(show, metadata={"exercise": "balance"}), "balance")
        stance = show.motion.single_leg_stances[0]
        row = metric(tables, "balance", "single_leg_stance_time", stance.side)
        answered += row["status"] == "ok"
        right += row["status"] != "refused"
        if row["status"] != "refused":
            errors.append(abs(row["value"] - _longest(show, stance.side)))
        is_side = abs(yaw) == 90
        sway = _sway_row(tables, is_side=is_side)["value"]
        sways.append(100 * abs(sway / _true_sway(show, is_side=is_side) - 1))
    yield _line("rendered: time on one leg", f"{len(seeds)} clips", errors, 0.2, "s",
                answered / len(seeds))  # fmt: skip
    middle, measured = float(np.nanmedian(sways)), float(np.isfinite(sways).mean())
    yield Line("rendered: sway of 3 cm", f"{len(seeds)} clips", f"{measured:.0%} ok",
               f"median {middle:.0f} %", "<= 20 %, 95 % ok",
               passed=middle <= 20 and measured >= 0.95)  # fmt: skip


def _line(
    case: str, truth: str, errors: list[float], bar: float, unit: str, answered: float
) -> Line:
    worst = float(np.percentile(errors, 95)) if errors else float("nan")
    return Line(
        case, truth, f"{answered:.0%} ok", f"p95 {worst:.2f} {unit}",
        f"<= {bar:g} {unit}, 95 % ok", passed=worst <= bar and answered >= 0.95,
    )  # fmt: skip


def _view(seed: int) -> View:
    draw = np.random.default_rng([seed, 24])
    return View(
        yaw_deg=float(draw.choice(_VIEWS_DEG)) + float(draw.uniform(-12, 12)),
        camera_height_m=float(draw.uniform(0.8, 1.5)),
        frame_rate_hz=float(draw.choice(_RATES_HZ)),
    )


def _random(seed: int) -> Performance:
    draw = np.random.default_rng([seed, 25])
    at_s, stances = 2.0, []
    for side in draw.permutation(["left", "right"])[: int(draw.integers(1, 3))]:
        stances.append(SingleLegStance(at_s, at_s + float(draw.uniform(1.5, 8)), str(side)))
        at_s = stances[-1].end_s + 1.8
    plan = Balance(tuple(stances), sway_cm=(float(draw.uniform(0.3, 2)),) * 2)
    return perform("balance", seed=seed, duration_s=at_s, plan=plan, view=_view(seed))


def _swaying(seed: int, size_cm: float, rate_hz: float = 30.0) -> tuple[Performance, bool]:
    """Stand on one leg for about 10 s, seen from the front or (True) from the side."""
    is_side = bool(seed % 2)
    plan = Balance(sway_cm=(size_cm, size_cm))
    view = View(yaw_deg=90.0 if is_side else 0.0, frame_rate_hz=rate_hz)
    return perform("balance", seed=seed, duration_s=15.0, plan=plan, view=view), is_side


def _of(show: Performance, seed: int, said: str | None = "balance") -> Tables:
    metadata = {"exercise": said} if said else None
    return analysed(synthetic_tables(show, noise_seed=seed, metadata=metadata), "balance")


def _longest(show: Performance, side: str) -> float:
    mine = [it for it in show.motion.single_leg_stances if it.side == side]
    return max((it.end_s - it.start_s for it in mine), default=0.0)


def _sway_row(tables: Tables, *, is_side: bool) -> pd.Series:
    rows = tables["balance"]
    name = "sway_fore_aft" if is_side else "sway_side_to_side"
    held = rows[(rows["metric"] == "single_leg_stance_count") & (rows["value"] > 0)]
    side = str(held["side"].iloc[0]) if len(held) else "left"
    return metric(tables, "balance", name, side)


def _ordered(pairs: list[tuple[float, float]]) -> float:
    """Share of the pairs of stances, 20 % apart, whose order is right."""
    right = [
        (one[1] < other[1]) == (one[0] < other[0])
        for one, other in itertools.combinations(pairs, 2)
        if max(one[0], other[0]) > 1.2 * min(one[0], other[0])
    ]
    return float(np.mean(right))


def _true_sway(show: Performance, *, is_side: bool) -> float:
    """Sway of the pelvis over the longest stance, in percent of the torso."""
    stance = max(show.motion.single_leg_stances, key=lambda it: it.end_s - it.start_s)
    inside = (show.times_s >= stance.start_s + _SETTLING_S) & (
        show.times_s <= stance.end_s - _SETTLING_S
    )
    hips = show.skeleton.pair("hip").mean(axis=1)[inside]
    torso = np.linalg.norm(
        show.skeleton.pair("shoulder").mean(axis=1) - show.skeleton.pair("hip").mean(axis=1),
        axis=1,
    )
    return float(100 * np.std(hips[:, 0 if is_side else 1]) / np.median(torso))
