"""What a file is: facts of real clips, sentences for files that can't be analysed, limits."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.facts import (
    SOURCE_VIDEO,
    Limits,
    VideoFacts,
    probe,
    source_video,
)
from dancer_pipeline.video.frames import read_frames
from dancer_pipeline_tests.video.rendered import LIMITS, render, textured

Clips = Callable[[str], Path]
needs_clips = pytest.mark.videos

REAL = [
    ("rotation_meta_90.mp4", 230, (1280, 720)),
    ("hevc_8bit_hvc1.mp4", 230, (1280, 720)),
    ("av1_4s.mp4", 120, (1280, 720)),
    ("frozen_frame_5s.mp4", 150, (1768, 534)),
    ("one_frame.mp4", 1, (1280, 720)),
    ("hands_only_bottles.mp4", 1189, (640, 360)),
    ("vfr_gait.mp4", 83, (1768, 534)),
]


@needs_clips
@pytest.mark.parametrize(("clip", "frames", "size"), REAL)
def test_size_and_count_of_a_real_clip(
    clips: Clips, clip: str, frames: int, size: tuple[int, int]
) -> None:
    facts = probe(clips(clip), LIMITS)
    assert (facts.frame_count, facts.display_width_px, facts.display_height_px) == (frames, *size)
    assert facts.coverage == pytest.approx(1)


@needs_clips
def test_a_turned_clip_tells_its_turn_and_its_stored_size(clips: Clips) -> None:
    facts = probe(clips("rotation_meta_90.mp4"), LIMITS)
    assert (facts.rotation_deg, facts.is_mirrored) == (90, False)
    assert (facts.stored_width_px, facts.stored_height_px) == (720, 1280)
    assert (facts.codec, facts.audio_codec, facts.has_audio) == ("h264", "aac", True)


@needs_clips
def test_codecs_are_named_as_people_name_them(clips: Clips) -> None:
    names = [probe(clips(clip), LIMITS).codec for clip in ("hevc_8bit_hvc1.mp4", "av1_4s.mp4")]
    assert names == ["hevc", "av1"]


@needs_clips
def test_a_variable_rate_is_told_from_a_steady_one(clips: Clips) -> None:
    variable, steady = (
        probe(clips("vfr_gait.mp4"), LIMITS),
        probe(clips("gait_single_side.mp4"), LIMITS),
    )
    assert (variable.is_variable_frame_rate, steady.is_variable_frame_rate) == (True, False)
    assert variable.max_frame_interval_s == pytest.approx(0.1)
    assert variable.min_frame_interval_s == pytest.approx(1 / 30)
    assert steady.frame_rate_hz == pytest.approx(30)


@needs_clips
def test_one_frame_has_no_rate_and_hardly_any_duration(clips: Clips) -> None:
    facts = probe(clips("one_frame.mp4"), LIMITS)
    assert (facts.frame_rate_hz, facts.max_frame_interval_s) == (None, None)
    assert facts.duration_s == pytest.approx(1 / 30)


@needs_clips
@pytest.mark.parametrize(
    ("clip", "sentence"),
    [
        ("truncated_faststart_half.mp4", "3.4 s of 7.7 s could be decoded (103 of 230 frames)"),
        ("truncated_no_moov.mp4", "no readable index (moov)"),
        ("audio_only.mp4", "only sound"),
        ("zero_bytes.mp4", "empty (0 bytes)"),
        ("html_error_page.mp4", "a web page (HTML)"),
        ("jpeg_renamed.mp4", "a still picture (JPEG)"),
    ],
)
def test_a_file_that_cannot_be_analysed_is_named_with_what_to_do(
    clips: Clips, clip: str, sentence: str
) -> None:
    with pytest.raises(BadVideo) as caught:
        probe(clips(clip), LIMITS)
    assert sentence in str(caught.value)
    assert "pload" in str(caught.value)


@needs_clips
def test_the_table_has_one_row_that_fits_its_declaration(clips: Clips) -> None:
    clip = clips("gait_single_side.mp4")
    table = SOURCE_VIDEO.arrow(source_video(clip, file_name="a walk.mp4", limits=LIMITS))
    row = table.to_pylist()[0]
    truth = json.loads(clip.with_suffix(".gt.json").read_text())
    assert (table.num_rows, row["sha256"], row["file_name"]) == (1, truth["sha256"], "a walk.mp4")
    assert row["sample_rate_hz"] == pytest.approx(30)
    assert 0.3 < row["brightness"] < 0.6


@needs_clips
def test_the_table_of_one_frame_leaves_unknown_rates_null(clips: Clips) -> None:
    table = SOURCE_VIDEO.arrow(
        source_video(clips("one_frame.mp4"), file_name="one.mp4", limits=LIMITS)
    )
    assert table["sample_rate_hz"].to_pylist() == [None]
    assert table["sharpness"].null_count == 0


@pytest.mark.parametrize(
    ("rate_hz", "sample_hz", "expected_hz"), [(240, None, 60), (30, 15, 15), (30, 120, 30)]
)
def test_the_sample_rate_is_the_rate_that_frames_are_read_at(
    tmp_path: Path, rate_hz: float, sample_hz: float | None, expected_hz: float
) -> None:
    clip = render(tmp_path / "a.mp4", rate_hz=rate_hz, frames=round(rate_hz))
    row = source_video(clip, file_name="a", sample_hz=sample_hz, limits=LIMITS).iloc[0]
    assert row["sample_rate_hz"] == pytest.approx(expected_hz)
    assert len(list(read_frames(clip, sample_hz=sample_hz))) == round(expected_hz)


def test_a_blurred_and_dark_video_says_so(tmp_path: Path) -> None:
    sharp, dull = (
        render(tmp_path / name, lambda _, p=paint: p, frames=5)
        for name, paint in (
            ("a.mp4", textured(320, 240)),
            ("b.mp4", np.full((240, 320, 3), 20, np.uint8)),
        )
    )
    rows = [source_video(clip, file_name="x", limits=LIMITS).iloc[0] for clip in (sharp, dull)]
    assert rows[0]["sharpness"] > 500 > 5 > rows[1]["sharpness"]
    assert rows[0]["brightness"] > 0.4 > 0.1 > rows[1]["brightness"]


def test_the_hash_is_that_of_the_whole_file(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4")
    row = source_video(clip, file_name="a", limits=LIMITS).iloc[0]
    assert row["sha256"] == hashlib.sha256(clip.read_bytes()).hexdigest()


def test_a_container_without_a_length_is_measured(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.webm", codec="libvpx", muxer_options={"live": "1"})
    facts = probe(clip, LIMITS)
    assert (facts.promised_duration_s, facts.coverage) == (None, None)
    assert (facts.frame_count, round(facts.duration_s, 2)) == (30, 1.0)


def test_sound_longer_than_the_pictures_is_no_loss(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        noise = np.random.default_rng(0).normal(0, 0.1, 48_000 * 4)
        facts = probe(render(tmp_path / name, sound=noise), LIMITS)
        assert (facts.frame_count, round(facts.duration_s, 2)) == (30, 1.0)


def test_negative_and_late_times_give_the_true_duration(tmp_path: Path) -> None:
    for start_s in (-1.0, 7.0):
        clip = render(
            tmp_path / "a.mkv",
            times_s=[start_s + index / 30 for index in range(60)],
            muxer_options={"avoid_negative_ts": "disabled"},
        )
        facts = probe(clip, LIMITS)
        assert (facts.frame_count, round(facts.duration_s, 1)) == (60, 2.0)


@pytest.mark.parametrize("rate_hz", [0.1, 1000])
def test_extreme_rates_are_facts_not_failures(tmp_path: Path, rate_hz: float) -> None:
    clip = render(tmp_path / "a.mp4", rate_hz=rate_hz, frames=12)
    assert probe(clip, LIMITS).frame_rate_hz == pytest.approx(rate_hz, rel=0.01)


def test_stretched_pixels_give_the_display_size(tmp_path: Path) -> None:
    facts = probe(render(tmp_path / "a.mp4", pixel_aspect=Fraction(4, 3), rotation_deg=90), LIMITS)
    assert (facts.display_width_px, facts.display_height_px) == (48, 85)
    assert facts.pixel_aspect == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (replace(LIMITS, max_size_bytes=1000), "too large"),
        (replace(LIMITS, max_duration_s=0.5), "too long: 1.0 s, at most 0.5 s"),
        (replace(LIMITS, max_pixels=64 * 48 - 1), "64 x 48 pixels"),
        (replace(LIMITS, max_frames=29), "more than 29 frames"),
    ],
)
def test_a_passed_limit_is_named_with_what_is_allowed(
    tmp_path: Path, limits: Limits, sentence: str
) -> None:
    clip = render(tmp_path / "a.mp4")
    assert isinstance(probe(clip, LIMITS), VideoFacts)
    with pytest.raises(BadVideo, match=sentence):
        probe(clip, limits)


def test_a_length_the_header_hides_is_still_limited(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.webm", codec="libvpx", muxer_options={"live": "1"})
    with pytest.raises(BadVideo, match="too long"):
        probe(clip, replace(LIMITS, max_duration_s=0.5))


def test_a_huge_picture_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=30)
        stream.width = stream.height = 16_000
        stream.pix_fmt = "monob"
        picture = av.VideoFrame(16_000, 16_000, "monob")
        picture.pts, picture.time_base = 0, Fraction(1, 30)
        container.mux(stream.encode(picture))
        container.mux(stream.encode())
    for attempt in (lambda clip: probe(clip, LIMITS), lambda clip: list(read_frames(clip))):
        with pytest.raises(BadVideo, match="64 million pixels"):
            attempt(path)


def test_a_limit_above_what_decoders_allocate_is_refused() -> None:
    with pytest.raises(ValueError, match="max_pixels"):
        replace(LIMITS, max_pixels=10**9)
