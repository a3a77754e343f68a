"""What is looked at in one repetition of each exercise: one function per measure.

Every measure is a number per moment, from pixels but for the shift of the hips, in a view that
shows it. Directions are the person's own: forward is where the toes point, left is their left.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.geometry import angle_deg
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

SIDE_ON, FACE_ON = ("sagittal",), ("frontal", "back")

_LEAST_STANCE_M = 0.05


@dataclass(frozen=True)
class Measure:
    """One measure of form: what it reads, from where it can be seen, and when in a repetition."""

    name: str
    unit: str
    of: Callable[["Body"], Floats]
    views: tuple[str, ...] = SIDE_ON
    at: str = "turn"
    """`turn`: around the turning point; `start`: where the repetition begins and ends; `change`:
    from there to the turn, in percent; `share`: at the turn, of what it is there, as `angle_of`
    says; `range`: largest less smallest; `peak`: the largest."""
    angle_of: Callable[[float], float] = float
    """Of a share, the angle that makes a length look so short."""
    sure_off_deg: float = 90.0
    """Off the front or the back by more than this it is of low confidence."""

    @property
    def needs_facing(self) -> bool:
        """Whether forward must be known; a range is the same both ways."""
        return self.of in _FACED and self.at != "range"

    @property
    def needs_yaw(self) -> bool:
        """Whether it is measured along the body's own axes."""
        return self.of is hip_shift

    def legs(self, near: str) -> tuple[str, ...]:
        """Sides of the legs that it is measured on; none for what is measured elsewhere."""
        if self.of in _OF_BOTH_LEGS:
            return SIDES
        return (near,) if self.of in _OF_NEAR_LEG else ()


@dataclass(frozen=True)
class Body:
    """A smoothed motion, seen from one side."""

    motion: Motion
    near: str
    """The side towards the camera, in a side view."""
    forward: float
    """1 where the person faces right in the picture, -1 where they face left, NaN if unknown."""
    yaw_deg: float = 0.0

    def px(self, part: str, side: str | None = None) -> Floats:
        """Place of a part in the picture; of the near side unless another is named."""
        return self.motion.image_px[f"{side or self.near}_{part}"]

    def middle(self, part: str) -> Floats:
        """Place of the middle between both sides."""
        return self.motion.middle_px(part)

    def leftward_m(self, part: str, side: str) -> Floats:
        """How far a part is to the person's left of the middle of the hips."""
        yaw = np.radians(self.yaw_deg)
        left = np.array([np.cos(yaw), 0.0, np.sin(yaw)])
        return np.asarray(self.motion.world_m[f"{side}_{part}"] @ left)


def knee_flexion(body: Body) -> Floats:
    """Bend of the near knee, 0 when straight."""
    return angle_deg(body.px("knee") - body.px("hip"), body.px("ankle") - body.px("knee"))


def thigh_drop(body: Body) -> Floats:
    """How far the near knee is below the hip, in pixels: in standing, the length of the thigh.

    Heights are the same from every side. The slope of the thigh in the picture is not: the knees
    point outwards, so from 65 degrees it looks 8 degrees steeper and from 115 degrees 4 flatter.
    """
    return np.asarray((body.px("knee") - body.px("hip"))[:, 1])


def trunk_lean(body: Body) -> Floats:
    """Lean of the trunk off the vertical, forward positive."""
    trunk = body.middle("shoulder") - body.middle("hip")
    return np.asarray(np.degrees(np.arctan2(body.forward * trunk[:, 0], -trunk[:, 1])))


def knee_separation_ratio(body: Body) -> Floats:
    """Distance of the knees over that of the ankles, across the picture (KASR)."""
    knees, ankles = (
        np.abs(body.px(part, "left") - body.px(part, "right"))[:, 0] for part in ("knee", "ankle")
    )
    return np.where(ankles > 0.1 * body.motion.torso_px, knees / np.maximum(ankles, 1e-9), np.nan)


