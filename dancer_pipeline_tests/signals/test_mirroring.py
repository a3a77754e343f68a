import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.signals.mirroring import other_side, unmirrored
from dancer_pipeline.signals.tracks import tracks
from dancer_pipeline_tests.analyses import performer


def test_undoing_a_mirror_gives_the_recording_without_it() -> None:
    plain = performer.squat(2.0).assign(confidence=lambda it: it["keypoint"].str.len() / 100)
    there = tracks(plain, KEYPOINTS)
    back = unmirrored(tracks(performer.mirrored(plain), KEYPOINTS), performer.WIDTH_PX)
    for values in ("image_px", "world_m"):
        for name, one in getattr(there, values).items():
            np.testing.assert_allclose(getattr(back, values)[name], one, atol=1e-3)


def test_confidence_goes_with_its_side() -> None:
    table = performer.pose_table(
        performer.times(1, 30), performer.Motion(), performer.Camera(confidence={"left_knee": 0.2})
    )
    turned = unmirrored(tracks(table, KEYPOINTS), 1280)
    assert turned.confidence["right_knee"][0] == pytest.approx(0.2)
    assert turned.confidence["left_knee"][0] == pytest.approx(0.99)


def test_without_a_width_distances_are_still_right() -> None:
    points = tracks(performer.squat(1.0), KEYPOINTS)
    turned = unmirrored(points, float("nan"))
    length = points.image_px["nose"] - points.image_px["left_heel"]
    again = turned.image_px["nose"] - turned.image_px["right_heel"]
    np.testing.assert_allclose(np.abs(length), np.abs(again))


@pytest.mark.parametrize(
    ("name", "other"),
    [("left_knee", "right_knee"), ("mouth_right", "mouth_left"), ("nose", "nose")],
)
def test_each_keypoint_has_another_side(name: str, other: str) -> None:
    assert other_side(name) == other
    assert pd.Series(KEYPOINTS).map(other_side).isin(KEYPOINTS).all()
