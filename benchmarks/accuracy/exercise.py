"""Exercises: sessions of several in one video, and exercises that are called another's name."""

from collections.abc import Iterator

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy._exercisers import (
    ON_FEET,
    OTHERS,
    PAIRS,
    observed,
    random_session,
    random_set,
)
from benchmarks.accuracy._none_of_ten import NONE_OF_TEN, SQUATS, other_set
from benchmarks.accuracy.material import analysed, metric, rendered_tables
from dancer_pipeline.synthetic.performance import View, perform


def case_two_exercises(scale: Scale) -> Iterator[Line]:
    """Two exercises after each other in one video: each is counted, and named, for itself."""
    told = [
        (*random_session(movements, seed), movements)
        for place, movements in enumerate(PAIRS[: scale.count(len(PAIRS), 2)])
        for seed in scale.seeds(scale.count(8, 1), first=50_800 + 8 * place)
    ]
    right = wrong = mixed = 0
    for tables, truth, movements in told:
        done = analysed(tables, "repetitions", "exercise")
        found = done["repetitions"]
        counts = found.groupby("set").agg(name=("exercise", "first"), count=("set", "size"))
        right += list(counts.itertuples(index=False, name=None)) == truth
        wrong += not set(found["exercise"].astype(str)) <= {*movements, "unknown"}
        mixed += metric(done, "exercise", "repetition_rate")["status"] != "refused"
    total = len(told)
    for what, good in (
        ("each counted", right), ("never another", total - wrong),
        ("tempo of both refused", total - mixed),
    ):  # fmt: skip
        yield Line(
            f"two exercises: {what}", f"{total} videos", f"{good}",
            f"{good / total:.1%}", ">= 95 %", passed=good >= 0.95 * total,
        )  # fmt: skip


_ALIKE = {("squat", "sit_to_stand"), ("sit_to_stand", "squat")}


def case_called_another(scale: Scale) -> Iterator[Line]:
    """Never count an exercise with confidence that is called by another one's name."""
    names = (*ON_FEET, *OTHERS)[: scale.count(10, 3)]
    pairs = [
        (shown, said) for shown in names for said in names
        if shown != said and (shown, said) not in _ALIKE
    ]  # fmt: skip
    sure = total = 0
    for place, (shown, said) in enumerate(pairs):
        for seed in scale.seeds(scale.count(2, 1), first=50_900 + 2 * place):
            tables = observed(random_set(shown, seed), exercise=said)
            row = metric(analysed(tables, "exercise"), "exercise", "repetition_count")
            sure += row["status"] == "ok"
            total += 1
    yield Line(
        "called another", f"{total} sets", f"{sure} ok", f"{sure / total:.1%}",
        "ok in <= 3 %", passed=sure <= 0.03 * total,
    )  # fmt: skip


def case_none_of_the_ten(scale: Scale) -> Iterator[Line]:
    """Call no exercise by a name of the ten that is none of them."""
    unnamed = sure = total = 0
    wrong = set()
    for name in NONE_OF_TEN:
        for seed in scale.seeds(scale.count(8, 1), first=51_200):
            rows = analysed(observed(other_set(name, seed)), "repetitions")["repetitions"]
            called = rows[rows["exercise"].astype(str) != "unknown"]
            unnamed, total = unnamed + called.empty, total + 1
            sure += bool((called["status"] == "ok").any())
            wrong |= {f"{name}: {it}" for it in called["exercise"].astype(str)}
    said = ", ".join(sorted(wrong)) or "unknown, or nothing"
    kinds = f"{total} sets of {len(NONE_OF_TEN)} kinds"
    for what, good, bar in (
        ("not named", unnamed / total, ">= 95 %"), ("not sure of a name", 1 - sure / total, "all"),
    ):  # fmt: skip
        yield Line(
            f"none of the ten: {what}", kinds, said, f"{good:.1%}", bar,
            passed=good >= (0.95 if bar.startswith(">=") else 1.0),
        )  # fmt: skip


def case_squats_of_all_kinds(scale: Scale) -> Iterator[Line]:
    """Name squats with the arms ahead, overhead or hanging all the time, and with much lean."""
    named = total = 0
    for name in SQUATS:
        for seed in scale.seeds(scale.count(15, 2), first=51_300):
            rows = analysed(observed(other_set(name, seed)), "repetitions")["repetitions"]
            named += set(rows["exercise"].astype(str)) == {"squat"}
            total += 1
    yield Line(
        "squats of all kinds", f"{total} sets", f"{named} named", f"{named / total:.1%}",
        ">= 95 %", passed=named >= 0.95 * total,
    )  # fmt: skip


def case_pull_ups_from_the_side(scale: Scale) -> Iterator[Line]:
    """Pull-ups that are named, rendered from the side, where the arms are followed badly."""
    seeded = scale.seeds(scale.count(6, 1), first=51_100)
    shows = [
        perform(
            "pull_up", seed=seed, repetitions=scale.count(4, 2),
            view=View(yaw_deg=90.0 if seed % 2 else -90.0, width_px=360, height_px=480,
                      frame_rate_hz=scale.count(24, 15)),
        )
        for seed in seeded
    ]  # fmt: skip
    found = [rendered_tables(show, metadata={"exercise": "pull_up"}) for show in shows]
    exact = sum(
        len(analysed(tables, "repetitions")["repetitions"]) == len(show.motion.repetitions)
        for tables, show in zip(found, shows, strict=True)
    )
    yield Line(
        "rendered pull-ups from the side", f"{len(shows)} clips", f"{exact} exact", "",
        ">= 5 of 6", passed=exact >= 5 / 6 * len(shows),
    )  # fmt: skip
