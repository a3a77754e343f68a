"""Which keypoints make a part of the body, and between which of them a joint bends."""

from typing import Literal

Side = Literal["left", "right"]

SIDES: tuple[Side, Side] = ("left", "right")

HEAD = ("nose", "left_ear", "right_ear")
TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
"""In the order of `torso_length`; what moves least by itself."""

FOOT = ("ankle", "heel", "foot_index")
LEGS = tuple(f"{side}_{part}" for side in SIDES for part in ("hip", "knee", "ankle"))
SOLES = tuple(f"{side}_{part}" for side in SIDES for part in ("heel", "foot_index"))

JOINT_SEGMENTS = {
    "knee": (("hip", "knee"), ("knee", "ankle")),
    "hip": (("shoulder", "hip"), ("hip", "knee")),
    "ankle": (("knee", "ankle"), ("heel", "foot_index")),
    "elbow": (("shoulder", "elbow"), ("elbow", "wrist")),
    "shoulder": (("shoulder", "hip"), ("shoulder", "elbow")),
}
"""Each joint's two segments, from one keypoint to another."""
