"""What is kept of pixels and sound: from real clips, and from clips with known contents."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.video.extracts import video_extracts
from dancer_pipeline.video.frames import read_frames
from dancer_pipeline.video.tables import UNCHANGED_BELOW, UNITS, VIDEO_EXTRACTS
from dancer_pipeline_tests.video.rendered import render, rolling, textured

Clips = Callable[[str], Path]
SOUND_HZ = 48_000


def values(extracts: pd.DataFrame, measure: str) -> np.ndarray:
    return extracts.loc[extracts["measure"] == measure, "value"].to_numpy(float)


def times_s(extracts: pd.DataFrame, measure: str) -> np.ndarray:
    return extracts.loc[extracts["measure"] == measure, "time_s"].to_numpy(float)


@pytest.mark.videos
def test_a_frozen_picture_is_told_from_a_walk(clips: Clips) -> None:
    frozen, walk = (
        values(video_extracts(clips(name)), "local_change")
        for name in ("frozen_frame_5s.mp4", "gait_single_side.mp4")
    )
    assert np.mean(frozen < UNCHANGED_BELOW) == 1
    assert walk.min() > 20 * UNCHANGED_BELOW


@pytest.mark.videos
@pytest.mark.parametrize("crf", ["18", "28"])
def test_a_picture_that_is_coded_again_and_again_stands_still(
    clips: Clips, tmp_path: Path, crf: str
) -> None:
    picture = next(read_frames(clips("gait_single_side.mp4"), max_height_px=480)).image[:, :852]
    coding = {"crf": crf, "g": "30"}
    frozen = render(tmp_path / "a.mp4", lambda _: picture, frames=75, codec_options=coding)
    assert values(video_extracts(frozen), "local_change").max() < UNCHANGED_BELOW


@pytest.mark.videos
def test_a_hold_is_no_frozen_picture(clips: Clips) -> None:
    held = values(video_extracts(clips("bridge_1_hold.mp4")), "local_change")
    assert held.min() > 5 * UNCHANGED_BELOW


def test_a_small_thing_that_creeps_is_no_frozen_picture(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", creeping, frames=75, codec_options={"crf": "20"})
    extracts = video_extracts(clip)
    assert values(extracts, "frame_difference").mean() < 5e-4
    assert np.mean(values(extracts, "local_change")[10:] < UNCHANGED_BELOW) == 0


def creeping(index: int) -> np.ndarray:
    """Paint a smooth spot, a twentieth of the picture wide, that moves 2 pixels a second."""
    y, x = np.mgrid[:240, :320]
    spot = 100 * np.exp(-((x - 160 - index / 15) ** 2 + (y - 120) ** 2) / 72)
    return np.repeat((80 + spot).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.videos
def test_a_camera_on_a_tripod_does_not_move_although_a_person_walks(clips: Clips) -> None:
    extracts = video_extracts(clips("gait_single_side.mp4"))
    for axis in "xy":
        assert np.nanmax(np.abs(values(extracts, f"camera_shift_{axis}"))) < 10


@pytest.mark.videos
def test_one_frame_has_light_and_sharpness_and_nothing_that_needs_two(clips: Clips) -> None:
    extracts = video_extracts(clips("one_frame.mp4"))
    assert sorted(extracts["measure"]) == ["luma", "sharpness"]


def test_pixels_are_looked_at_ten_times_a_second(tmp_path: Path) -> None:
    extracts = video_extracts(render(tmp_path / "a.mp4", frames=60))
    np.testing.assert_allclose(times_s(extracts, "luma"), np.arange(0, 2, 0.1), atol=1e-6)
    assert set(extracts["measure"]) == {name for name in UNITS if not name.startswith("audio")}


def test_a_panning_camera_is_measured_in_display_pixels(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", rolling(480, 240, step_px=2), codec_options={"crf": "10"})
    extracts = video_extracts(clip)
    assert np.median(values(extracts, "camera_shift_x")) == pytest.approx(60, rel=0.1)
    assert np.median(values(extracts, "camera_shift_y")) == pytest.approx(0, abs=3)


def test_without_detail_the_camera_is_unknown_not_still(tmp_path: Path) -> None:
    extracts = video_extracts(
        render(tmp_path / "a.mp4", lambda _: np.full((48, 64, 3), 90, np.uint8))
    )
    assert np.isnan(values(extracts, "camera_shift_x")).all()


def test_light_follows_a_lamp_that_is_switched_on(tmp_path: Path) -> None:
    def lamp(index: int) -> np.ndarray:
        return np.full((48, 64, 3), 180 if index > 14 else 30, np.uint8)

    clip = render(tmp_path / "a.mp4", lamp)
    luma = values(video_extracts(clip), "luma")
    np.testing.assert_allclose(luma[:5], 30 / 255, atol=0.02)
    np.testing.assert_allclose(luma[6:], 180 / 255, atol=0.02)


def clicks(at_s: list[float], length_s: float) -> np.ndarray:
    sound = np.random.default_rng(0).normal(0, 0.001, round(length_s * SOUND_HZ))
    for time_s in at_s:
        start = round(time_s * SOUND_HZ)
        sound[start : start + 2400] += np.sin(np.arange(2400) * 0.2) * 0.5
    return sound


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_onsets_are_found_when_they_sound(tmp_path: Path, name: str) -> None:
    played_s = [0.5, 1.0, 1.7]
    extracts = video_extracts(render(tmp_path / name, frames=60, sound=clicks(played_s, 2)))
    onset, when_s = values(extracts, "audio_onset"), times_s(extracts, "audio_onset")
    strong_s = when_s[onset > 2]
    for time_s in played_s:
        assert np.abs(strong_s - time_s).min() < 0.03
    assert np.abs(strong_s[:, None] - np.array(played_s)).min(axis=1).max() < 0.03


def test_loudness_is_the_rms_of_the_sound(tmp_path: Path) -> None:
    tone = np.sin(np.arange(2 * SOUND_HZ) * 0.1) * 0.5
    extracts = video_extracts(render(tmp_path / "a.mp4", frames=60, sound=tone))
    envelope = values(extracts, "audio_envelope")
    assert len(envelope) == pytest.approx(200, abs=5)
    assert np.median(envelope) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_a_silent_video_has_no_sound_rows(tmp_path: Path) -> None:
    assert not set(video_extracts(render(tmp_path / "a.mp4"))["measure"]) & {"audio_onset"}


def test_the_table_fits_its_declaration_with_the_unit_of_each_measure(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", lambda i: textured(64, 48, i), sound=clicks([0.5], 1))
    extracts = video_extracts(clip)
    VIDEO_EXTRACTS.arrow(extracts)
    units = extracts.astype(str).groupby("measure")["unit"].unique().map(list).to_dict()
    assert units == {measure: [unit] for measure, unit in UNITS.items()}
