"""Pictures with the skeleton drawn on them, ready to be put into a page."""

import base64

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.pose.keypoints import SKELETON
from dancer_pipeline.report.reading import SEEN

Image = NDArray[np.uint8]

LEFT_RGB, RIGHT_RGB, MIDDLE_RGB = (64, 156, 255), (255, 159, 28), (245, 245, 245)
"""Blue and orange: told apart by nearly everybody, on light and on dark."""

_OUTLINE_RGB = (20, 24, 28)
_FACE = ("nose", "eye", "ear", "mouth")


def annotated(image: Image, keypoints: pd.DataFrame, *, scale: float) -> Image:
    """Draw one frame's skeleton on a copy of its picture.

    Parameters
    ----------
    image
        RGB.
    keypoints
        The rows of `pose_keypoints` of that frame.
    scale
        Width of the picture by the width that the keypoints' pixels refer to.
    """
    picture = np.ascontiguousarray(image).copy()
    points = _points(keypoints, scale)
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
    return picture


def jpeg_uri(image: Image, *, height_px: int = 420, width_px: int = 640, quality: int = 82) -> str:
    """Encode an RGB picture as a `data:` address, made smaller where it is larger than asked."""
    factor = min(1.0, height_px / image.shape[0], width_px / image.shape[1])
    if factor < 1:
        size = tuple(max(1, round(length * factor)) for length in image.shape[1::-1])
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def _points(keypoints: pd.DataFrame, scale: float) -> dict[str, tuple[tuple[int, int], bool]]:
    places = (keypoints[["x_px", "y_px"]] * scale).to_numpy(dtype=float)
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
