"""The parts of the page that sum up: overview, repetitions, gaps, marks in the plots, the court."""

import json

import pandas as pd
import pytest

from dancer_pipeline.analyses import court_positions, repetition_form, repetitions
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.report.court_plot import court_plot
from dancer_pipeline.report.document import report_json
from dancer_pipeline.report.gaps import absent, applied, gaps
from dancer_pipeline.report.happenings import happenings
from dancer_pipeline.report.overview import overview
from dancer_pipeline.report.page import report
from dancer_pipeline.report.repetition_plots import repetition_plots
from dancer_pipeline.report.repetition_table import repetition_table
from dancer_pipeline_tests.report import example


def found(severity: str, headline: str, analysis: str = "exercise_form") -> dict[str, object]:
    return {
        "severity": severity, "headline": headline, "analysis": analysis,
        "drill": f"Drill for {headline}.", "cue": "Slowly.",
    }  # fmt: skip


def row(analysis: str, metric: str, status: str = "ok", *reasons: str) -> dict[str, object]:
    return {
        "analysis": analysis, "metric": metric, "status": status, "side": None,
        "value": None if status == "refused" else 1.0, "n": 3,
        "reasons": list(reasons), "advice": f"About {metric}." if reasons else None,
    }  # fmt: skip


def test_what_the_uploader_named_is_missed_and_not_called_another_movement() -> None:
    metrics = [row("gait", "cadence", "refused", "not_periodic")]
    assert absent(metrics, "gait") == []
    assert [one.numbers for one in gaps(metrics, "gait")] == [["Walking"]]


def test_a_count_of_nothing_is_no_measurement() -> None:
    metrics = [
        row("racket", "swing_count") | {"value": 0.0, "n": 0},
        row("racket", "rally_count", "refused", "no_swing_found"),
    ]
    assert applied(metrics) == []
    assert [one.analyses for one in absent(metrics)] == [[("Racket play", "About rally_count.")]]
    assert gaps(metrics) == []


def test_the_same_advice_is_given_once_be_it_about_another_joint() -> None:
    said = "Your left {} cannot be seen in {} % of the frames. Film once more from your left."
    metrics = [
        row("range_of_motion", "brightness"),
        row("range_of_motion", "knee_flexion_range", "refused", "lower_body_not_visible")
        | {"advice": said.format("knee", 32)},
        row("range_of_motion", "hip_flexion_range", "refused", "lower_body_not_visible")
        | {"advice": said.format("hip", 40)},
        row("range_of_motion", "ankle_flexion_range", "refused", "lower_body_not_visible")
        | {"advice": "Film once more from your left. Move the chair away."},
    ]
    (gap,) = gaps(metrics)
    assert gap.advice == [said.format("knee", 32), "Move the chair away."]
    assert gap.numbers == ["Knee", "Hip", "Ankle"]


MEASURED = [row("exercise_form", "trunk_lean")]


def test_the_overview_names_the_worst_things_and_plans_a_week_for_them() -> None:
    rows = [found("high", "A"), found("medium", "B"), found("low", "C"), found("low", "D")]
    summed = overview(rows, MEASURED)
    assert summed["level"] == "high"
    assert summed["top"] == ["A", "B", "C"]
    assert [one["day"] for one in summed["plan"]] == [f"Day {day}" for day in range(1, 8)]
    assert "Drill for A." in summed["plan"][0]["practice"]


def test_remarks_and_the_recording_are_nothing_to_practise() -> None:
    rows = [found("info", "A"), found("high", "B", "recording_quality")]
    summed = overview(rows, MEASURED)
    assert (summed["level"], summed["top"], summed["plan"]) == ("info", [], [])


def test_a_movement_that_was_not_measured_is_not_praised() -> None:
    nothing = [row("gait", "cadence", "refused", "not_periodic"), row("recording_quality", "light")]
    assert overview([], nothing)["level"] == "not_measured"


def test_an_analysis_that_gave_nothing_is_one_line_and_its_numbers_are_no_gaps() -> None:
    metrics = [
        row("gait", "cadence", "refused", "not_periodic"),
        row("gait", "step_time", "refused", "not_periodic"),
        row("exercise_form", "trunk_lean"),
        row("exercise_form", "hip_shift", "refused", "view_not_supported"),
    ]
    (missing,) = absent(metrics)
    assert (missing.title, missing.analyses) == (
        "No regular repetition was found", [("Walking", "About cadence.")],
    )  # fmt: skip
    assert [one.numbers for one in gaps(metrics)] == [["Hips aside"]]
    assert [one["metric"] for one in applied(metrics)] == ["trunk_lean", "hip_shift"]


def repeated(*, partial: int = 0, sets: tuple[int, ...] = (1, 1, 2)) -> pd.DataFrame:
    return repetitions.TABLE.frame(
        {
            "repetition": number, "set": of_set, "exercise": "squat", "recognised_by": "movement",
            "exercise_confidence": 0.9, "start_s": 3.0 * number, "turn_s": 3.0 * number + 1,
            "end_s": 3.0 * number + 2.5, "start_frame": 90 * number, "turn_frame": 90 * number + 30,
            "end_frame": 90 * number + 75, "is_hold": False, "signal": "knee_flexion",
            "range_deg": 95.0, "range_share": 1.0, "is_partial": number == partial,
            "eccentric_s": 0.9, "hold_s": 0.2, "concentric_s": 1.4, "status": "ok", "reasons": [],
            "method_version": "1",
        }
        for number, of_set in enumerate(sets, 1)
    )  # fmt: skip


