"""How much keypoints tremble."""

import math

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS
from dancer_pipeline.signals.body_parts import TRUNK
from dancer_pipeline.signals.jitter import jitter
from dancer_pipeline.signals.tracks import tracks

TRUNK_PX = 100.0


def walking(noise_px: float = 0.0, frames: int = 300) -> pd.DataFrame:
    """Somebody who goes by at an even speed, and a model that is unsure by `noise_px`."""
    draw = np.random.default_rng(0)
    rows = []
    for frame in range(frames):
        for name in KEYPOINTS:
            x, y = draw.normal(0, noise_px or 1e-12, 2)
            height = TRUNK_PX if "shoulder" in name else 0.0
            rows.append((frame, frame / 30, name, x + 7.0 * frame, y - height, 0.9))
    columns = ["frame", "time_s", "keypoint", "x_px", "y_px", "confidence"]
    return pd.DataFrame(rows, columns=columns).reindex(
        columns=[column.name for column in POSE_KEYPOINTS.columns]
    )


def of(poses: pd.DataFrame) -> float:
    return jitter(tracks(poses, TRUNK))


def test_an_even_movement_has_none():
    assert of(walking()) == pytest.approx(0, abs=1e-9)


def test_noise_is_told_as_a_share_of_the_trunk():
    # A point less the middle of its neighbours has 1.5 times the variance; the median of the
    # length of such a vector is 1.1774 of its deviation.
    for noise_px in (1.0, 3.0):
        expected = noise_px * math.sqrt(1.5) * 1.1774 / TRUNK_PX
        assert of(walking(noise_px)) == pytest.approx(expected, rel=0.1)


def test_what_is_not_seen_does_not_count():
    poses, hidden = walking(1.0), walking(30.0)
    is_hidden = poses["frame"].between(100, 199)
    poses.loc[is_hidden, ["x_px", "y_px"]] = hidden.loc[is_hidden, ["x_px", "y_px"]]
    poses.loc[is_hidden, "confidence"] = 0.1
    assert of(poses) == pytest.approx(of(walking(1.0)), rel=0.1)


def test_without_anybody_it_is_not_known():
    nobody = walking(frames=10).assign(x_px=np.nan, y_px=np.nan, confidence=np.nan)
    assert math.isnan(of(nobody))
    assert math.isnan(of(nobody.iloc[:0]))
