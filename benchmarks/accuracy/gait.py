"""Gait: cadence, step times, symmetry and the knee's range, over random walkers and real clips."""

import json
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._gait_lines import (
    agreement,
    cadence_bar,
    cadence_of_clip,
    contacts_of_clip,
    measured,
    walker_lines,
)
from benchmarks.accuracy._walkers import Truth, random_walk
from benchmarks.accuracy.material import (
    Tables,
    analysed,
    clip,
    clip_tables,
    metric,
    rendered_tables,
    synthetic_tables,
)
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.performance import MOVEMENTS, Performance, View, perform
from dancer_pipeline.synthetic.running import Run


def case_walks_from_the_side(scale: Scale) -> Iterator[Line]:
    """Random walkers within 25 degrees of a side view, noisy keypoints at 30 frames a second."""
    yield from walker_lines(scale, scale.count(150, 8), "side", (65.0, 115.0))


def case_walks_seen_obliquely(scale: Scale) -> Iterator[Line]:
    """Random walkers 35 to 60 degrees off the front: timing only."""
    yield from walker_lines(scale, scale.count(100, 6), "oblique", (35.0, 60.0))


def case_knees_from_the_side(scale: Scale) -> Iterator[Line]:
    """Check the knee's range, within 15 degrees of a side view."""
    yield from walker_lines(
        scale, scale.count(100, 8), "side within 15 deg", (75.0, 105.0), knees=True
    )


def case_walks_with_lost_frames(scale: Scale) -> Iterator[Line]:
    """Lose a fifth or a third of the frames; those that are left keep their times.

    Where a strike falls into several lost frames it is not guessed at, so fewer steps are found.
    Of a third lost the times are too rough to be sure of, so all has low confidence and says why.
    At 15 frames a second a third lost leaves less than timing needs: `case_must_refuse`.
    """
    yield from walker_lines(
        scale,
        scale.count(60, 5),
        "20 % of frames lost",
        (65.0, 115.0),
        recall=0.9,
        dropped_share=0.2,
    )
    shows = [random_walk(seed) for seed in scale.seeds(scale.count(60, 5))]
    tables = [measured(show, dropped_share=0.35)["gait"] for show in shows]
    doubted = [not (rows["status"] == "ok").any() for rows in tables]
    told = [any("tracking_unstable" in list(it) for it in rows["reasons"]) for rows in tables]
    found = [metric({"gait": rows}, "gait", "cadence")["value"] for rows in tables]
    off = np.array(found, float) - [Truth(show).cadence_spm for show in shows]
    share = float(np.mean(np.logical_and(doubted, told)))
    reach = f"cadence {np.nanmean(off):+.2f} +- {1.96 * np.nanstd(off):.2f}"
    yield Line(
        "35 % of frames lost", "not ok", f"{share:.0%} doubted, by name", reach,
        ">= 95 % refused or low confidence", passed=share >= 0.95,
    )  # fmt: skip


def case_cadence_without_contacts(scale: Scale) -> Iterator[Line]:
    """From the front, from behind, running, and walking backward there is a cadence alone."""
    kinds: dict[str, Callable[[int], Performance]] = {
        "front": lambda seed: random_walk(seed, yaw_deg=(0.0, 25.0)),
        "behind": lambda seed: random_walk(seed, yaw_deg=(160.0, 180.0)),
        "running": lambda seed: _seen(seed, "run", Run(variability_percent=2.0)),
        "backward": lambda seed: _seen(seed, "walk", Gait(backward=True, variability_percent=2.0)),
    }
    for name, make in kinds.items():
        shows = [make(seed) for seed in scale.seeds(scale.count(40, 3))]
        tables = [measured(show) for show in shows]
        found = [metric(it, "gait", "cadence") for it in tables]
        truths = [Truth(show).cadence_spm for show in shows]
        yield from agreement(name, found, truths, cadence_bar(scale))
        others = [it["gait"][it["gait"]["metric"] != "cadence"] for it in tables]
        refused = all((it["status"] == "refused").all() for it in others)
        yield Line(
            f"{name}: all but the cadence", "refused", "refused" if refused else "answered",
            "", "all", passed=refused,
        )  # fmt: skip


