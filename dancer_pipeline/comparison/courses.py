"""The courses that two videos are compared by: joint angles, trunk lean, knee separation.

From the side they are those of the picture and of the near side; from elsewhere they come from
estimated depth, for both sides, and are rough. One comparison never mixes the two.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dancer_pipeline.comparison.phases import Floats
from dancer_pipeline.comparison.recording import Recording
from dancer_pipeline.signals.body_parts import SIDES, TRUNK
from dancer_pipeline.signals.cleaning import clean
from dancer_pipeline.signals.filters import joint_angle_cutoff_hz

_FROM_THE_SIDE = ("knee", "hip", "elbow", "shoulder_flexion")
_FROM_ELSEWHERE = ("knee", "hip", "elbow", "shoulder")
"""Not the ankle: one phone does not show it well enough."""

_NAMES = {"shoulder": "shoulder_elevation", "shoulder_flexion": "shoulder_flexion"}
_ON_BOTH_FEET = ("squat", "sit_to_stand")

PICTURE_MDC_DEG, DEPTH_MDC_DEG, TRUNK_MDC_DEG, KASR_MDC = 10.0, 25.0, 5.0, 0.05
"""Smallest differences that the methods themselves can show, whatever the repetitions say.

Angles in the picture 10 and trunk 5 degrees, knee separation 0.05: project defaults from published
errors. Angles from estimated depth: 1.96 * sqrt(2) * 9 degrees, their spread against the picture.
"""

_MEAN_TO_SD = math.sqrt(math.pi / 2)
"""Of a normal distribution: its standard deviation over its mean absolute value."""

_SLOWER = 0.95
"""A rate below this share of another is a lower one; timestamps are not exact."""


@dataclass(frozen=True)
class Course:
    """One quantity over time; NaN where it was not seen."""

    quantity: str
    side: str | None
    unit: str
    least_mdc: float
    time_s: Floats
    values: Floats
    landmarks: tuple[str, ...] = ("start", "turn", "end", "range")
    doubt: str | None = None
    """Reason code, where the method is rough."""
    error: float = 0.0
    """Standard error of measurement by the mirrored re-run of the video; 0 where there is none."""

    def at_rate(self, rate_hz: float, own_rate_hz: float) -> "Course":
        """Bring it to a lower rate: filtered as a video of that rate is, then read more seldom."""
        if not rate_hz < _SLOWER * own_rate_hz:
            return self
        seen = np.isfinite(self.values)
        cutoff_hz = joint_angle_cutoff_hz(rate_hz)
        smooth = clean(self.time_s, self.values, seen, cutoff_hz=cutoff_hz)
        grid_s = np.arange(self.time_s[0], self.time_s[-1], 1 / rate_hz)
        return replace(self, time_s=grid_s, values=np.interp(grid_s, self.time_s, smooth))


def courses(recording: Recording) -> Iterator[Course]:
    """Yield every course that this view shows."""
    yield from _joints(recording)
    if recording.is_side_view:
        yield _trunk_lean(recording)
    is_frontal = recording.view in ("frontal", "back")
    if is_frontal and recording.cycles.exercise in _ON_BOTH_FEET:
        yield _knee_separation(recording)


def _joints(recording: Recording) -> Iterator[Course]:
    from_side = recording.is_side_view
    wanted, column = (_FROM_THE_SIDE, "image_deg") if from_side else (_FROM_ELSEWHERE, "world_deg")
    angles = recording.tables["joint_angles"].sort_values("time_s", kind="stable")
    for (joint, side), rows in angles.groupby(["joint", "side"], observed=True):
        if joint in wanted and (not from_side or side == recording.near_side):
            yield Course(
                quantity=_NAMES.get(str(joint), f"{joint}_flexion"),
                side=str(side),
                unit="deg",
                least_mdc=PICTURE_MDC_DEG if from_side else DEPTH_MDC_DEG,
                time_s=rows["time_s"].to_numpy(float),
                values=rows[column].to_numpy(float),
                doubt=None if from_side else "from_depth",
                error=_mirror_error(recording, str(joint), str(side), column),
            )


def _mirror_error(recording: Recording, joint: str, side: str, column: str) -> float:
    """Turn the mean difference of two runs over one video into the standard error of one."""
    runs = recording.tables.get("mirror_error", pd.DataFrame())
    if runs.empty:
        return 0.0
    is_joint = (runs["joint"] == joint.partition("_")[0]) & (runs["side"] == side)
    means = runs.loc[is_joint, column.replace("_deg", "_angle_mae_deg")].dropna()
    return float(means.iloc[0]) * _MEAN_TO_SD / math.sqrt(2) if len(means) else 0.0


def _trunk_lean(recording: Recording) -> Course:
    """Angle of the trunk to the vertical, without a direction: either side may be filmed."""
    body = recording.motion
    smooth = body.smooth(joint_angle_cutoff_hz(body.rate_hz), TRUNK)
    across, down = (smooth.middle_px("hip") - smooth.middle_px("shoulder")).T
    lean = np.degrees(np.arctan2(np.abs(across), down))
    return Course("trunk_lean", None, "deg", TRUNK_MDC_DEG, body.time_s, lean)


def _knee_separation(recording: Recording) -> Course:
    """Distance of the knees over that of the ankles, across the picture (KASR)."""
    body = recording.motion
    smooth = body.smooth(joint_angle_cutoff_hz(body.rate_hz), _LEGS).image_px
    knees, ankles = (
        np.abs(smooth[f"left_{part}"][:, 0] - smooth[f"right_{part}"][:, 0])
        for part in ("knee", "ankle")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(ankles > 0, knees / ankles, np.nan)
    return Course(
        "knee_separation", None, "ratio", KASR_MDC, body.time_s, ratio, landmarks=("turn",)
    )


_LEGS = tuple(f"{side}_{part}" for side in SIDES for part in ("knee", "ankle"))
