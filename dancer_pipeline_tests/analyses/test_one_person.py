"""Where somebody else is followed for a part of a video, one person alone is measured, or none."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.material import Tables, analysed, metric, synthetic_tables
from dancer_pipeline.analyses._one_person import one_person
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.synthetic.performance import View, perform

SIDE = View(yaw_deg=90.0, width_px=1280)
LASTS_S = 12.0


def looks(*people: int) -> pd.DataFrame:
    """Look around every second."""
    nothing = {column.name: None for column in PEOPLE.columns}
    return PEOPLE.frame(
        nothing | {"frame": 30 * at, "time_s": float(at), "people": count}
        | {"second_share": 0.9 if count > 1 else None}
        for at, count in enumerate(people)
    )  # fmt: skip


BOTH = looks(*[2] * 12)


def followed(
    first: str,
    second: str,
    at_s: float,
    *,
    people: pd.DataFrame = BOTH,
    view: View = SIDE,
    said: Mapping[str, str] | None = None,
) -> Tables:
    """Follow one performer, and from a time on another who stands a metre and a half aside."""
    one, other = (
        synthetic_tables(
            perform(name, seed=seed, duration_s=LASTS_S, view=view), noise_seed=seed, metadata=said
        )
        for name, seed in ((first, 3), (second, 8))
    )
    poses, later = (
        it["pose_keypoints"].astype({"x_px": float, "y_px": float}) for it in (one, other)
    )
    later = later.assign(x_px=later["x_px"] + 380)
    mixed = pd.concat([poses[poses["time_s"] < at_s], later[later["time_s"] >= at_s]])
    return one | {"pose_keypoints": mixed, "people": people}


@pytest.fixture(scope="module")
def walker() -> Tables:
    """Who walks, and from 7 seconds on is a neighbour who squats."""
    return analysed(followed("walk", "squat", 7.0), "range_of_motion", "gait")


def test_the_longest_stretch_of_one_person_is_taken(walker: Tables) -> None:
    one = one_person(motion(walker["body_motion"]), BOTH)
    assert one.start_s == -np.inf
    assert one.end_s == pytest.approx(6.8, abs=0.04)
    assert "followed from 7.0 s on" in one.doubts["several_people"]


def test_who_comes_later_is_taken_where_that_is_longer() -> None:
    tables = analysed(followed("walk", "squat", 4.0), "body_motion")
    one = one_person(motion(tables["body_motion"]), BOTH)
    assert one.start_s == pytest.approx(4.2, abs=0.04)
    assert one.end_s == np.inf
    assert "followed until 4.0 s" in one.doubts["several_people"]


def test_a_stretch_in_which_two_take_turns_is_of_neither() -> None:
    one, other = (followed("walk", "squat", at_s)["pose_keypoints"] for at_s in (LASTS_S, 0.0))
    ours, theirs = (
        it["time_s"].between(5.0, 9.0) & (it["time_s"] % 0.4 >= 0.2) for it in (one, other)
    )
    mixed = pd.concat([one[~ours], other[theirs]])
    tables = followed("walk", "squat", LASTS_S) | {"pose_keypoints": mixed}
    found = one_person(motion(analysed(tables, "body_motion")["body_motion"]), BOTH)
    assert (found.start_s, found.end_s) == (-np.inf, pytest.approx(4.8, abs=0.1))
    assert "followed from 5.0 s on" in found.doubts["several_people"]


def test_too_little_that_is_left_is_told_as_such() -> None:
    tables = analysed(followed("dance", "squat", 6.0), "dance")
    row = metric(tables, "dance", "tempo")
    assert (row["status"], list(row["reasons"])) == ("refused", ["several_people"])


def test_without_a_second_person_nothing_is_cut() -> None:
    tables = analysed(followed("walk", "squat", 4.0, people=looks(*[1] * 12)), "body_motion")
    body = motion(tables["body_motion"])
    one = one_person(body, tables["people"])
    assert one.doubts == {}
    assert one.of(body) is body


def test_bouts_are_cut_to_the_stretch(walker: Tables) -> None:
    cut = one_person(motion(walker["body_motion"]), BOTH).spans(walker["activity"])
    assert cut["end_s"].max() <= 6.8
    assert (cut["end_s"] > cut["start_s"]).all()


def test_the_range_of_a_walker_is_not_that_of_a_neighbour_who_squats(walker: Tables) -> None:
    alone = analysed(
        synthetic_tables(perform("walk", seed=3, duration_s=LASTS_S, view=SIDE), noise_seed=3),
        "range_of_motion",
    )
    for name in ("knee_flexion_range", "hip_flexion_range", "shoulder_flexion_range"):
        found, truth = (metric(it, "range_of_motion", name, "left") for it in (walker, alone))
        assert found["value"] == pytest.approx(truth["value"], abs=6)
        assert (found["status"], list(found["reasons"])) == ("low_confidence", ["several_people"])
        assert "Film one person alone" in found["advice"]


def test_the_steps_of_a_walk_are_counted_until_somebody_else_is_followed(walker: Tables) -> None:
    steps = metric(walker, "gait", "step_count")
    assert steps["status"] == "low_confidence"
    assert max(steps["evidence_frames"]) < 210


def test_somebody_beside_lowers_the_confidence_of_a_range() -> None:
    shown = synthetic_tables(perform("walk", seed=3, duration_s=6.0, view=SIDE), noise_seed=3)
    for people, reasons in ((looks(1, 1, 1, 1, 2, 1), []), (BOTH[:6], ["several_people"])):
        made = analysed(shown | {"people": people}, "range_of_motion")
        knee = metric(made, "range_of_motion", "knee_flexion_range", "left")
        assert list(knee["reasons"]) == reasons


@pytest.mark.parametrize(
    ("first", "second", "said", "analyses"),
    [
        ("balance", "balance", "balance", ("balance", "coach_metrics")),
        ("dance", "standing", "dance", ("dance", "range_of_motion")),
        ("bat_swing", "dance", "batting", ("coach_metrics", "racket", "range_of_motion")),
        ("racket", "racket", "tennis", ("coach_metrics", "racket")),
    ],
)
def test_nothing_is_sure_where_somebody_else_was_followed(
    first: str, second: str, said: str, analyses: tuple[str, ...]
) -> None:
    few = looks(1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)
    view = View(yaw_deg=5.0, width_px=1280)
    shown = followed(first, second, 7.5, people=few, view=view, said={"exercise": said})
    made = analysed(shown, *analyses)
    told = pd.concat([made[name] for name in analyses])
    assert "ok" not in set(told["status"])
    measured = told[told["status"] == "low_confidence"]
    assert measured["reasons"].map(lambda codes: "several_people" in codes).all()


def test_a_dance_that_is_too_short_on_its_own_says_why() -> None:
    view = View(width_px=1280)
    few = looks(1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1)
    shown = followed("dance", "dance", 6.0, people=few, view=view, said={"exercise": "dance"})
    row = metric(analysed(shown, "dance"), "dance", "tempo")
    assert (row["status"], list(row["reasons"])) == ("refused", ["several_people"])
    assert "Somebody else was followed" in row["advice"]
