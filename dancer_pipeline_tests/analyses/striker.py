"""A stick figure that strikes: seen through a pinhole camera, with every time and angle chosen.

It shares nothing with the analyses but the names of the keypoints. The figure faces along -z (to a
camera at yaw 0), x is to its left, y down, in metres from the middle of its hips; its torso is half
a metre.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dancer_pipeline.pose.keypoints import KEYPOINTS
from dancer_pipeline_tests.analyses import performer

Floats = performer.Floats
Course = Callable[[Floats], Floats]
TORSO_M, ARM_M, UPPER_ARM_M = 0.5, 0.58, 0.3
HIP_HEIGHT_M = 0.95
FLOOR_M = HIP_HEIGHT_M


def _nought(time_s: Floats) -> Floats:
    return np.zeros_like(time_s)


def _hanging(time_s: Floats) -> Floats:
    return np.tile([0.0, 1.0, 0.0], (len(time_s), 1))


@dataclass(frozen=True)
class Figure:
    """What the figure does, as functions of time; arms are directions from the shoulder."""

    right_arm: Course = _hanging
    left_arm: Course = _hanging
    head_x_m: Course = _nought
    hip_x_m: Course = _nought
    pelvis_deg: Course = _nought
    shoulders_deg: Course = _nought
    left_foot_m: Course = lambda time_s: np.tile([0.15, 0.0, 0.0], (len(time_s), 1))
    right_foot_m: Course = lambda time_s: np.tile([-0.15, 0.0, 0.0], (len(time_s), 1))
    left_knee_deg: Course = _nought
    place_m: Course = lambda time_s: np.zeros((len(time_s), 3))
    """Where on the floor: x, height above it, z."""


@dataclass(frozen=True)
class Eye:
    """A camera on a tripod at hip height, that looks at where the figure starts."""

    yaw_deg: float = 0.0
    distance_m: float = 4.0
    width_px: int = 1280
    height_px: int = 720
    focal_px: float = 900.0
    hidden: tuple[str, ...] = ()
    """Keypoints in which the model has a confidence of 0.1."""


FRONT = Eye()


def observed(
    figure: Figure,
    *,
    duration_s: float = 6.0,
    rate_hz: float = 30.0,
    eye: Eye = FRONT,
    noise: float = 0.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Build the pose table of a figure; `noise` 1 is about that of a pose model."""
    time_s = performer.times(duration_s, rate_hz)
    body = _joints(figure, time_s)
    place = figure.place_m(time_s) * np.array([1.0, -1.0, 1.0])
    draw, parts = np.random.default_rng(seed), []
    for name in KEYPOINTS:
        world = _turned(body.get(name, body["nose"]), eye.yaw_deg)
        world = world + draw.normal(0, noise * np.array([0.008, 0.008, 0.02]), world.shape)
        seen = world + _turned(place, eye.yaw_deg)
        image = eye.focal_px * seen[:, :2] / (eye.distance_m + seen[:, 2:])
        parts.append(_part(name, time_s, world, image, eye))
    table = pd.concat(parts).sort_values(["frame", "keypoint"], kind="stable", ignore_index=True)
    return performer.typed(table)


def swinging(
    contacts_s: tuple[float, ...],
    *,
    from_deg: float = 30.0,
    to_deg: float = 210.0,
    forward_s: float = 0.3,
    height: Callable[[Floats], Floats] | None = None,
) -> Course:
    """Swing an arm in the body's sagittal plane: back slowly, forward fast, and slowly to rest.

    Angles count from straight back over the head to the front: 90 is up, 180 straight ahead, 270
    down; the arm waits at 200. The hand is fastest at the contacts.
    """
    rest = 200.0

    def course(time_s: Floats) -> Floats:
        angle = np.full_like(time_s, rest)
        for contact_s in contacts_s:
            begin, end = contact_s - forward_s / 2, contact_s + forward_s / 2
            angle = angle + (from_deg - rest) * ease((time_s - begin + 1.0) / 0.9)
            angle = angle + (to_deg - from_deg) * ease((time_s - begin) / forward_s)
            angle = angle + (rest - to_deg) * ease((time_s - end - 0.1) / 0.9)
        way = np.radians(angle)
        aside = height(time_s) if height else np.zeros_like(time_s)
        return np.column_stack([aside, -np.sin(way), np.cos(way)])

    return course


