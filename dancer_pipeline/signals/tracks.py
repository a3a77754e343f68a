"""Tracks: the keypoints of a pose table as arrays over time, and which of them can be believed.

Time always comes from the table's timestamps, never from a frame number and a rate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MIN_CONFIDENCE = 0.5
MARGIN = 0.02
"""Nearer to an edge than this share of the picture, a keypoint may be a mere guess."""

_COLUMNS = ("x_px", "y_px", "x_m", "y_m", "z_m", "confidence")


@dataclass(frozen=True)
class Tracks:
    """Keypoints over the analysed frames, in order of time; NaN where nobody was found."""

    frame: NDArray[np.int32]
    time_s: Floats
    image_px: dict[str, Floats]
    """By keypoint: frames x 2, to the right and downwards."""
    world_m: dict[str, Floats]
    """By keypoint: frames x 3, from the middle of the hips."""
    confidence: dict[str, Floats]

    @property
    def rate_hz(self) -> float:
        """The median rate of the frames; NaN for fewer than two."""
        return median_rate_hz(self.time_s)

    @cached_property
    def is_person(self) -> Flags:
        """In which frames a person was found."""
        found = [np.isfinite(values) for values in self.confidence.values()]
        return np.logical_or.reduce(found) if found else np.zeros(len(self.frame), dtype=bool)

    def is_visible(
        self, keypoint: str, size_px: tuple[float, float], *, min_confidence: float = MIN_CONFIDENCE
    ) -> Flags:
        """In which frames a keypoint is seen: with confidence, and inside the picture.

        Confidence alone is no proof, the model gives 0.99 to keypoints beyond the edge too. A size
        that is not known (NaN) leaves confidence as the only sign.
        """
        x, y = self.image_px[keypoint].T
        sure = self.confidence[keypoint] >= min_confidence
        return np.asarray(sure & ~_at_edge(x, size_px[0]) & ~_at_edge(y, size_px[1]))


def tracks(pose_keypoints: pd.DataFrame, keypoints: Iterable[str]) -> Tracks:
    """Bring the named keypoints of a pose table into arrays, whatever the order of its rows.

    Frames whose time is not known are left out: nothing can be said of when they are. A keypoint
    with a coordinate that is infinite is one that was not found.
    """
    wanted = tuple(keypoints)
    pose_keypoints = pose_keypoints[np.isfinite(pose_keypoints["time_s"].to_numpy(float))]
    numbers, first, place = np.unique(
        pose_keypoints["frame"].to_numpy(np.int32), return_index=True, return_inverse=True
    )
    time_s = pose_keypoints["time_s"].to_numpy(float)[first]
    names = pose_keypoints["keypoint"].astype("category").cat
    keypoint = pd.Index(wanted).get_indexer(pd.Index(names.categories))[names.codes]
    is_wanted = keypoint >= 0
    values = np.full((len(numbers), len(wanted), len(_COLUMNS)), np.nan)
    measured = pose_keypoints[list(_COLUMNS)].to_numpy(float, copy=True)
    measured[np.isinf(measured).any(axis=1)] = np.nan
    values[place[is_wanted], keypoint[is_wanted]] = measured[is_wanted]
    order = np.argsort(time_s, kind="stable")
    tables = {name: values[order, column] for column, name in enumerate(wanted)}
    return Tracks(
        frame=numbers[order],
        time_s=time_s[order],
        image_px={name: table[:, :2] for name, table in tables.items()},
        world_m={name: table[:, 2:5] for name, table in tables.items()},
        confidence={name: table[:, 5] for name, table in tables.items()},
    )


def size_px_of(source_video: pd.DataFrame) -> tuple[float, float]:
    """Width and height of the upright picture; NaN where they are not known."""
    if source_video.empty:
        return float("nan"), float("nan")
    first = source_video.iloc[0]
    return float(first["display_width_px"]), float(first["display_height_px"])


def median_rate_hz(time_s: Floats) -> float:
    """One over the median distance of the timestamps; NaN for fewer than two."""
    steps = np.diff(time_s)
    steps = steps[steps > 0]
    return float(1 / np.median(steps)) if len(steps) else float("nan")


def _at_edge(position_px: Floats, size_px: float) -> Flags:
    return (position_px < MARGIN * size_px) | (position_px > (1 - MARGIN) * size_px)
