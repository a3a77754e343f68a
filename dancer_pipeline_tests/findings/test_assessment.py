"""What becomes a finding, what stays a remark, and what is never one."""

import pandas as pd
import pytest

from dancer_pipeline.findings.assessment import FINDINGS, findings
from dancer_pipeline.findings.rules import Condition, Rule, Rules
from dancer_pipeline.metrics import Metric, metric_table

SOMEBODY = Condition("person_found_share", at_least=0.2)
FOUND = Metric("person_found_share", "share", 1.0, n=100)


def rule(**changes: object) -> Rule:
    given = {
        "id": "knees",
        "metric": "knee_flexion_range",
        "compare": "side_difference",
        "comparison": "above",
        "thresholds": (("low", 10.0), ("medium", 20.0)),
        "headline": "The {larger} knee bends {value} more",
        "text": "Left {left}, right {right}.",
        "cue": "Match the {smaller} side.",
        "origin": "Convention.",
    }
    return Rule(**(given | changes))


def judge(*metrics: Metric, rules: tuple[Rule, ...] = (rule(),)) -> pd.DataFrame:
    table = metric_table("range_of_motion", metrics, method_version="1")
    return findings(table, rules=Rules("7", SOMEBODY, rules))


def knees(left: float, right: float, **more: object) -> tuple[Metric, ...]:
    def knee(side: str, value: float, frame: int) -> Metric:
        return Metric(
            "knee_flexion_range", "deg", value, 9, side, evidence_frames=(frame, 70), **more
        )

    return FOUND, knee("left", left, 12), knee("right", right, 30)


def test_a_difference_of_the_sides_is_found_with_its_numbers_words_and_frames() -> None:
    (finding,) = judge(*knees(88, 64)).to_dict("records")

    assert finding["severity"] == "medium"
    assert finding["value"] == 24
    assert (finding["threshold"], finding["comparison"], finding["unit"]) == (20, "above", "deg")
    assert finding["headline"] == "The left knee bends 24° more"
    assert finding["text"] == "Left 88°, right 64°."
    assert finding["cue"] == "Match the right side."
    assert list(finding["evidence_frames"]) == [12, 30, 70]
    assert finding["rule_version"] == "7"


@pytest.mark.parametrize(("right", "severity"), [(77.9, "low"), (68.1, "low"), (67.9, "medium")])
def test_the_severity_is_the_furthest_threshold_that_was_passed(
    right: float, severity: str
) -> None:
    assert list(judge(*knees(88, right))["severity"]) == [severity]


@pytest.mark.parametrize(("left", "right"), [(88, 78), (78, 88), (60, 60)])
def test_at_the_threshold_and_below_nothing_is_said(left: float, right: float) -> None:
    assert judge(*knees(left, right)).empty


def test_within_the_grey_band_it_is_only_a_remark_that_says_so() -> None:
    (finding,) = judge(*knees(88, 74), rules=(rule(grey_band=5.0),)).to_dict("records")

    assert finding["severity"] == "info"
    assert "so close to 10° that it may be measuring error" in finding["text"]


def test_a_wide_interval_makes_it_a_remark_too() -> None:
    wide = (
        FOUND,
        *(
            Metric("knee_flexion_range", "deg", value, 9, side, ci95=(value - 11, value + 11))
            for side, value in (("left", 88.0), ("right", 64.0))
        ),
    )

    assert list(judge(*wide)["severity"]) == ["info"]


def test_low_confidence_lowers_the_severity_by_one_step_and_says_so() -> None:
    doubtful = {
        "status": "low_confidence",
        "reasons": ("view_uncertain",),
        "advice": "You turn during the clip.",
    }

    (finding,) = judge(*knees(88, 64, **doubtful)).to_dict("records")

    assert (finding["severity"], finding["status"]) == ("low", "low_confidence")
    assert "low confidence. You turn during the clip." in finding["text"]


def test_a_refused_number_is_never_a_finding() -> None:
    refused = Metric(
        "knee_flexion_range", "deg", side="right", status="refused", reasons=("too_short",)
    )

    assert judge(*knees(88, 64)[:2], refused).empty


