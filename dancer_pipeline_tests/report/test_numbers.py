"""How the measured numbers are laid out, and which come first."""

import pytest

from dancer_pipeline.report.content import week
from dancer_pipeline.report.highlights import (
    analysis_named,
    highlights,
    is_beside,
    main_analysis,
    movement,
)
from dancer_pipeline.report.numbers import groups, notes, without_court


def row(analysis: str, metric: str, value: float | None = 1.0, **more: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "analysis": analysis, "metric": metric, "side": None, "value": value, "unit": "s", "n": 5,
        "ci95_low": None, "ci95_high": None, "status": "ok" if value is not None else "refused",
        "reasons": [] if value is not None else ["too_short"], "advice": None,
    }  # fmt: skip
    return plain | more


DOUBT = {"status": "low_confidence", "reasons": ["far_side"], "advice": "Film the other side."}

WALK = [
    row("recording_quality", "frame_rate", 30.0, unit="hz"),
    row("range_of_motion", "knee_flexion_range", 60.0, unit="deg", side="left"),
    row("gait", "cadence", 98.0, unit="steps/min", ci95_low=96.0, ci95_high=100.0),
    row("gait", "step_time", 0.6, side="left"),
    row("gait", "step_time", 0.63, side="right", **DOUBT),
    row("gait", "step_count", 7.0, unit="steps", n=7),
]


def test_the_movement_comes_first_and_the_recording_last() -> None:
    metrics = [*WALK, row("balance", "sway_speed"), row("exercise", "repetition_count", 3.0)]

    assert [one.analysis for one in groups(metrics)] == [
        "exercise", "gait", "balance", "range_of_motion", "recording_quality",
    ]  # fmt: skip
    assert groups(metrics, "balance")[0].analysis == "balance"


def test_left_and_right_share_a_line_and_times_have_as_many_decimals() -> None:
    (gait,) = (one for one in groups(WALK) if one.analysis == "gait")

    cadence, step, count = gait.lines
    left, right = step.of("left"), step.of("right")
    assert left is not None
    assert right is not None
    assert (left.value, right.value) == ("0.60 s", "0.63 s")
    assert (step.is_sided, cadence.is_sided, gait.is_sided) == (True, False, True)
    assert cadence.numbers[0].interval == "96 to 100 steps/min"
    assert cadence.hint.startswith("Healthy adults")
    assert (cadence.numbers[0].n, count.numbers[0].n) == (5, 0)
    assert cadence.of("left") is None


def test_a_doubt_is_written_once_and_where_all_share_it_with_the_group() -> None:
    some = groups(WALK)
    every = groups([one | DOUBT for one in WALK])

    assert notes(some) == {"Film the other side.": 1}
    assert {one.note for one in every} == {"Film the other side."}
    assert notes(every) == {}


def test_an_analysis_that_measured_nothing_has_no_group() -> None:
    metrics = [row("gait", "cadence", None), row("racket", "swing_count", 0.0, n=0)]

    assert groups(metrics) == []


def test_kinds_of_shots_that_were_not_seen_are_not_listed() -> None:
    metrics = [
        row("racket", "swing_count", 2.0),
        row("racket", "smash_candidates", 0.0, unit="1"),
        row("racket", "clear_candidates", 2.0, unit="1"),
    ]
    (racket,) = groups(metrics)

    assert [one.metric for one in racket.lines] == ["swing_count", "clear_candidates"]


def test_numbers_of_the_court_stand_beside_its_picture() -> None:
    metrics = [row("racket", "court_time_left"), *WALK]

    rest, court = without_court(groups(metrics))

    assert [one.metric for one in court] == ["court_time_left"]
    assert [one.analysis for one in rest] == [one.analysis for one in groups(WALK)]


def test_exercises_have_no_underscores_in_advice() -> None:
    metrics = [row("balance", "sway_speed", **(DOUBT | {"advice": "Say table_tennis, frame_no."}))]

    assert groups(metrics)[0].note == "Say table tennis, frame_no."


@pytest.mark.parametrize(
    ("exercise", "main"),
    [(None, "exercise"), ("walk", "gait"), ("squat", "exercise"), ("dance", "exercise")],
)
def test_a_video_is_about_what_was_named_or_else_what_was_measured(
    exercise: str | None, main: str
) -> None:
    metrics = [*WALK, row("exercise", "repetition_count", 3.0)]

    assert main_analysis(metrics, exercise) == main
    assert main_analysis(WALK[:2], None) is None
    assert analysis_named("table_tennis") == "racket"
    assert analysis_named(None) is None


def test_the_movement_is_named_after_the_repetitions_the_uploader_or_the_analysis() -> None:
    none: dict[str, object] = {"repetitions": []}
    squats = {"repetitions": [{"exercise": "squat"}, {"exercise": "unknown"}]}
    counted = [row("exercise", "repetition_count", 3.0)]

    assert movement(squats, counted, None) == "Squat"
    assert movement(none, WALK, None) == "Walking"
    assert movement(none, WALK, "table_tennis") == "Table tennis"
    assert movement({"repetitions": [{"exercise": "unknown"}]}, counted, None) == ""


def test_the_first_numbers_are_those_of_the_wording_file_that_were_measured() -> None:
    assert [one.metric for one in highlights(groups(WALK), "gait")] == ["cadence", "step_time"]
    assert highlights(groups(WALK), None) == []


def test_doubtful_numbers_of_another_movement_stand_aside() -> None:
    swing = [row("coach_metrics", "head_excursion", **DOUBT)]
    form = [row("exercise_form", "hip_shift", **DOUBT)]
    (about_swing,), (about_form,), (gait, *_) = groups(swing), groups(form), groups(WALK)

    assert is_beside(about_swing, "exercise")
    assert not is_beside(about_swing, "coach_metrics")
    assert not is_beside(about_form, "exercise")
    assert not is_beside(gait, "exercise")


def test_days_with_the_same_practice_are_one_line() -> None:
    plan = [{"practice": text} for text in ("A", "B", "Rest", "A")]

    assert week(plan) == [("Day 1 and 4", "A"), ("Day 2", "B"), ("Day 3", "Rest")]
