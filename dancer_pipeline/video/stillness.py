"""How much any part of the picture changed within the last second: nothing in a frozen picture.

From one look to the next a slow movement is as small as what coding does to a repeated picture.
Over a second it is not, and the mean of a block of pixels hardly moves with coding.
"""

from collections import deque
from typing import Any

import cv2
import numpy as np

from dancer_pipeline.video.orientation import Image

BLOCK_PX = 4
LAG_S = 1.0
_SLACK_S = 0.02
"""Times are rounded: a look may lie a little less than a second back."""

Blocks = np.ndarray[Any, np.dtype[np.float32]]


class Stillness:
    """Compares each grey picture with that of a second earlier, or with the first there is."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, Blocks]] = deque()

    def change(self, time_s: float, grey: Image) -> float | None:
        """Largest change of any block's mean luma, 0 to 1; None for the first picture."""
        self._looks.append((time_s, _blocks(grey)))
        while len(self._looks) > 1 and self._looks[1][0] <= time_s - LAG_S + _SLACK_S:
            self._looks.popleft()
        if len(self._looks) == 1:
            return None
        return float(np.abs(self._looks[-1][1] - self._looks[0][1]).max()) / 255


def _blocks(grey: Image) -> Blocks:
    height, width = grey.shape
    size = max(1, width // BLOCK_PX), max(1, height // BLOCK_PX)
    return np.asarray(cv2.resize(grey.astype(np.float32), size, interpolation=cv2.INTER_AREA))
