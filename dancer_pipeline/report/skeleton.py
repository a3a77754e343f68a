"""Pictures with the skeleton drawn on them, ready to be put into a page."""

import base64
from collections.abc import Sequence

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.pose.keypoints import SKELETON
from dancer_pipeline.report.reading import SEEN

Image = NDArray[np.uint8]

LEFT_RGB, RIGHT_RGB, MIDDLE_RGB = (64, 156, 255), (255, 159, 28), (245, 245, 245)
"""Blue and orange: told apart by nearly everybody, on light and on dark."""

MARK_RGB = (255, 64, 129)
"""What a finding is about: pink, which neither side has."""

_OUTLINE_RGB = (20, 24, 28)
_FAR_PX = 30_000
"""OpenCV draws to coordinates of 16 bits; what is further out is outside every picture."""

_FACE = ("nose", "eye", "ear", "mouth")


def annotated(
    image: Image, keypoints: pd.DataFrame | None, marked: Sequence[tuple[str, str]] = ()
) -> Image:
    """Draw one frame's skeleton on a copy of its picture.

    Parameters
    ----------
    image
        RGB.
    keypoints
        The rows of `pose_keypoints` of that frame, in pixels of this picture; None for nobody.
    marked
        Lines to set off, from one keypoint to another; `mid_hip` is between the hips.
    """
    picture = np.ascontiguousarray(image).copy()
    points = {} if keypoints is None else _points(keypoints)
    width = max(2, round(min(picture.shape[:2]) / 130))
    lines = [(a, b) for a, b in SKELETON if a in points and b in points]
    for start, end in lines:
        _line(picture, points[start], points[end], _OUTLINE_RGB, width + 2)
    for start, end in lines:
        _line(picture, points[start], points[end], _colour(start, end), width)
    for name, (place, is_seen) in points.items():
        if is_seen:
            cv2.circle(picture, place, width + 1, _OUTLINE_RGB, -1, cv2.LINE_AA)
            cv2.circle(picture, place, width, _colour(name, name), -1, cv2.LINE_AA)
    _mark(picture, points, marked, width)
    return picture


def enlarged(
    images: Sequence[Image], bodies: Sequence[pd.DataFrame | None], *, least_px: int = 300
) -> tuple[list[Image], list[pd.DataFrame | None]]:
    """Enlarge pictures of somebody small, so that the lines do not hide the person."""
    boxes = [_box(body) for body in bodies]
    sizes = [max(right - left, low - top) for left, top, right, low in filter(None, boxes)]
    factor = min(4.0, max(1.0, least_px / max(sizes, default=least_px)))
    if factor == 1:
        return list(images), list(bodies)
    larger = [
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        for image in images
    ]
    moved = [
        None
        if body is None
        else body.assign(x_px=body["x_px"] * factor, y_px=body["y_px"] * factor)
        for body in bodies
    ]
    return [np.asarray(image, np.uint8) for image in larger], moved


def closer(
    images: Sequence[Image], bodies: Sequence[pd.DataFrame | None], *, margin: float = 1.35
) -> list[Image]:
    """Cut all pictures to one size around the person, where the person fills little of them."""
    boxes = [_box(body) for body in bodies]
    sizes = [margin * max(right - left, low - top) for left, top, right, low in filter(None, boxes)]
    if not sizes:
        return list(images)
    return [
        image if box is None else _cut(image, box, max(sizes))
        for image, box in zip(images, boxes, strict=True)
    ]


def jpeg_uri(image: Image, *, height_px: int = 420, width_px: int = 640, quality: int = 82) -> str:
    """Encode an RGB picture as a `data:` address, made smaller where it is larger than asked."""
    factor = min(1.0, height_px / image.shape[0], width_px / image.shape[1])
    if factor < 1:
        size = tuple(max(1, round(length * factor)) for length in image.shape[1::-1])
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def _box(body: pd.DataFrame | None) -> tuple[float, float, float, float] | None:
    places = None if body is None else body[["x_px", "y_px"]].dropna().to_numpy(dtype=float)
    if places is None or len(places) == 0:
        return None
    (left, top), (right, low) = places.min(axis=0), places.max(axis=0)
    return float(left), float(top), float(right), float(low)


def _cut(image: Image, box: tuple[float, float, float, float], size: float) -> Image:
    height, width = image.shape[:2]
    wide, high = min(width, max(64, round(size))), min(height, max(64, round(size)))
    if wide > 0.8 * width and high > 0.8 * height:
        return image
    left = round(np.clip((box[0] + box[2] - wide) / 2, 0, width - wide))
    top = round(np.clip((box[1] + box[3] - high) / 2, 0, height - high))
    return image[top : top + high, left : left + wide]


def _mark(
    picture: Image,
    points: dict[str, tuple[tuple[int, int], bool]],
    lines: Sequence[tuple[str, str]],
    width: int,
) -> None:
    for names in lines:
        start, end = (_place(points, name) for name in names)
        if start and end:
            cv2.line(picture, start, end, _OUTLINE_RGB, 2 * width + 3, cv2.LINE_AA)
            cv2.line(picture, start, end, MARK_RGB, 2 * width, cv2.LINE_AA)


def _place(points: dict[str, tuple[tuple[int, int], bool]], name: str) -> tuple[int, int] | None:
    """Place of a keypoint, or of the middle between left and right; None where it is not there."""
    if not name.startswith("mid_"):
        return points[name][0] if name in points else None
    pair = [points.get(name.replace("mid", side)) for side in ("left", "right")]
    known = np.array([one[0] for one in pair if one])
    if len(known) < 2:
        return None
    x, y = known.mean(axis=0)
    return round(x), round(y)


def _points(keypoints: pd.DataFrame) -> dict[str, tuple[tuple[int, int], bool]]:
    places = keypoints[["x_px", "y_px"]].to_numpy(dtype=float).clip(-_FAR_PX, _FAR_PX)
    sure = (keypoints["confidence"] >= SEEN).to_numpy(dtype=bool)
    return {
        name: ((round(x), round(y)), bool(is_sure))
        for name, (x, y), is_sure in zip(keypoints["keypoint"], places, sure, strict=True)
        if np.isfinite((x, y)).all() and not any(part in name for part in _FACE)
    }


def _colour(start: str, end: str) -> tuple[int, int, int]:
    sides = {name.split("_")[0] for name in (start, end)}
    if len(sides) == 2:
        return MIDDLE_RGB
    return LEFT_RGB if sides == {"left"} else RIGHT_RGB


def _line(
    picture: Image,
    start: tuple[tuple[int, int], bool],
    end: tuple[tuple[int, int], bool],
    colour: tuple[int, int, int],
    width: int,
) -> None:
    """Draw a line; thin where an end could not be seen and is only guessed."""
    is_seen = start[1] and end[1]
    cv2.line(picture, start[0], end[0], colour, width if is_seen else 1, cv2.LINE_AA)
