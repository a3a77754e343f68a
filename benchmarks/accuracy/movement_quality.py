"""Smoothness on published signals, and the quality of sets whose unevenness is known."""

from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._retimed import slowing
from benchmarks.accuracy.material import (
    Tables,
    analysed,
    metric,
    rendered_tables,
    synthetic_tables,
)
from dancer_pipeline.signals.smoothness import spectral_arc_length
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style

_FIRST_SEED = 52_000


def case_published_smoothness(_: Scale) -> Iterator[Line]:
    """Compute SPARC of the reference signal of its authors."""
    time_s = np.arange(-1, 1, 0.01)
    found = spectral_arc_length(np.exp(-5 * time_s**2), 100)
    yield _line("SPARC of exp(-5 t^2)", "-1.41403", f"{found:.5f}", abs(found + 1.41403), 1e-4)


def case_smooth_and_jerky(scale: Scale) -> Iterator[Line]:
    """Tell a smooth curl from one that is done in two strokes, with the noise of a pose model."""
    count, right = scale.count(30, 3), 0
    for seed in scale.seeds(count, first=_FIRST_SEED):
        done = perform("biceps_curl", seed=seed, repetitions=5, view=View(yaw_deg=90))
        tables = analysed(synthetic_tables(done, noise_seed=seed), "body_motion")
        shaken = tables["body_motion"].copy()
        for side in ("left", "right"):
            shaken[f"{side}_wrist_y_px"] += 18 * np.sin(2 * np.pi * 2.3 * shaken["time_s"])
        both = [analysed(tables | {"body_motion": it}, "movement_quality")
                for it in (tables["body_motion"], shaken)]  # fmt: skip
        smooth, jerky = (metric(it, "movement_quality", "smoothness")["value"] for it in both)
        right += smooth > jerky + 0.3
    yield _line("smooth above jerky by 0.3", f"{count} pairs", f"{right} right",
                1 - right / count, 0.1)  # fmt: skip


def case_tempo_variability(scale: Scale) -> Iterator[Line]:
    """Measure the standard deviation of the durations of squats whose tempo varies."""
    errors, count = [], scale.count(40, 4)
    for seed in scale.seeds(count, first=_FIRST_SEED + 100):
        style = Style(tempo=(0.75, 1.3))
        done = perform("squat", seed=seed, repetitions=8, view=View(yaw_deg=85), style=style)
        row = metric(_judged(done, seed), "movement_quality", "tempo_variability")
        lasts = [one.end_s - one.start_s for one in done.motion.repetitions]
        if row["status"] == "ok":
            errors.append(row["value"] - 100 * np.std(lasts, ddof=1) / np.mean(lasts))
    answered, bar = len(errors) / count, "|bias| <= 3 pp, 95 % ok"
    yield Line("tempo varies by", f"{count} sets", f"{answered:.0%} answered",
               f"bias {np.mean(errors):+.1f} pp, SD {np.std(errors):.1f}", bar,
               passed=abs(float(np.mean(errors))) <= 3 and answered >= 0.95)  # fmt: skip


def case_velocity_loss(scale: Scale) -> Iterator[Line]:
    """Slow down by a known share over eight repetitions; an even set is found even."""
    for loss in (0.0, 0.2, 0.4):
        count = scale.count(40, 4)
        rows = [_tired(seed, loss) for seed in scale.seeds(count, first=_FIRST_SEED + 400)]
        off = np.array([lost - 100 * loss for lost, _, status in rows if status == "ok"])
        answered, bias = len(off) / count, float(np.mean(off))
        said = f"bias {bias:+.1f} pp, SD {np.std(off):.1f}"
        if not loss:
            calm = float(np.mean(off <= 25))
            yield Line("even sets slow down", "0 %", f"{answered:.0%} ok", said,
                       "<= 25 % in 95 %, 95 % ok",
                       passed=calm >= 0.95 and answered >= 0.95)  # fmt: skip
            continue
        falls = float(np.mean([slope < 0 for _, slope, _ in rows]))
        yield Line(f"slower by {loss:.0%}", f"{count} sets",
                   f"{answered:.0%} ok, {falls:.0%} fall", said, "|bias| <= 6 pp, 95 % ok and fall",
                   passed=abs(bias) <= 6 and min(answered, falls) >= 0.95)  # fmt: skip


