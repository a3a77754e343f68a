"""The exercises on the floor: push-up, plank and bridge, hands, feet and shoulders planted.

The body lies along x. Its trunk and legs are a chain in one upright plane whose ends are held, so
that everything follows from one angle.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.arms import reaching
from dancer_pipeline.synthetic.effort import Effort, Exercise
from dancer_pipeline.synthetic.movements import Tempo
from dancer_pipeline.synthetic.rotations import FORWARD, UP, Array, about_y, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions
from dancer_pipeline.synthetic.upright import reach_m

_HAND_UP = 0.018
"""Height of a wrist or an elbow that lies on the floor, as a share of stature."""

_BACK_UP, _SEAT_UP = 0.062, 0.066
"""Height of the shoulders and of the hips of somebody on their back."""

_TOE_BEHIND = 0.60
"""How far the toes are behind the middle of somebody face down."""

_PRONE_LEG_KNEE_DEG = 3.0

FLAT_HANDS = np.stack(
    [np.array([[0, 0, -1], [-side, 0, 0], [0, side, 0]], float) for side in OUTWARD]
)
"""Palms on the floor, fingers forward, thumbs towards each other."""


@dataclass(frozen=True)
class Prone:
    """A straight body face down on its toes, which bends at the hips and turns about the toes."""

    body: Proportions
    sag_deg: Array

    @property
    def toe_m(self) -> float:
        """Where the toes are, along x."""
        return -_TOE_BEHIND * self.body.stature_m

    def tilt_deg(self, hold_m: tuple[float, float], reach: Array) -> Array:
        """How far the body must turn from upright for the shoulders to be `reach` from a place."""
        ahead, up = self.shoulder()
        far = np.hypot(ahead, up)
        span = np.hypot(hold_m[0] - self.toe_m, hold_m[1])
        low = np.arctan2(hold_m[1], hold_m[0] - self.toe_m)
        angle = low + np.arccos((far**2 + span**2 - reach**2) / (2 * far * span))
        return np.asarray(np.degrees(np.arctan2(up, ahead) - angle))

    def shoulder(self) -> tuple[Array, Array]:
        """Middle of the shoulders from the toes, when standing upright: ahead and up."""
        body, sag = self.body, np.radians(self.sag_deg)
        ahead = -body.toe_forward_m - body.trunk_m * np.sin(sag)
        return ahead, body.ankle_height_m + self._leg_m() + body.trunk_m * np.cos(sag)

    def _leg_m(self) -> float:
        return float(reach_m(self.body.thigh_m, self.body.shank_m, np.array(_PRONE_LEG_KNEE_DEG)))

    def above(self, reach: float) -> float:
        """Where along x a hold lies that the shoulders are right above at that reach."""
        ahead, up = (float(one) for one in Prone(self.body, np.array(0.0)).shoulder())
        height = _HAND_UP * self.body.stature_m + reach
        return self.toe_m + float(np.sqrt(ahead**2 + up**2 - height**2))

    def posture(self, tilt_deg: Array) -> Posture:
        """Lay the body down so far; the arms are still to be placed."""
        body, count = self.body, len(tilt_deg)
        whole = about_y(tilt_deg)
        toe = np.array([self.toe_m, 0, 0])
        half = body.hip_half_width_m
        ankle = np.zeros((count, 2, 3))
        ankle[..., 1] = half * OUTWARD
        to_ankle = turn(whole, [-body.toe_forward_m, 0, body.ankle_height_m])
        ankle += (toe + to_ankle)[:, None]
        pelvis = toe + to_ankle + turn(whole, [0, 0, self._leg_m()])
        foot = np.repeat(whole[:, None], 2, axis=1)
        still = np.zeros((count, 2))
        trunk = about_y(tilt_deg - self.sag_deg)
        return Posture(
            pelvis_m=pelvis,
            pelvis_rotation=about_y(tilt_deg - 0.5 * self.sag_deg),
            trunk_rotation=trunk,
            head_rotation=about_y(tilt_deg - self.sag_deg - 18),
            ankle_m=ankle,
            foot_rotation=foot,
            knee_direction=turn(foot, FORWARD),
            shoulder_flexion_deg=still,
            shoulder_abduction_deg=still,
            elbow_flexion_deg=still,
            forearm_turn_deg=still,
            hand_rotation=np.broadcast_to(FLAT_HANDS, (count, 2, 3, 3)),
        )


def push_up(body: Proportions, effort: Effort) -> Posture:
    """On hands and toes, as straight as a board, until the elbows bend to about 112 degrees."""
    level, left_bent = effort.level, effort.fault("incomplete_extension")
    elbow_deg = 8 + left_bent + (104 - left_bent) * level
    aside = 0.07 * body.stature_m
    prone = Prone(body, effort.fault("hip_sag"))
    reach = np.sqrt(reach_m(body.upper_arm_m, body.forearm_m, elbow_deg) ** 2 - aside**2)
    longest = reach_m(body.upper_arm_m, body.forearm_m, np.array(8.0))
    hold = (prone.above(float(np.sqrt(longest**2 - aside**2))), _HAND_UP * body.stature_m)
    posture = prone.posture(prone.tilt_deg(hold, reach))
    wrist = np.zeros((len(level), 2, 3))
    wrist[..., 0], wrist[..., 2] = hold
    wrist[..., 1] = (body.shoulder_half_width_m + aside) * OUTWARD
    back = np.stack([-1 + 0 * OUTWARD, 0.8 * OUTWARD, 0 * OUTWARD], axis=-1)
    return reaching(body, posture, wrist, back)


def plank(body: Proportions, effort: Effort) -> Posture:
    """On forearms and toes; the hips rise from the floor, are held in line and go down again."""
    prone = Prone(body, 27 * (1 - effort.level) + effort.fault("hip_sag") * effort.shape)
    hold = (prone.above(body.upper_arm_m), _HAND_UP * body.stature_m)
    posture = prone.posture(prone.tilt_deg(hold, np.full_like(effort.level, body.upper_arm_m)))
    wrist = np.zeros((len(effort.level), 2, 3))
    wrist[..., 0], wrist[..., 2] = hold[0] + body.forearm_m, hold[1]
    wrist[..., 1] = body.shoulder_half_width_m * OUTWARD
    return reaching(body, posture, wrist, -UP)


def bridge(body: Proportions, effort: Effort) -> Posture:
    """On the back, feet flat: the hips rise until trunk and thighs are in line."""
    count, stature = len(effort.level), body.stature_m
    back = np.array([-0.42, 0, _BACK_UP]) * stature
    ankle = np.array([back[0] + body.trunk_m + 0.27 * stature, 0, body.ankle_height_m])
    rest_deg = _resting_hip_deg(body, back, ankle)
    hip_deg = rest_deg * (1 - effort.level)
    pelvis, slope_deg = _bridging(body, back, ankle, hip_deg)
    feet = np.broadcast_to(ankle, (count, 2, 3)) + [0, 1, 0] * (
        body.hip_half_width_m * OUTWARD[:, None]
    )
    still = np.zeros((count, 2))
    trunk = about_y(-90 - slope_deg)
    posture = Posture(
        pelvis_m=pelvis,
        pelvis_rotation=trunk,
        trunk_rotation=trunk,
        head_rotation=about_y(-84 + 0 * slope_deg),
        ankle_m=feet,
        foot_rotation=np.broadcast_to(np.eye(3), (count, 2, 3, 3)),
        knee_direction=np.broadcast_to([0.3, 0, 1.0], (count, 2, 3)),
        shoulder_flexion_deg=still,
        shoulder_abduction_deg=still,
        elbow_flexion_deg=still,
        forearm_turn_deg=still,
        hand_rotation=np.broadcast_to(FLAT_HANDS, (count, 2, 3, 3)),
    )
    return reaching(body, posture, _hands_beside(body, back), _OUTWARD_DOWN)


_OUTWARD_DOWN = np.stack([0 * OUTWARD, OUTWARD, -0.2 + 0 * OUTWARD], axis=-1)


def _hands_beside(body: Proportions, back: Array) -> Array:
    """Wrists on the floor beside the hips, the arms almost straight."""
    down = (_BACK_UP - _HAND_UP) * body.stature_m
    aside = 0.065 * body.stature_m
    reach = reach_m(body.upper_arm_m, body.forearm_m, np.array(14.0))
    along = float(np.sqrt(reach**2 - down**2 - aside**2))
    wrist = np.broadcast_to(back + np.array([along, 0, -down]), (2, 3)).copy()
    wrist[:, 1] = (body.shoulder_half_width_m + aside) * OUTWARD
    return wrist[None]


def _resting_hip_deg(body: Proportions, back: Array, ankle: Array) -> float:
    """Hip flexion with the seat on the floor."""
    sink = back[2] - _SEAT_UP * body.stature_m
    hip = back + np.array([np.sqrt(body.trunk_m**2 - sink**2), 0, -sink])
    span = ankle - hip
    reach = np.hypot(span[0], span[2])
    at_hip = np.arccos((reach**2 + body.thigh_m**2 - body.shank_m**2) / (2 * reach * body.thigh_m))
    thigh = np.arctan2(span[2], span[0]) + at_hip
    return float(np.degrees(thigh - np.arctan2(-sink, hip[0] - back[0])))


def _bridging(body: Proportions, back: Array, ankle: Array, hip_deg: Array) -> tuple[Array, Array]:
    """Pelvis, and how far the trunk rises towards it, for an angle between trunk and thighs."""
    span = ankle - back
    base = np.hypot(span[0], span[2])
    reach = reach_m(body.trunk_m, body.thigh_m, hip_deg)
    at_back = np.arccos((base**2 + reach**2 - body.shank_m**2) / (2 * base * reach))
    at_trunk = np.arccos(
        (body.trunk_m**2 + reach**2 - body.thigh_m**2) / (2 * body.trunk_m * reach)
    )
    slope = np.arctan2(span[2], span[0]) + at_back - np.sign(hip_deg) * at_trunk
    way = np.stack([np.cos(slope), 0 * slope, np.sin(slope)], axis=-1)
    return back + body.trunk_m * way, np.degrees(slope)


FLOOR_EXERCISES = {
    "push_up": Exercise(
        Tempo(1.2, 0.15, 1.0, 0.4),
        push_up,
        "elbow_flexion",
        faults=("too_shallow", "hip_sag", "incomplete_extension"),
        aim_height=0.25,
    ),
    "plank": Exercise(
        Tempo(1.6, 10.0, 1.6, 1.5), plank, "hip_flexion", faults=("hip_sag",), aim_height=0.2
    ),
    "bridge": Exercise(
        Tempo(1.2, 0.4, 1.3, 0.6), bridge, "hip_flexion", faults=("too_shallow",), aim_height=0.2
    ),
}
"""In the order in which people are told of them."""
