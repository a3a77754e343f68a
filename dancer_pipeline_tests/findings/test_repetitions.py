"""Findings about repetitions: how many must show it, which they are, and how sure it is."""

import pandas as pd
import pytest

from dancer_pipeline.analyses.repetition_form import TABLE
from dancer_pipeline.findings.assessment import findings
from dancer_pipeline.findings.rules import Condition, Rule, Rules, read_rules
from dancer_pipeline.metrics import Metric, metric_table

LEAN = Rule(
    id="lean", metric="trunk_lean", compare="repetitions", comparison="above",
    thresholds=(("low", 40.0), ("medium", 55.0)), exercises=("squat",),
    headline="{count} of {total}", text="{value} in {repetitions}", cue="Chest up.",
    origin="Convention.",
)  # fmt: skip
FOUND = metric_table(
    "recording_quality", [Metric("person_found_share", "share", 1.0, n=9)], method_version="1"
)


def form(*values: float | None, exercise: str = "squat", status: str = "ok") -> pd.DataFrame:
    return TABLE.frame(
        {
            "repetition": number, "exercise": exercise, "measure": "trunk_lean", "value": value,
            "unit": "deg", "frame": 30 * number,
            "status": "refused" if value is None else status,
            "reasons": [] if status == "ok" else ["view_not_supported"], "method_version": "1",
        }
        for number, value in enumerate(values, 1)
    )  # fmt: skip


def judge(table: pd.DataFrame | None, *rules: Rule) -> list[dict[str, object]]:
    given = Rules("7", Condition("person_found_share", at_least=0.5), rules or (LEAN,))
    return findings(FOUND, None, table, rules=given).to_dict("records")


def test_a_finding_names_the_repetitions_and_frames_that_show_it() -> None:
    (finding,) = judge(form(30, 44, 30, 46, 30, 48))
    assert finding["headline"] == "3 of 6"
    assert finding["text"] == "46° in 2, 4 and 6"
    assert list(finding["repetitions"]) == [2, 4, 6]
    assert list(finding["evidence_frames"]) == [180, 120, 60]
    assert (finding["severity"], finding["value"], finding["threshold"]) == ("low", 46, 40)


@pytest.mark.parametrize(
    ("values", "is_found"),
    [
        ((30, 30, 30, 30, 44, 44), False),
        ((30, 44, 44), True),
        ((30, 30, 44), False),
        ((44,), True),
        ((44, 44, 44, *[30] * 20), True),
    ],
)
def test_it_takes_three_repetitions_or_half_of_them(
    values: tuple[float, ...], *, is_found: bool
) -> None:
    assert bool(judge(form(*values))) == is_found


def test_the_severity_needs_as_many_repetitions_beyond_its_own_threshold() -> None:
    assert [it["severity"] for it in judge(form(60, 60, 44, 44, 44, 44, 44))] == ["low"]
    assert [it["severity"] for it in judge(form(60, 60, 60, 44, 44, 44, 44))] == ["medium"]


def test_repetitions_in_which_it_could_not_be_seen_do_not_count() -> None:
    (finding,) = judge(form(None, None, None, None, 44, 44))
    assert finding["headline"] == "2 of 2"


def test_another_exercise_is_another_matter() -> None:
    assert judge(form(50, 50, 50, exercise="lunge")) == []


def test_low_confidence_lowers_the_severity_and_says_so() -> None:
    (finding,) = judge(form(60, 60, 60, status="low_confidence"))
    assert finding["severity"] == "low"
    assert "low confidence" in str(finding["text"])


def test_without_the_table_nothing_is_said() -> None:
    assert judge(None) == []


def test_every_rule_about_repetitions_is_about_something_that_is_measured() -> None:
    from dancer_pipeline.analyses._form_measures import MEASURES

    rules = [rule for rule in read_rules().rules if rule.compare == "repetitions"]
    assert rules
    for rule in rules:
        for exercise in rule.exercises:
            assert rule.metric in {measure.name for measure in MEASURES[exercise]}, rule.id
