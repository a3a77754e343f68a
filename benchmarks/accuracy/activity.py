"""Activity: walks and runs are found as such, from any side, and nothing else is taken for one."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._exercisers import draw_of, random_view
from benchmarks.accuracy._machines import MACHINES, on_machine
from benchmarks.accuracy.material import (
    analysed,
    clip_tables,
    rendered_tables,
    synthetic_tables,
)
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.happenings import Spell
from dancer_pipeline.synthetic.performance import MOVEMENTS, Performance, View, perform
from dancer_pipeline.synthetic.running import Run

_WALKS = ("walking", "running")


def case_gaits_from_any_side(scale: Scale) -> Iterator[Line]:
    """Name walks, walks backward and runs at any yaw as what they are, nearly all the time."""
    for name in ("walking forward", "walking backward", "running forward"):
        shares = []
        for seed in scale.seeds(scale.count(40, 4)):
            draw = np.random.default_rng([seed, 31])
            # From the front a walk backward on a treadmill cannot be told from one forward.
            low = 45.0 if name == "walking backward" else 0.0
            yaw = float(draw.uniform(low, 180 - low) * draw.choice([-1, 1]))
            show = _performed(name, seed, draw, View(yaw_deg=yaw))
            shares.append(_share(_bouts(show), show, *name.split()))
        found = float(np.mean(np.array(shares) >= 0.9))
        yield Line(
            name, f"{len(shares)} random yaws", f"{np.mean(shares):.0%} of the time",
            f"{found:.0%} found", ">= 95 % found for 90 % of their time", passed=found >= 0.95,
        )  # fmt: skip


def case_nothing_else_is_a_walk(scale: Scale) -> Iterator[Line]:
    """Find no walk in exercises, dance, strokes, balance, standing, from any side."""
    others = [name for name in MOVEMENTS if name not in ("walk", "run", "idle")]
    wrong, count, time_s = [], 0, 0.0
    for name in others[:: scale.count(1, 3)]:
        for seed in scale.seeds(scale.count(12, 1)):
            yaw = float(np.random.default_rng([seed, 32]).uniform(-180, 180))
            found = _bouts(perform(name, seed=seed, view=View(yaw_deg=yaw)))
            walks = found[found["activity"].isin(_WALKS)]
            count, time_s = count + 1, time_s + float((walks["end_s"] - walks["start_s"]).sum())
            wrong += [name] if len(walks) else []
    yield Line(
        "no walk", f"{count} clips of {len(others)} movements",
        ", ".join(sorted(set(wrong))) or "none", f"{len(wrong)} with a walk, {time_s:.0f} s",
        "<= 2 % of the clips", passed=len(wrong) <= 0.02 * count,
    )  # fmt: skip


def case_machines_are_no_walk(scale: Scale) -> Iterator[Line]:
    """Neither pedalling, climbing a machine, rowing nor stepping on the spot is a sure walk."""
    sure, measured, count = [], [], 0
    for name in MACHINES:
        for seed in scale.seeds(scale.count(12, 1)):
            show = on_machine(name, seed, random_view(draw_of(seed)))
            found = analysed(synthetic_tables(show, noise_seed=seed), "activity", "gait")
            bouts, rows = found["activity"], found["gait"]
            is_walk = bouts["activity"].isin(_WALKS) & (bouts["status"] == "ok")
            sure += [name] if is_walk.any() else []
            measured += [name] if (rows["status"] != "refused").any() else []
            count += 1
    for what, wrong in (("no sure walk", sure), ("no gait", measured)):
        yield Line(
            f"on machines, on the spot, aside: {what}", f"{count} clips of {len(MACHINES)} kinds",
            ", ".join(sorted(set(wrong))) or "none", f"{len(wrong)} answered", "0",
            passed=not wrong,
        )  # fmt: skip


def case_turns_and_pauses_end_bouts(scale: Scale) -> Iterator[Line]:
    """Cut a walk at its pauses and turns, within half a second, a stride at the turns."""
    errors, right = [], []
    for seed in scale.seeds(scale.count(30, 3)):
        for plan in (
            Gait(treadmill=False, pauses_s=((5.0, 8.0),), start_m=(-5.0, 0.0)),
            Gait(treadmill=False, turn_after_m=4.0, start_m=(-2.0, 0.0)),
        ):
            view = View(90.0, 9.0, field_of_view_deg=70.0, width_px=1280, follows=False)
            show = perform("walk", seed=seed, duration_s=12.0, plan=plan, view=view)
            truth = [it for it in show.motion.spells if it.activity == "walking"]
            found = _bouts(show)
            walks = found[found["activity"] == "walking"].to_dict("records")
            pairs = [(walk, it) for walk in walks for it in truth if _overlap_s(walk, it) > 1.0]
            long = [it for it in truth if it.end_s - it.start_s >= 3]
            each = all(sum(other is it for _, other in pairs) == 1 for it in long)
            right.append(each and len(pairs) == len({id(walk) for walk, _ in pairs}))
            errors += [abs(walk["start_s"] - it.start_s) for walk, it in pairs]
    middle, share = float(np.median(errors)), float(np.mean(right))
    yield Line(
        "pauses and turns", f"{len(right)} walks", f"{share:.0%} with all bouts",
        f"start off by {middle:.2f} s", ">= 95 %, <= 0.8 s",
        passed=share >= 0.95 and middle <= 0.8,
    )  # fmt: skip


def case_must_not_answer(scale: Scale) -> Iterator[Line]:
    """Give no bout where nobody is, and low confidence at 8 frames a second."""
    for seed in scale.seeds(scale.count(5, 1)):
        slow = _bouts(perform("walk", seed=seed, view=View(yaw_deg=90.0, frame_rate_hz=8.0)))
        sure = int((slow["status"] == "ok").sum())
        if sure or seed == scale.first_seed():
            yield Line(
                "8 frames a second", "low confidence", f"{sure} sure bouts", "",
                "none", passed=not sure,
            )  # fmt: skip


def case_rendered_movements(scale: Scale) -> Iterator[Line]:
    """Take rendered walks, a run and exercises through the pose model."""
    shows = [
        ("walking", "walk", Gait(), 90.0),
        ("none", "squat", None, 45.0),
        ("walking", "walk", Gait(), 0.0),
        ("running", "run", Run(), -70.0),
        ("walking", "walk", Gait(backward=True), 90.0),
        ("none", "jumping_jack", None, 0.0),
        ("none", "lunge", None, 90.0),
    ]
    for place, (truth, movement, plan, yaw) in enumerate(shows[: scale.count(len(shows), 1)]):
        show = perform(
            movement,
            seed=scale.first_seed() + place,
            duration_s=8.0 if movement in ("squat", "lunge", "jumping_jack") else 5.0,
            plan=plan,
            view=View(yaw_deg=yaw, width_px=480, height_px=540),
        )
        found = analysed(rendered_tables(show), "activity")["activity"]
        said = ", ".join(sorted(set(found["activity"]) & set(_WALKS))) or "none"
        yield Line(
            f"rendered {movement}, yaw {yaw:.0f}", truth, said, "", "the same", passed=said == truth
        )


def case_clip_by_clip(scale: Scale) -> Iterator[Line]:
    """Name what real clips show."""
    truths = {
        "gait_single_side": ("walking", "left"),
        "jumping_jacks_2_backlit": ("none", ""),
        "mirrored_gait": ("walking", "right"),
        "bridge_1_hold": ("none", ""),
        "frozen_frame_5s": ("none", ""),
        "hands_only_bottles": ("none", ""),
    }
    for name, (truth, heading) in list(truths.items())[: scale.count(len(truths), 2)]:
        found = analysed(clip_tables(f"{name}.mp4"), "activity")["activity"]
        walks = found[found["activity"].isin(_WALKS)]
        said = ", ".join(walks["activity"]) or "none"
        ways = ", ".join(walks["heading"])
        yield Line(
            f"clip {name}", f"{truth} {heading}", f"{said} {ways}", "", "the same",
            passed=(said, ways) == (truth, heading),
        )  # fmt: skip


def _performed(name: str, seed: int, draw: np.random.Generator, view: View) -> Performance:
    if name == "running forward":
        plan = Run(cadence_spm=float(draw.uniform(152, 190)))
        return perform("run", seed=seed, plan=plan, view=view)
    is_backward = name == "walking backward"
    cadence = float(draw.uniform(70, 100) if is_backward else draw.uniform(60, 140))
    gait = Gait(cadence_spm=cadence, backward=is_backward)
    return perform("walk", seed=seed, plan=gait, view=view)


def _bouts(show: Performance) -> pd.DataFrame:
    tables = synthetic_tables(show, noise_seed=show.seed)
    return analysed(tables, "activity")["activity"]


def _share(found: pd.DataFrame, show: Performance, activity: str, direction: str) -> float:
    """Share of the time that is called what it is."""
    right = found[(found["activity"] == activity) & (found["direction"] == direction)]
    return float((right["end_s"] - right["start_s"]).sum()) / show.motion.duration_s


def _overlap_s(walk: Mapping[Hashable, Any], truth: Spell) -> float:
    return min(float(walk["end_s"]), truth.end_s) - max(float(walk["start_s"]), truth.start_s)
