"""Sessions of strokes: counts, rallies, kinds and court time from tables with known content."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses import court_positions, swings
from dancer_pipeline.analyses.racket import racket
from dancer_pipeline_tests.analyses import performer

REFUSED = {"status": "refused", "reasons": ["no_swing_found"], "advice": "No swing was found.",
           "method_version": "1"}  # fmt: skip


def session(peak_s: list[float], rallies: list[int | None], **more: list[object]) -> pd.DataFrame:
    count = len(peak_s)
    columns: dict[str, list[object]] = {
        "swing": list(range(1, count + 1)), "side": ["right"] * count, "peak_s": list(peak_s),
        "peak_frame": [round(30 * it) for it in peak_s], "rally": list(rallies),
        "peak_speed_torsos_per_s": [10.0 + it for it in range(count)],
        "contact_height_torsos": [0.7] * count, "kind": ["overhead"] * count,
        "label_confidence": [0.6] * count,
        "status": ["ok"] * count, "reasons": [[]] * count, "method_version": ["1"] * count,
    } | more  # fmt: skip
    return swings.TABLE.frame(
        {name: values[place] for name, values in columns.items()} for place in range(count)
    )


def on_court(places: list[tuple[float, float, float]], status: str = "ok") -> pd.DataFrame:
    return court_positions.TABLE.frame(
        {
            "x_m": x, "y_m": y, "duration_s": seconds, "error_m": 0.2, "court_width_m": 6.0,
            "court_length_m": 12.0, "status": status,
            "reasons": [] if status == "ok" else ["position_coarse"],
            "advice": None if status == "ok" else "Film from higher up.", "method_version": "1",
        }
        for x, y, seconds in places
    )  # fmt: skip


NO_COURT = court_positions.TABLE.frame(
    [{"status": "refused", "reasons": ["court_unknown"], "advice": "Give the corners.",
      "method_version": "1"}]
)  # fmt: skip
TWO_RALLIES = session([2.0, 4.0, 6.2, 8.1, 20.0, 22.0], [1, 1, 1, 1, 2, 2])


def counted(
    found: pd.DataFrame, court: pd.DataFrame = NO_COURT, exercise: str | None = "badminton"
) -> pd.DataFrame:
    said = {"exercise": exercise} if exercise else {}
    made = racket(found, court, performer.upload_options(**said))
    return made.set_index("metric")


def test_swings_rallies_and_intervals_are_counted() -> None:
    made = counted(TWO_RALLIES)
    assert made.loc["swing_count", "value"] == 6
    assert made.loc["rally_count", "value"] == 2
    assert made.loc["shots_per_rally", "value"] == 3
    assert made.loc["own_shot_interval", "value"] == pytest.approx(2.0)
    assert made.loc["own_shot_interval", "n"] == 4
    assert list(made.loc["swing_count", "evidence_frames"]) == [60, 120, 186, 243, 600, 660]


def test_kinds_are_candidates_with_their_confidence() -> None:
    made = counted(TWO_RALLIES)
    assert made.loc["overhead_candidates", "value"] == 6
    assert "60%" in made.loc["overhead_candidates", "advice"]
    assert made.loc["lift_candidates", "value"] == 0
    assert made.loc["lift_candidates", "status"] == "ok"


@pytest.mark.parametrize("kind", ["smash", "clear", "drop"])
def test_few_overhead_shots_do_not_say_how_many_were_smashes_clears_and_drops(kind: str) -> None:
    refused = counted(TWO_RALLIES).loc[f"{kind}_candidates"]
    assert list(refused["reasons"]) == ["too_short"]
    assert refused["advice"].startswith("6 overhead shots")


def test_overhead_shots_of_one_speed_are_not_told_apart() -> None:
    alike = session(
        [2.0 * it for it in range(9)], [1] * 9,
        peak_speed_torsos_per_s=[10.0 + 0.1 * it for it in range(9)],
    )  # fmt: skip
    refused = counted(alike).loc["smash_candidates"]
    assert list(refused["reasons"]) == ["speeds_alike"]
    assert "4%" in refused["advice"]


def test_shots_of_different_speeds_and_shots_below_the_head_may_be_no_smash() -> None:
    nine = [2.0 * it for it in range(9)]
    spread = session(nine, [1] * 9, peak_speed_torsos_per_s=[5.0 + it for it in range(9)])
    low = session([1.0, 2.0], [1, 1], contact_height_torsos=[0.1, 0.1], kind=["drive"] * 2)
    for found in (spread, low):
        none = counted(found).loc["smash_candidates"]
        assert (none["value"], none["status"]) == (0, "ok")


@pytest.mark.parametrize(
    ("exercise", "kind"),
    [("badminton", "bat_swing"), ("batting", "smash"), ("tennis", "lift"), ("bowling", "drive")],
)
def test_a_kind_that_the_sport_does_not_have_is_not_counted(exercise: str, kind: str) -> None:
    refused = counted(TWO_RALLIES, exercise=exercise).loc[f"{kind}_candidates"]
    assert list(refused["reasons"]) == ["not_applicable"]
    assert exercise in refused["advice"]


def test_no_shot_of_a_kind_is_no_sure_answer_where_the_swings_are_not_sure() -> None:
    doubted = session(
        [2.0, 4.0], [1, 1], status=["low_confidence"] * 2,
        reasons=[["hand_hidden"]] * 2, advice=["The hand was blurred."] * 2,
    )  # fmt: skip
    none = counted(doubted).loc["lift_candidates"]
    assert (none["value"], none["status"]) == (0, "low_confidence")


def test_percentiles_are_of_this_session_and_need_five_swings() -> None:
    made = counted(TWO_RALLIES)
    assert made.loc["swing_speed_p50", "value"] == pytest.approx(12.5)
    few = counted(session([1.0, 2.0], [1, 1]))
    assert list(few.loc["swing_speed_p50", "reasons"]) == ["too_short"]
    assert list(few.loc["own_shot_interval", "reasons"]) == ["too_short"]


def test_below_24_frames_a_second_no_speeds_are_compared() -> None:
    slow = session(
        [2.0, 4.0, 6.0, 8.0, 10.0], [1] * 5, status=["low_confidence"] * 5,
        reasons=[["frame_rate_too_low"]] * 5, advice=["Recorded at 15 frames per second."] * 5,
    )  # fmt: skip
    made = counted(slow)
    assert list(made.loc["swing_speed_p90", "reasons"]) == ["frame_rate_too_low"]
    assert made.loc["swing_count", "status"] == "low_confidence"
    assert made.loc["swing_count", "value"] == 5


def test_without_a_swing_the_count_is_nought_and_the_rest_refused() -> None:
    made = counted(swings.TABLE.frame([REFUSED]))
    assert made.loc["swing_count", "value"] == 0
    assert (made.drop("swing_count")["status"] == "refused").all()


def test_in_a_video_of_something_else_nothing_is_counted() -> None:
    made = counted(swings.TABLE.frame([REFUSED]), exercise=None)
    assert (made["status"] == "refused").all()


def test_where_swings_could_not_be_looked_for_there_is_no_count() -> None:
    hidden = swings.TABLE.frame([REFUSED | {"reasons": ["upper_body_not_visible"]}])
    assert (counted(hidden)["status"] == "refused").all()


@pytest.mark.parametrize("exercise", [None, "batting"])
def test_only_racket_sports_have_rallies(exercise: str | None) -> None:
    made = counted(session([1.0, 9.0], [None, None]), exercise=exercise)
    assert list(made.loc["rally_count", "reasons"]) == ["not_applicable"]
    assert made.loc["swing_count", "value"] == 2


def test_without_the_sport_no_kind_is_named() -> None:
    made = counted(session([1.0, 9.0], [None, None]), exercise=None)
    assert list(made.loc["overhead_candidates", "reasons"]) == ["exercise_unknown"]


def test_the_zones_of_the_near_half() -> None:
    near_net, base_line = (1.0, 5.5, 3.0), (5.0, 0.5, 1.0)
    made = counted(TWO_RALLIES, on_court([near_net, base_line]))
    assert made.loc["court_time_front", "value"] == pytest.approx(0.75)
    assert made.loc["court_time_middle", "value"] == 0
    assert made.loc["court_time_back", "value"] == pytest.approx(0.25)
    assert made.loc["court_time_left", "value"] == pytest.approx(0.75)


def test_beyond_the_net_left_is_on_the_right_of_the_picture() -> None:
    made = counted(TWO_RALLIES, on_court([(5.0, 6.5, 2.0)]))
    assert made.loc["court_time_left", "value"] == 1
    assert made.loc["court_time_front", "value"] == 1


def test_in_squash_the_front_is_at_the_far_wall() -> None:
    made = counted(TWO_RALLIES, on_court([(1.0, 11.0, 2.0)]), exercise="squash")
    assert made.loc["court_time_front", "value"] == 1
    assert made.loc["court_time_left", "value"] == 1


def test_coverage_is_the_area_that_holds_95_percent_of_a_bell() -> None:
    draw = np.random.default_rng(1).normal([3, 3], [0.5, 1.0], (4000, 2))
    made = counted(TWO_RALLIES, on_court([(x, y, 0.1) for x, y in draw]))
    assert made.loc["court_coverage", "value"] == pytest.approx(np.pi * 5.991 * 0.5, rel=0.05)


def test_places_that_are_coarse_lower_the_confidence() -> None:
    made = counted(TWO_RALLIES, on_court([(3.0, 3.0, 2.0)], "low_confidence"))
    assert list(made.loc["court_time_front", "reasons"]) == ["position_coarse"]


def test_without_corners_the_court_is_refused_with_what_to_do() -> None:
    made = counted(TWO_RALLIES)
    assert list(made.loc["court_coverage", "reasons"]) == ["court_unknown"]
    assert made.loc["court_coverage", "advice"] == "Give the corners."