def case_nothing_where_nobody_walks(scale: Scale) -> Iterator[Line]:
    """Every movement but walking and running, from any side: no gait metric is answered."""
    others = [name for name in MOVEMENTS if name not in ("walk", "run", "idle")]
    answered = []
    repeats = scale.count(6, 1)
    for name in others if not scale.quick else others[::3]:
        for seed in scale.seeds(repeats):
            yaw = float(np.random.default_rng([seed, 22]).uniform(-180, 180))
            show = perform(name, seed=seed, view=View(yaw_deg=yaw))
            if (measured(show)["gait"]["status"] != "refused").any():
                answered.append(name)
    yield Line(
        "no walk", f"{len(others)} movements", ", ".join(answered) or "refused",
        str(len(answered)), "0 answered", passed=not answered,
    )  # fmt: skip


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """Refuse what cannot be timed: a slow camera, few steps, legs confused, feet out of view."""
    for seed in scale.seeds(scale.count(10, 1)):
        for name, tables, code in _hopeless(seed):
            rows = tables["gait"]
            codes = sorted({str(one) for row in rows["reasons"] for one in row})
            passed = bool((rows["status"] == "refused").all()) and codes == [code]
            if not passed or seed == scale.first_seed():
                yield Line(f"refused: {name}", code, ", ".join(codes), "", "refused", passed=passed)


def case_legs_confused(scale: Scale) -> Iterator[Line]:
    """Confuse the legs in a tenth of the frames: all is refused or has low confidence, by name."""
    for seed in scale.seeds(scale.count(10, 1)):
        show = _walk(seed, View(yaw_deg=90.0), duration_s=20.0)
        rows = measured(show, swaps_per_min=60.0)["gait"]
        told = ["tracking_unstable" in list(codes) for codes in rows["reasons"]]
        said = ", ".join(sorted(set(rows["status"])))
        yield Line(
            "legs confused in a tenth of the frames", "not ok", said, "",
            "refused or low confidence", passed=all(told) and not (rows["status"] == "ok").any(),
        )  # fmt: skip


def case_rendered_walks(scale: Scale) -> Iterator[Line]:
    """Take rendered walkers through the pose model, from the side, obliquely, from the front."""
    yaws = (90.0, -75.0, 50.0, -100.0, 0.0, 180.0, 20.0, -40.0)
    for place, yaw in enumerate(yaws[: scale.count(len(yaws), 1)]):
        show = perform(
            "walk",
            seed=scale.first_seed() + place,
            duration_s=scale.count(8, 5),
            plan=Gait(variability_percent=2.0),
            view=View(yaw_deg=yaw, width_px=480, height_px=540),
        )
        tables = analysed(rendered_tables(show), "gait")
        truth = Truth(show)
        row = metric(tables, "gait", "cadence")
        error = abs(row["value"] / truth.cadence_spm - 1)
        yield Line(
            f"rendered, yaw {yaw:.0f}: cadence", f"{truth.cadence_spm:.1f}",
            f"{row['value']:.1f} {row['status']}", f"{error:.1%}", "<= 2 %, ok",
            passed=bool(error <= 0.02 and row["status"] == "ok"),
        )  # fmt: skip
        if abs(abs(yaw) - 90) <= 15:
            near = "left" if yaw > 0 else "right"
            knee = metric(tables, "gait", "gait_knee_range", near)
            off = knee["value"] - truth.knee_range_deg(near)
            yield Line(
                f"rendered, yaw {yaw:.0f}: knee", f"{truth.knee_range_deg(near):.0f} deg",
                f"{knee['value']:.0f} {knee['status']}", f"{off:.1f} deg", "<= 10 deg",
                passed=bool(abs(off) <= 10),
            )  # fmt: skip


