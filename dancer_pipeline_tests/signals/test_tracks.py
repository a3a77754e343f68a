"""Tracks: from rows to arrays by time, and which keypoints are believed."""

import numpy as np
import pytest

from dancer_pipeline.signals.tracks import median_rate_hz, tracks
from dancer_pipeline_tests.analyses import performer

SIZE_PX = (float(performer.WIDTH_PX), float(performer.HEIGHT_PX))


def test_tracks_follow_time_whatever_the_order_of_rows() -> None:
    table = performer.squat()
    shuffled = table.sample(frac=1, random_state=0)
    first, second = (tracks(it, ["left_knee"]) for it in (table, shuffled))
    assert (np.diff(second.time_s) > 0).all()
    assert np.array_equal(first.image_px["left_knee"], second.image_px["left_knee"])


def test_frames_without_a_person_stay_frames() -> None:
    points = tracks(performer.without_person(performer.squat(), range(10)), ["left_knee"])
    assert len(points.frame) == len(performer.times(6, 30))
    assert np.flatnonzero(~points.is_person).tolist() == list(range(10))
    assert np.isnan(points.image_px["left_knee"][:10]).all()


@pytest.mark.parametrize(
    ("confidence", "x_px", "visible"),
    [(0.5, 640, True), (0.49, 640, False), (0.99, 1400, False), (0.99, -60, False)],
)
def test_a_keypoint_is_seen_with_confidence_and_inside_the_picture(
    confidence: float, x_px: float, *, visible: bool
) -> None:
    camera = performer.Camera(middle_px=(x_px, 330), confidence={"left_hip": confidence})
    table = performer.pose_table(performer.times(0, 30), performer.Motion(), camera)
    assert tracks(table, ["left_hip"]).is_visible("left_hip", SIZE_PX).tolist() == [visible]


def test_the_rate_is_the_median_one_so_dropped_frames_do_not_lower_it() -> None:
    time_s = np.delete(performer.times(4, 30), [5, 6, 20, 33, 50])
    assert median_rate_hz(time_s) == pytest.approx(30)
    assert np.isnan(median_rate_hz(time_s[:1]))


def test_an_infinite_coordinate_is_a_keypoint_that_was_not_found():
    table = performer.squat()
    table.loc[(table["frame"] == 3) & (table["keypoint"] == "left_hip"), "x_m"] = np.inf
    points = tracks(table, ["left_hip", "right_hip"])
    assert np.isnan(points.image_px["left_hip"][3]).all()
    assert np.isnan(points.confidence["left_hip"][3])
    assert np.isfinite(points.world_m["right_hip"]).all()
