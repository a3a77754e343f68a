"""Legs exchanged on purpose: short bursts are put right, everything else is left alone."""

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.signals.swaps import LEG, leg_swaps, without_leg_swaps
from dancer_pipeline.signals.tracks import Tracks, tracks
from dancer_pipeline_tests.analyses import performer

NAMES = [f"{side}_{part}" for side in ("left", "right") for part in LEG]


def swinging_legs() -> pd.DataFrame:
    """Let both shanks swing against each other, so that the feet pass twice a second."""
    time_s = performer.times(3.0, 30.0)
    swing = 35 * np.sin(2 * np.pi * time_s)
    motion = performer.Motion(knee_deg=40 + swing, right_knee_deg=40 - swing, thigh_deg=20.0)
    return performer.pose_table(time_s, motion)


def exchanged(table: pd.DataFrame, frames: range) -> pd.DataFrame:
    """Exchange the labels of the legs in these frames."""
    sides = {f"left_{part}": f"right_{part}" for part in LEG}
    sides |= {right: left for left, right in sides.items()}
    names = table["keypoint"].astype(str)
    hit = table["frame"].isin(frames) & names.isin(sides)
    return performer.typed(table.assign(keypoint=names.where(~hit, names.map(sides))))


def of(table: pd.DataFrame) -> Tracks:
    return tracks(table, NAMES)


@pytest.mark.parametrize("frames", [range(35, 36), range(35, 38), range(22, 28)])
def test_a_short_burst_is_found_and_put_right(frames: range) -> None:
    confused = of(exchanged(swinging_legs(), frames))
    assert np.flatnonzero(leg_swaps(confused)).tolist() == list(frames)
    repaired, truth = without_leg_swaps(confused), of(swinging_legs())
    for name in NAMES:
        assert np.array_equal(repaired.image_px[name], truth.image_px[name])
        assert np.array_equal(repaired.world_m[name], truth.world_m[name])


def test_legs_that_pass_each_other_are_not_exchanged() -> None:
    assert not leg_swaps(of(swinging_legs())).any()


def test_a_longer_confusion_is_left_alone() -> None:
    assert not leg_swaps(of(exchanged(swinging_legs(), range(35, 50)))).any()


def test_frames_without_a_person_are_no_swaps() -> None:
    assert not leg_swaps(of(performer.nobody())).any()
    assert leg_swaps(of(performer.squat()[:0])).shape == (0,)