def case_clip_of_a_walk(scale: Scale) -> Iterator[Line]:
    """Measure the real walk, mirrored too: its cadence, each contact with its time and side."""
    names = ("gait_single_side", "mirrored_gait")
    for name in names[: scale.count(2, 1)]:
        truth = json.loads(clip(f"{name}.gt.json").read_text())["ground_truth"]
        truth = truth.get("walker", truth)
        tables = analysed(clip_tables(f"{name}.mp4"), "gait")
        yield cadence_of_clip(name, tables, truth["cadence_steps_per_min"], 2.0)
        yield contacts_of_clip(name, tables, truth["initial_contacts"])


def case_clip_that_is_no_easy_walk(scale: Scale) -> Iterator[Line]:
    """Read a varying frame rate on the clock; withhold the rest."""
    row = metric(analysed(clip_tables("vfr_gait.mp4"), "gait"), "gait", "cadence")
    near = row["status"] != "ok" or abs(row["value"] - 98.2) <= 3
    yield Line(
        "clip vfr_gait", "98.2", f"{row['value']:.1f} {row['status']}", "",
        "within 3, or not ok", passed=bool(near),
    )  # fmt: skip
    hopeless = ("fps8_gait", "frozen_frame_5s", "jumping_jacks_2_backlit", "bridge_1_hold",
                "hands_only_bottles")  # fmt: skip
    for name in hopeless[: scale.count(len(hopeless), 2)]:
        rows = analysed(clip_tables(f"{name}.mp4"), "gait")["gait"]
        said = ", ".join(sorted({str(one) for row in rows["reasons"] for one in row}))
        yield Line(
            f"clip {name}", "no gait", said, "", "nothing ok",
            passed=not (rows["status"] == "ok").any(),
        )  # fmt: skip


def _hopeless(seed: int) -> Iterator[tuple[str, Tables, str]]:
    side = View(yaw_deg=90.0)
    yield (
        "8 frames a second",
        measured(_walk(seed, View(yaw_deg=90.0, frame_rate_hz=8.0))),
        ("frame_rate_too_low"),
    )
    yield (
        "2 frames a second",
        measured(_walk(seed, View(yaw_deg=90.0, frame_rate_hz=2.0))),
        ("frame_rate_too_low"),
    )
    slow = _walk(seed, View(yaw_deg=90.0, frame_rate_hz=15.0))
    yield (
        "35 % of 15 frames a second lost",
        measured(slow, dropped_share=0.35),
        "frame_rate_too_low",
    )
    yield "five steps", measured(_five_steps(seed, side)), "too_short"
    confused = measured(_walk(seed, side, duration_s=10.0), swaps_per_min=150.0)
    yield "legs confused in a third of the frames", confused, "tracking_unstable"
    yield "feet out of view", _without_feet(_walk(seed, side)), "lower_body_not_visible"
    yield "standing", measured(perform("standing", seed=seed, view=side)), "not_periodic"


def _without_feet(show: Performance) -> Tables:
    tables = synthetic_tables(show, noise_seed=show.seed)
    points = tables["pose_keypoints"]
    feet = points["keypoint"].astype(str).str.contains("ankle|heel|foot_index")
    points = points.assign(confidence=points["confidence"].where(~feet, 0.1))
    return analysed(tables | {"pose_keypoints": points}, "gait")


def _five_steps(seed: int, view: View) -> Performance:
    """Walk so shortly that the sixth strike is not in the video."""
    return _walk(seed, view, duration_s=Truth(_walk(seed, view)).strikes[5][0] - 0.05)


def _seen(seed: int, movement: str, plan: Gait | Run) -> Performance:
    yaw = float(np.random.default_rng([seed, 23]).uniform(-180, 180))
    return perform(movement, seed=seed, plan=plan, view=View(yaw_deg=yaw))


def _walk(seed: int, view: View, duration_s: float = 8.0) -> Performance:
    return perform("walk", seed=seed, duration_s=duration_s, view=view)