def across(
    contacts_s: tuple[float, ...], *, from_deg: float, to_deg: float, forward_s: float = 0.3
) -> Course:
    """Swing an arm in a level plane a little below the shoulder: 0 is ahead, 90 to the left."""

    def course(time_s: Floats) -> Floats:
        lift, angle = np.zeros_like(time_s), np.zeros_like(time_s)
        for contact_s in contacts_s:
            begin, end = contact_s - forward_s / 2, contact_s + forward_s / 2
            up = ease((time_s - begin + 0.8) / 0.6) * ease((end + 0.9 - time_s) / 0.6)
            lift = lift + up
            angle = angle + from_deg * ease((time_s - begin + 0.8) / 0.7)
            angle = angle + (to_deg - from_deg) * ease((time_s - begin) / forward_s)
            angle = angle - to_deg * ease((time_s - end - 0.1) / 0.9)
        way, down = np.radians(angle), np.radians(90 - 75 * lift)
        level = np.cos(down)
        return np.column_stack([level * np.sin(way), np.sin(down), -level * np.cos(way)])

    return course


def ease(level: Floats) -> Floats:
    """Minimum-jerk course from 0 to 1."""
    s = np.clip(level, 0.0, 1.0)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))


def mirrored(figure: Figure) -> Figure:
    """Do the same with the other hand."""
    return replace(figure, right_arm=figure.left_arm, left_arm=_flipped(figure.right_arm))


def _flipped(course: Course) -> Course:
    return lambda time_s: course(time_s) * np.array([-1.0, 1.0, 1.0])


def _joints(figure: Figure, time_s: Floats) -> dict[str, Floats]:
    count, nought = len(time_s), np.zeros(len(time_s))
    hips = np.column_stack([figure.hip_x_m(time_s), nought, nought])
    neck = hips + np.array([0.0, -TORSO_M, 0.0])
    head = neck + np.column_stack([figure.head_x_m(time_s), nought - 0.22, nought])
    body = {"nose": head + np.array([0.0, 0.0, -0.1])}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        body[f"{side}_ear"] = head + np.array([sign * 0.07, 0.0, 0.0])
        body[f"{side}_hip"] = hips + _line(figure.pelvis_deg(time_s), sign * 0.1)
        shoulder = neck + _line(figure.shoulders_deg(time_s), sign * 0.17)
        arm = figure.left_arm(time_s) if side == "left" else figure.right_arm(time_s)
        arm = arm / np.linalg.norm(arm, axis=1, keepdims=True)
        body[f"{side}_shoulder"] = shoulder
        body[f"{side}_elbow"] = shoulder + UPPER_ARM_M * arm
        body[f"{side}_wrist"] = shoulder + ARM_M * arm
        body[f"{side}_index"] = shoulder + (ARM_M + 0.1) * arm
        foot = figure.left_foot_m(time_s) if side == "left" else figure.right_foot_m(time_s)
        ankle = foot * np.array([1.0, -1.0, 1.0]) + np.array([0.0, FLOOR_M - 0.08, 0.0])
        knee_deg = figure.left_knee_deg(time_s) if side == "left" else nought
        body[f"{side}_knee"] = _knee(body[f"{side}_hip"], ankle, knee_deg)
        body[f"{side}_ankle"] = ankle
        body[f"{side}_heel"] = ankle + np.array([0.0, 0.07, 0.05])
        body[f"{side}_foot_index"] = ankle + np.array([0.0, 0.07, -0.16])
    assert all(len(it) == count for it in body.values())
    return body


def _knee(hip: Floats, ankle: Floats, flexion_deg: Floats) -> Floats:
    """Put the knee in front of the middle of the leg, so that it is bent by that angle."""
    leg = ankle - hip
    length = np.linalg.norm(leg, axis=1, keepdims=True)
    along = leg / length
    ahead = np.array([0.0, 0.0, -1.0]) + along * along[:, 2:]
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    return (hip + ankle) / 2 + ahead * length / 2 * np.tan(np.radians(flexion_deg) / 2)[:, None]


def _line(angle_deg: Floats, length_m: float) -> Floats:
    way = np.radians(angle_deg)
    return length_m * np.column_stack([np.cos(way), np.zeros_like(way), -np.sin(way)])


def _turned(points: Floats, yaw_deg: float) -> Floats:
    yaw = np.radians(yaw_deg)
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    return np.asarray(points @ turn.T)


def _part(name: str, time_s: Floats, world: Floats, image: Floats, eye: Eye) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "frame": np.arange(len(time_s), dtype=np.int32), "time_s": time_s, "keypoint": name,
            "x_px": eye.width_px / 2 + image[:, 0], "y_px": eye.height_px / 2 + image[:, 1],
            "z_px": 300.0 * world[:, 2],
            "x_m": world[:, 0], "y_m": world[:, 1], "z_m": world[:, 2],
            "confidence": 0.1 if name in eye.hidden else 0.99, "presence": 0.99,
        }
    )  # fmt: skip
