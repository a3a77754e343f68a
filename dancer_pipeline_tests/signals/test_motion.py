import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.signals.motion import MOTION_KEYPOINTS, Motion, motion
from dancer_pipeline_tests.analyses import performer


def of(table: pd.DataFrame, **said: str) -> Motion:
    options = performer.upload_options(**said)
    return motion(body_motion(table, performer.source_video(), options))


def test_a_motion_has_the_keypoints_where_they_were_seen() -> None:
    table = performer.squat(3.0)
    seen = of(table)
    knee = table[table["keypoint"] == "left_knee"]
    np.testing.assert_allclose(seen.image_px["left_knee"], knee[["x_px", "y_px"]], atol=1e-3)
    np.testing.assert_allclose(seen.world_m["left_knee"], knee[["x_m", "y_m", "z_m"]], atol=1e-5)
    assert seen.rate_hz == pytest.approx(30)
    assert seen.torso_px == pytest.approx(150, abs=1e-3)
    assert set(seen.image_px) == set(MOTION_KEYPOINTS)


def test_frames_that_were_lost_do_not_shift_the_others_in_time() -> None:
    table = performer.squat(6.0)
    kept = np.random.default_rng(1).random(181) > 0.3
    thinned = table[kept[table["frame"]]]
    whole, part = of(table), of(thinned)
    there = np.interp(part.time_s, whole.time_s, whole.image_px["left_hip"][:, 1])
    known = part.seen("left_hip")
    assert known.mean() > 0.9
    np.testing.assert_allclose(part.image_px["left_hip"][known, 1], there[known], atol=1.5)


def test_times_are_even_where_the_files_are_not() -> None:
    uneven = performer.squat(4.0)
    slow = uneven[(uneven["frame"] < 60) | (uneven["frame"] % 2 == 0)]
    seen = of(slow)
    np.testing.assert_allclose(np.diff(seen.time_s), 1 / seen.rate_hz)
    assert seen.rate_hz == pytest.approx(30, rel=0.01)


@pytest.mark.parametrize(("frames", "is_filled"), [(5, True), (12, False)])
def test_a_short_gap_is_filled_and_a_long_one_is_not(frames: int, *, is_filled: bool) -> None:
    hidden = range(60, 60 + frames)
    table = performer.squat(4.0)
    table.loc[table["frame"].isin(hidden) & (table["keypoint"] == "left_knee"), "confidence"] = 0.1
    seen = of(table)
    assert np.isfinite(seen.image_px["left_knee"][60 : 60 + frames]).all() == is_filled
    assert np.isfinite(seen.image_px["right_knee"]).all()


def test_it_is_told_what_was_filled_in() -> None:
    table = performer.squat(4.0)
    is_hidden = table["frame"].isin(range(60, 64)) & (table["keypoint"] == "left_knee")
    table.loc[is_hidden, "confidence"] = 0.1
    lost = table[~table["frame"].isin(range(90, 93))]
    seen = of(lost)
    assert np.isfinite(seen.image_px["left_knee"]).all()
    assert list(np.flatnonzero(~seen.was_seen["left_knee"])) == [60, 61, 62, 63, 90, 91, 92]
    assert list(np.flatnonzero(~seen.was_seen["right_knee"])) == [90, 91, 92]
    assert not seen.between(2.0, 2.05).was_seen["left_knee"].any()


def test_a_gap_stays_a_gap_when_the_motion_is_smoothed() -> None:
    table = performer.squat(4.0)
    is_hidden = table["frame"].between(50, 70) & (table["keypoint"] == "left_knee")
    table.loc[is_hidden, "confidence"] = 0.0
    plain = of(table)
    smoothed = plain.smooth(6.0, ("left_knee", "left_hip"))
    assert set(smoothed.image_px) == {"left_knee", "left_hip"}
    np.testing.assert_array_equal(
        np.isnan(smoothed.image_px["left_knee"]), np.isnan(plain.image_px["left_knee"])
    )
    np.testing.assert_allclose(
        smoothed.image_px["left_hip"][10:-10], plain.image_px["left_hip"][10:-10], atol=0.5
    )


def test_smoothing_takes_the_noise_and_leaves_the_movement() -> None:
    table = performer.squat(6.0)
    noise = np.random.default_rng(2).normal(0, 3, len(table)).astype(np.float32)
    clean, rough = of(table), of(table.assign(y_px=table["y_px"] + noise))
    error = rough.smooth(4.0).image_px["left_hip"][:, 1] - clean.image_px["left_hip"][:, 1]
    before = rough.image_px["left_hip"][:, 1] - clean.image_px["left_hip"][:, 1]
    assert np.std(error) < 0.6 * np.std(before)


