"""Performances of exercises as stored tables, and what the analyses of repetitions make of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline import options
from dancer_pipeline.analyses.activity import activity
from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.analyses.camera_view import camera_view
from dancer_pipeline.analyses.exercise import exercise
from dancer_pipeline.analyses.repetitions import repetitions
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.synthetic.keypoints import observed_keypoints
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style
from dancer_pipeline_tests.analyses import performer

Change = Callable[[pd.DataFrame], pd.DataFrame]


def show(
    movement: str,
    count: int | None = 4,
    *,
    view: dict[str, Any] | None = None,
    seed: int = 3,
    **style: Any,
) -> Performance:
    """Let somebody do an exercise in front of a camera, at 24 frames a second unless told."""
    seen = {"yaw_deg": 50.0, "frame_rate_hz": 24.0, "width_px": 960} | (view or {})
    drawn = Style(**style) if style else None
    return perform(movement, seed=seed, repetitions=count, view=View(**seen), style=drawn)


class Told:
    """What the analyses tell of a performance, or of any table of poses."""

    def __init__(
        self,
        shown: Performance | pd.DataFrame,
        *,
        change: Change = lambda poses: poses,
        people: pd.DataFrame | None = None,
        size_px: tuple[int, int] | None = None,
        noise: float = 1.0,
        dropped_share: float = 0.0,
        **metadata: str,
    ) -> None:
        poses, size = shown, (performer.WIDTH_PX, performer.HEIGHT_PX)
        if isinstance(shown, Performance):
            size = shown.view.width_px, shown.view.height_px
            poses = observed_keypoints(shown, seed=1, noise=noise, dropped_share=dropped_share)
        width_px, height_px = size_px or size
        self.poses = POSE_KEYPOINTS.arrow(change(poses)).to_pandas()
        source = performer.source_video(display_width_px=width_px, display_height_px=height_px)
        said = options.upload_options(metadata)
        others = PEOPLE.frame() if people is None else people
        self.motion = body_motion(self.poses, source, said)
        self.bouts = activity(self.motion, source, performer.video_extracts(), others)
        self.rows = repetitions(self.motion, self.bouts, said, others)
        self._rest = said, others

    @property
    def names(self) -> set[str]:
        return set(self.rows["exercise"].astype(str))

    @property
    def turns_s(self) -> list[float]:
        return list(self.rows["turn_s"])

    def metric(self, name: str) -> pd.Series:
        said, others = self._rest
        view = camera_view(self.poses, said)
        rows = exercise(self.motion, self.bouts, said, others, view, self.rows)
        return rows.set_index("metric").loc[name]


def turns_of(shown: Performance) -> list[float]:
    return [float(one.bottom_s) for one in shown.motion.repetitions]


def mirrored(shown: Performance) -> Change:
    """Show it in a mirror: picture flipped, left and right exchanged."""

    def change(poses: pd.DataFrame) -> pd.DataFrame:
        return poses.assign(
            x_px=shown.view.width_px - poses["x_px"],
            x_m=-poses["x_m"],
            keypoint=poses["keypoint"].astype(str).map(other_side),
        )

    return change


def other_side(keypoint: str) -> str:
    for side, other in (("left", "right"), ("right", "left")):
        if side in keypoint:
            return keypoint.replace(side, other)
    return keypoint


def without_feet(poses: pd.DataFrame) -> pd.DataFrame:
    """Let the pose model doubt ankles, heels and toes all the time."""
    hit = poses["keypoint"].astype(str).str.contains("ankle|heel|foot")
    return poses.assign(confidence=poses["confidence"].mask(hit, 0.1))


def front_raises(count: int, rate_hz: float = 30.0, period_s: float = 2.5) -> pd.DataFrame:
    """Arms to the front and down again: no exercise that is known, seen from the side."""
    time_s = performer.times(count * period_s + 2.0, rate_hz)
    phase = np.clip((time_s - 1.0) / period_s, 0, count)
    arm = 85 * (1 - np.cos(2 * np.pi * phase)) / 2
    return performer.pose_table(time_s, performer.Motion(arm_deg=arm))
