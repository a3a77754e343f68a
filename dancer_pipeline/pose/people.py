"""How many people are in the picture: looked at now and then, while one of them is followed.

The model that follows a person sees nobody else. So now and then it is made to look once more, at
the picture with the followed body painted over. A wide picture is looked at in two halves, because
in a whole one people are smaller than the model's detector can tell from a lamp-post.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from dancer_pipeline.pose.estimators import Pose
from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.video.frames import Frame

LOOK_EVERY_S = 1.0
LOOK_EVERY_FRAMES = 45
"""Frames of the file. A look costs as much as about one and a half of them, so this is 3 %."""
MOST_PEOPLE = 4
LEAST_PRESENCE = 0.9
"""Mean over the body. Trees and half bodies at the edge stay below 0.8, people above 0.95."""
LEAST_VISIBLE = 0.6
SAME_BODY = 0.5
"""Share of the smaller of two boxes from which on both are of one body."""
_WINDOW_PX = 448
"""Twice what the detector sees; more would only cost time."""
_MARGIN = 0.05
_CONFIDENT = 0.5
_WIDE = 1.1
PEOPLE_PER_LOOK = 2
"""In each window; more cost more, whether they are there or not."""

Image = npt.NDArray[np.uint8]
Box = npt.NDArray[np.float64]


class Finder(Protocol):
    """What finds everybody in a picture: `MediaPipeFinder`."""

    def find(self, image_rgb: Image) -> list[Pose]:
        """Find people in an upright RGB picture; the same one may be found twice."""


@dataclass(frozen=True)
class Body:
    """Somebody in a picture, in pixels of the display size."""

    centre_px: npt.NDArray[np.float64]
    box: Box
    """Left, top, right, bottom."""

    @property
    def size_px(self) -> float:
        """Diagonal of the box."""
        return float(np.hypot(*(self.box[2:] - self.box[:2])))

    @classmethod
    def of(cls, pose: Pose, *, scale: float, offset: Sequence[int] = (0, 0)) -> "Body":
        """Describe a pose that was found in a part of a picture of `scale`."""
        points = (pose.image_px[:, :2].astype(float) + offset) / scale
        centre = points[_TRUNK].mean(axis=0)
        return cls(centre, np.concatenate([points.min(axis=0), points.max(axis=0)]))


class PeopleWatch:
    """Looks around at times, frame by frame through a video.

    Parameters
    ----------
    finder
        What finds people in single pictures.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._rows: list[dict[str, Any]] = []
        self._last: Frame | None = None

    def watch(self, frame: Frame, followed: Pose | None) -> None:
        """See the next frame, with the pose that was found in it in pixels of the display size."""
        if self._last is not None and not _is_due(frame, self._last):
            return
        self._last = frame
        bodies = [Body.of(followed, scale=1.0)] if followed is not None else []
        bodies += self._others(frame, bodies)
        self._rows.append(_row(frame, bodies[:MOST_PEOPLE]))

    def table(self) -> pd.DataFrame:
        """Rows of `PEOPLE` of all looks so far."""
        return PEOPLE.frame(self._rows)

    def _others(self, frame: Frame, known: Sequence[Body]) -> list[Body]:
        image, scale = _shrunk(frame)
        for body in known:
            _paint_over(image, body.box * scale)
        found = [
            Body.of(pose, scale=scale, offset=(left, top))
            for left, top, right, bottom in windows(*image.shape[1::-1])
            for pose in self._finder.find(image[top:bottom, left:right])
            if _is_whole(pose)
        ]
        others: list[Body] = []
        for body in sorted(found, key=lambda body: -body.size_px):
            if not any(_is_same(body, other) for other in (*known, *others)):
                others.append(body)
        return others


def windows(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right and bottom of the parts in which a picture is looked at.

    A wide one is looked at in two halves that overlap, each at least as wide as high; of an upright
    one halves would cut people in two.
    """
    side = max(height, -(-width // 2)) if width > _WIDE * height else width
    for left in sorted({0, width - side}):
        yield left, 0, left + side, height


_TRUNK = [
    KEYPOINTS.index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "hip")
]


def _is_due(frame: Frame, last: Frame) -> bool:
    frames, seconds = frame.index - last.index, frame.time_s - last.time_s
    return frames >= LOOK_EVERY_FRAMES and seconds >= LOOK_EVERY_S


def _row(frame: Frame, bodies: Sequence[Body]) -> dict[str, Any]:
    sizes = [body.size_px for body in bodies]
    return {
        "frame": frame.index,
        "time_s": frame.time_s,
        "people": len(bodies),
        "second_share": sizes[1] / max(sizes[0], 1.0) if len(sizes) > 1 else None,
        "centre_x_px": [body.centre_px[0] for body in bodies],
        "centre_y_px": [body.centre_px[1] for body in bodies],
        "body_size_px": sizes,
    }


def _shrunk(frame: Frame) -> tuple[Image, float]:
    """Return a copy that may be painted on, and its pixels per pixel of the display size."""
    import cv2

    height, width = frame.image.shape[:2]
    left, top, right, bottom = next(windows(width, height))
    factor = min(1.0, _WINDOW_PX / max(right - left, bottom - top))
    if factor == 1.0:
        return frame.image.copy(), frame.scale
    size = max(1, round(width * factor)), max(1, round(height * factor))
    image = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(image, np.uint8), frame.scale * size[0] / width


def _paint_over(image: Image, box: Box) -> None:
    """Fill a box, and a margin around it, with the mean colour of the picture."""
    margin = _MARGIN * np.hypot(*(box[2:] - box[:2]))
    grown = np.clip(box + margin * np.array([-1, -1, 1, 1]), 0, np.iinfo(np.int32).max)
    left, top, right, bottom = grown.astype(int)
    image[top:bottom, left:right] = image.mean(axis=(0, 1))


def _is_whole(pose: Pose) -> bool:
    is_visible = pose.confidence >= _CONFIDENT
    return bool(pose.presence.mean() >= LEAST_PRESENCE and is_visible.mean() >= LEAST_VISIBLE)


def _is_same(one: Body, other: Body) -> bool:
    """Whether two boxes share most of the smaller one."""
    sides = np.minimum(one.box[2:], other.box[2:]) - np.maximum(one.box[:2], other.box[:2])
    smaller = min(float(np.prod(body.box[2:] - body.box[:2])) for body in (one, other))
    return bool(np.prod(np.maximum(sides, 0.0)) > SAME_BODY * smaller)
