"""Where the analysed person's face is, from keypoints, and making it unrecognisable.

In doubt a face is covered: confidence is not asked, the covered area is larger than the head, and
for half a second before, after and between detections the nearest faces are held, with everything
on the way from one to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pandas as pd

from dancer_pipeline.video.orientation import Image

FACE_KEYPOINTS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right",
)  # fmt: skip
SHOULDERS, HIPS = ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")
HOLD_S = 0.5
OF_EXTENT, OF_NECK, OF_TORSO = 1.0, 0.65, 0.35
"""The radius is the largest of these shares: of the face keypoints' extent, of the way from face
to shoulders, of the trunk. In profile the keypoints nearly coincide; bent over the trunk is short.
"""
LEAST_RADIUS_PX = 4.0
_BLOCKS_PER_RADIUS = 3

Points = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Face:
    """A disc that covers a face, in display pixels."""

    time_s: float
    x_px: float
    y_px: float
    radius_px: float


class Faces:
    """The analysed person's face over time."""

    def __init__(self, pose_keypoints: pd.DataFrame) -> None:
        self._faces = _faces(pose_keypoints)
        self._times_s = np.array([face.time_s for face in self._faces])

    def near(self, time_s: float) -> list[Face]:
        """Faces to cover at a time: the last and the next detected within half a second."""
        first = int(np.searchsorted(self._times_s, time_s, side="right")) - 1
        candidates = self._faces[max(first, 0) : first + 2]
        return [face for face in candidates if abs(face.time_s - time_s) <= HOLD_S]


def cover(image: Image, faces: Sequence[Face], scale: float) -> Image:
    """Cover faces, and the way between them, with a few blurred blocks; gives a new picture."""
    discs = [_Disc.of(face, scale) for face in faces]
    window = _window(discs, *image.shape[:2])
    part = image[window]
    if not part.size:
        return image
    hidden = _mask(discs, image.shape[:2])[window][..., None] > 0
    covered = image.copy()
    covered[window] = np.where(hidden, _coarse(part, max(disc.radius for disc in discs)), part)
    return covered


@dataclass(frozen=True)
class _Disc:
    """A disc in whole pixels of one picture."""

    x: int
    y: int
    radius: int

    @classmethod
    def of(cls, face: Face, scale: float) -> "_Disc":
        x, y, radius = (round(value * scale) for value in (face.x_px, face.y_px, face.radius_px))
        return cls(x, y, radius + 1)


def _window(discs: Sequence[_Disc], height: int, width: int) -> tuple[slice, slice]:
    """Find the part of a picture that holds all discs; empty where there is none."""
    if not discs:
        return slice(0, 0), slice(0, 0)
    left, top = (min(getattr(d, axis) - d.radius for d in discs) for axis in "xy")
    right, bottom = (max(getattr(d, axis) + d.radius for d in discs) + 1 for axis in "xy")
    return slice(max(0, top), max(0, min(height, bottom))), slice(
        max(0, left), max(0, min(width, right))
    )


def _mask(discs: Sequence[_Disc], shape: tuple[int, ...]) -> Image:
    mask = np.zeros(shape[:2], np.uint8)
    radius = max(disc.radius for disc in discs)
    for disc, following in zip(discs, [*discs[1:], *discs[-1:]], strict=True):
        cv2.line(mask, (disc.x, disc.y), (following.x, following.y), 255, thickness=2 * radius)
        cv2.circle(mask, (disc.x, disc.y), disc.radius, 255, thickness=cv2.FILLED)
    return mask


def _coarse(image: Image, radius: float) -> Image:
    """Redraw a picture in blocks of a third of a face's radius, blended."""
    height, width = image.shape[:2]
    block = max(2.0, radius / _BLOCKS_PER_RADIUS)
    blocks = max(1, round(width / block)), max(1, round(height / block))
    few = cv2.resize(image, blocks, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _faces(pose_keypoints: pd.DataFrame) -> list[Face]:
    """One disc for every time at which any keypoint of the face has a place."""
    wanted = pose_keypoints["keypoint"].isin((*FACE_KEYPOINTS, *SHOULDERS, *HIPS))
    seen = pose_keypoints[wanted].dropna(subset=["x_px", "y_px"])
    times_s = np.sort(seen.loc[seen["keypoint"].isin(FACE_KEYPOINTS), "time_s"].unique())
    if not len(times_s):
        return []
    places = {
        axis: seen.pivot_table(axis, "time_s", "keypoint", observed=True).reindex(times_s)
        for axis in ("x_px", "y_px")
    }
    face, shoulders, hips = (_group(places, names) for names in (FACE_KEYPOINTS, SHOULDERS, HIPS))
    low, high = np.nanmin(face, axis=1), np.nanmax(face, axis=1)
    centre = (low + high) / 2
    radius = np.fmax.reduce(
        [
            OF_EXTENT * np.linalg.norm(high - low, axis=1),
            OF_NECK * np.linalg.norm(centre - _middle(shoulders), axis=1),
            OF_TORSO * np.linalg.norm(_middle(shoulders) - _middle(hips), axis=1),
            np.full(len(times_s), LEAST_RADIUS_PX),
        ]
    )
    return [Face(*row) for row in np.column_stack([times_s, centre, radius]).tolist()]


def _group(places: dict[str, pd.DataFrame], names: Sequence[str]) -> Points:
    """Places of some keypoints over time, of shape (times, keypoints, 2); NaN where unseen."""
    columns = [places[axis].reindex(columns=list(names)).to_numpy(np.float64) for axis in places]
    return np.stack(columns, axis=-1)


def _middle(points: Points) -> Points:
    """Mean of both sides; NaN where one of them was not seen."""
    return np.asarray(points.mean(axis=1), np.float64)