def lean(*values: float) -> pd.DataFrame:
    return repetition_form.TABLE.frame(
        {
            "repetition": number, "exercise": "squat", "measure": "trunk_lean", "value": value,
            "unit": "deg", "frame": number, "status": "ok", "reasons": [], "method_version": "1",
        }
        for number, value in enumerate(values, 1)
    )  # fmt: skip


def test_repetitions_stand_set_by_set_with_what_stands_out_marked() -> None:
    tables = {"repetitions": repeated(partial=2), "repetition_form": lean(30, 52, 31)}
    shown = repetition_table(tables, [{"metric": "trunk_lean", "repetitions": [2]}])
    assert shown is not None
    assert (shown.title, shown.count, len(shown.sets)) == ("Squat", 3, 2)
    assert shown.columns == ("At", "Lasts", "Down", "Hold", "Up", "Range", "Lean of the trunk")
    second = shown.sets[0][1]
    assert second.cells == ("6.00 s", "2.50 s", "0.90 s", "0.20 s", "1.40 s", "95°", "52°")
    assert second.marked == {6}
    assert second.note == "partial"
    assert shown.sets[0][0].marked == set()
    assert shown.is_marked


@pytest.mark.parametrize("tables", [{}, {"repetitions": repeated()[:0]}])
def test_without_repetitions_there_is_no_table(tables: dict[str, pd.DataFrame]) -> None:
    assert repetition_table(tables) is None


def test_an_exercise_that_was_not_recognised_is_called_that() -> None:
    shown = repetition_table({"repetitions": repeated().assign(exercise="unknown")})
    assert shown is not None
    assert "not recognised" in shown.title


def test_the_page_shades_repetitions_and_lists_them() -> None:
    tables = example.tables() | {"repetitions": repeated(), "repetition_form": lean(30, 31, 32)}
    html = report(tables, title="a.mp4", outcome="complete").html
    assert "Repetition by repetition" in html
    assert "Squat, set 2" in html
    assert "shaded: one repetition" in html


def test_steps_and_swings_are_marked_on_their_side() -> None:
    events = pd.DataFrame(
        {
            "time_s": [1.0, 1.3, 1.6],
            "side": ["left", "right", "right"],
            "event": ["heel_strike", "toe_off", "heel_strike"],
        }
    )
    swings = pd.DataFrame({"peak_s": [0.5, None], "side": ["right", None], "reasons": [[], []]})
    marked = happenings({"gait_events": events, "swings": swings})
    assert marked.moments == ((0.5, "right"), (1.0, "left"), (1.6, "right"))


def test_beats_of_a_dance_are_marked_and_named_in_the_legend() -> None:
    beats = Metric("beat_evenness", "1", 0.9, 3, evidence_frames=(30, 60, 90))
    marked = happenings(
        {
            "pose_metrics": metric_table("dance", [beats], method_version="1"),
            "pose_keypoints": example.pose_keypoints(),
        }
    )
    assert marked.moments == ((1.0, None), (2.0, None), (3.0, None))
    assert marked.legend == ("triangles: a beat of the dance",)


def test_a_movement_that_only_looks_like_a_swing_is_not_marked_among_repetitions() -> None:
    swings = pd.DataFrame(
        {"peak_s": [1.0, 2.0], "side": ["left", "left"], "reasons": [["exercise_unknown"], []]}
    )
    alone = happenings({"swings": swings})
    assert len(alone.moments) == 2
    assert happenings({"swings": swings, "repetitions": repeated()}).moments == ((2.0, "left"),)


def test_range_and_time_of_the_repetitions_are_drawn_from_three_on() -> None:
    ranges, lasting = repetition_plots(repeated(partial=2))
    assert ranges.description == "Range of each repetition: 3 bars, 95° to 95°, 1 of them partial."
    assert lasting.description == (
        "Time of each repetition: 3 bars, 2.50 to 2.50 s, 1 of them partial."
    )
    assert repetition_plots(repeated(sets=(1, 1))) == []
    without = repeated().assign(range_deg=None)
    assert [plot.title for plot in repetition_plots(without)] == ["Time of each repetition"]


def places(**changes: object) -> pd.DataFrame:
    plain = {
        "x_m": 3.0, "y_m": 4.0, "duration_s": 2.0, "error_m": 0.2, "court_width_m": 6.1,
        "court_length_m": 13.4, "status": "ok", "reasons": [], "method_version": "1",
    }  # fmt: skip
    return court_positions.TABLE.frame([plain, plain | {"x_m": 1.0, "duration_s": 0.5} | changes])


def test_places_on_the_court_are_drawn_with_the_time_in_all() -> None:
    plot = court_plot(places())
    assert plot is not None
    assert "2.5 s in all" in plot.description


def test_a_player_who_keeps_to_one_half_is_shown_on_that_half() -> None:
    near, whole = court_plot(places()), court_plot(places(y_m=12.0))
    assert near is not None
    assert whole is not None
    assert ">far<" in whole.svg
    assert ">far<" not in near.svg
    assert svg_height(near.svg) < 0.7 * svg_height(whole.svg)


def svg_height(svg: str) -> float:
    return float(svg.split('viewBox="')[1].split('"')[0].split()[3])


def test_what_happens_when_is_in_the_document_without_nan() -> None:
    tables = {"court_positions": places(error_m=float("nan"), status="low_confidence")}
    document = report_json(tables, outcome="complete", title="a.mp4")
    again = json.loads(json.dumps(document, allow_nan=False))["happenings"]
    assert [one["error_m"] for one in again["court_positions"]] == [0.2, None]
    assert (again["gait_events"], again["swings"], again["activity"]) == ([], [], [])


@pytest.mark.parametrize("table", [None, places()[:0], places().assign(status="refused")])
def test_without_places_there_is_no_court(table: pd.DataFrame | None) -> None:
    assert court_plot(table) is None
