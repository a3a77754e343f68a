"""A body face down: as straight as a board on its toes, held up by its hands or elbows."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.arms import FLAT_HANDS, reaching
from dancer_pipeline.synthetic.habits import TEXTBOOK, Habit
from dancer_pipeline.synthetic.limbs import reach_m
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_y, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions

HAND_UP = 0.018
"""Height of a wrist or an elbow that lies on the floor, as a share of stature."""

STRAIGHT_ELBOW_DEG = 8.0

_HANDS_ASIDE = 0.07
"""How far the hands are outside the shoulders."""

_TOE_BEHIND = 0.60
"""How far the toes are behind the middle of somebody face down."""

_PRONE_LEG_KNEE_DEG = 3.0


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
        height = HAND_UP * self.body.stature_m + reach
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


def on_hands(body: Proportions, elbow_deg: Array, sag_deg: Array, own: Habit = TEXTBOOK) -> Posture:
    """Support oneself on hands and toes, the elbows bent so far and the hips so low."""
    aside = _HANDS_ASIDE * (1 + 0.45 * own.width) * body.stature_m
    prone = Prone(body, sag_deg)
    reach, longest = (
        np.sqrt(reach_m(body.upper_arm_m, body.forearm_m, np.asarray(deg)) ** 2 - aside**2)
        for deg in (elbow_deg, STRAIGHT_ELBOW_DEG)
    )
    hold = (prone.above(float(longest)), HAND_UP * body.stature_m)
    posture = prone.posture(prone.tilt_deg(hold, reach))
    wrist = np.zeros((len(elbow_deg), 2, 3))
    wrist[..., 0], wrist[..., 2] = hold
    wrist[..., 1] = (body.shoulder_half_width_m + aside) * OUTWARD
    back = np.stack([-1 + 0 * OUTWARD, (0.8 + 0.4 * own.turn_out) * OUTWARD, 0 * OUTWARD], axis=-1)
    return reaching(body, posture, wrist, back)
