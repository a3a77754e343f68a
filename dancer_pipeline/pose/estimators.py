"""Finds one person's keypoints in a picture: one protocol, and what implements it.

An estimator sees pictures in order of time and may remember earlier ones. Importing this module
costs nothing; MediaPipe is loaded when its estimator is made.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from dancer_pipeline.pose.model import ModelError

MIN_DETECTION_CONFIDENCE = 0.3
"""MediaPipe's own 0.5 overlooks a small walker for up to nine frames after she came into view."""
MIN_PRESENCE_CONFIDENCE = 0.5
MIN_TRACKING_CONFIDENCE = 0.5

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pose:
    """One person in one picture: 33 keypoints in the order of `KEYPOINTS`, all float32."""

    image_px: Floats
    """(33, 3): x to the right and y downwards in the picture, z away from the camera."""
    world_m: Floats
    """(33, 3): metres from the middle of the hips."""
    confidence: Floats
    """(33,): how sure the model is that a keypoint can be seen."""
    presence: Floats
    """(33,): how sure the model is that a keypoint lies inside the picture."""


class PoseEstimator(Protocol):
    """What finds a person; to be closed after use, best by `with`."""

    def estimate(self, image_rgb: npt.NDArray[np.uint8], time_s: float) -> Pose | None:
        """Find the person in an upright RGB picture; None where nobody is seen."""

    def close(self) -> None:
        """Release what the estimator holds; twice does no harm."""

    def __enter__(self) -> Self:
        """Use it in a `with` block."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


class _Closing:
    """The `with` block of every estimator here."""

    def close(self) -> None:
        """Release what the estimator holds; twice does no harm."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class MediaPipeEstimator(_Closing):
    """MediaPipe's Pose Landmarker, following one person through a video.

    Raises
    ------
    ModelError
        When MediaPipe cannot use the model.
    """

    def __init__(self, model: Path) -> None:
        self._last_ms = -1
        self._landmarker = _Landmarker(model, mode="VIDEO", people=1)

    def estimate(self, image_rgb: npt.NDArray[np.uint8], time_s: float) -> Pose | None:
        """Find the person in an upright RGB picture; None where nobody is seen."""
        found = self._landmarker.found(image_rgb, self._timestamp_ms(time_s))
        return found[0] if found else None

    def _timestamp_ms(self, time_s: float) -> int:
        """MediaPipe wants whole milliseconds that always increase; frames may lie closer."""
        self._last_ms = max(self._last_ms + 1, round(time_s * 1000))
        return self._last_ms

    def close(self) -> None:
        """Release the model; left to the end of the interpreter, MediaPipe's own close fails."""
        self._landmarker.close()


class MediaPipeFinder(_Closing):
    """MediaPipe's Pose Landmarker, finding whoever is in a single picture.

    Raises
    ------
    ModelError
        When MediaPipe cannot use the model.
    """

    def __init__(self, model: Path, *, people: int) -> None:
        self._landmarker = _Landmarker(model, mode="IMAGE", people=people)

    def find(self, image_rgb: npt.NDArray[np.uint8]) -> list[Pose]:
        """Find people in an upright RGB picture; the same one may be found twice."""
        return self._landmarker.found(image_rgb)

    def close(self) -> None:
        """Release the model."""
        self._landmarker.close()


class _Landmarker:
    """MediaPipe's own object, in one of its modes."""

    def __init__(self, model: Path, *, mode: str, people: int) -> None:
        import mediapipe as mp
        from mediapipe.tasks.python import BaseOptions, vision

        self._image = mp.Image
        self._format = mp.ImageFormat.SRGB
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode[mode],
            num_poses=people,
            min_pose_detection_confidence=MIN_DETECTION_CONFIDENCE,
            min_pose_presence_confidence=MIN_PRESENCE_CONFIDENCE,
            min_tracking_confidence=MIN_TRACKING_CONFIDENCE,
        )
        try:
            self._landmarker: Any = vision.PoseLandmarker.create_from_options(options)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(f"MediaPipe cannot use the pose model {model}: {error}") from error

    def found(self, image_rgb: npt.NDArray[np.uint8], time_ms: int | None = None) -> list[Pose]:
        """Return everybody in a picture; with a time, as the next picture of a video."""
        image = self._image(image_format=self._format, data=np.ascontiguousarray(image_rgb))
        if time_ms is None:
            result = self._landmarker.detect(image)
        else:
            result = self._landmarker.detect_for_video(image, time_ms)
        height, width = image_rgb.shape[:2]
        people = zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        return [_pose(keypoints, world, width, height) for keypoints, world in people]

    def close(self) -> None:
        self._landmarker.close()


def _pose(keypoints: Any, world: Any, width: int, height: int) -> Pose:
    # z has the scale of x
    return Pose(
        image_px=_xyz(keypoints) * np.array([width, height, width], np.float32),
        world_m=_xyz(world),
        confidence=_column([keypoint.visibility for keypoint in keypoints]),
        presence=_column([keypoint.presence for keypoint in keypoints]),
    )


def _xyz(landmarks: Any) -> Floats:
    return _column([(landmark.x, landmark.y, landmark.z) for landmark in landmarks])


def _column(values: list[Any]) -> Floats:
    """Values as float32; what the model did not say becomes NaN."""
    return np.array(values, dtype=np.float32)