@pytest.mark.parametrize("share", [0.0, 0.19, None])
def test_nothing_is_found_about_nobody(share: float | None) -> None:
    nobody = (
        Metric("person_found_share", "share", status="refused", reasons=("no_person",))
        if share is None
        else Metric("person_found_share", "share", share, 100)
    )

    found = judge(nobody, *knees(88, 64)[1:])

    assert found.empty
    assert list(found.columns) == [column.name for column in FINDINGS.columns]


def test_no_rows_at_all_give_no_findings() -> None:
    assert judge().empty


@pytest.mark.parametrize(("yaw", "count"), [(20.0, 1), (80.0, 0), (None, 0)])
def test_a_condition_must_be_measured_and_hold(yaw: float | None, count: int) -> None:
    view = () if yaw is None else (Metric("view_yaw", "deg", yaw, 100),)
    frontal = rule(only_if=(Condition("view_yaw", at_most=30.0),))

    assert len(judge(*knees(88, 64), *view, rules=(frontal,))) == count


@pytest.mark.parametrize(
    ("view", "status", "count"),
    [("frontal", "ok", 1), ("oblique", "ok", 0), ("frontal", "low_confidence", 0), (None, "", 0)],
)
def test_a_rule_for_certain_views_needs_to_be_sure_of_the_view(
    view: str | None, status: str, count: int
) -> None:
    table = metric_table("range_of_motion", knees(88, 64), method_version="1")
    seen = None if view is None else pd.DataFrame({"view": [view], "status": [status]})
    rules = Rules("7", SOMEBODY, (rule(views=("frontal", "back")),))

    assert len(findings(table, seen, rules=rules)) == count


@pytest.mark.parametrize(
    ("done", "sides", "count"),
    [
        (["squat", "squat"], [None, None], 1),
        (["squat", "sit_to_stand"], [None, None], 1),
        (["squat", "biceps_curl"], [None, None], 0),
        (["squat", "unknown"], [None, None], 0),
        (["squat", "squat"], ["left", None], 0),
        ([], [], 0),
        (None, None, 0),
    ],
)
def test_a_rule_of_certain_exercises_needs_that_nothing_else_is_done(
    done: list[str] | None, sides: list[str | None] | None, count: int
) -> None:
    table = metric_table("range_of_motion", knees(88, 64), method_version="1")
    repetitions = None if done is None else pd.DataFrame({"exercise": done, "side": sides})
    rules = Rules("7", SOMEBODY, (rule(exercises=("squat", "sit_to_stand")),))

    assert len(findings(table, None, None, repetitions, rules=rules)) == count


def test_one_side_at_work_matters_only_where_sides_are_compared() -> None:
    table = metric_table(
        "movement_quality", [FOUND, Metric("velocity_loss", "percent", 45, 6)], method_version="1"
    )
    slower = rule(
        id="slower", metric="velocity_loss", compare="value", exercises=("biceps_curl",),
        headline="{value}", text="Slower.", cue="Stop.",
    )  # fmt: skip
    curls = pd.DataFrame({"exercise": ["biceps_curl"], "side": ["left"]})

    assert len(findings(table, None, None, curls, rules=Rules("7", SOMEBODY, (slower,)))) == 1


def test_a_value_below_its_threshold_is_found_and_the_most_severe_comes_first() -> None:
    rate = rule(
        id="rate",
        metric="frame_rate",
        compare="value",
        comparison="below",
        thresholds=(("low", 24.0), ("high", 12.0)),
        headline="Only {value}",
        text="Less than {threshold}.",
        cue="Set the camera.",
    )

    found = judge(*knees(88, 64), Metric("frame_rate", "hz", 8.0, 1), rules=(rule(), rate))

    assert list(found["finding"]) == ["rate", "knees"]
    assert found["headline"][0] == "Only 8 Hz"
    assert found["text"][0] == "Less than 12 Hz."


def test_the_findings_fit_their_declared_table() -> None:
    FINDINGS.arrow(judge(*knees(88, 64)))
    FINDINGS.arrow(judge())
