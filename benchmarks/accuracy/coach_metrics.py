"""The coach's measures of bat swings, against performers whose head, knee and turns are known."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._batters import (
    BATTING,
    batter,
    batting_tables,
    drops,
    excursion,
    filmed,
    knee_deg,
    offset,
    seen_from,
)
from benchmarks.accuracy.material import (
    Tables,
    analysed,
    metric,
    rendered_tables,
    synthetic_tables,
)
from dancer_pipeline.synthetic.batting import Batting
from dancer_pipeline.synthetic.performance import perform

_LAG = "hip_shoulder_separation_timing"
_KNEE = {"landing": "front_knee_flexion_landing", "contact": "front_knee_flexion_contact"}


def case_bat_swings(scale: Scale) -> Iterator[Line]:
    """Every swing, at its time, from all around."""
    errors_ms, missed, extra, count = list[float](), 0, 0, 0
    for seed in scale.seeds(scale.count(40, 3)):
        draw = np.random.default_rng([seed, 6])
        performance = batter(seed, float(draw.uniform(-180, 180)))
        found = analysed(batting_tables(performance, seed), "swings")["swings"].dropna(
            subset="peak_s"
        )
        truths = np.array([it.peak_s for it in performance.motion.swings])
        off = found["peak_s"].to_numpy()[:, None] - truths
        near = np.abs(off) <= 0.2
        missed, extra = missed + int((~near.any(0)).sum()), extra + int((~near.any(1)).sum())
        errors_ms, count = errors_ms + list(1000 * off[near]), count + len(truths)
    share, spread = 1 - missed / count, float(np.std(errors_ms))
    yield Line("bat swings found", f"{count}", f"{share:.1%}, {extra} made up", "",
               ">= 95 %, <= 5 %", passed=share >= 0.95 and extra <= 0.05 * count)  # fmt: skip
    yield Line("time of a bat swing", f"{count}", "", f"SD {spread:.0f} ms", "<= 20 ms",
               passed=spread <= 20)  # fmt: skip


def case_head_is_the_same(scale: Scale) -> Iterator[Line]:
    """One and the same swing at 15 to 60 frames per second; from near and far, in both shapes."""
    rates = [(rate_hz, 4.0, (640, 720)) for rate_hz in (15.0, 24.0, 30.0, 60.0)]
    cameras = [(30.0, 3.0, (1280, 720)), (30.0, 5.0, (640, 720)), (30.0, 7.0, (540, 960))]
    for what, ways, bar in (("frame rate", rates, 0.02), ("camera", cameras, 0.05)):
        worst = 0.0
        for seed in scale.seeds(scale.count(10, 2)):
            values = [_head(seed, *way) for way in ways]
            worst = max(worst, float(np.ptp(values) / np.mean(values)))
        yield Line(f"head at any {what}", "one swing", "", f"spread {worst:.1%}", f"<= {bar:.0%}",
                   passed=worst <= bar)  # fmt: skip


def _head(seed: int, rate_hz: float, distance_m: float, size_px: tuple[int, int]) -> float:
    """Excursion of the head in exact keypoints of one swing."""
    plan = Batting(contacts_s=(2.5,), head_travel_m=0.1, head_sway_m=0.05)
    view = seen_from(20.0, rate_hz, distance_m, size_px)
    performance = perform("bat_swing", seed=seed, view=view, plan=plan)
    tables = synthetic_tables(performance, noise_seed=seed, metadata=BATTING, noise=0.0)
    made = analysed(tables, "coach_metrics")
    return float(metric(made, "coach_metrics", "head_excursion")["value"])


def case_front_knee(scale: Scale) -> Iterator[Line]:
    """Front knee of batters whose front foot points across the picture."""
    errors, answered, asked = defaultdict[str, list[float]](list), Counter[str](), 0
    for seed in scale.seeds(scale.count(40, 3)):
        draw = np.random.default_rng([seed, 6])
        performance = batter(seed, float(draw.uniform(10, 35)))
        made, asked = analysed(batting_tables(performance, seed), "coach_metrics"), asked + 1
        for when, name in _KNEE.items():
            row = metric(made, "coach_metrics", name)
            answered[when] += row["status"] == "ok"
            if row["status"] != "refused":
                errors[when].append(row["value"] - knee_deg(performance)[when])
    for when in _KNEE:
        off, share = errors[when] or [np.inf], answered[when] / asked
        worst = float(np.percentile(np.abs(off), 95))
        yield Line(f"front knee at {when}", f"{asked} batters", f"{share:.0%} ok",
                   f"p95 {worst:.1f} deg", "<= 10 deg, >= 95 % ok",
                   passed=worst <= 10 and share >= 0.95)  # fmt: skip


def case_hip_shoulder_lag(scale: Scale) -> Iterator[Line]:
    """Lag of shoulders behind hips, from -20 to 120 ms, at an angle to the hips."""
    errors_ms, asked = list[float](), 0
    for seed in scale.seeds(scale.count(40, 3)):
        draw = np.random.default_rng([seed, 6])
        yaw = float(draw.choice([-45, 45, 135, -135]) + draw.uniform(-8, 8))
        lag_s = float(draw.uniform(-0.02, 0.12))
        performance = batter(seed, yaw, lag_s)
        row = metric(
            analysed(batting_tables(performance, seed), "coach_metrics"), "coach_metrics", _LAG
        )
        asked += 1
        if row["status"] == "ok":
            errors_ms.append(1000 * (row["value"] - lag_s))
    share = len(errors_ms) / asked
    worst = float(np.percentile(np.abs(errors_ms or [np.inf]), 95))
    yield Line("hips before shoulders", f"{asked} batters", f"{share:.0%} accepted",
               f"p95 {worst:.0f} ms", "<= 40 ms, >= 95 % accepted",
               passed=worst <= 40 and share >= 0.95)  # fmt: skip


def case_elbows(scale: Scale) -> Iterator[Line]:
    """Upper arms of batters: sure in the stance and the backlift, never sure at contact."""
    bars = {"stance": 0.15, "backlift": 0.2, "contact": 0.35}
    errors, statuses = defaultdict[str, list[float]](list), defaultdict[str, list[str]](list)
    for seed in scale.seeds(scale.count(20, 2)):
        draw = np.random.default_rng([seed, 6])
        performance = batter(seed, float(draw.uniform(-180, 180)))
        made = analysed(batting_tables(performance, seed), "coach_metrics")["coach_metrics"]
        for when, by_side in drops(performance).items():
            rows = made[made["metric"] == f"elbow_drop_{when}"].set_index("side")
            statuses[when] += list(rows["status"])
            errors[when] += [rows["value"][side] - true for side, true in by_side.items()]
    for when, bar in bars.items():
        wanted = "low_confidence" if when == "contact" else "ok"
        share = statuses[when].count(wanted) / len(statuses[when])
        worst = float(np.nanpercentile(np.abs(errors[when]), 95))
        yield Line(f"upper arm, {when}", f"{len(errors[when])} arms", f"{share:.0%} {wanted}",
                    f"p95 {worst:.2f}", f"<= {bar}, 95 % {wanted}",
                    passed=worst <= bar and share >= 0.95)  # fmt: skip


def case_stance(scale: Scale) -> Iterator[Line]:
    """Where the hips are over the feet, and how far the head travels, by the skeleton."""
    off, far, answered, asked = list[float](), list[float](), Counter[str](), 0
    for seed in scale.seeds(scale.count(20, 2)):
        draw = np.random.default_rng([seed, 6])
        performance = batter(seed, float(draw.choice([-90, 90]) + draw.uniform(-15, 15)))
        made, asked = analysed(batting_tables(performance, seed), "coach_metrics"), asked + 1
        for name, true, errors in (
            ("balance_offset", offset(performance), off),
            ("head_excursion", excursion(performance), far),
        ):
            row = metric(made, "coach_metrics", name)
            answered[name] += row["status"] == "ok"
            errors.append(row["value"] - true)
    for name, errors, bar in (("balance_offset", off, 0.2), ("head_excursion", far, 3.0)):
        worst, share = float(np.nanpercentile(np.abs(errors), 95)), answered[name] / asked
        yield Line(name.replace("_", " "), f"{asked} batters", f"{share:.0%} ok",
                    f"p95 {worst:.2f}", f"<= {bar:g}, >= 95 % ok",
                    passed=worst <= bar and share >= 0.95)  # fmt: skip


def case_nothing_to_see(scale: Scale) -> Iterator[Line]:
    """Keep the head still and turn hips and shoulders together: no travel, and no order."""
    excursions, together, told = list[float](), 0, 0
    for seed in scale.seeds(scale.count(20, 2)):
        plan = Batting(head_travel_m=0.0, lag_s=0.0)
        performance = perform(
            "bat_swing", seed=seed, duration_s=16.0, view=seen_from(45.0), plan=plan
        )
        made = analysed(batting_tables(performance, seed), "coach_metrics")
        excursions.append(float(metric(made, "coach_metrics", "head_excursion")["value"]))
        order = metric(made, "coach_metrics", _LAG)
        told += order["status"] != "refused"
        together += "turn at the same time" in order["advice"]
    worst, count = float(np.nanmax(excursions)), len(excursions)
    share = float(np.isfinite(excursions).mean())
    yield Line("a head that stays", f"{count} batters", f"{share:.0%} answered",
               f"{worst:.1f} % torso at most", "<= 5 % torso, 95 % answered",
               passed=worst <= 5 and share >= 0.95)  # fmt: skip
    yield Line("hips and shoulders together", f"{count} batters", f"{together} of {told} told so",
               "", ">= 90 %, 95 % answered",
               passed=told >= 0.95 * count and together >= 0.9 * told)  # fmt: skip


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """No swing, no sport, too few frames, or the wrong view: no number."""
    refused, asked, sure = Counter[str](), Counter[str](), Counter[str]()
    for seed in scale.seeds(scale.count(10, 1)):
        for what, (tables, names) in _hopeless(seed).items():
            rows = analysed(tables, "coach_metrics")["coach_metrics"]
            rows = rows[rows["metric"].isin(names)] if names else rows
            asked[what] += len(rows)
            refused[what] += int((rows["status"] == "refused").sum())
            sure[what] += int((rows["status"] == "ok").sum())
    for what, count in asked.items():
        yield Line(f"refused: {what}", f"{count}", f"{refused[what]}, {sure[what]} ok", "",
                   "all", passed=refused[what] == count)  # fmt: skip


def case_rendered_swing(scale: Scale) -> Iterator[Line]:
    """Swings through the pose model, seen from where the bowler is."""
    errors_ms, knees, found, asked = list[float](), list[float](), 0, 0
    for seed in scale.seeds(scale.count(6, 1)):
        performance = filmed(seed)
        made = analysed(rendered_tables(performance, metadata=BATTING), "coach_metrics")
        truth, asked = performance.motion.swings[0], asked + 1
        peaks_s = made["swings"]["peak_s"].dropna().to_numpy()
        near = peaks_s[np.abs(peaks_s - truth.peak_s) <= 0.2]
        found += len(near) == len(peaks_s) == 1
        errors_ms += [float(1000 * (it - truth.peak_s)) for it in near]
        row = metric(made, "coach_metrics", _KNEE["contact"])
        if row["status"] != "refused":
            knees.append(row["value"] - knee_deg(performance)["contact"])
    worst_ms = float(np.max(np.abs(errors_ms))) if errors_ms else np.inf
    yield Line("bat swing, rendered", f"{asked}", f"{found} found, none besides",
               f"{worst_ms:.0f} ms at most", ">= 95 %, <= 120 ms",
               passed=found >= 0.95 * asked and worst_ms <= 120)  # fmt: skip
    worst = float(np.max(np.abs(knees))) if knees else np.inf
    yield Line("front knee, rendered", f"{asked}", f"{len(knees)} answered",
               f"{worst:.0f} deg at most", "<= 10 deg, >= 95 % answered",
               passed=worst <= 10 and len(knees) >= 0.95 * asked)  # fmt: skip


def _hopeless(seed: int) -> dict[str, tuple[Tables, list[str]]]:
    squat = perform("squat", seed=seed, duration_s=8.0, view=seen_from(-90.0))
    squats = perform("squat", seed=seed, repetitions=4, view=seen_from(0.0))
    jack = perform("jumping_jack", seed=seed, duration_s=8.0)
    slow = perform("bat_swing", seed=seed, view=seen_from(20.0, 15.0))
    behind = perform("bat_swing", seed=seed, view=seen_from(90.0))
    return {
        "a squat": (synthetic_tables(squat, noise_seed=seed), []),
        "a squat called balance": (
            synthetic_tables(squats, noise_seed=seed, metadata={"exercise": "balance"}),
            [],
        ),
        "jumping jacks": (synthetic_tables(jack, noise_seed=seed), []),
        "knee at 15 frames per second": (batting_tables(slow, seed), [*_KNEE.values()]),
        "knee towards the camera": (batting_tables(behind, seed), [*_KNEE.values()]),
        "turn seen straight on": (batting_tables(behind, seed), [_LAG]),
    }
