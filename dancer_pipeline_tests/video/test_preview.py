"""The small film that is kept: its times and size, and that the face in it can't be recognised."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.faces import FACE_KEYPOINTS, HOLD_S, Faces
from dancer_pipeline.video.frames import read_frames
from dancer_pipeline.video.preview import key_frames, write_preview
from dancer_pipeline_tests.video.rendered import render, textured

Clips = Callable[[str], Path]
SIZE = 320
NOBODY = pd.DataFrame({"time_s": [], "keypoint": [], "x_px": [], "y_px": [], "confidence": []})
BODY = {
    "nose": (0, 0), "left_eye": (6, -6), "right_eye": (-6, -6), "left_ear": (12, -3),
    "right_ear": (-12, -3), "mouth_left": (4, 8), "mouth_right": (-4, 8),
    "left_shoulder": (25, 35), "right_shoulder": (-25, 35), "left_hip": (18, 100),
    "right_hip": (-18, 100),
}  # fmt: skip


def person(
    times_s: Sequence[float], at: Callable[[float], tuple[float, float]], confidence: float = 0.9
) -> pd.DataFrame:
    """Keypoints of a figure whose nose is at a place that depends on time."""
    rows = [
        (time_s, name, at(time_s)[0] + x, at(time_s)[1] + y, confidence)
        for time_s in times_s
        for name, (x, y) in BODY.items()
    ]
    return pd.DataFrame(rows, columns=list(NOBODY)).astype({"keypoint": "category"})


def detail(image: np.ndarray, centre: tuple[float, float], radius: float = 14) -> float:
    """Energy of fine detail inside a disc."""
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.circle(mask, (round(centre[0]), round(centre[1])), round(radius), 1, -1)
    edges = cv2.Laplacian(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.CV_32F)
    return float(np.square(edges)[mask > 0].mean())


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    picture = textured(SIZE, SIZE)
    return render(tmp_path / "a.mp4", lambda _: picture, frames=60, codec_options={"crf": "10"})


def previewed(clip: Path, keypoints: pd.DataFrame, *, blur_faces: bool = True) -> list[np.ndarray]:
    preview = clip.with_name("preview.mp4")
    write_preview(clip, keypoints, preview, blur_faces=blur_faces)
    return [frame.image for frame in read_frames(preview)]


CENTRE = (160.0, 120.0)


@pytest.mark.parametrize("confidence", [0.9, 0.01])
def test_a_face_loses_its_detail_whatever_the_confidence(clip: Path, confidence: float) -> None:
    keypoints = person(np.arange(60) / 30, lambda _: CENTRE, confidence)
    sharp = previewed(clip, keypoints, blur_faces=False)
    blurred = previewed(clip, keypoints)
    for before, after in zip(sharp, blurred, strict=True):
        assert detail(after, CENTRE) < detail(before, CENTRE) / 50
        assert detail(after, (160, 260)) > detail(before, (160, 260)) / 2


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    picture, coding = textured(SIZE, SIZE), {"crf": "10"}
    return render(tmp_path / "a.mp4", lambda _: picture, frames=90, rate_hz=5, codec_options=coding)


def test_a_face_is_covered_all_the_time_that_it_is_not_found(long_clip: Path) -> None:
    keypoints = person([1.0, 9.0], lambda _: CENTRE)
    sharp = detail(previewed(long_clip, keypoints, blur_faces=False)[30], CENTRE)
    assert all(detail(it, CENTRE) < sharp / 30 for it in previewed(long_clip, keypoints))


def test_whoever_is_lost_for_long_may_be_anywhere(long_clip: Path) -> None:
    keypoints, elsewhere = person([1.0], lambda _: CENTRE), (40, 290)
    sharp = detail(previewed(long_clip, keypoints, blur_faces=False)[30], elsewhere)
    hidden = [detail(it, elsewhere) < sharp / 30 for it in previewed(long_clip, keypoints)]
    assert hidden == [index / 5 > 1.0 + HOLD_S for index in range(90)]


def test_a_head_that_is_not_found_is_covered_ever_more_widely() -> None:
    faces = Faces(person([1.0], lambda _: CENTRE))
    radii = [faces.near(time_s)[0].radius_px for time_s in (1.0, 0.5, 2.0, 3.0, 5.0)]
    np.testing.assert_allclose(np.divide(radii, radii[0]), [1, 1.5, 2, 3, 3])


def test_the_whole_way_of_a_moving_head_is_covered(clip: Path) -> None:
    keypoints = person([0.0, 0.4], lambda time_s: (60 + 400 * time_s, 120))
    image = previewed(clip, keypoints)[6]
    for x in range(60, 221, 20):
        assert detail(image, (x, 120), 8) < detail(image, (x, 280), 8) / 20


def test_a_head_in_profile_is_covered_to_its_crown() -> None:
    keypoints = person([0.0], lambda _: CENTRE)
    keypoints.loc[keypoints["keypoint"].isin(FACE_KEYPOINTS), ["x_px", "y_px"]] = CENTRE
    [face] = Faces(keypoints).near(0.0)
    assert face.radius_px > 20


def test_one_keypoint_of_a_face_is_enough() -> None:
    keypoints = person([1.0], lambda _: CENTRE)
    keypoints.loc[keypoints["keypoint"] != "left_ear", ["x_px", "y_px"]] = np.nan
    [face] = Faces(keypoints).near(1.0)
    assert (face.x_px, face.y_px) == (172, 117)


def test_a_face_at_the_edge_or_outside_does_no_harm(clip: Path) -> None:
    for place in ((0, 0), (SIZE, SIZE), (-500, 9000)):
        assert len(previewed(clip, person([0.5], lambda _, p=place: p))) == 60


def test_where_nobody_was_ever_found_the_whole_picture_is_coarse(clip: Path) -> None:
    sharp, coarse = previewed(clip, NOBODY, blur_faces=False)[5], previewed(clip, NOBODY)[5]
    for place in ((30, 30), CENTRE, (290, 290)):
        assert detail(coarse, place) < detail(sharp, place) / 30
    assert np.corrcoef(coarse.ravel(), cv2.blur(sharp, (13, 13)).ravel())[0, 1] > 0.8


@pytest.mark.videos
def test_a_variable_rate_keeps_its_times(clips: Clips, tmp_path: Path) -> None:
    write_preview(clips("vfr_gait.mp4"), NOBODY, tmp_path / "p.mp4")
    source_s = [frame.time_s for frame in read_frames(clips("vfr_gait.mp4"), sample_hz=30)]
    preview_s = [frame.time_s for frame in read_frames(tmp_path / "p.mp4")]
    np.testing.assert_allclose(preview_s, source_s, atol=1e-4)


@pytest.mark.videos
def test_the_preview_is_small_upright_silent_and_plays_anywhere(
    clips: Clips, tmp_path: Path
) -> None:
    path = tmp_path / "p"
    write_preview(clips("rotation_meta_90.mp4"), NOBODY, path)
    with av.open(str(path)) as container:
        [stream] = container.streams
        assert isinstance(stream, av.VideoStream)
        assert (stream.width, stream.height, stream.pix_fmt) == (852, 480, "yuv420p")
        assert (stream.codec_context.name, stream.frames) == ("h264", 230)
    head = path.read_bytes()[:4096]
    assert 0 < head.find(b"moov") < 100  # the index comes first


def test_a_small_video_is_not_enlarged_and_odd_sizes_become_even(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mkv", lambda _: textured(65, 49), pixel_format="yuv444p")
    write_preview(clip, NOBODY, tmp_path / "p.mp4")
    assert next(read_frames(tmp_path / "p.mp4")).image.shape == (48, 64, 3)


def test_a_fast_video_is_thinned_to_thirty_pictures_a_second(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", rate_hz=120, frames=120)
    write_preview(clip, NOBODY, tmp_path / "p.mp4")
    assert len(list(read_frames(tmp_path / "p.mp4"))) == 30


def test_key_frames_are_the_nearest_in_the_order_asked(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", lambda index: np.full((48, 64, 3), index * 8, np.uint8))
    write_preview(clip, NOBODY, tmp_path / "p.mp4")
    shown = [image.mean() / 8 for image in key_frames(tmp_path / "p.mp4", [0.5, 0.11, 99, -1])]
    np.testing.assert_allclose(shown, [15, 3, 29, 0], atol=0.5)


@pytest.mark.videos
def test_a_truncated_video_gives_no_silent_preview(clips: Clips, tmp_path: Path) -> None:
    with pytest.raises(BadVideo, match="incomplete"):
        write_preview(clips("truncated_faststart_half.mp4"), NOBODY, tmp_path / "p.mp4")
