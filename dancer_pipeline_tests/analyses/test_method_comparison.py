"""Two methods on one video: what the pairs say where the truth is known."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._method_pairs import PAIRS
from dancer_pipeline.analyses._other_methods import (
    contacts_by_fall,
    inward_deg,
    step_rate_hz,
    turns_by_component,
)
from dancer_pipeline.analyses.activity import TABLE as ACTIVITY
from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.analyses.gait_events import TABLE as GAIT_EVENTS
from dancer_pipeline.analyses.method_comparison import method_comparison
from dancer_pipeline.options import upload_options
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.synthetic.keypoints import observed_keypoints
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.comparison import takes
from dancer_pipeline_tests.comparison.takes import Take

FROM_THE_SIDE = View(yaw_deg=90)


def statistics(rows: pd.DataFrame, quantity: str) -> dict[str, float]:
    chosen = rows[(rows["quantity"] == quantity) & (rows["status"] == "ok")]
    return dict(zip(chosen["statistic"].astype(str), chosen["value"], strict=True))


def refusal(rows: pd.DataFrame, quantity: str) -> str:
    [row] = rows[rows["quantity"] == quantity].to_dict("records")
    assert (row["statistic"], row["status"], [*row["reasons"]]) == (
        "comparison", "refused", ["not_applicable"],
    )  # fmt: skip
    return str(row["advice"])


USUAL = Take()


def squats(take: Take = USUAL, **tables: pd.DataFrame) -> pd.DataFrame:
    given = takes.tables(take) | tables
    return method_comparison(
        given["body_motion"], ACTIVITY.frame(), GAIT_EVENTS.frame(), given["repetitions"]
    )


def body(performance: Performance, **noise: Any) -> pd.DataFrame:
    view = performance.view
    source = performer.source_video(
        float(view.rate), display_width_px=view.width_px, display_height_px=view.height_px
    )
    keypoints = observed_keypoints(performance, **noise)
    return body_motion(keypoints, source, upload_options({}))


@cache
def walk() -> tuple[Performance, pd.DataFrame, pd.DataFrame]:
    """Perform a walk of ten seconds; its bout; its true contacts as the analysis would say them."""
    performance = perform("walk", seed=4, duration_s=10.0, view=FROM_THE_SIDE)
    bout = {
        "bout": 1, "start_s": 0.0, "end_s": 10.0, "start_frame": 0, "end_frame": 299,
        "activity": "walking", "direction": "forward", "heading": "left", "view": "sagittal",
        "yaw_deg": -90.0, "cadence_hint_hz": 1.8, "status": "ok", "reasons": [],
        "method_version": "1",
    }  # fmt: skip
    events = [
        {
            "bout": 1, "side": it.side, "event": it.event, "time_s": it.time_s,
            "frame": round(it.time_s * 30), "status": "ok", "reasons": [], "method_version": "1",
        }
        for it in performance.motion.gait_events
    ]  # fmt: skip
    return performance, ACTIVITY.frame([bout]), GAIT_EVENTS.frame(events)


def of_walk(*, late_s: float = 0.0, missing: int = 0) -> pd.DataFrame:
    performance, activity, events = walk()
    events = events[missing:].assign(time_s=events["time_s"][missing:] + late_s)
    nothing = takes.repetitions(Take())[:0]
    return method_comparison(body(performance, noise=0.3), activity, events, nothing)


# What agrees, and what does not ------------------------------------------------------------------


def test_both_methods_count_the_same_squats_and_turn_where_they_turn() -> None:
    found = statistics(squats(), "repetition")
    assert (found["count_a"], found["count_b"], found["f1"]) == (4, 4, 1)
    assert abs(found["bias"]) < 0.02


def test_a_repetition_that_one_method_missed_shows_as_a_difference() -> None:
    found = statistics(squats(repetitions=takes.repetitions(Take())[1:]), "repetition")
    assert (found["count_difference"], found["recall"], found["precision"]) == (1, 1, 0.75)


def test_a_turn_that_one_method_places_elsewhere_in_a_hold_is_the_same_turn() -> None:
    table = takes.repetitions(Take())
    found = statistics(squats(repetitions=table.assign(turn_s=table["turn_s"] + 0.2)), "repetition")
    assert found["f1"] == 1
    assert found["bias"] == pytest.approx(-0.2, abs=0.02)


def test_angles_without_noise_are_the_same_in_picture_and_depth() -> None:
    scattered = Take(depths_deg=(120.0, 90.0, 105.0, 75.0))
    found = statistics(squats(scattered), "knee_range")
    assert found["bias"] == pytest.approx(0, abs=0.01)
    assert found["icc_2_1"] == pytest.approx(1, abs=1e-3)
    assert found["refusal_agreement"] == 1


def test_noisy_depth_makes_the_picture_steadier_and_the_other_way_round() -> None:
    given = takes.tables(Take())["body_motion"]
    shake = np.random.default_rng(3).normal(0, 1, (len(given), 3))
    for axes, size, steadier in ((("x_m", "y_m", "z_m"), 0.02, "picture"),
                                 (("x_px", "y_px"), 8.0, "estimated_depth")):  # fmt: skip
        noisy = given.copy()
        for number, axis in enumerate(axes):
            noisy[f"left_knee_{axis}"] += (size * shake[:, number]).astype(np.float32)
        rows = squats(body_motion=noisy)
        noise = statistics(rows, "knee_range")
        assert max(noise["residual_above_6_hz_a"], noise["residual_above_6_hz_b"]) > 2
        for quantity in ("knee_range", "leg_length"):
            assert set(rows.loc[rows["quantity"] == quantity, "steadier"].dropna()) == {steadier}


def test_the_live_filter_lets_more_noise_through_and_cuts_the_range() -> None:
    performance = perform("squat", seed=5, repetitions=3, view=FROM_THE_SIDE)
    marks = [(it.start_s, it.bottom_s, it.end_s) for it in performance.motion.repetitions]
    table = takes.repetitions(Take(depths_deg=(100.0,) * 3)).assign(
        **{f"{name}_s": [mark[at] for mark in marks]
           for at, name in enumerate(("start", "turn", "end"))}
    )  # fmt: skip
    rows = squats(body_motion=body(performance), repetitions=table)
    found = statistics(rows, "low_pass")
    assert -5 < found["bias"] < 0
    of_both = rows[(rows["quantity"] == "low_pass") & rows["steadier"].notna()]
    assert [*of_both["steadier"]] == ["butterworth"]


def test_the_truth_of_a_walk_and_the_fall_of_its_heels_name_the_same_contacts() -> None:
    rows = of_walk()
    found = statistics(rows, "heel_strike")
    assert abs(found["count_difference"]) <= 1
    assert found["f1"] >= 0.9
    assert abs(found["bias"]) < 0.06
    pace = statistics(rows, "cadence")
    assert pace["refusal_agreement"] == 1
    assert abs(pace["bias"]) < 1.0


def test_contacts_that_are_named_late_or_not_at_all_show_as_that() -> None:
    there = statistics(of_walk(), "heel_strike")
    late = statistics(of_walk(late_s=0.03), "heel_strike")
    assert late["bias"] == pytest.approx(there["bias"] - 0.03, abs=0.012)
    fewer = statistics(of_walk(missing=12), "heel_strike")
    assert fewer["count_difference"] - there["count_difference"] == 6
    assert fewer["precision"] < there["precision"] - 0.2


def test_knees_that_bend_inward_in_some_squats_are_put_in_order_by_both() -> None:
    style = Style(faults={"knees_in": 0.06}, fault_repetitions=(2, 4))
    performance = perform("squat", seed=6, repetitions=5, style=style)
    marks = [(it.start_s, it.bottom_s, it.end_s) for it in performance.motion.repetitions]
    table = takes.repetitions(Take(depths_deg=(100.0,) * 5)).assign(
        **{f"{name}_s": [mark[at] for mark in marks]
           for at, name in enumerate(("start", "turn", "end"))}
    )  # fmt: skip
    rows = squats(body_motion=body(performance, noise=0.3), repetitions=table)
    assert statistics(rows, "knees_apart")["rank_correlation"] > 0.6
    assert "Only from the side" in refusal(rows, "knee_range")


# Refusals ----------------------------------------------------------------------------------------


def test_a_person_who_stands_shows_nothing_to_compare() -> None:
    standing = perform("standing", seed=1, duration_s=4.0)
    rows = squats(body_motion=body(standing), repetitions=takes.repetitions(Take())[:0])
    assert {refusal(rows, pair.quantity) for pair in PAIRS} == {
        "Nobody walks in this video.",
        "Neither method found anything that repeats itself.",
        "There are no repetitions or strides to compare by.",
        "No squat is seen from the front or from behind.",
    }


def test_squats_are_no_walk() -> None:
    assert refusal(squats(), "heel_strike") == "Nobody walks in this video."
    assert refusal(squats(), "cadence") == "Nobody walks in this video."


# The other methods -------------------------------------------------------------------------------


def test_contacts_by_fall_and_the_hips_rate_know_the_walk() -> None:
    performance, _, events = walk()
    seen = motion(body(performance, noise=0))
    strikes = events[events["event"] == "heel_strike"]
    for side, times in contacts_by_fall(seen).items():
        true = strikes.loc[strikes["side"] == side, "time_s"].to_numpy(float)
        nearest = [np.abs(times - at).min() for at in true[1:-1]]
        assert max(nearest) < 0.09
    true_hz = 1 / np.median(np.diff(np.sort(strikes["time_s"])))
    assert step_rate_hz(seen) == pytest.approx(true_hz, rel=0.01)


def test_nothing_is_counted_where_nothing_moves_or_nobody_is() -> None:
    still = motion(body(perform("standing", seed=1, duration_s=4.0)))
    everywhere = np.ones(len(still.time_s), dtype=bool)
    assert turns_by_component(still, everywhere) is None
    once = motion(takes.tables(Take(depths_deg=(120.0,)))["body_motion"])
    assert turns_by_component(once, np.ones(len(once.time_s), dtype=bool)) is None
    assert np.isnan(step_rate_hz(still.between(0.0, 1.0))), "too short"
    hidden = Motion(
        **{
            **vars(still),
            "image_px": {name: it * np.nan for name, it in still.image_px.items()},
            "world_m": {name: it * np.nan for name, it in still.world_m.items()},
        }
    )
    assert turns_by_component(hidden, everywhere) is None
    assert np.isnan(step_rate_hz(hidden))
    assert all(len(times) == 0 for times in contacts_by_fall(hidden).values())


def test_knees_that_come_together_bend_inward_by_more_degrees_on_either_side_of_the_camera() -> (
    None
):
    for yaw_deg in (0, 180):
        usual, inward = (
            motion(body(perform("squat", seed=2, repetitions=1, view=View(yaw_deg=yaw_deg),
                                style=Style(faults=faults)), noise=0))
            for faults in ({}, {"knees_in": 0.05})
        )  # fmt: skip
        change = inward_deg(inward) - inward_deg(usual)
        assert change[np.argmax(np.abs(change))] > 5
