"""The stored tables of one made-up video: six slow squats, the right knee bending less."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.findings.assessment import findings
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS

WIDTH_PX, HEIGHT_PX, RATE_HZ, DURATION_S = 720, 1280, 30.0, 8.0

_JOINTS = {
    "knee": (100, 70), "hip": (92, 88), "ankle": (25, 24), "elbow": (35, 33), "shoulder": (80, 78),
}  # fmt: skip
"""How far each joint moves, left and right, in degrees."""

_AT_HEIGHT = {
    "shoulder": 0.25, "elbow": 0.37, "wrist": 0.47, "pinky": 0.5, "index": 0.5, "thumb": 0.49,
    "hip": 0.52, "knee": 0.7, "ankle": 0.88, "heel": 0.9, "foot": 0.91,
}  # fmt: skip


def times() -> NDArray[np.float64]:
    return np.arange(int(DURATION_S * RATE_HZ)) / RATE_HZ


def bend(time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0, standing, to 1, in the deepest squat."""
    return (1 - np.cos(2 * np.pi * time_s * 6 / DURATION_S)) / 2


def source_video(**changes: object) -> pd.DataFrame:
    row = {
        "file_name": "squats.mp4", "container": "mov,mp4,m4a,3gp,3g2,mj2", "codec": "h264",
        "duration_s": DURATION_S, "frame_count": len(times()), "frame_rate_hz": RATE_HZ,
        "is_variable_frame_rate": False, "rotation_deg": 0, "display_width_px": WIDTH_PX,
        "display_height_px": HEIGHT_PX, "has_audio": True, "size_bytes": 4_200_000,
    }  # fmt: skip
    return pd.DataFrame([row | changes])


def pose_keypoints(found: slice = slice(None)) -> pd.DataFrame:
    """Keypoints of every frame; nobody is found in frames outside the slice."""
    rows = _everybody().copy()
    with_person = np.zeros(len(times()), bool)
    with_person[found] = True
    measured = rows.columns.difference(["frame", "time_s", "keypoint"])
    rows.loc[~with_person[rows["frame"]], measured] = np.nan
    return rows


@cache
def _everybody() -> pd.DataFrame:
    return POSE_KEYPOINTS.frame(
        row
        for frame, (time_s, depth) in enumerate(zip(times(), bend(times()), strict=True))
        for row in _body(frame, float(time_s), float(depth))
    )


def _body(frame: int, time_s: float, depth: float) -> Iterator[dict[str, object]]:
    for name in KEYPOINTS:
        x, y = _place(name, depth)
        seen = {"x_px": x, "y_px": y, "z_px": 0.0, "x_m": x / 500, "y_m": y / 500, "z_m": 0.0}
        sure = 0.35 if "pinky" in name else 0.95
        head = {"frame": frame, "time_s": time_s, "keypoint": name}
        yield {**head, **seen, "confidence": sure, "presence": 0.99}


def _place(name: str, depth: float) -> tuple[float, float]:
    part = name.replace("mouth_", "").split("_")
    side = {"left": 1, "right": -1}.get(part[0], 0)
    height = _AT_HEIGHT.get(part[1] if len(part) > 1 else part[0], 0.14)
    wide = {0.14: 0.02, 0.25: 0.12, 0.37: 0.17, 0.52: 0.08}.get(height, 0.16)
    wide += 0.08 * depth if height == 0.7 else 0
    drop = max(0.0, 0.88 - height) * 0.35 * depth
    return WIDTH_PX * (0.5 + side * wide), HEIGHT_PX * (height + drop)


def joint_angles() -> pd.DataFrame:
    rows = []
    for joint, ranges in _JOINTS.items():
        for side, full in zip(("left", "right"), ranges, strict=True):
            angle = 5 + full * bend(times()) + np.sin(times() * 40)
            sure = np.where(np.abs(times() - 5) < 0.4, 0.3, 0.95) if side == "right" else 0.95
            rows.append(
                pd.DataFrame(
                    {
                        "frame": np.arange(len(times()), dtype=np.int32), "time_s": times(),
                        "joint": joint, "side": side, "image_deg": angle, "world_deg": angle,
                        "confidence": sure,
                    }
                )
            )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def camera_view(view: str = "frontal") -> pd.DataFrame:
    return pd.DataFrame([{"view": view, "yaw_deg": -4.0, "status": "ok", "reasons": []}])


def _squats() -> pd.DataFrame:
    return pd.DataFrame({"exercise": ["squat"] * 6, "side": [None] * 6})


def pose_metrics() -> pd.DataFrame:
    view = "This needs a side view; this video is filmed from the front, so it is rough."
    rows = []
    for joint, ranges in _JOINTS.items():
        name = f"{joint}_elevation_range" if joint == "shoulder" else f"{joint}_flexion_range"
        for side, frame, value in zip(("left", "right"), (100, 180), ranges, strict=True):
            rows.append(
                Metric(
                    name, "deg", float(value), 240, side, "low_confidence",
                    ("view_not_supported",), view, (value - 4.0, value + 4.0), (20, frame),
                )
                if joint != "ankle"
                else Metric(
                    name, "deg", side=side, status="refused", reasons=("lower_body_not_visible",),
                    advice="Your feet are out of view in 43 % of frames. Step back until they fit.",
                )
            )  # fmt: skip
    quality = [
        Metric("person_found_share", "share", 1.0, 240),
        Metric("lower_body_visible_share", "share", 0.57, 240, advice="Step back."),
        Metric("frame_rate", "hz", RATE_HZ, 1),
        Metric("brightness", "share", 0.17, 1),
        Metric("sharpness", "1", 312.0, 1),
        Metric("camera_motion", "widths/s", 0.00026, 44),
        Metric("sound_level", "ratio", status="refused", reasons=("not_measured",)),
    ]
    return pd.concat(
        [
            metric_table("range_of_motion", rows, method_version="1"),
            metric_table("recording_quality", quality, method_version="1"),
        ],
        ignore_index=True,
    )


def tables() -> dict[str, pd.DataFrame]:
    """Everything that is stored about the video when all went well."""
    return {
        "source_video": source_video(),
        "pose_keypoints": pose_keypoints(),
        "joint_angles": joint_angles(),
        "camera_view": camera_view(),
        "pose_metrics": pose_metrics(),
        "findings": findings(pose_metrics(), camera_view(), None, _squats()),
    }


def nobody() -> dict[str, pd.DataFrame]:
    """Everything that is stored about a video that shows nobody."""
    refused = Metric("knee_flexion_range", "deg", status="refused", reasons=("no_person",))
    metrics = pd.concat(
        [
            metric_table("range_of_motion", [refused], method_version="1"),
            metric_table(
                "recording_quality",
                [Metric("person_found_share", "share", 0.0, 240)],
                method_version="1",
            ),
        ],
        ignore_index=True,
    )
    return {
        "source_video": source_video(file_name="kitchen.mp4"),
        "pose_keypoints": pose_keypoints(slice(0, 0)),
        "pose_metrics": metrics,
        "findings": findings(metrics, None),
    }


def picture(*, scale: float = 0.375) -> NDArray[np.uint8]:
    """Room as a preview shows it, smaller than the video."""
    height, width = round(HEIGHT_PX * scale), round(WIDTH_PX * scale)
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = np.linspace(150, 90, height, dtype=np.uint8)[:, None, None]
    image[int(height * 0.85) :] = (92, 74, 60)
    return image
