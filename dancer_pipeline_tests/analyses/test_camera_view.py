"""The camera's view of a figure that was turned by a known angle."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses.camera_view import camera_view
from dancer_pipeline_tests.analyses import performer


def view(table: pd.DataFrame, **said: str) -> pd.Series:
    return camera_view(table, performer.upload_options(**said)).iloc[0]


@pytest.mark.parametrize(
    ("yaw_deg", "name", "near_side"),
    [
        (0, "frontal", None), (-25, "frontal", None), (45, "oblique", None),
        (-70, "sagittal", "left"), (-90, "sagittal", "left"), (90, "sagittal", "right"),
        (110, "sagittal", "right"), (135, "oblique", None), (180, "back", None),
        (-160, "back", None),
    ],
)  # fmt: skip
def test_the_view_follows_from_the_yaw(yaw_deg: float, name: str, near_side: str | None) -> None:
    seen = view(performer.from_yaw(yaw_deg))
    assert (seen["view"], seen["status"]) == (name, "ok")
    assert (None if pd.isna(seen["near_side"]) else seen["near_side"]) == near_side
    assert np.cos(np.radians(seen["yaw_deg"] - yaw_deg)) == pytest.approx(1, abs=1e-6)


def test_the_shoulders_in_the_picture_are_as_wide_as_known_from_real_people() -> None:
    # Real clips: 0.12 from the side, 0.66 from the front.
    assert view(performer.from_yaw(0))["shoulder_to_torso"] == pytest.approx(0.67, abs=0.01)
    assert view(performer.from_yaw(90))["shoulder_to_torso"] == pytest.approx(0, abs=0.01)


def test_a_mirror_turns_the_view_to_the_other_side() -> None:
    plain, mirrored = performer.squat(), performer.mirrored(performer.squat())
    assert (view(plain)["near_side"], view(mirrored)["near_side"]) == ("left", "right")


def test_someone_who_turns_gets_low_confidence() -> None:
    parts = [performer.from_yaw(yaw_deg) for yaw_deg in (-90, -45, 0, 45)]
    turned = [part.assign(frame=part["frame"] + 91 * i, time_s=part["time_s"] + 3.1 * i)
              for i, part in enumerate(parts)]  # fmt: skip
    seen = view(pd.concat(turned, ignore_index=True))
    assert seen["status"] == "low_confidence"
    assert "turning" in seen["reasons"]
    assert "one direction" in seen["advice"]


def test_hips_and_shoulders_that_disagree_get_low_confidence() -> None:
    table = performer.from_yaw(-90)
    table.loc[table["keypoint"] == "left_shoulder", "x_px"] += 100
    seen = view(table)
    assert (seen["view"], seen["status"]) == ("sagittal", "low_confidence")
    assert list(seen["reasons"]) == ["view_uncertain"]


def test_the_uploaders_word_decides_where_hips_and_shoulders_disagree() -> None:
    table = performer.from_yaw(-90)
    table.loc[table["keypoint"] == "left_shoulder", "x_px"] += 100
    seen = view(table, view="oblique")
    assert (seen["view"], seen["status"]) == ("oblique", "ok")


def test_the_uploaders_word_changes_nothing_that_is_certain() -> None:
    assert view(performer.from_yaw(-90), view="front")["view"] == "sagittal"


def test_a_recording_that_is_told_to_be_mirrored_has_its_sides_put_right() -> None:
    recorded = performer.mirrored(performer.squat())
    assert view(recorded, mirrored="true")["near_side"] == view(performer.squat())["near_side"]


@pytest.mark.parametrize(
    "table",
    [
        performer.nobody(),
        performer.squat()[:0],
        performer.squat(0.0),
        performer.pose_table(
            performer.times(2, 30), performer.Motion(), performer.Camera(confidence={"left_hip": 0})
        ),
    ],
    ids=["nobody", "no frames", "one frame", "a hidden hip"],
)
def test_a_view_that_cannot_be_told_is_refused(table: pd.DataFrame) -> None:
    seen = view(table)
    assert seen["status"] == "refused"
    assert pd.isna(seen["view"])
    assert pd.isna(seen["yaw_deg"])
