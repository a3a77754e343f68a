"""Upright frames with true times, from real clips and from files rendered to be awkward."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import IncompleteVideo, read_frames
from dancer_pipeline_tests.video.rendered import render, rolling, textured

Clips = Callable[[str], Path]
needs_clips = pytest.mark.videos


def demuxed_times_s(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stamps = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
        assert stream.time_base is not None
        return (np.sort(stamps) - min(stamps)) * float(stream.time_base)


@needs_clips
@pytest.mark.parametrize(
    ("clip", "frames", "height", "width"),
    [
        ("rotation_meta_90.mp4", 230, 720, 1280),
        ("hevc_8bit_hvc1.mp4", 230, 720, 1280),
        ("av1_4s.mp4", 120, 720, 1280),
        ("gait_single_side.mp4", 135, 534, 1768),
        ("frozen_frame_5s.mp4", 150, 534, 1768),
        ("one_frame.mp4", 1, 720, 1280),
    ],
)
def test_a_real_clip_gives_all_its_frames_upright(
    clips: Clips, clip: str, frames: int, height: int, width: int
) -> None:
    shapes = [frame.image.shape for frame in read_frames(clips(clip))]
    assert shapes == [(height, width, 3)] * frames


@needs_clips
def test_variable_times_are_those_of_the_demuxer(clips: Clips) -> None:
    times_s = [frame.time_s for frame in read_frames(clips("vfr_gait.mp4"))]
    np.testing.assert_allclose(times_s, demuxed_times_s(clips("vfr_gait.mp4")), atol=1e-6)
    assert np.ptp(np.diff(times_s)) > 0.05


@needs_clips
def test_the_rotated_clip_shows_the_same_picture_as_the_unrotated_one(clips: Clips) -> None:
    turned, straight = (
        next(read_frames(clips(name))).image.astype(float)
        for name in ("rotation_meta_90.mp4", "hevc_8bit_hvc1.mp4")
    )
    assert np.abs(turned - straight).mean() < 8
    assert np.abs(turned[::-1, ::-1] - straight).mean() > 40


@needs_clips
def test_a_truncated_file_gives_its_frames_and_then_says_how_much_was_decoded(clips: Clips) -> None:
    seen = []
    with pytest.raises(IncompleteVideo, match=r"3\.4 s of 7\.7 s .*103 of 230 frames") as caught:
        seen.extend(read.index for read in read_frames(clips("truncated_faststart_half.mp4")))
    assert seen == list(range(103))
    assert caught.value.decoded_frames == 103


def test_a_picture_of_two_by_two_pixels_decodes(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", lambda index: textured(2, 2, index))
    assert {frame.image.shape for frame in read_frames(clip)} == {(2, 2, 3)}


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi", "a.mov"])
def test_every_container_gives_the_same_even_times(tmp_path: Path, name: str) -> None:
    times_s = [frame.time_s for frame in read_frames(render(tmp_path / name, frames=45))]
    np.testing.assert_allclose(times_s, np.arange(45) / 30, atol=2e-3)


@pytest.mark.parametrize("start_s", [-1.0, 0.0, 7.0])
@pytest.mark.parametrize("name", ["a.mkv", "a.ts"])
def test_time_begins_at_the_first_frame(tmp_path: Path, name: str, start_s: float) -> None:
    options = {"avoid_negative_ts": "disabled"} if name.endswith("mkv") else {}
    times_s = [start_s + index / 30 for index in range(60)]
    clip = render(tmp_path / name, times_s=times_s, muxer_options=options)
    read_s = [frame.time_s for frame in read_frames(clip)]
    np.testing.assert_allclose(read_s, np.arange(60) / 30, atol=2e-3)


@pytest.mark.parametrize(
    ("rate_hz", "kept_hz"),
    [(10, 10), (30000 / 1001, 30000 / 1001), (30, 30), (60, 60), (240, 60), (120, 60)],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_thinning_is_even_and_keeps_all_up_to_60_hz(
    tmp_path: Path, name: str, rate_hz: float, kept_hz: float
) -> None:
    clip = render(tmp_path / name, frames=round(rate_hz * 2), rate_hz=rate_hz)
    frames = list(read_frames(clip))
    np.testing.assert_allclose(np.diff([f.time_s for f in frames]), 1 / kept_hz, atol=1.1e-3)
    assert np.diff([f.index for f in frames]).tolist() == [round(rate_hz / kept_hz)] * (
        len(frames) - 1
    )


def test_sampling_is_by_time_also_where_the_rate_varies(tmp_path: Path) -> None:
    times_s = np.concatenate([np.arange(0, 1, 0.02), np.arange(1, 3, 0.2), np.arange(3, 4, 0.02)])
    clip = render(tmp_path / "a.mp4", times_s=times_s)
    kept_s = np.array([frame.time_s for frame in read_frames(clip, sample_hz=10)])
    assert np.sum(kept_s < 0.99) == 10
    np.testing.assert_allclose(kept_s[(kept_s > 0.99) & (kept_s < 2.99)], np.arange(1, 3, 0.2))


def test_a_rate_of_zero_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="above 0 Hz"):
        next(read_frames(render(tmp_path / "a.mp4"), sample_hz=-1))


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_display_matrix_is_obeyed(tmp_path: Path, rotation_deg: int, *, mirrored: bool) -> None:
    stored = textured(64, 48)
    clip = render(
        tmp_path / "a.mp4", lambda _: stored, frames=2, rotation_deg=rotation_deg,
        mirrored=mirrored, codec_options={"crf": "5"},
    )  # fmt: skip
    mirror = stored[:, ::-1] if mirrored else stored
    seen = np.rot90(mirror, (rotation_deg if not mirrored else -rotation_deg) // 90)
    image = next(read_frames(clip)).image
    assert image.shape == seen.shape
    assert np.abs(image.astype(float) - seen).mean() < 25


def test_stretched_pixels_become_square(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", pixel_aspect=Fraction(4, 3))
    assert next(read_frames(clip)).image.shape == (48, 85, 3)


def test_stretched_pixels_of_a_turned_picture_stretch_its_height(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", pixel_aspect=Fraction(4, 3), rotation_deg=90)
    assert next(read_frames(clip)).image.shape == (85, 48, 3)


def test_frames_are_scaled_down_and_never_up(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", rolling(64, 48))
    small = next(read_frames(clip, max_height_px=24))
    assert (small.image.shape, small.scale) == ((24, 32, 3), 0.5)
    assert next(read_frames(clip, max_height_px=4000)).image.shape == (48, 64, 3)


def test_a_change_of_size_in_mid_stream_keeps_one_frame_size(tmp_path: Path) -> None:
    small, large = (
        render(tmp_path / f"{width}.ts", lambda _, w=width: textured(w, 48)) for width in (64, 96)
    )
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    frames = list(read_frames(both))
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    assert len(frames) > 50
    assert frames[-1].image[:4].max() < 30  # the wider picture is fitted between black borders


def test_recordings_joined_end_to_end_run_on_in_time(tmp_path: Path) -> None:
    part = render(tmp_path / "a.ts").read_bytes()
    joined = tmp_path / "joined.ts"
    joined.write_bytes(part + part)
    times_s = np.array([frame.time_s for frame in read_frames(joined)])
    assert np.all(np.diff(times_s) > 0)
    assert times_s[-1] == pytest.approx(2, abs=0.15)


def test_bytes_flipped_in_the_middle_are_reported_after_the_frames(tmp_path: Path) -> None:
    clip = render(
        tmp_path / "a.mp4", lambda index: textured(320, 240, index), frames=100,
        codec_options={"g": "10"}, muxer_options={"movflags": "faststart"},
    )  # fmt: skip
    damaged = bytearray(clip.read_bytes())
    third = len(damaged) // 3
    damaged[third : third * 3 // 2] = np.random.default_rng(0).bytes(third * 3 // 2 - third)
    clip.write_bytes(damaged)
    seen = []
    with pytest.raises(IncompleteVideo, match=r"\d+ of \d+ frames are damaged"):
        seen.extend(frame.index for frame in read_frames(clip))
    assert len(seen) > 50


def test_a_zeroed_tail_is_reported(tmp_path: Path) -> None:
    clip = render(
        tmp_path / "a.mp4", lambda index: textured(320, 240, index), frames=100,
        codec_options={"g": "10"}, muxer_options={"movflags": "faststart"},
    )  # fmt: skip
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) * 2 // 3] + bytes(len(whole) // 3))
    with pytest.raises(IncompleteVideo, match=r"2\.\d s of 3\.3 s"):
        list(read_frames(clip))


def test_the_first_moving_pictures_are_the_video_not_the_cover_art(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        streams = [container.add_stream("libx264", rate=30) for _ in range(2)]
        for stream, size in zip(streams, (64, 128), strict=True):
            stream.width = stream.height = size
            stream.pix_fmt = "yuv420p"
        art = av.VideoFrame.from_ndarray(textured(32, 32), "rgb24").reformat(
            format="yuvj420p", dst_color_range=2
        )
        art.pts, art.time_base = 0, Fraction(1, 1)
        container.mux(cover.encode(art))
        for index in range(10):
            for stream, size in zip(streams, (64, 128), strict=True):
                picture = av.VideoFrame.from_ndarray(textured(size, size, index), "rgb24")
                picture.pts, picture.time_base = index, Fraction(1, 30)
                container.mux(stream.encode(picture))
        for stream in (cover, *streams):
            container.mux(stream.encode())
    shapes = [frame.image.shape for frame in read_frames(path)]
    assert shapes == [(64, 64, 3)] * 10


def test_a_good_video_reads_after_a_bad_one(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.mp4", render(tmp_path / "good.mp4")
    bad.write_bytes(good.read_bytes()[:400])
    with pytest.raises(BadVideo):
        list(read_frames(bad))
    assert len(list(read_frames(good))) == 30
