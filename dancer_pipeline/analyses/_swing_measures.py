"""Coach's measures of one swing: front knee, hips and shoulders, elbow; or why it shows none."""

import numpy as np

from dancer_pipeline.analyses._spread import median_known
from dancer_pipeline.analyses._stance_measures import Measures, Missing, out_of_picture_deg
from dancer_pipeline.analyses._swing_phases import Phases
from dancer_pipeline.signals.body_parts import SIDES, TRUNK, Side
from dancer_pipeline.signals.geometry import joint_angle_deg, torso_length
from dancer_pipeline.signals.heading import folded_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.technique import (
    LAG_REACH_S,
    STRIDE_TORSOS,
    STRIDE_TORSOS_PER_S,
    Landing,
    landing,
    line_yaw_deg,
    stride,
    turn,
)
from dancer_pipeline.signals.tracks import Floats

_KNEE_ACROSS_DEG, _KNEE_DOUBT_DEG = 30.0, 50.0
_STRIDE_S = 1.2
_AROUND_S, _BEFORE_S = 1.0, 0.7
_LEAST_TURN_DEG, _LARGEST_MISFIT = 20.0, 0.1
_OBLIQUE_DEG = (30.0, 60.0)


def front_knee(
    slow: Motion, joints: Motion, torso_px: float, phase: Phases
) -> tuple[Side, Landing, Measures] | Missing:
    """Flexion of the front knee when its foot is put down, at most until contact, and there.

    The front leg is the one that is put down last before contact and stands then. Feet are taken
    from 4 Hz, for they are noisy, and knees from 6 Hz.
    """
    feet = slow.between(phase.contact_s - _STRIDE_S, phase.contact_s + 2.5 / slow.rate_hz)
    landings = {side: landing(feet.time_s, _sole(feet, side) / torso_px) for side in SIDES}
    landed = {side: it for side, it in landings.items() if it and it.time_s <= phase.contact_s}
    if not landed:
        return _no_landing(feet, torso_px)
    side = max(landed, key=lambda it: landed[it].time_s)
    leg = joints.between(landed[side].time_s, phase.contact_s)
    turned = out_of_picture_deg(leg.world_m[f"{side}_foot_index"] - leg.world_m[f"{side}_heel"])
    if not turned <= _KNEE_DOUBT_DEG:
        return Missing(
            "view_not_supported",
            f"The front foot points {turned:.0f} degrees out of the picture, so its knee bends "
            "towards the camera or away. Film at right angles to the front foot.",
        )
    return _knee(joints, phase, side, landed[side], turned)


def _no_landing(feet: Motion, torso_px: float) -> Missing:
    """Say how far and how fast each foot moved, or that it was not seen."""
    moved = " and ".join(
        f"your {side} foot {_strode(feet.time_s, _sole(feet, side) / torso_px)}" for side in SIDES
    )
    return Missing(
        "no_front_foot_contact",
        f"In the {_STRIDE_S:g} s before the contact {moved}. A front foot strides by at least "
        f"{STRIDE_TORSOS} torso lengths, at {STRIDE_TORSOS_PER_S} per second, and is put down "
        "before the contact. Film from the side, with both feet in the picture and the camera "
        "still.",
    )


def _strode(time_s: Floats, foot: Floats) -> str:
    found = stride(time_s, foot)
    if found is None:
        share = float(np.isfinite(foot).all(axis=1).mean()) if len(foot) else 0.0
        return f"is seen in {share:.0%} of the frames"
    return f"moves by {found.length:.2f} torso lengths at up to {found.speed:.1f} per second"


def _sole(smooth: Motion, side: str) -> Floats:
    sole = smooth.image_px[f"{side}_heel"] + smooth.image_px[f"{side}_foot_index"]
    return np.asarray(sole / 2)


