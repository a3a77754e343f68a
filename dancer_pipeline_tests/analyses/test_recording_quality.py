"""What is said of the recording itself."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses import discover
from dancer_pipeline.analyses.recording_quality import recording_quality
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.contract import core, result

ANALYSES = discover()


def quality(table: pd.DataFrame, **tables: pd.DataFrame) -> pd.DataFrame:
    return result("recording_quality", ANALYSES, core(table, **tables)).set_index("metric")


def test_a_good_recording_has_good_numbers_and_no_advice() -> None:
    made = quality(performer.squat())
    assert made["value"].to_dict() == pytest.approx(
        {
            "person_found_share": 1, "upper_body_visible_share": 1, "lower_body_visible_share": 1,
            "analysed_duration": 6, "frame_rate": 30, "brightness": 0.5, "sharpness": 100,
            "unchanged_picture_share": 0, "camera_motion": 0,
        }
    )  # fmt: skip
    assert (made["status"] == "ok").all()
    assert made["advice"].isna().all()


def test_the_share_of_frames_with_a_person_is_counted() -> None:
    row = quality(performer.without_person(performer.squat(), range(36))).loc["person_found_share"]
    assert row["value"] == pytest.approx(145 / 181)
    assert row["n"] == 181
    assert "80%" in row["advice"]


def test_feet_out_of_the_picture_are_counted_with_advice() -> None:
    camera = performer.Camera(middle_px=(640.0, 600.0))
    table = performer.pose_table(performer.times(2, 30), performer.Motion(), camera)
    made = quality(table)
    assert made.loc["lower_body_visible_share", "value"] == 0
    assert "Step back" in made.loc["lower_body_visible_share", "advice"]
    assert made.loc["upper_body_visible_share", "value"] == 1


def test_a_side_view_counts_as_seen_whole_although_one_side_is_hidden() -> None:
    camera = performer.Camera(confidence={"right_wrist": 0.1, "right_knee": 0.2})
    made = quality(performer.pose_table(performer.times(2, 30), performer.Motion(), camera))
    assert made.loc["lower_body_visible_share", "value"] == 1
    assert made.loc["upper_body_visible_share", "value"] == 1


def test_a_moving_camera_is_measured_in_picture_widths() -> None:
    moving = performer.video_extracts(camera_shift_x=-38.4, camera_shift_y=51.2)
    made = quality(performer.squat(), video_extracts=moving)
    assert made.loc["camera_motion", "value"] == pytest.approx(64 / performer.WIDTH_PX)


def test_a_held_picture_is_measured() -> None:
    table = performer.video_extracts()
    still = (table["measure"] == "local_change") & (table["time_s"] < 2.95)
    held = table.assign(value=table["value"].where(~still, 0.0))
    made = quality(performer.squat(), video_extracts=held)
    assert made.loc["unchanged_picture_share", "value"] == pytest.approx(30 / 61)


@pytest.mark.parametrize(
    ("table", "reason"),
    [(performer.nobody(), "no_person"), (performer.squat()[:0], "too_short"),
     (performer.squat(0.1), "too_short")],
    ids=["nobody", "no frames", "four frames"],
)  # fmt: skip
def test_without_a_movement_everything_is_refused_with_the_reason(
    table: pd.DataFrame, reason: str
) -> None:
    made = quality(table)
    assert (made["status"] == "refused").all()
    assert made["reasons"].map(list).tolist() == [[reason]] * len(made)
    assert made["advice"].notna().all()


def test_how_seldom_a_person_may_be_found_is_a_parameter() -> None:
    tables = core(performer.without_person(performer.squat(), range(36)))
    names = ("source_video", "pose_keypoints", "video_extracts")
    made = recording_quality(*(tables[name] for name in names), min_person_share=0.9)
    assert (made["status"] == "refused").all()


@pytest.mark.parametrize(("brightness", "told"), [(0.1, True), (0.6, False), (None, False)])
def test_where_nobody_is_found_in_the_dark_the_light_is_named(
    brightness: float | None, *, told: bool
) -> None:
    made = quality(performer.nobody(), source_video=performer.source_video(brightness=brightness))
    assert ("light behind the camera" in made["advice"].iloc[0]) == told


def test_what_the_file_does_not_tell_is_refused_alone() -> None:
    source = performer.source_video(frame_rate_hz=np.nan)
    made = quality(performer.squat(), source_video=source)
    assert made.loc["frame_rate", "status"] == "refused"
    assert made["status"].value_counts()["ok"] == len(made) - 1


def test_a_picture_without_a_width_measures_no_camera() -> None:
    empty = performer.source_video(display_width_px=0)
    row = quality(performer.squat(), source_video=empty).loc["camera_motion"]
    assert (row["status"], list(row["reasons"])) == ("refused", ["not_measured"])