def case_symmetry(scale: Scale) -> Iterator[Line]:
    """Raise one arm less high by up to 40 %, or both alike."""
    errors, count = [], scale.count(40, 4)
    for seed in scale.seeds(count, first=_FIRST_SEED + 500):
        draw = np.random.default_rng([seed, 41])
        movement = str(draw.choice(["lateral_raise", "shoulder_press", "jumping_jack"]))
        style = Style(asymmetry=float(draw.choice([0.0, draw.uniform(-0.4, 0.4)])))
        view = View(yaw_deg=float(draw.choice([0, 180]) + draw.uniform(-15, 15)))
        done = perform(movement, seed=seed, repetitions=5, view=view, style=style)
        row = metric(_judged(done, seed), "movement_quality", "range_symmetry_angle")
        if row["status"] == "ok":
            errors.append(float(row["value"]) - _symmetry_angle(done))
    answered, worst = len(errors) / count, float(np.percentile(np.abs(errors), 95))
    yield Line("symmetry angle of the arms", f"{count} sets",
               f"{answered:.0%} ok", f"bias {np.mean(errors):+.1f} %, p95 {worst:.1f} %",
               "p95 <= 3 %, 95 % ok", passed=worst <= 3 and answered >= 0.95)  # fmt: skip


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """Refuse tiring of four repetitions and of hidden hands, and a symmetry from the side."""
    count, right = scale.count(10, 2), dict.fromkeys(_HOPELESS, 0)
    for seed in scale.seeds(count, first=_FIRST_SEED + 600):
        done = perform("biceps_curl", seed=seed, repetitions=8, view=View(yaw_deg=90))
        few = perform("squat", seed=seed, repetitions=4, view=View(yaw_deg=90))
        hidden = synthetic_tables(done, noise_seed=seed, metadata={"exercise": "biceps_curl"})
        poses = hidden["pose_keypoints"]
        is_lost = poses["keypoint"].astype(str).str.endswith("wrist") & (poses["frame"] % 6 < 2)
        poses.loc[is_lost, "confidence"] = 0.1
        seen = {"four repetitions": _judged(few, seed), "from the side": _judged(done, seed),
                "hands filled in": analysed(hidden, "movement_quality")}  # fmt: skip
        for what, (name, reason) in _HOPELESS.items():
            row = metric(seen[what], "movement_quality", name)
            right[what] += row["status"] == "refused" and reason in row["reasons"]
    for what, hits in right.items():
        yield _line(f"refused: {what}", f"{count} sets", f"{hits}", 1 - hits / count, 0.0)


_HOPELESS = {
    "four repetitions": ("velocity_loss", "too_short"),
    "from the side": ("range_symmetry", "view_not_supported"),
    "hands filled in": ("velocity_loss", "tracking_unstable"),
}
"""By what is filmed, the metric that it cannot show, and the reason."""


def case_standing_is_refused(scale: Scale) -> Iterator[Line]:
    """Refuse where there are no repetitions."""
    count, refused = scale.count(20, 2), 0
    for seed in scale.seeds(count, first=_FIRST_SEED + 200):
        done = perform("standing", seed=seed, duration_s=8.0, view=View(yaw_deg=90))
        refused += int(_judged(done, seed)["movement_quality"]["status"].eq("refused").all())
    yield _line("standing still", "refused", f"{refused} of {count}", 1 - refused / count, 0.0)


def case_rendered_smoothness(scale: Scale) -> Iterator[Line]:
    """See one smooth stroke through pictures and the pose model."""
    movements = ("biceps_curl", "squat") if not scale.quick else ("biceps_curl",)
    for movement in movements:
        view = View(yaw_deg=90, width_px=360, height_px=400)
        done = perform(movement, seed=scale.first_seed(_FIRST_SEED) + 300, repetitions=3, view=view)
        tables = rendered_tables(done, metadata={"exercise": movement})
        row = metric(analysed(tables, "movement_quality"), "movement_quality", "smoothness")
        found = float(row["value"]) if row["status"] == "ok" else float("nan")
        yield _line(f"rendered {movement}", "-1.4", f"{found:.2f}", abs(found + 1.4), 0.45)


def _judged(done: Performance, seed: int) -> Tables:
    return analysed(synthetic_tables(done, noise_seed=seed), "movement_quality")


def _tired(seed: int, loss: float) -> tuple[float, float, str]:
    """Measure velocity loss and slope of a set that loses this share of its speed."""
    movement, yaw = (("squat", 90.0), ("biceps_curl", 0.0), ("push_up", 90.0),
                     ("lateral_raise", 0.0))[seed % 4]  # fmt: skip
    style = Style(depth=(0.95, 0.95))
    done = perform(movement, seed=seed, repetitions=8, view=View(yaw_deg=yaw), style=style)
    made = _judged(slowing(done, loss), seed)
    lost, slope = (
        metric(made, "movement_quality", name) for name in ("velocity_loss", "fatigue_slope")
    )
    return float(lost["value"]), float(slope["value"]), str(lost["status"])


def _symmetry_angle(done: Performance) -> float:
    """Take it from the heights that the wrists gain over the shoulders, as the performer knows."""
    wrist, shoulder = (done.skeleton.pair(it)[..., 2] for it in ("wrist", "shoulder"))
    gained = [
        np.ptp((wrist - shoulder)[(done.times_s >= one.start_s) & (done.times_s <= one.end_s)], 0)
        for one in done.motion.repetitions
    ]
    left, right = np.median(gained, axis=0)
    return float(50 - np.degrees(np.arctan2(left, right)) / 0.9)


def _line(case: str, truth: str, result: str, error: float, bar: float) -> Line:
    return Line(case, truth, result, f"{error:.2g}", f"<= {bar:g}", passed=bool(error <= bar))
