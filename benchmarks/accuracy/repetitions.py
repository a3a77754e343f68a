"""Repetitions: counts, sets, exercises, holds, tempo; over random sets, idle people and clips."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._exercisers import (
    ON_FEET,
    OTHERS,
    draw_of,
    idle,
    observed,
    random_set,
    random_view,
    rendered_show,
)
from benchmarks.accuracy.material import (
    Tables,
    analysed,
    clip_tables,
    metric,
    rendered_tables,
)
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.style import Style


def case_sets_on_the_feet(scale: Scale) -> Iterator[Line]:
    """Random sets at 15, 24 and 30 frames a second from all around; nobody names the exercise."""
    yield from _sets(scale, ON_FEET, scale.count(60, 1), "on the feet")


def case_sets_on_floor_bar_and_chair(scale: Scale) -> Iterator[Line]:
    """Do the same for exercises on the floor, at a bar, on a chair and overhead."""
    yield from _sets(scale, OTHERS, scale.count(60, 1), "floor, bar, chair, overhead")


def case_idle(scale: Scale) -> Iterator[Line]:
    """Who scratches, drinks, gestures, walks about, ties a shoe or sits down repeats nothing."""
    shows = [idle(seed) for seed in scale.seeds(scale.count(200, 4))]
    counted = sum(len(_found(observed(show))) for show in shows)
    yield Line("idle", f"0 in {len(shows)} clips", str(counted), "", "0", passed=counted == 0)


def case_no_exercises(scale: Scale) -> Iterator[Line]:
    """Find no repetitions in walking, running, dancing and standing."""
    for movement in ("walk", "run", "dance", "standing"):
        shows = [
            perform(movement, seed=seed, duration_s=12.0, view=random_view(draw_of(seed)))
            for seed in scale.seeds(scale.count(25, 1))
        ]
        counted = sum(len(_found(observed(show))) > 0 for show in shows)
        yield Line(
            movement, f"none in {len(shows)} clips", f"some in {counted}", "",
            "some in <= 2 %", passed=counted <= 0.02 * len(shows),
        )  # fmt: skip


def case_partial_repetitions(scale: Scale) -> Iterator[Line]:
    """Two of ten repetitions go less than three quarters of the way; they count, and are told."""
    right = total = 0
    for movement in ("squat", "push_up", "biceps_curl", "lateral_raise", "pull_up"):
        for seed in scale.seeds(scale.count(12, 1)):
            style = Style(partials=2, depth=(0.95, 1.0), partial_depth=(0.4, 0.65))
            show = perform(
                movement, seed=seed, repetitions=10, view=random_view(draw_of(seed)), style=style
            )
            truth = [one.is_partial for one in show.motion.repetitions]
            found = _found(observed(show, exercise=movement))
            right += list(found["is_partial"]) == truth
            total += 1
    yield Line(
        "partial ones told", f"{total} sets", f"{right} exact", "", ">= 85 %",
        passed=right >= 0.85 * total,
    )  # fmt: skip


def case_planks(scale: Scale) -> Iterator[Line]:
    """Find one hold per plank, as long as between getting up to it and letting down again."""
    errors = []
    for seed in scale.seeds(scale.count(40, 2)):
        hold_s = float(draw_of(seed).uniform(6, 40))
        show = perform(
            "plank",
            seed=seed,
            repetitions=1,
            view=random_view(draw_of(seed)),
            style=Style(hold_s=hold_s),
        )
        rows = _found(observed(show))
        is_one = len(rows) == 1 and bool(rows["is_hold"].all())
        least, most = hold_s, show.motion.repetitions[0].end_s - show.motion.repetitions[0].start_s
        told = float(rows["hold_s"].iloc[0]) if is_one else float("nan")
        errors.append(max(least - told, told - most, 0.0) if is_one else np.inf)
    good = int(sum(error <= 0.5 for error in errors))
    yield Line(
        "plank: hold", f"{len(errors)} planks", f"{good} within 0.5 s", "",
        ">= 95 %", passed=good >= 0.95 * len(errors),
    )  # fmt: skip


def case_tempo(scale: Scale) -> Iterator[Line]:
    """Lowering, holding and lifting of squats with a hold, at 30 frames a second from the side."""
    off: list[list[float]] = []
    for seed in scale.seeds(scale.count(20, 2)):
        style = Style(hold_s=float(draw_of(seed).uniform(0.4, 2.0)), tempo=(0.7, 1.3))
        view = View(yaw_deg=90.0, width_px=1280)
        show = perform("squat", seed=seed, repetitions=6, view=view, style=style)
        rows, truth = _found(observed(show, exercise="squat")), show.motion.repetitions
        if len(rows) == len(truth):
            off += [
                _tempo_error(row, one) for (_, row), one in zip(rows.iterrows(), truth, strict=True)
            ]
    bias = np.median(np.array(off), axis=0)
    for name, error in zip(("eccentric", "hold", "concentric"), bias, strict=True):
        yield Line(
            f"squat, {name}", f"{len(off)} repetitions", "",
            f"median {error:+.2f} s", "<= 0.2 s", passed=bool(abs(error) <= 0.2),
        )  # fmt: skip


_SHORTEST = 4
"""The place of a clip of jumping jacks, which last a few seconds."""


def case_rendered(scale: Scale) -> Iterator[Line]:
    """Random clips of all exercises from three sides, rendered and seen by the pose model."""
    places = (_SHORTEST,) if scale.quick else range(50)
    shows = [rendered_show(scale, place) for place in places]
    rows = [_found(rendered_tables(show)) for _, show in shows]
    exact = sum(
        len(row) == len(show.motion.repetitions) for row, (_, show) in zip(rows, shows, strict=True)
    )
    wrong = sum(_is_wrong(row, name) for row, (name, _) in zip(rows, shows, strict=True))
    yield Line(
        "rendered: counted", f"{len(shows)} clips", f"{exact} exact", "", ">= 96 %",
        passed=exact >= 0.96 * len(shows),
    )  # fmt: skip
    yield Line(
        "rendered: recognised", f"{len(shows)} clips", f"{wrong} wrong", "",
        "<= 5 % wrong", passed=wrong <= 0.05 * len(shows),
    )  # fmt: skip


def case_clips(scale: Scale) -> Iterator[Line]:
    """Real clips: two jumping jacks, a bridge with a hold, and some without an exercise."""
    for name, exercise, count in (
        ("jumping_jacks_2_backlit", "jumping_jack", 2), ("bridge_1_hold", "bridge", 1),
    )[: scale.count(2, 2)]:  # fmt: skip
        rows = _found(clip_tables(f"{name}.mp4"))
        kinds = set(rows["exercise"].astype(str))
        yield Line(
            f"clip {name}", f"{count} {exercise}", f"{len(rows)} {kinds}", "",
            "exact; not another", passed=len(rows) == count and kinds <= {exercise, "unknown"},
        )  # fmt: skip
        if exercise == "bridge":
            hold_s = float(rows["hold_s"].iloc[0])
            yield Line(
                f"clip {name}: hold", "1.6 s", f"{hold_s:.2f} s",
                f"{hold_s - 1.6:+.2f} s", "<= 0.3 s", passed=abs(hold_s - 1.6) <= 0.3,
            )  # fmt: skip
    none = ("hands_only_bottles", "gait_single_side", "frozen_frame_5s", "vfr_gait")
    for name in none[: scale.count(4, 1)]:
        row = metric(
            analysed(clip_tables(f"{name}.mp4"), "exercise"), "exercise", "repetition_count"
        )
        yield _must_refuse(f"clip {name}", row)


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """Refuse a named exercise that is not there, one that is no exercise, and hidden legs."""
    stands = perform("standing", seed=scale.first_seed(), duration_s=8.0)
    squats = perform("squat", seed=scale.first_seed(), repetitions=4)
    yield _must_refuse("standing, called squats", _count(observed(stands, exercise="squat")))
    yield _must_refuse("squats, called a walk", _count(observed(squats, exercise="walk")))
    if not scale.quick:
        walks = perform("walk", seed=scale.first_seed(), duration_s=10.0)
        yield _must_refuse("a walk, called lunges", _count(observed(walks, exercise="lunge")))
    hidden = observed(squats, exercise="squat")
    legs = hidden["pose_keypoints"]["keypoint"].astype(str).str.contains("knee|ankle|heel|foot")
    hidden["pose_keypoints"] = hidden["pose_keypoints"].assign(
        confidence=hidden["pose_keypoints"]["confidence"].where(~legs, 0.1)
    )
    yield _must_refuse("squats, legs hidden", _count(hidden))


def _sets(scale: Scale, movements: tuple[str, ...], count: int, name: str) -> Iterator[Line]:
    seeded = scale.seeds(count)
    shows = [(one, random_set(one, seed)) for one in movements for seed in seeded]
    rows = [_found(observed(show)) for _, show in shows]
    exact = sets = wrong = unnamed = 0
    for found, (movement, show) in zip(rows, shows, strict=True):
        truth = show.motion.repetitions
        exact += len(found) == len(truth)
        sets += list(found["set"]) == [one.set_number for one in truth]
        wrong += _is_wrong(found, movement)
        unnamed += "unknown" in set(found["exercise"].astype(str))
    total = len(shows)
    for what, good, bar in (
        ("counted exactly", exact, 0.98), ("sets right", sets, 0.95),
        ("never another", total - wrong, 0.95), ("recognised", total - wrong - unnamed, 0.9),
    ):  # fmt: skip
        yield Line(
            f"{name}: {what}", f"{total} random sets", f"{good}",
            f"{good / total:.1%}", f">= {bar:.0%}", passed=good >= bar * total,
        )  # fmt: skip


def _found(tables: Tables) -> pd.DataFrame:
    return analysed(tables, "repetitions")["repetitions"]


def _count(tables: Tables) -> pd.Series:
    return metric(analysed(tables, "exercise"), "exercise", "repetition_count")


def _is_wrong(found: pd.DataFrame, movement: str) -> bool:
    return not set(found["exercise"].astype(str)) <= {movement, "unknown"}


_AT_REST = 0.06
"""Share of a smooth way at each of its ends that is slower than 5 % of its fastest moment."""


def _tempo_error(row: pd.Series, truth: Any) -> list[float]:
    """Compare with the plan's phases between those moments."""
    down_s = truth.bottom_s - truth.hold_s / 2 - truth.start_s
    up_s = truth.end_s - truth.bottom_s - truth.hold_s / 2
    hold_s = truth.hold_s + _AT_REST * (down_s + up_s)
    told = row["eccentric_s"], row["hold_s"], row["concentric_s"]
    ways = (1 - 2 * _AT_REST) * down_s, hold_s, (1 - 2 * _AT_REST) * up_s
    return [a - b for a, b in zip(told, ways, strict=True)]


def _must_refuse(name: str, row: pd.Series) -> Line:
    return Line(
        name, "no count", f"{row['status']} {', '.join(row['reasons'])}", "",
        "refused", passed=row["status"] == "refused",
    )  # fmt: skip