def _knee(
    joints: Motion, phase: Phases, side: Side, landed: Landing, turned_deg: float
) -> tuple[Side, Landing, Measures] | Missing:
    beside_s = 1.5 / joints.rate_hz
    leg = joints.between(landed.time_s - beside_s, phase.contact_s + beside_s)
    hip, knee, ankle = (leg.image_px[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    flexion, time_s = 180 - joint_angle_deg(hip, knee, ankle), leg.time_s
    planted = (time_s >= landed.time_s - 1e-6) & (time_s <= phase.contact_s + 1e-6)
    if planted.sum() < 2 or not np.isfinite(flexion[planted]).all():
        return Missing(
            "lower_body_not_visible",
            f"Your front ({side}) leg is hidden between its landing and the contact. Film it from "
            f"your {side}.",
        )
    at_landing, at_contact = np.interp([landed.time_s, phase.contact_s], time_s, flexion)
    return (
        side,
        landed,
        {
            "landing": float(at_landing),
            "most": float(max(flexion[planted].max(), at_landing, at_contact)),
            "contact": float(at_contact),
            "doubt_deg": turned_deg if turned_deg > _KNEE_ACROSS_DEG else 0.0,
        },
    )


def separation(slow: Motion, phase: Phases) -> Measures | Missing:
    """Lag of the shoulders' turn behind the hips', and the largest angle between them.

    World coordinates at 4 Hz, unwrapped; only where both turns are plain to see.
    """
    trunk = slow.between(phase.peak_s - _AROUND_S, phase.peak_s + _AROUND_S)
    before = trunk.time_s <= phase.peak_s - _BEFORE_S
    if not trunk.seen(*TRUNK).all() or not before.any():
        return Missing(
            "upper_body_not_visible",
            "Shoulders and hips are not seen all the time from a second before the swing to a "
            "second after it. Start to record earlier, with the whole body in the picture.",
        )
    hips, shoulders = (
        line_yaw_deg(trunk.world_m[f"left_{part}"], trunk.world_m[f"right_{part}"])
        for part in ("hip", "shoulder")
    )
    folded = folded_deg(float(np.median(hips[before])))
    if not _OBLIQUE_DEG[0] <= folded <= _OBLIQUE_DEG[1]:
        return Missing(
            "view_not_supported",
            f"The hips are {folded:.0f} degrees off the front before the swing; turns are measured "
            "between 30 and 60. Film at an angle, between front and side.",
        )
    return _lag(trunk.time_s, hips, shoulders, phase)


def _lag(time_s: Floats, hips: Floats, shoulders: Floats, phase: Phases) -> Measures | Missing:
    pelvis, thorax = (turn(time_s, it, phase.peak_s) for it in (hips, shoulders))
    if pelvis is None or thorax is None or pelvis.size_deg * thorax.size_deg <= 0:
        return Missing(
            "timing_uncertain",
            "Hips and shoulders do not turn the same way within half a second of the swing's peak, "
            "so there is no lag between them.",
        )
    size = min(abs(pelvis.size_deg), abs(thorax.size_deg))
    misfit = max(pelvis.misfit, thorax.misfit)
    if size < _LEAST_TURN_DEG or misfit > _LARGEST_MISFIT:
        return Missing(
            "timing_uncertain",
            f"Hips and shoulders turn by only {size:.0f} degrees, or unsteadily ({misfit:.0%} of "
            f"the turn is noise); {_LEAST_TURN_DEG:.0f} degrees with at most {_LARGEST_MISFIT:.0%} "
            "are needed. Stand still before you play, and film from nearer.",
        )
    near = np.abs(time_s - phase.peak_s) <= LAG_REACH_S
    apart = np.abs((shoulders - hips + 180) % 360 - 180)
    return {"lag": thorax.time_s - pelvis.time_s, "angle": float(apart[near].max())}


def elbow_drops(joints: Motion, scale_px: Floats, side: str) -> Floats:
    """Height of the elbow under the shoulder in upper arm lengths: -1 straight up, 1 hanging.

    At each time; NaN where the arm is not seen.
    """
    shoulder, elbow = f"{side}_shoulder", f"{side}_elbow"
    arm_m = np.linalg.norm(joints.world_m[shoulder] - joints.world_m[elbow], axis=1)
    torso_m = torso_length(*(joints.world_m[name] for name in TRUNK))
    arm_px = scale_px * median_known(arm_m) / median_known(torso_m)
    return np.asarray((joints.image_px[elbow][:, 1] - joints.image_px[shoulder][:, 1]) / arm_px)
