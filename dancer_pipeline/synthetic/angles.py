"""Joint angles of the performer, computed from its joint positions alone.

Every angle is 0 in the anatomical position: knees and elbows straight, thighs in line with the
trunk, arms hanging beside it.
"""

import numpy as np

from dancer_pipeline.synthetic.rotations import UP, Array, between_deg, unit
from dancer_pipeline.synthetic.skeleton import Skeleton

LEAST_IN_PLANE = 0.5
"""Share of an upper arm or thigh that must lie in a plane for its angle there to mean anything."""


def joint_angles_deg(skeleton: Skeleton) -> dict[str, Array]:
    """Angles by name, each of (frames, sides): left first.

    Knee and elbow are between the bones. `hip_flexion` is from the trunk axis to the thigh, as seen
    from the side of the trunk: negative where the thigh is behind it. `shoulder_elevation`
    is between trunk axis and upper arm in whatever plane the arm moves; `shoulder_flexion` is what
    of it is seen from the side of the trunk, `shoulder_abduction` from its front.
    """
    hip, knee, ankle = (skeleton.pair(name) for name in ("hip", "knee", "ankle"))
    shoulder, elbow, wrist = (skeleton.pair(name) for name in ("shoulder", "elbow", "wrist"))
    down = (hip.mean(axis=1) - shoulder.mean(axis=1))[:, None]
    arm = elbow - shoulder
    return {
        "knee_flexion": between_deg(knee - hip, ankle - knee),
        "hip_flexion": _in_plane_deg(shoulder, down, knee - hip, forward=True),
        "elbow_flexion": between_deg(arm, wrist - elbow),
        "shoulder_elevation": between_deg(down, arm),
        "shoulder_flexion": _in_plane_deg(shoulder, down, arm, forward=True),
        "shoulder_abduction": _in_plane_deg(shoulder, down, arm, forward=False),
    }


def trunk_lean_deg(skeleton: Skeleton) -> Array:
    """Angle of the line from mid-hip to mid-shoulder with the vertical."""
    trunk = skeleton.pair("shoulder").mean(axis=1) - skeleton.pair("hip").mean(axis=1)
    return between_deg(trunk, np.broadcast_to(UP, trunk.shape))


def _in_plane_deg(shoulder: Array, down: Array, limb: Array, *, forward: bool) -> Array:
    """Signed angle of a limb from the trunk axis, in one plane of the trunk; NaN far out of it."""
    low = unit(down)
    left = unit(shoulder[:, :1] - shoulder[:, 1:])
    ahead = np.cross(low, left)
    outward = np.concatenate([left, -left], axis=1)
    raised = ahead if forward else outward
    across, along = np.sum(limb * raised, axis=-1), np.sum(limb * low, axis=-1)
    in_plane = np.hypot(across, along) >= LEAST_IN_PLANE * np.linalg.norm(limb, axis=-1)
    return np.where(in_plane, np.degrees(np.arctan2(across, along)), np.nan)
