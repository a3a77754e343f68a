"""Which lines of the body a number is about: drawn over the picture that shows a finding.

A `mid_` name is the middle between left and right.
"""

Line = tuple[str, str]

_KNEES: tuple[Line, ...] = (("left_knee", "right_knee"), ("left_ankle", "right_ankle"))
_BODY: tuple[Line, ...] = (("mid_shoulder", "mid_hip"), ("mid_hip", "mid_ankle"))
_ELBOWS: tuple[Line, ...] = tuple(
    line
    for side in ("left", "right")
    for line in ((f"{side}_shoulder", f"{side}_elbow"), (f"{side}_elbow", f"{side}_wrist"))
)
_LEGS: tuple[Line, ...] = tuple(
    line
    for side in ("left", "right")
    for line in ((f"{side}_hip", f"{side}_knee"), (f"{side}_knee", f"{side}_ankle"))
)
_THIGHS: tuple[Line, ...] = (("left_hip", "left_knee"), ("right_hip", "right_knee"))
_ARMS: tuple[Line, ...] = (("left_shoulder", "left_elbow"), ("right_shoulder", "right_elbow"))

_LINES: dict[str, tuple[Line, ...]] = {
    "trunk_lean": (("mid_hip", "mid_shoulder"),),
    "trunk_lean_change": (("mid_hip", "mid_shoulder"),),
    "trunk_sway": (("mid_hip", "mid_shoulder"),),
    "thigh_above_horizontal": _THIGHS,
    "squat_knee_flexion": _LEGS,
    "front_knee_flexion": _LEGS,
    "front_shank_lean": (("left_knee", "left_ankle"), ("right_knee", "right_ankle")),
    "knee_separation_ratio": _KNEES,
    "knee_separation_change": _KNEES,
    "hip_shift": (("mid_hip", "mid_ankle"), ("left_ankle", "right_ankle")),
    "body_sag": _BODY,
    "hip_bend": _BODY,
    "elbow_flexion_at_turn": _ELBOWS,
    "elbow_flexion_at_start": _ELBOWS,
    "press_path_drift": (("left_shoulder", "left_wrist"), ("right_shoulder", "right_wrist")),
    "arm_elevation": _ARMS,
    "arm_elevation_difference": _ARMS,
}


def lines_of(metric: str | None) -> tuple[Line, ...]:
    """Return the lines that a metric is about; none where it is about no line."""
    return _LINES.get(metric or "", ())