def hip_shift(body: Body) -> Floats:
    """How far the hips are to the person's left of the middle of the feet, in % of the stance.

    Across the body, not across the picture: hips that go back are aside of the feet in the picture
    as soon as the camera is off the front, by one percent of the stance for each degree.
    """
    left, right = body.leftward_m("ankle", "left"), body.leftward_m("ankle", "right")
    is_wide = left - right > _LEAST_STANCE_M
    return np.where(is_wide, -50 * (left + right) / np.maximum(left - right, 1e-9), np.nan)


def body_sag(body: Body) -> Floats:
    """How far shoulder, hip and ankle are from a line; positive where the hips hang down."""
    above, below = body.px("hip") - body.px("shoulder"), body.px("ankle") - body.px("hip")
    bend = angle_deg(above, below)
    line = body.px("ankle") - body.px("shoulder")
    share = np.sum(above * line, axis=1) / np.sum(line**2, axis=1)
    on_line = body.px("shoulder") + share[:, None] * line
    return np.asarray(np.sign(body.px("hip")[:, 1] - on_line[:, 1]) * bend)


def elbow_flexion(body: Body) -> Floats:
    """Bend of the near elbow, 0 when straight."""
    return _elbow(body, body.near)


def arm_reach(body: Body) -> Floats:
    """Distance from the near shoulder to the wrist, in pixels.

    In a push-up it is upright, so it is the same from every side. The elbow is not: it points
    outwards, and its bend in the picture grows or falls by a degree for each degree of yaw.
    """
    return np.asarray(np.linalg.norm(body.px("wrist") - body.px("shoulder"), axis=1))


def elbow_flexion_of_both(body: Body) -> Floats:
    """Bend of the elbows, mean of both, where the arms are spread across the picture."""
    return np.asarray((_elbow(body, "left") + _elbow(body, "right")) / 2)


def press_path(body: Body) -> Floats:
    """How far the near wrist is in front of the shoulder, in % of the arm's length."""
    wrist, shoulder = body.px("wrist"), body.px("shoulder")
    return np.asarray(100 * body.forward * (wrist - shoulder)[:, 0] / _arm_px(body, body.near))


def arm_elevation(body: Body) -> Floats:
    """How far the upper arms are lifted off the trunk, mean of both."""
    return np.asarray((_elevation(body, "left") + _elevation(body, "right")) / 2)


def arm_elevation_difference(body: Body) -> Floats:
    """How much higher the left upper arm is lifted than the right one."""
    return _elevation(body, "left") - _elevation(body, "right")


def front_knee_flexion(body: Body) -> Floats:
    """Bend of the knee of the leg that is in front."""
    return _of_front_leg(body, lambda side: angle_deg(
        body.px("knee", side) - body.px("hip", side), body.px("ankle", side) - body.px("knee", side)
    ))  # fmt: skip


def front_shank_lean(body: Body) -> Floats:
    """Lean of the front shank off the vertical, forward positive."""

    def lean(side: str) -> Floats:
        shank = body.px("knee", side) - body.px("ankle", side)
        return np.asarray(np.degrees(np.arctan2(body.forward * shank[:, 0], -shank[:, 1])))

    return _of_front_leg(body, lean)


def hip_bend(body: Body) -> Floats:
    """How far trunk and thigh are from a straight line at the hip."""
    return angle_deg(body.px("hip") - body.px("shoulder"), body.px("knee") - body.px("hip"))


def _elbow(body: Body, side: str) -> Floats:
    shoulder, elbow, wrist = (body.px(part, side) for part in ("shoulder", "elbow", "wrist"))
    return angle_deg(elbow - shoulder, wrist - elbow)


def _elevation(body: Body, side: str) -> Floats:
    trunk = body.px("hip", side) - body.px("shoulder", side)
    return angle_deg(trunk, body.px("elbow", side) - body.px("shoulder", side))


