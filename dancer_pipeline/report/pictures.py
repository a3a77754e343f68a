"""Key frames as the page shows them: drawn on, cut to the person, numbered, with a caption."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.report.marked_lines import Line, lines_of
from dancer_pipeline.report.moments import Moment, key_moments
from dancer_pipeline.report.reading import cell, is_somebody

KeyFrame = tuple[int, float, NDArray[np.uint8]]
"""Frame number, time in seconds, and the RGB picture."""


@dataclass(frozen=True)
class Picture:
    """A key frame on the page."""

    number: int
    frame: int
    time_s: float
    caption: str
    uri: str
    is_narrow: bool


def pictures_of(
    tables: Mapping[str, pd.DataFrame], key_frames: Sequence[KeyFrame]
) -> Iterator[Picture]:
    """Draw what is seen on the frames, number them in the order of time, say what they show."""
    from dancer_pipeline.report.skeleton import annotated, closer, enlarged, jpeg_uri

    moments = {one.frame: one for one in key_moments(tables, most=len(key_frames) or 1)}
    ordered = sorted(key_frames, key=lambda one: one[1])
    images, bodies = enlarged(
        [image for _, _, image in ordered],
        [_body(tables, frame, image) for frame, _, image in ordered],
    )
    drawn = [
        annotated(image, body, _lines(moments.get(frame)))
        for (frame, _, _), image, body in zip(ordered, images, bodies, strict=True)
    ]
    for number, image in enumerate(closer(drawn, bodies), 1):
        frame, time_s, _ = ordered[number - 1]
        caption = moments[frame].caption if frame in moments else "The movement"
        is_narrow = image.shape[1] < 1.1 * image.shape[0]
        yield Picture(number, frame, time_s, caption, jpeg_uri(image), is_narrow)


def _lines(moment: Moment | None) -> list[Line]:
    """Lines of the body that the findings are about which a moment shows."""
    return [line for metric in (moment.metrics if moment else ()) for line in lines_of(metric)]


def _body(
    tables: Mapping[str, pd.DataFrame], frame: int, image: NDArray[np.uint8]
) -> pd.DataFrame | None:
    """Keypoints of one frame in pixels of the picture, where there is somebody to draw."""
    keypoints = tables.get("pose_keypoints")
    if keypoints is None or not is_somebody(keypoints):
        return None
    rows = keypoints[keypoints["frame"] == frame].copy()
    rows[["x_px", "y_px"]] *= _scale(tables, image)
    return rows


def _scale(tables: Mapping[str, pd.DataFrame], image: NDArray[np.uint8]) -> float:
    """Width of the picture over the width that keypoints refer to."""
    width_px = cell(tables.get("source_video"), "display_width_px")
    return image.shape[1] / width_px if width_px else 1.0
