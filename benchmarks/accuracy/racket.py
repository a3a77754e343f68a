"""Swings, kinds of shots and rallies, against performers who know theirs."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import Tables, analysed, rendered_tables, synthetic_tables
from dancer_pipeline.synthetic.happenings import Swing
from dancer_pipeline.synthetic.performance import MOVEMENTS, Performance, View, perform
from dancer_pipeline.synthetic.racket import Play
from dancer_pipeline.synthetic.strokes import STROKES, Shot

_SAME_S = 0.2
_NO_SWINGS = tuple(name for name in MOVEMENTS if name not in ("bat_swing", "racket"))
_RIGHT_KINDS = {
    "smash": {"smash", "overhead"}, "clear": {"clear", "overhead"}, "drop": {"drop", "overhead"},
    "forehand_drive": {"drive"}, "backhand_drive": {"drive"}, "net": set(), "underarm": {"lift"},
}  # fmt: skip


def case_strokes(scale: Scale) -> Iterator[Line]:
    """Strokes of sessions from random sides at 24, 30 and 60 frames per second."""
    found, count, errors_ms = Counter[str](), 0, list[float]()
    labels, rallies = Counter[str](), list[bool]()
    for seed in scale.seeds(scale.count(60, 4)):
        performance = _session(seed)
        swings = analysed(_told(performance, seed), "swings")["swings"]
        pairs, missed, extra = _matched(swings, performance.motion.swings)
        count += len(performance.motion.swings)
        found.update(missed=missed, extra=extra, unsure=int((swings["status"] != "ok").sum()))
        if performance.view.frame_rate_hz >= 30:
            errors_ms += [1000 * (row["peak_s"] - truth.peak_s) for truth, row in pairs]
        labels.update(_judged(str(row["kind"]), truth.kind) for truth, row in pairs)
        rallies.append(
            swings["rally"].max() == max(it.rally or 0 for it in performance.motion.swings)
        )
    share = 1 - found["missed"] / count
    least = 0.9 if scale.quick else 0.95
    yield Line("strokes found", f"{count}", f"{share:.1%}", "", f">= {least:.0%}",
               passed=share >= least)  # fmt: skip
    false = found["extra"] / count
    yield Line("strokes made up", "0", f"{false:.1%}", "", "<= 5 %", passed=false <= 0.05)
    spread, bar_ms = float(np.std(errors_ms)), scale.count(20, 25)
    yield Line("time of a stroke, 30 Hz", f"{len(errors_ms)}", "", f"SD {spread:.0f} ms",
               f"<= {bar_ms} ms", passed=spread <= bar_ms)  # fmt: skip
    right = 1 - labels["wrong"] / labels.total()
    named = labels["right"] / labels.total()
    yield Line("kind of a shot", f"{labels.total()}", f"{named:.0%} named right",
               f"{right:.1%} right or unknown", ">= 90 %, >= 60 % named",
               passed=right >= 0.9 and named >= 0.6)  # fmt: skip
    sure = 1 - found["unsure"] / max(count, 1)
    yield Line("strokes that are sure", f"{count}", f"{sure:.1%}", "", ">= 95 %",
               passed=sure >= 0.95)  # fmt: skip
    counted = float(np.mean(rallies))
    yield Line("rallies", f"{len(rallies)} sessions", f"{counted:.0%} counted right", "",
               ">= 95 %", passed=counted >= 0.95)  # fmt: skip


def case_no_strokes(scale: Scale) -> Iterator[Line]:
    """Everything but strokes, of which the uploader says nothing: no swing may be found."""
    made_up, minutes = list[str](), 0.0
    for movement in _NO_SWINGS:
        for seed in scale.seeds(scale.count(10, 1)):
            draw = np.random.default_rng([seed, 4])
            rate_hz = float(draw.choice([15, 24, 30, 60]))
            view = View(yaw_deg=float(draw.uniform(-180, 180)), frame_rate_hz=rate_hz)
            performance = perform(movement, seed=seed, duration_s=10.0, view=view)
            swings = analysed(synthetic_tables(performance, noise_seed=seed), "swings")["swings"]
            minutes += performance.frame_count / rate_hz / 60
            made_up += [movement] * int((swings["status"] != "refused").sum())
    rate = len(made_up) / minutes
    yield Line("no swing in other movements", f"{len(_NO_SWINGS)} movements, {minutes:.0f} min",
               f"{len(made_up)} {sorted(set(made_up))}", f"{rate:.2f} per min", "<= 0.1 per min",
               passed=rate <= 0.1)  # fmt: skip


def case_rendered_strokes(scale: Scale) -> Iterator[Line]:
    """Strokes through the pose model, from the front and at an angle."""
    errors_ms, labels, count, missed, extra = list[float](), Counter[str](), 0, 0, 0
    for seed in scale.seeds(scale.count(8, 1)):
        performance = _filmed(seed, scale.count(3, 1))
        truths = performance.motion.swings
        tables = rendered_tables(performance, metadata={"exercise": "badminton"})
        pairs, lost, false = _matched(analysed(tables, "swings")["swings"], truths)
        count, missed, extra = count + len(truths), missed + lost, extra + false
        errors_ms += [1000 * (row["peak_s"] - truth.peak_s) for truth, row in pairs]
        labels.update(_judged(str(row["kind"]), truth.kind) for truth, row in pairs)
    share = 1 - missed / count
    found = f"{share:.0%}, {extra} made up"
    yield Line("strokes found, rendered", f"{count}", found, "", ">= 90 %, <= 10 % made up",
               passed=share >= 0.9 and extra <= 0.1 * count)  # fmt: skip
    worst = float(np.percentile(np.abs(errors_ms), 90)) if errors_ms else np.inf
    yield Line("time of a stroke, rendered", f"{len(errors_ms)}", "", f"p90 {worst:.0f} ms",
               "<= 120 ms", passed=worst <= 120)  # fmt: skip
    right = 1 - labels["wrong"] / max(labels.total(), 1)
    least = 0 if scale.quick else math.ceil(labels.total() / 4)  # of one stroke nothing follows
    yield Line("kind of a shot, rendered", f"{labels.total()}", f"{labels['right']} named right",
               f"{right:.0%} right or unknown", f">= 90 %, >= {least} named",
               passed=right >= 0.9 and labels["right"] >= least)  # fmt: skip


def _filmed(seed: int, strokes: int) -> Performance:
    """Film a few strokes on the spot, the racket towards the camera."""
    draw = np.random.default_rng([seed, 5])
    kinds = draw.choice(["smash", "clear", "forehand_drive", "underarm"], strokes)
    shots = tuple(Shot(1.2 + 1.8 * place, str(kind)) for place, kind in enumerate(kinds))
    view = View(yaw_deg=float(draw.uniform(-50, 10)), width_px=400, height_px=480)
    duration_s = 1.2 + 1.8 * (strokes - 1) + 1.2
    plan = Play(shots=shots)
    return perform("racket", seed=seed, duration_s=duration_s, view=view, plan=plan)


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """Speeds at 15 frames per second, strokes at 8, and a sport without strokes."""
    refused, asked = 0, 0
    for seed in scale.seeds(scale.count(10, 2)):
        slow = analysed(_told(_session(seed, rate_hz=15.0), seed), "racket")["racket"]
        speeds = slow[slow["metric"].str.startswith("swing_speed")]
        slower = analysed(_told(_session(seed, rate_hz=8.0), seed), "swings")["swings"]
        squat = perform("squat", seed=seed, duration_s=8.0)
        said = synthetic_tables(squat, noise_seed=seed, metadata={"exercise": "squat"})
        other = analysed(said, "swings")["swings"]
        answers = [*speeds["status"], slower["status"].iloc[0], other["status"].iloc[0]]
        refused, asked = refused + answers.count("refused"), asked + len(answers)
    yield Line("refused: slow video, other sport", f"{asked}", f"{refused}", "", "all",
               passed=refused == asked)  # fmt: skip


def _session(seed: int, rate_hz: float | None = None) -> Performance:
    draw = np.random.default_rng([seed, 8])
    some = draw.choice(list(STROKES), size=int(draw.integers(2, 8)), replace=False)
    plan = Play(
        kinds=tuple(str(it) for it in some),
        shots_per_rally=5,
        side=str(draw.choice(["left", "right"])),
        pace_s=float(draw.uniform(1.6, 2.4)),
    )
    view = View(
        yaw_deg=float(draw.uniform(-180, 180)),
        frame_rate_hz=rate_hz or float(draw.choice([24, 30, 60])),
        distance_m=float(draw.uniform(4, 8)),
        width_px=1280,
    )
    return perform("racket", seed=seed, view=view, plan=plan)


def _told(performance: Performance, seed: int) -> Tables:
    return synthetic_tables(performance, noise_seed=seed, metadata={"exercise": "badminton"})


def _matched(
    swings: pd.DataFrame, truths: tuple[Swing, ...]
) -> tuple[list[tuple[Swing, pd.Series]], int, int]:
    """Pairs of truth and swing within 0.2 s, and how many were missed and made up."""
    left = swings[swings["status"] != "refused"].set_index("swing")
    pairs = []
    for truth in truths:
        off = (left["peak_s"] - truth.peak_s).abs()
        if len(off) and off.min() <= _SAME_S:
            nearest: Any = off.idxmin()
            pairs.append((truth, left.loc[nearest]))
            left = left.drop(nearest)
    return pairs, len(truths) - len(pairs), len(left)


def _judged(named: str, truth: str) -> str:
    if named == "unknown":
        return "unknown"
    return "right" if named in _RIGHT_KINDS[truth] else "wrong"
