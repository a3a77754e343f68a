"""Takes of a movement whose angles and times are chosen: what is stored of a made-up video."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.analyses.joint_angles import joint_angles
from dancer_pipeline.analyses.repetitions import TABLE as REPETITIONS
from dancer_pipeline.comparison.recording import Recording
from dancer_pipeline_tests.analyses import performer

METHODS = {
    "joint_angles": "2", "body_motion": "1", "repetitions": "1",
    "gait_events": "1", "pose_model_sha256": "abc", "mediapipe": "1.2.2",
}  # fmt: skip
REST_S = 0.5


@dataclass(frozen=True)
class Take:
    """Squats: how deep each is, how long going down and up takes, and from where it is filmed."""

    depths_deg: tuple[float, ...] = (120.0,) * 4
    down_s: float = 1.0
    up_s: float = 1.0
    rate_hz: float = 30.0
    yaw_deg: float = -90.0
    scale_px: float = 250.0
    middle_px: tuple[float, float] = (640.0, 330.0)
    exercise: str = "squat"
    said: dict[str, Any] = field(default_factory=dict, hash=False)
    """Columns of the repetitions that are otherwise than usual."""

    @property
    def starts_s(self) -> list[float]:
        return [REST_S + n * (self.period_s) for n in range(len(self.depths_deg))]

    @property
    def period_s(self) -> float:
        return self.down_s + self.up_s + REST_S


def recording(take: Take = Take(), name: str = "a", **methods: str) -> Recording:
    """Return what a comparison reads of a take."""
    return Recording(name, "v1", tables(take), METHODS | methods)


def tables(take: Take = Take()) -> dict[str, pd.DataFrame]:
    return {**_of_pixels(take), "repetitions": repetitions(take)}


@cache
def pose_keypoints(take: Take) -> pd.DataFrame:
    time_s = performer.times(take.starts_s[-1] + take.period_s, take.rate_hz)
    knee = _knee_deg(take, time_s)
    motion = performer.Motion(
        knee_deg=knee, thigh_deg=knee / 2, trunk_deg=knee / 3, arm_deg=knee / 2
    )
    camera = performer.Camera(take.yaw_deg, take.scale_px, take.middle_px)
    return performer.pose_table(time_s, motion, camera)


@cache
def _of_pixels(take: Take) -> dict[str, pd.DataFrame]:
    keypoints, source = pose_keypoints(take), performer.source_video(take.rate_hz)
    return {
        "joint_angles": joint_angles(keypoints, *_more(joint_angles, source)),
        "body_motion": body_motion(keypoints, *_more(body_motion, source)),
    }


def _more(analysis: Any, source: pd.DataFrame) -> list[pd.DataFrame]:
    known = {"source_video": source, "upload_options": performer.upload_options()}
    names = analysis.__code__.co_varnames[1 : analysis.__code__.co_argcount]
    return [known[name] for name in names]


def _knee_deg(take: Take, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Between 0 and each depth on half cosines."""
    knee = np.zeros_like(time_s)
    for start_s, depth_deg in zip(take.starts_s, take.depths_deg, strict=True):
        down = np.clip((time_s - start_s) / take.down_s, 0, 1)
        up = np.clip((time_s - start_s - take.down_s) / take.up_s, 0, 1)
        knee += depth_deg * (np.cos(np.pi * up) - np.cos(np.pi * down)) / 2
    return knee


def repetitions(take: Take) -> pd.DataFrame:
    """Build the table of repetitions as it should be."""
    rows = []
    for number, start_s in enumerate(take.starts_s, 1):
        turn_s, end_s = start_s + take.down_s, start_s + take.down_s + take.up_s
        marks = {"start": start_s, "turn": turn_s, "end": end_s}
        rows.append(
            {f"{name}_s": at for name, at in marks.items()}
            | {f"{name}_frame": round(at * take.rate_hz) for name, at in marks.items()}
            | {
                "repetition": number, "set": 1, "exercise": take.exercise,
                "recognised_by": "uploader", "is_hold": False, "signal": "knee_flexion",
                "range_deg": take.depths_deg[number - 1], "range_share": 1.0, "is_partial": False,
                "eccentric_s": take.down_s, "hold_s": 0.0, "concentric_s": take.up_s,
                "status": "ok", "reasons": [], "method_version": "1",
            }
            | {name: _nth(value, number - 1) for name, value in take.said.items()}
        )  # fmt: skip
    return REPETITIONS.frame(rows)


def _nth(value: Any, place: int) -> Any:
    return value[place] if isinstance(value, Sequence) and not isinstance(value, str) else value
