"""Quality of repetitions whose tempo, depth and smoothness are known."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.material import analysed, synthetic_tables
from dancer_pipeline.analyses.movement_quality import movement_quality
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style
from dancer_pipeline_tests.analyses import counted, performer


def quality(performance: Performance, **more: object) -> pd.DataFrame:
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    done = counted.repetitions(performance, **more)
    extracts = tables["video_extracts"]
    return movement_quality(tables["body_motion"], done, extracts).set_index("metric")


def curls(yaw_deg: float = 90, **style: object) -> Performance:
    return perform(
        "biceps_curl", seed=5, repetitions=7, view=View(yaw_deg=yaw_deg), style=Style(**style)
    )


def test_one_smooth_stroke_has_the_smoothness_that_is_published_for_it() -> None:
    row = quality(curls()).loc["smoothness"]
    assert row["value"] == pytest.approx(-1.55, abs=0.2)
    assert (row["status"], row["n"]) == ("ok", 7)
    assert row["ci95_low"] <= row["value"] <= row["ci95_high"]


def test_a_jerky_movement_is_less_smooth() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    body = tables["body_motion"]
    shaken = body.copy()
    for side in ("left", "right"):
        shaken[f"{side}_wrist_y_px"] += 15 * np.sin(2 * np.pi * 2.5 * body["time_s"])
    done, extracts = counted.repetitions(performance), tables["video_extracts"]
    smooth, jerky = (
        movement_quality(it, done, extracts).set_index("metric").loc["smoothness", "value"]
        for it in (body, shaken)
    )
    assert jerky < smooth - 0.3


@pytest.mark.parametrize("rate_hz", [15, 30, 60])
def test_smoothness_does_not_depend_on_the_frame_rate(rate_hz: float) -> None:
    view = View(yaw_deg=90, frame_rate_hz=rate_hz)
    performance = perform("squat", seed=6, repetitions=5, view=view)
    assert quality(performance).loc["smoothness", "value"] == pytest.approx(-1.6, abs=0.2)


def test_variability_is_that_of_the_repetitions() -> None:
    performance = curls(depth=(0.8, 1.0), tempo=(0.8, 1.2))
    done = performance.motion.repetitions
    rows = quality(performance)
    for name, values in (
        ("range_variability", [one.depth for one in done]),
        ("tempo_variability", [one.end_s - one.start_s for one in done]),
    ):
        percent = 100 * np.std(values, ddof=1) / np.mean(values)
        assert rows.loc[name, "value"] == pytest.approx(percent, rel=1e-6)
        assert rows.loc[name, "ci95_low"] < percent < rows.loc[name, "ci95_high"]


def test_somebody_who_slows_down_loses_velocity() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance, noise_seed=2), "body_motion")
    done, extracts = counted.repetitions(performance), tables["video_extracts"]
    body = tables["body_motion"].copy()
    slower = 1.0 + 0.35 * body["time_s"] / body["time_s"].max()
    later = np.cumsum(np.diff(body["time_s"], prepend=0.0) * slower.to_numpy())
    body = stretched(body, later)
    moments = {
        name: np.interp(done[name], tables["body_motion"]["time_s"], later)
        for name in ("start_s", "turn_s", "end_s")
    }
    steady, tired = (
        movement_quality(table, rows, extracts).set_index("metric")["value"]
        for table, rows in (
            (tables["body_motion"], done),
            (body, done.assign(**moments)),
        )
    )
    assert abs(steady["velocity_loss"]) < 15
    assert tired["velocity_loss"] - steady["velocity_loss"] == pytest.approx(22, abs=8)
    assert tired["fatigue_slope"] < -2


def stretched(body: pd.DataFrame, time_s: np.ndarray) -> pd.DataFrame:
    """Play the motion at other times, on an even grid again."""
    grid = np.linspace(time_s[0], time_s[-1], len(time_s))
    numbers = body.drop(columns=["frame", "is_person", "legs_exchanged", "time_s"])
    moved = {name: np.interp(grid, time_s, values) for name, values in numbers.items()}
    return body.assign(**moved, time_s=grid)


def test_arms_that_do_the_same_are_even_and_a_lazy_arm_is_seen() -> None:
    even, lazy = (
        quality(
            perform(
                "lateral_raise", seed=2, repetitions=5, view=View(yaw_deg=0),
                style=Style(asymmetry=share),
            )
        ).loc["range_symmetry", "value"]
        for share in (0.0, 0.3)
    )  # fmt: skip
    assert even == pytest.approx(1.0, abs=0.06)
    assert lazy > 1.15


@pytest.mark.parametrize(
    ("yaw_deg", "reason"), [(90, "view_not_supported"), (45, "view_not_supported")]
)
def test_a_side_view_hides_one_arm(yaw_deg: float, reason: str) -> None:
    row = quality(curls(yaw_deg)).loc["range_symmetry"]
    assert (row["status"], list(row["reasons"])) == ("refused", [reason])


def test_a_moving_camera_says_nothing_about_smoothness() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance), "body_motion")
    panned = performer.video_extracts(30.0, camera_shift_x=80.0)
    rows = movement_quality(tables["body_motion"], counted.repetitions(performance), panned)
    assert list(rows.set_index("metric").loc["smoothness", "reasons"]) == ["camera_moves"]


def test_without_repetitions_everything_is_refused() -> None:
    performance = curls()
    tables = analysed(synthetic_tables(performance), "body_motion")
    none = counted.repetitions(performance)[:0]
    rows = movement_quality(tables["body_motion"], none, tables["video_extracts"])
    assert (rows["status"] == "refused").all()
    assert rows["advice"].notna().all()


def test_an_unknown_exercise_has_a_tempo_but_no_smoothness() -> None:
    rows = quality(curls(), exercise="unknown")
    assert rows.loc["smoothness", "status"] == "refused"
    assert rows.loc["tempo_variability", "status"] == "ok"
