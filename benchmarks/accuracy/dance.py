"""Dance: tempo, beats, alignment with the music and symmetry of dancers whose plan is known."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._dancers import (
    FIGURES,
    SAID,
    bpm,
    dance_of,
    dancer,
    pair,
    track,
    true_extension,
    true_footwork,
)
from benchmarks.accuracy._retimed import retimed
from benchmarks.accuracy.material import analysed, metric, rendered_tables, synthetic_tables
from dancer_pipeline.analyses._dance_timing import alignment
from dancer_pipeline.synthetic.dance import Dance
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.sound import Sound


def case_tempo(scale: Scale) -> Iterator[Line]:
    """Dance at 80 to 140 bpm with 20 ms of jitter, at 15 and at 30 frames a second."""
    for rate_hz in (15.0, 30.0):
        errors, answered, octaves = [], 0, 0
        seeds = scale.seeds(scale.count(60, 8))
        for seed in seeds:
            show = dancer(seed, rate_hz=rate_hz, jitter_ms=20.0)
            row = metric(dance_of(show, seed), "dance", "tempo")
            answered += row["status"] == "ok"
            error = abs(row["value"] - bpm(seed))
            octaves += error > 10
            errors.append(error)
        within = float(np.mean(np.array(errors) <= 1))
        yield Line(
            f"tempo, {rate_hz:.0f} Hz", f"{len(seeds)} dances", f"{answered} ok",
            f"{within:.0%} within 1 bpm, {octaves} by half or double", ">= 95 % within, 95 % ok",
            passed=within >= 0.95 and answered >= 0.95 * len(seeds),
        )  # fmt: skip


def case_regularity(scale: Scale) -> Iterator[Line]:
    """Beats that come evenly, and beats that do not."""
    spread: dict[bool, list[float]] = {False: [], True: []}
    for seed in scale.seeds(scale.count(30, 4)):
        for irregular, found in spread.items():
            show = dancer(seed, jitter_ms=10.0, irregular=irregular, duration_s=16.0)
            row = metric(dance_of(show, seed), "dance", "beat_interval_variability")
            found.append(float(row["value"]))
    even, uneven = (float(np.nanmedian(spread[it])) for it in (False, True))
    better = float(np.mean([a < b for a in spread[False] for b in spread[True]]))
    yield Line(
        "even and uneven beats", "even < uneven", f"{even:.0f} % and {uneven:.0f} %",
        f"{better:.0%} of the pairs", ">= 95 %", passed=better >= 0.95,
    )  # fmt: skip


def case_alignment_as_published(_: Scale) -> Iterator[Line]:
    """Score beats that are all on the music, and beats that all miss it by 0.05 s."""
    music = np.arange(20, dtype=np.float64) * 0.5
    for late_s, truth in ((0.0, 1.0), (0.05, 0.607)):
        found = float(alignment(music + late_s, music).mean())
        yield Line(f"alignment, {late_s * 1000:.0f} ms late", f"{truth}", f"{found:.3f}",
                   "", "to 0.001", passed=abs(found - truth) < 1e-3)  # fmt: skip


def case_music(scale: Scale) -> Iterator[Line]:
    """Dance to the beat, and to another tempo than that of the music."""
    on, off, tempo, answered, judged = [], [], [], 0, 0
    seeds = scale.seeds(scale.count(30, 4))
    for seed in seeds:
        show = dancer(seed, duration_s=16.0)
        kind = ("click", "drum")[seed % 2]
        made = dance_of(show, seed, track(show, show.motion.music_s, kind))
        other = tuple(np.arange(0.4, 16, 60 / bpm(seed) * (0.77 if seed % 3 else 1.27)))
        answered += metric(made, "dance", "beat_alignment")["status"] == "ok"
        on.append(float(metric(made, "dance", "beat_alignment")["value"]))
        tempo.append(abs(float(metric(made, "dance", "music_tempo")["value"]) - bpm(seed)))
        missed = dance_of(show, seed, track(show, other, kind))
        judged += metric(missed, "dance", "beat_alignment")["status"] == "ok"
        off.append(float(metric(missed, "dance", "beat_alignment")["value"]))
    worst = float(np.nanpercentile(tempo, 95))
    yield Line("tempo of the music", f"{len(seeds)} tracks", f"{answered} ok",
               f"p95 {worst:.2f} bpm", "<= 1 bpm, 95 % ok",
               passed=worst <= 1 and answered >= 0.95 * len(seeds))  # fmt: skip
    yield Line("to the music", "high", f"median {np.nanmedian(on):.2f}", f"{answered} ok",
               ">= 0.6, 95 % ok",
               passed=bool(np.nanmedian(on) >= 0.6 and answered >= 0.95 * len(seeds)))  # fmt: skip
    yield Line("not to the music", "low", f"median {np.nanmedian(off):.2f}",
               f"{judged} ok", "<= 0.4, 95 % ok",
               passed=bool(np.nanmedian(off) <= 0.4 and judged >= 0.95 * len(seeds)))  # fmt: skip


def case_symmetry(scale: Scale) -> Iterator[Line]:
    """Dance with both sides alike, in turns, and with one side alone."""
    found: dict[str, list[tuple[float, ...]]] = {"alike": [], "in turns": [], "one side": []}
    for seed in scale.seeds(scale.count(20, 3)):
        figures = {
            "alike": Dance("bounce", bpm=bpm(seed)),
            "in turns": Dance("arm_groove", bpm=bpm(seed)),
            "one side": Dance("arm_groove", bpm=bpm(seed), side="left"),
        }
        for name, plan in figures.items():
            show = perform("dance", seed=seed, duration_s=12.0, plan=plan, view=View(yaw_deg=5.0))
            tables = dance_of(show, seed)
            found[name].append(
                tuple(float(metric(tables, "dance", it)["value"]) for it in _ASYMMETRIES)
            )
    middle = {name: np.median(values, axis=0) for name, values in found.items()}
    told = ", ".join(f"{name} {it[0]:.0f}/{it[1]:.0f}" for name, it in middle.items())
    yield Line(
        "symmetry, at once/lagged", "low/low, high/low, high/high", told, "deg",
        "<= 20/20, > 25/20, > 25/25",
        passed=bool(
            (middle["alike"] <= 20).all() and middle["in turns"][0] > 25
            and middle["in turns"][1] <= 20 and (middle["one side"] > 25).all()
        ),
    )  # fmt: skip


_ASYMMETRIES = ("asymmetry", "asymmetry_lagged")


def case_extension(scale: Scale) -> Iterator[Line]:
    """Stretch arms and legs as far as the skeleton does."""
    errors, asked = [], 0
    for seed in scale.seeds(scale.count(40, 4)):
        show = dancer(seed)
        made = dance_of(show, seed)
        for limb, side in product(("arm", "leg"), ("left", "right")):
            row, asked = metric(made, "dance", f"{limb}_extension", side), asked + 1
            if row["status"] == "ok":
                errors.append(float(row["value"]) - true_extension(show, limb, side))
    worst, share = float(np.percentile(np.abs(errors), 95)), len(errors) / asked
    yield Line("extension", f"{asked} limbs", f"{share:.0%} ok", f"p95 {worst:.3f}",
               "<= 0.04, 95 % ok", passed=worst <= 0.04 and share >= 0.95)  # fmt: skip


def case_footwork(scale: Scale) -> Iterator[Line]:
    """Count how often feet set out, by dancers who step and by such who stay on their feet."""
    errors: dict[bool, list[float]] = {True: [], False: []}
    for seed in scale.seeds(scale.count(60, 8)):
        show = dancer(seed, rate_hz=(24.0, 30.0, 60.0)[seed % 3])
        row, truth = metric(dance_of(show, seed), "dance", "footwork_rate"), true_footwork(show)
        errors[truth > 0].append(abs(row["value"] - truth) if row["status"] == "ok" else np.inf)
    for is_stepping, found in errors.items():
        worst = float(np.percentile(found, 95))
        what = "steps" if is_stepping else "no steps"
        yield Line(f"footwork, {what}", f"{len(found)} dances", "",
                   f"p95 {worst:.1f} per minute", "<= 10 per minute, 95 % ok",
                   passed=worst <= 10)  # fmt: skip


def case_energy(scale: Scale) -> Iterator[Line]:
    """Do the same dance at 1.25 times the speed: power goes with its third power, 1.95."""
    ratios = []
    for seed in scale.seeds(scale.count(20, 3)):
        show = perform("dance", seed=seed, duration_s=12.0, plan=Dance("arm_groove", bpm(seed)))
        fast = retimed(show, [0.0, 12.0], [0.0, 9.6])
        slow_w, fast_w = (metric(dance_of(it, seed), "dance", "movement_energy")["value"]
                          for it in (show, fast))  # fmt: skip
        ratios.append(float(fast_w / slow_w))
    middle = float(np.median(ratios))
    yield Line("energy, 1.25 times as fast", "1.95 times", f"median {middle:.2f}",
               f"{min(ratios):.2f} at least", "1.6 to 2.2, all >= 1.3",
               passed=1.6 <= middle <= 2.2 and min(ratios) >= 1.3)  # fmt: skip


def case_no_dance(scale: Scale) -> Iterator[Line]:
    """Walk, run, stand and exercise without a word, dance for 6 s or with somebody else."""
    wrong = []
    kinds = ("walk", "run", "squat", "jumping_jack", "biceps_curl", "standing", "lunge")
    for seed in scale.seeds(scale.count(8, 1)):
        for kind in kinds:
            show = perform(kind, seed=seed, view=View(yaw_deg=float(seed * 37 % 360)))
            rows = analysed(synthetic_tables(show, noise_seed=seed), "dance")["dance"]
            wrong += [kind] if (rows["status"] == "ok").any() else []
            wrong += [f"{kind}?"] if (rows["status"] == "low_confidence").any() else []
    sure = sum(not it.endswith("?") for it in wrong)
    count = scale.count(8, 1) * len(kinds)
    told = ", ".join(sorted(set(wrong))) or "none"
    yield Line("walks, exercises, standing", "refused", f"answered: {told}",
               f"{len(wrong)} of {count}", "<= 10 %, none sure",
               passed=sure == 0 and len(wrong) <= 0.1 * count)  # fmt: skip
    seed = scale.first_seed()
    short = dance_of(dancer(seed, duration_s=6.0), seed)["dance"]
    both = dance_of(dancer(seed), seed, people=pair())["dance"]
    slow = dance_of(dancer(seed, rate_hz=10.0), seed)["dance"]
    for name, rows, reason in (
        ("6 s", short, "too_short"),
        ("two dancers", both, "several_people"),
        ("10 frames a second", slow, "frame_rate_too_low"),
    ):
        codes = {code for it in rows["reasons"] for code in it}
        is_refused = bool((rows["status"] == "refused").all()) and codes == {reason}
        yield Line(name, reason, ", ".join(sorted(codes)), "", "refused", passed=is_refused)


def case_rendered_dance_to_music(scale: Scale) -> Iterator[Line]:
    """Take clips with a sound track through the pose model and through `video_extracts`.

    They last long enough for eight beats where a dance is read at half its tempo.
    """
    tempi, scores, answered, offsets = [], [], 0, []
    seeds = scale.seeds(scale.count(8, 1))
    for seed in seeds:
        view = View(yaw_deg=float(seed % 3 * 20), width_px=320, height_px=400)
        if scale.quick:
            view = View(width_px=240, height_px=320, frame_rate_hz=15.0)
        figure = FIGURES[(seed + 2) % 4]
        plan, length_s = Dance(figure, bpm(seed)), scale.count(12, 9)
        show = perform("dance", seed=seed, duration_s=length_s, view=view, plan=plan)
        tables = analysed(rendered_tables(show, metadata=SAID, sound=Sound()), "dance")
        row = metric(tables, "dance", "tempo")
        answered += row["status"] == "ok"
        tempi.append(abs(float(row["value"]) - bpm(seed)))
        tempi.append(abs(float(metric(tables, "dance", "music_tempo")["value"]) - bpm(seed)))
        scores.append(float(metric(tables, "dance", "beat_alignment")["value"]))
        offsets.append(float(metric(tables, "dance", "beat_offset")["value"]))
    yield Line("rendered: both tempi", f"{len(seeds)} clips", f"{answered} ok",
               f"median {np.median(tempi):.2f} bpm", "<= 1 bpm, 95 % ok",
               passed=bool(np.median(tempi) <= 1 and answered >= 0.95 * len(seeds)))  # fmt: skip
    middle, aligned = np.nanmedian(scores), np.isfinite(scores).mean()
    yield Line("rendered: to the music", "high", f"median {middle:.2f}, {aligned:.0%} ok",
               f"{1000 * np.nanmedian(offsets):.0f} ms late", ">= 0.5, 95 % ok",
               passed=bool(middle >= 0.5 and aligned >= 0.95))  # fmt: skip
