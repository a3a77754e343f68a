"""How far the camera moved between two pictures: the shift that most of the border agrees on."""

import cv2
import numpy as np

from dancer_pipeline.video.orientation import Image

BORDER_SHARE = 0.25
"""Points are looked for in the outer quarter of the picture: a person is mostly in its middle."""
MAX_POINTS = 120
MIN_POINTS = 8


def camera_shift(before: Image, after: Image) -> tuple[float, float] | None:
    """Find the shift of the background from one grey picture to the next, in pixels.

    Returns
    -------
    tuple or None
        Right and down are positive, as the picture's contents move; None where the border has too
        little detail to tell.
    """
    found = cv2.goodFeaturesToTrack(before, MAX_POINTS, 0.01, 4, mask=_border(before))
    if found is None or len(found) < MIN_POINTS:
        return None
    moved, status, _ = cv2.calcOpticalFlowPyrLK(before, after, found, None, winSize=(15, 15))
    steps = (moved - found)[status.ravel() == 1].reshape(-1, 2)
    if len(steps) < MIN_POINTS:
        return None
    x, y = np.median(steps, axis=0)
    return float(x), float(y)


def _border(image: Image) -> Image:
    mask = np.full(image.shape, 255, np.uint8)
    height, width = image.shape
    top, left = round(height * BORDER_SHARE), round(width * BORDER_SHARE)
    mask[top:, left : width - left] = 0
    return mask
