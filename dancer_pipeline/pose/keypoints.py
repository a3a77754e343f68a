"""The 33 keypoints of a body, how they connect, and the table that holds them for each frame.

Names and order are MediaPipe's. Nothing here knows how a keypoint is found.
"""

import pyarrow as pa

from dancer_pipeline.tables import LABEL, Column, Table

KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""The keypoints in MediaPipe's order: a keypoint's place here is its landmark number."""

_HEAD = (
    ("nose", "left_eye_inner"),
    ("left_eye_inner", "left_eye"),
    ("left_eye", "left_eye_outer"),
    ("left_eye_outer", "left_ear"),
    ("nose", "right_eye_inner"),
    ("right_eye_inner", "right_eye"),
    ("right_eye", "right_eye_outer"),
    ("right_eye_outer", "right_ear"),
    ("mouth_left", "mouth_right"),
)
_TRUNK = (
    ("left_shoulder", "right_shoulder"),
    ("left_shoulder", "left_hip"),
    ("right_shoulder", "right_hip"),
    ("left_hip", "right_hip"),
)
_LIMB = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("wrist", "pinky"),
    ("wrist", "index"),
    ("pinky", "index"),
    ("wrist", "thumb"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)

SKELETON: tuple[tuple[str, str], ...] = (
    *_HEAD,
    *_TRUNK,
    *((f"{side}_{start}", f"{side}_{end}") for side in ("left", "right") for start, end in _LIMB),
)
"""The pairs of keypoints that a drawing joins with a line."""


def _measured(name: str, description: str) -> Column:
    return Column(name, pa.float32(), f"{description}; null without a person", nullable=True)


POSE_KEYPOINTS = Table(
    "pose_keypoints",
    "One row per analysed frame and keypoint, also for frames in which nobody was found.",
    (
        Column("frame", pa.int32(), "number of the frame in the file, from 0"),
        Column("time_s", pa.float64(), "when the frame is shown, from the first frame"),
        Column("keypoint", LABEL, "which keypoint: one of 33"),
        _measured("x_px", "to the right, in the upright picture with square pixels"),
        _measured("y_px", "downwards, in the upright picture with square pixels"),
        _measured("z_px", "away from the camera, relative to the hips, at about the scale of x_px"),
        _measured("x_m", "to the right of the picture, from the middle of the hips"),
        _measured("y_m", "downwards, from the middle of the hips"),
        _measured("z_m", "away from the camera, from the middle of the hips"),
        _measured("confidence", "how sure the model is that the keypoint can be seen, 0 to 1"),
        _measured("presence", "how sure the model is that it lies inside the picture, 0 to 1"),
    ),
)
