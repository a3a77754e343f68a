"""What all coach's measures of a video are taken from: its swings, its stance, its body."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import MOVING_TORSOS_PER_S, camera_speeds_px
from dancer_pipeline.analyses._stance_measures import Missing
from dancer_pipeline.analyses._swing_measures import elbow_drops
from dancer_pipeline.analyses._swing_phases import STANCE_CUTOFF_HZ, Phases, phases
from dancer_pipeline.signals.body_parts import HEAD, SIDES, SOLES, TRUNK, Side
from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.swings import body_scale_px
from dancer_pipeline.signals.tracks import Floats

_JOINT_CUTOFF_HZ = 6.0
_JOINTS = tuple(
    f"{side}_{part}"
    for side in SIDES
    for part in ("shoulder", "elbow", "hip", "knee", "ankle", "heel", "foot_index")
)


@dataclass(frozen=True)
class Session:
    """What all measures of a video are taken from; what takes the whole video, taken once."""

    elbows: dict[str, Floats]
    """By side, how far the elbow is below the shoulder at each time, in upper arms."""
    body: Motion
    slow: Motion
    joints: Motion
    camera_times_s: Floats
    camera_px: Floats
    doubts: dict[str, str]
    phases: list[Phases]
    stance_s: tuple[float, float] | None

    @property
    def windows_s(self) -> list[tuple[float, float]]:
        """Stances: before each swing, or the longest one where none was found."""
        return [it.setup_s for it in self.phases] or [it for it in [self.stance_s] if it]

    def frame(self, moment_s: float) -> int:
        """Frame of the file that is nearest to a time."""
        after = int(np.searchsorted(self.body.time_s, moment_s))
        two = slice(max(0, after - 1), after + 1)
        nearest = int(np.argmin(np.abs(self.body.time_s[two] - moment_s)))
        return int(self.body.frame[two][nearest])

    def elbow_drop(self, side: Side, moment_s: float) -> float:
        """Mean of the up to three times around a moment; NaN where the arm is not seen."""
        reach_s = 1.5 / self.joints.rate_hz
        first, last = np.searchsorted(self.joints.time_s, [moment_s - reach_s, moment_s + reach_s])
        return float(np.mean(self.elbows[side][first:last])) if last > first else float("nan")

    def unsteady(self, start_s: float, end_s: float) -> Missing | None:
        """Refuse a stretch in which the camera moves."""
        first = np.searchsorted(self.camera_times_s, start_s)
        last = np.searchsorted(self.camera_times_s, end_s, side="right")
        speeds = self.camera_px[first:last] / self.body.torso_px
        if not len(speeds) or np.median(speeds) <= MOVING_TORSOS_PER_S:
            return None
        return Missing(
            "camera_moves",
            f"The camera moves by {np.median(speeds):.2f} torso lengths per second during the "
            f"swing; above {MOVING_TORSOS_PER_S} places in the picture cannot be compared. Put it "
            "on a tripod.",
        )


def session_of(
    body: Motion,
    swings: pd.DataFrame,
    extracts: pd.DataFrame,
    stance_s: tuple[float, float] | None,
) -> Session:
    """Take from a video what all measures need; `stance_s` where no swing was found."""
    slow = body.smooth(STANCE_CUTOFF_HZ, (*HEAD, *TRUNK, *SOLES))
    joints = body.smooth(_JOINT_CUTOFF_HZ, _JOINTS)
    torso_px = torso_length(*(slow.image_px[name] for name in TRUNK))
    scale_px = body_scale_px(torso_px, body.rate_hz)
    camera = camera_speeds_px(extracts).sort_index()
    return Session(
        elbows={side: elbow_drops(joints, scale_px, side) for side in SIDES},
        body=body,
        slow=slow,
        joints=joints,
        camera_times_s=camera.index.to_numpy(float),
        camera_px=np.asarray(camera, dtype=float),
        doubts=_doubts(swings),
        phases=phases(swings),
        stance_s=stance_s,
    )


def _doubts(swings: pd.DataFrame) -> dict[str, str]:
    """Hand on why the swings are not sure: what is said of at least half of them."""
    doubted = swings[swings["status"] == "low_confidence"]
    often = doubted["reasons"].explode().value_counts()
    reasons = [str(it) for it in often[2 * often >= len(swings)].index]
    if not reasons:
        return {}
    said = next(it["advice"] for it in doubted.to_dict("records") if reasons[0] in it["reasons"])
    return dict.fromkeys(reasons, "") | {reasons[0]: str(said)}
