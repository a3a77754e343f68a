"""Where the analysed person's face is, from keypoints, and making it unrecognisable.

In doubt a face is covered: confidence is not asked, the covered area is larger than the head, and
where nobody is found the last and the next face are held for seconds, growing all the while, with
everything on the way from one to the other. Where nobody was found for longer than that, whoever
may be there can be anywhere, so the whole picture is made coarse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
KEYPOINTS_OF_FACES = (*FACE_KEYPOINTS, *SHOULDERS, *HIPS)
HOLD_S = 5.0
GROWTH_PER_S, MOST_GROWTH = 1.0, 3.0
"""A head that is not seen moves: for each second its disc grows by its radius, up to three."""
OF_EXTENT, OF_NECK, OF_TORSO = 1.0, 0.65, 0.35
"""The radius is the largest of these shares: of the face keypoints' extent, of the way from face
to shoulders, of the trunk. In profile the keypoints nearly coincide; bent over the trunk is short.
"""
LEAST_RADIUS_PX = 4.0
_BLOCKS_PER_RADIUS = 3
_BLOCKS_PER_HEIGHT = 24

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
        """Faces to cover at a time: the last and the next detected, while they are held."""
        first = int(np.searchsorted(self._times_s, time_s, side="right")) - 1
        candidates = self._faces[max(first, 0) : first + 2]
        return [
            _grown(face, age) for face in candidates if (age := abs(face.time_s - time_s)) <= HOLD_S
        ]


def cover(image: Image, faces: Sequence[Face], scale: float) -> Image:
    """Cover faces, and the way between them, with a few blurred blocks; gives a new picture.

    Without a face the whole picture is covered.
    """
    if not faces:
        return _coarse(image, image.shape[0] / _BLOCKS_PER_HEIGHT)
    discs = [_Disc.of(face, scale) for face in faces]
    window = _window(discs, *image.shape[:2])
    part = image[window]
    if not part.size:
        return image
    hidden = _mask(discs, image.shape[:2])[window][..., None] > 0
    covered = image.copy()
    block_px = max(disc.radius for disc in discs) / _BLOCKS_PER_RADIUS
    covered[window] = np.where(hidden, _coarse(part, block_px), part)
    return covered


def _grown(face: Face, age_s: float) -> Face:
    factor = min(1 + GROWTH_PER_S * age_s, MOST_GROWTH)
    return replace(face, radius_px=face.radius_px * factor)


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
    """Find the part of a picture that holds all discs; empty where all are outside."""
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


def _coarse(image: Image, block_px: float) -> Image:
    """Redraw a picture in blocks, blended."""
    height, width = image.shape[:2]
    block_px = max(2.0, block_px)
    blocks = max(1, round(width / block_px)), max(1, round(height / block_px))
    few = cv2.resize(image, blocks, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _faces(pose_keypoints: pd.DataFrame) -> list[Face]:
    """One disc for every time at which any keypoint of the face has a place."""
    wanted = pose_keypoints["keypoint"].isin(KEYPOINTS_OF_FACES)
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
