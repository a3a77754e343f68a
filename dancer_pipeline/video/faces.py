"""Where the analysed person's face is, from keypoints, and making it unrecognisable.

In doubt a face is covered: confidence is not asked, the covered area is larger than the head, and
for half a second before, after and between detections the nearest faces are held, with everything
on the way from one to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
OF_EXTENT, OF_NECK, OF_TORSO = 0.95, 0.6, 0.32
"""The radius is the largest of these shares: of the face keypoints' extent, of the way from face
to shoulders, of the trunk. In profile the keypoints nearly coincide, bent over the trunk is short."""
LEAST_RADIUS_PX = 4.0
_BLOCKS_PER_RADIUS = 3

Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


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
    mask = np.zeros(image.shape[:2], np.uint8)
    for face, following in zip(faces, [*faces[1:], *faces[-1:]], strict=True):
        ends = [(round(f.x_px * scale), round(f.y_px * scale)) for f in (face, following)]
        radius = round(max(face.radius_px, following.radius_px) * scale) + 1
        cv2.line(mask, ends[0], ends[1], 255, thickness=2 * radius)
        for end in ends:
            cv2.circle(mask, end, radius, 255, thickness=cv2.FILLED)
    if not mask.any():
        return image
    largest = max(face.radius_px for face in faces) * scale
    return np.where(mask[..., None] > 0, _coarse(image, largest), image).astype(np.uint8)


def _coarse(image: Image, radius: float) -> Image:
    height, width = image.shape[:2]
    block = max(2.0, radius / _BLOCKS_PER_RADIUS)
    blocks = max(1, round(width / block)), max(1, round(height / block))
    few = cv2.resize(image, blocks, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _faces(pose_keypoints: pd.DataFrame) -> list[Face]:
    seen = pose_keypoints[pose_keypoints["x_px"].notna() & pose_keypoints["y_px"].notna()]
    parts = (*FACE_KEYPOINTS, *SHOULDERS, *HIPS)
    seen = seen[seen["keypoint"].astype(str).isin(parts)].sort_values("time_s")
    return [
        _face(float(str(time_s)), rows["keypoint"].astype(str).to_numpy(), _points(rows))
        for time_s, rows in seen.groupby("time_s", sort=True)
        if rows["keypoint"].astype(str).isin(FACE_KEYPOINTS).any()
    ]


def _points(rows: pd.DataFrame) -> Points:
    return rows[["x_px", "y_px"]].to_numpy(np.float64)


def _face(time_s: float, names: np.ndarray, points: Points) -> Face:
    face = points[np.isin(names, FACE_KEYPOINTS)]
    centre = (face.min(axis=0) + face.max(axis=0)) / 2
    radius = max(
        LEAST_RADIUS_PX,
        OF_EXTENT * float(np.linalg.norm(np.ptp(face, axis=0))),
        OF_NECK * _distance(centre, points[np.isin(names, SHOULDERS)]),
        OF_TORSO * _distance_between(points, names),
    )
    return Face(time_s, float(centre[0]), float(centre[1]), radius)


def _distance_between(points: Points, names: np.ndarray) -> float:
    shoulders = points[np.isin(names, SHOULDERS)]
    return (
        _distance(shoulders.mean(axis=0), points[np.isin(names, HIPS)]) if len(shoulders) else 0.0
    )


def _distance(point: np.ndarray, others: Points) -> float:
    return float(np.linalg.norm(point - others.mean(axis=0))) if len(others) else 0.0