def _arm_px(body: Body, side: str) -> float:
    """Length of the arm in the picture: the longest that it shows but for outliers."""
    shoulder, elbow, wrist = (body.px(part, side) for part in ("shoulder", "elbow", "wrist"))
    lengths = np.linalg.norm(elbow - shoulder, axis=1) + np.linalg.norm(wrist - elbow, axis=1)
    known = lengths[np.isfinite(lengths)]
    return float(np.percentile(known, 90)) if len(known) else float("nan")


def _slope_deg(share: float) -> float:
    """Slope of a limb that is so high, as a share of its length."""
    return float(np.degrees(np.arcsin(np.clip(share, -1, 1))))


def _bend_deg(share: float) -> float:
    """Bend in the middle of a limb whose ends are so far apart, as a share of its length."""
    return 180 - 2 * float(np.degrees(np.arcsin(np.clip(share, 0, 1))))


def _of_front_leg(body: Body, measure: Callable[[str], Floats]) -> Floats:
    ahead = body.forward * (body.px("ankle", "left") - body.px("ankle", "right"))[:, 0]
    front = np.where(ahead > 0, measure("left"), measure("right"))
    return np.where(np.isfinite(ahead), front, np.nan)


_OF_NEAR_LEG = (knee_flexion, thigh_drop, hip_bend)
_OF_BOTH_LEGS = (knee_separation_ratio, hip_shift, front_knee_flexion, front_shank_lean)
_FACED = (trunk_lean, press_path, front_knee_flexion, front_shank_lean)


_TRUNK_LEAN = Measure("trunk_lean", "deg", trunk_lean)
_KNEES = Measure("knee_separation_ratio", "ratio", knee_separation_ratio, FACE_ON)

MEASURES: dict[str, tuple[Measure, ...]] = {
    "squat": (
        Measure("squat_knee_flexion", "deg", knee_flexion),
        Measure("thigh_above_horizontal", "deg", thigh_drop, at="share", angle_of=_slope_deg),
        _TRUNK_LEAN,
        _KNEES,
        Measure("knee_separation_change", "percent", knee_separation_ratio, FACE_ON, at="change"),
        Measure("hip_shift", "percent", hip_shift, FACE_ON, sure_off_deg=20.0),
    ),
    "lunge": (
        Measure("front_knee_flexion", "deg", front_knee_flexion),
        Measure("front_shank_lean", "deg", front_shank_lean),
        _TRUNK_LEAN,
    ),
    "sit_to_stand": (
        Measure("trunk_lean", "deg", trunk_lean, at="peak"),
        _KNEES,
    ),
    "push_up": (
        Measure("body_sag", "deg", body_sag),
        Measure("elbow_flexion_at_turn", "deg", arm_reach, at="share", angle_of=_bend_deg),
    ),
    "plank": (Measure("body_sag", "deg", body_sag),),
    "bridge": (Measure("hip_bend", "deg", hip_bend),),
    "pull_up": (
        Measure("elbow_flexion_at_turn", "deg", elbow_flexion_of_both, FACE_ON),
        Measure("elbow_flexion_at_start", "deg", elbow_flexion_of_both, FACE_ON, at="start"),
    ),
    "shoulder_press": (
        Measure("elbow_flexion_at_turn", "deg", elbow_flexion_of_both, FACE_ON),
        Measure("press_path_drift", "percent", press_path, at="range"),
        Measure("trunk_sway", "deg", trunk_lean, at="range"),
    ),
    "biceps_curl": (
        Measure("elbow_flexion_at_turn", "deg", elbow_flexion),
        Measure("elbow_flexion_at_start", "deg", elbow_flexion, at="start"),
        Measure("trunk_sway", "deg", trunk_lean, at="range"),
    ),
    "lateral_raise": (
        Measure("arm_elevation", "deg", arm_elevation, FACE_ON),
        Measure("arm_elevation_difference", "deg", arm_elevation_difference, FACE_ON),
    ),
    "jumping_jack": (
        Measure("arm_elevation", "deg", arm_elevation, FACE_ON),
        Measure("arm_elevation_difference", "deg", arm_elevation_difference, FACE_ON),
    ),
}  # fmt: skip
"""What is looked at in each exercise."""
