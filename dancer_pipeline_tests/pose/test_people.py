"""Looks at everybody in the picture: when, at what, and who counts as somebody else."""

import numpy as np
import numpy.typing as npt
import pytest

from dancer_pipeline.pose.estimators import Pose
from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.pose.people import PeopleWatch, windows
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.video.frames import Frame

WIDTH, HEIGHT = 400, 200
Image = npt.NDArray[np.uint8]


def pose(x: float, y: float = 100.0, size: float = 80.0, presence: float = 1.0) -> Pose:
    """Stand a body of this height around a point."""
    places = np.zeros((len(KEYPOINTS), 3), np.float32)
    places[:, 0] = x + size / 4 * np.where(np.arange(len(KEYPOINTS)) % 2, 1, -1)
    places[:, 1] = y
    places[0, 1], places[-1, 1] = y - size / 2, y + size / 2
    sure = np.full(len(KEYPOINTS), presence, np.float32)
    return Pose(places, places, np.ones_like(sure), sure)


class Eye:
    """Finds a body wherever the picture is bright, as a model does: twice in some pictures."""

    def __init__(self, *, presence: float = 1.0) -> None:
        self.pictures: list[Image] = []
        self._presence = presence

    def find(self, image_rgb: Image) -> list[Pose]:
        self.pictures.append(image_rgb.copy())
        columns = np.flatnonzero(image_rgb[:, :, 0].max(axis=0) > 200)
        groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
        middles = [float(group.mean()) for group in groups if len(group) > 2]
        return [pose(x + shift, presence=self._presence) for x in middles for shift in (0, 3)]


def picture(*bright_at: int) -> Image:
    image = np.full((HEIGHT, WIDTH, 3), 20, np.uint8)
    for x in bright_at:
        image[60:140, x - 10 : x + 10] = 250
    return image


def frame(index: int, *bright_at: int, rate_hz: float = 30.0, scale: float = 1.0) -> Frame:
    return Frame(index, index / rate_hz, picture(*bright_at), scale)


@pytest.mark.parametrize(
    ("rate_hz", "frames"),
    [(30.0, [0, 45, 90, 135]), (60.0, [0, 60, 120, 180]), (8.0, [0, 45, 90, 135])],
)
def test_looks_are_a_second_and_45_frames_apart_at_the_least(
    rate_hz: float, frames: list[int]
) -> None:
    watch = PeopleWatch(Eye())
    for index in range(181):
        watch.watch(frame(index, rate_hz=rate_hz), None)
    assert list(watch.table()["frame"])[:4] == frames


def test_frames_that_were_left_out_count_too() -> None:
    watch = PeopleWatch(Eye())
    for index in range(0, 181, 6):
        watch.watch(frame(index), None)
    assert list(watch.table()["frame"]) == [0, 48, 96, 144]


def looked(eye: Eye, *bright_at: int, followed: Pose | None = None, scale: float = 1.0) -> dict:
    watch = PeopleWatch(eye)
    watch.watch(frame(0, *bright_at, scale=scale), followed)
    table = PEOPLE.arrow(watch.table()).to_pylist()
    return dict(table[0])


def test_nobody_is_zero_people() -> None:
    row = looked(Eye())
    assert (row["people"], row["second_share"], row["centre_x_px"]) == (0, None, [])


def test_the_followed_body_comes_first_and_its_share_is_one() -> None:
    row = looked(Eye(), 60, 300, followed=pose(300, size=160))
    assert row["people"] == 2
    assert row["centre_x_px"] == pytest.approx([300, 60], abs=5)
    assert row["second_share"] == pytest.approx(0.5, abs=0.01)
    assert row["body_size_px"][0] == pytest.approx(2 * row["body_size_px"][1], rel=0.01)


def test_the_model_looks_at_a_picture_without_the_followed_body() -> None:
    eye = Eye()
    assert looked(eye, 300, followed=pose(300))["people"] == 1
    assert max(part.max() for part in eye.pictures) < 60


def test_a_body_that_is_found_in_both_halves_and_twice_in_each_is_one() -> None:
    assert looked(Eye(), 200)["people"] == 1


def test_what_the_model_is_not_sure_of_is_nobody() -> None:
    assert looked(Eye(presence=0.8), 60, 300)["people"] == 0


def test_a_smaller_copy_of_a_frame_gives_places_at_display_size() -> None:
    followed = pose(600, y=200, size=160)
    row = looked(Eye(), 60, 300, followed=followed, scale=0.5)
    assert row["centre_x_px"] == pytest.approx([600, 120], abs=10)


def test_the_frame_itself_is_not_painted_on() -> None:
    seen = frame(0, 300)
    before = seen.image.copy()
    PeopleWatch(Eye()).watch(seen, pose(300))
    assert np.array_equal(seen.image, before)


SIZES = {(1280, 720): 2, (720, 1280): 1, (500, 480): 1, (1768, 534): 2, (1, 1): 1, (9, 1): 2}


@pytest.mark.parametrize("size", SIZES)
def test_a_wide_picture_is_looked_at_in_two_halves_and_all_of_it(size: tuple[int, int]) -> None:
    seen = np.zeros(size[::-1], bool)
    parts = list(windows(*size))
    for left, top, right, bottom in parts:
        seen[top:bottom, left:right] = True
    assert seen.all()
    assert len(parts) == SIZES[size]


@pytest.mark.parametrize("size", [(360, 640), (640, 360)])
def test_somebody_who_stands_in_the_middle_is_cut_in_no_window(size: tuple[int, int]) -> None:
    height = 0.6 * size[1]
    upright = np.array(size) / 2 + np.array([[-0.15, -0.5], [0.15, 0.5]]) * height
    cuts = [
        not (left <= upright[0, 0] and upright[1, 0] <= right and bottom - top == size[1])
        for left, top, right, bottom in windows(*size)
    ]
    assert not all(cuts)