def test_legs_that_were_confused_are_put_right_and_told() -> None:
    table = performer.pose_table(
        performer.times(3, 30),
        performer.Motion(knee_deg=60.0, right_knee_deg=5.0, thigh_deg=30.0),
    )
    is_swapped = table["frame"].between(40, 43) & table["keypoint"].str.contains(
        "knee|ankle|heel|foot"
    )
    other = table["keypoint"].str.replace("left_", "L").str.replace("right_", "left_")
    table.loc[is_swapped, "keypoint"] = other.str.replace("L", "right_")[is_swapped]
    seen = of(performer.typed(table))
    assert seen.legs_exchanged.sum() == 4
    assert np.ptp(seen.image_px["left_knee"][:, 0]) < 1


def test_what_is_told_to_be_mirrored_has_its_sides_put_right() -> None:
    plain, told = (
        of(performer.squat(2.0)),
        of(performer.mirrored(performer.squat(2.0)), mirrored="true"),
    )
    for name in MOTION_KEYPOINTS:
        np.testing.assert_allclose(told.image_px[name], plain.image_px[name], atol=1e-3)


def test_a_stretch_of_time_is_cut_out_with_both_its_ends() -> None:
    part = of(performer.squat(4.0)).between(1.0, 2.0)
    assert (part.time_s[0], part.time_s[-1]) == (pytest.approx(1.0), pytest.approx(2.0))
    assert len(part.image_px["nose"]) == len(part.frame) == 31


def test_a_stretch_of_time_is_cut_out_without_a_copy() -> None:
    whole = of(performer.squat(4.0))
    part = whole.between(1.0, 2.0)
    for name in MOTION_KEYPOINTS:
        assert np.shares_memory(part.image_px[name], whole.image_px[name])
        assert np.shares_memory(part.world_m[name], whole.world_m[name])
    assert np.shares_memory(part.time_s, whole.time_s)


def test_what_a_stretch_shares_with_the_video_cannot_be_written_to() -> None:
    part = of(performer.squat(4.0)).between(1.0, 2.0)
    for values in (*part.image_px.values(), *part.world_m.values()):
        with pytest.raises(ValueError, match="read-only"):
            values += 1.0


def test_smoothing_a_stretch_leaves_the_video_as_it_was() -> None:
    whole = of(performer.squat(4.0))
    before = whole.image_px["left_knee"].copy()
    smooth = whole.between(1.0, 2.0).smooth(2.0)
    assert not np.array_equal(smooth.image_px["left_knee"], before[30:61])
    np.testing.assert_array_equal(whole.image_px["left_knee"], before)


@pytest.mark.parametrize(("start_s", "end_s"), [(2.0, 1.0), (9.0, 10.0), (-2.0, -1.0)])
def test_a_stretch_outside_of_the_video_is_empty(start_s: float, end_s: float) -> None:
    assert len(of(performer.squat(4.0)).between(start_s, end_s).frame) == 0


def test_a_video_without_frames_is_a_motion_of_no_length() -> None:
    nothing = of(performer.squat()[:0])
    assert nothing.duration_s == 0
    assert np.isnan(nothing.rate_hz)
    assert np.isnan(nothing.torso_px)
    assert not nothing.smooth(6.0).seen("left_knee").any()


def test_a_clock_that_jumps_leaves_out_the_hour_and_nothing_else() -> None:
    table = performer.squat(4.0)
    late = table["frame"] > 60
    jumping = table.assign(time_s=table["time_s"] + 3600.0 * late)
    seen = of(jumping)
    assert len(seen.time_s) < 121 + 10 * 30 + 5
    assert seen.rate_hz == pytest.approx(30, rel=1e-3)
    knee = table.loc[table["keypoint"] == "left_knee", "y_px"].to_numpy()
    known = seen.seen("left_knee")
    truth_s = np.unique(jumping["time_s"])
    there = np.interp(seen.time_s[known], truth_s, knee)
    np.testing.assert_allclose(seen.image_px["left_knee"][known, 1], there, atol=1.0)
    assert known.sum() == pytest.approx(121, abs=2)
    assert not known[(seen.time_s > 2.1) & (seen.time_s < 3601.9)].any()


def test_frames_at_the_same_time_are_one_moment() -> None:
    table = performer.squat(1.0)
    seen = of(table.assign(time_s=3.0))
    assert seen.time_s.tolist() == [3.0]
    assert np.isnan(seen.rate_hz)


def test_frames_without_a_time_are_left_out() -> None:
    table = performer.squat(4.0)
    seen = of(table.assign(time_s=table["time_s"].where(table["frame"] % 10 != 5)))
    assert len(seen.time_s) == 121
    assert seen.seen("left_knee").all()
    assert not np.isin(seen.frame, np.arange(5, 121, 10)).any()
