"""Bat swings: backlift, stride to the front foot, hips before shoulders, a braced front knee.

The bowler is ahead (x); a right-hander stands side-on with the left shoulder to the bowler. The
head goes where the plan says, so that its movement is known; the hips hang from it.
"""

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from dancer_pipeline.synthetic.arms import reaching
from dancer_pipeline.synthetic.footfalls import heel_rise_deg, hips_on_floor, rolled
from dancer_pipeline.synthetic.happenings import Swing
from dancer_pipeline.synthetic.mirror import mirrored
from dancer_pipeline.synthetic.movements import Motion, ease
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import SIDES, Posture, Proportions
from dancer_pipeline.synthetic.swing import fastest_s, within_reach
from dancer_pipeline.synthetic.timeline import hop, keyed, through

_BEFORE_S, _AFTER_S = 1.5, 1.9
_LIFT_OFF_S, _FRONT_FOOT_S, _BACKLIFT_S, _THORAX_S = -0.62, -0.24, -0.45, -0.05
_SWING_S, _TURN_S = 0.38, 0.40
_EARLY_S = 0.05
"""Times relative to contact, and how long the hands and the turning trunk take.

Half the way of the hands comes that much before the ball is met, for the second half is longer.
"""

_FRONT_TOES_DEG, _BACK_TOES_DEG = -70.0, -92.0
_READY, _BACK, _CONTACT, _FOLLOW = (
    (-0.10, -0.45, -0.65),
    (-0.55, -0.25, 0.05),
    (0.35, -0.35, -0.60),
    (0.35, 0.45, 0.25),
)
"""Hands from the middle of the shoulders, in arm lengths."""


@dataclass(frozen=True)
class Batting:
    """How somebody bats; what is None is drawn from the seed.

    Attributes
    ----------
    contacts_s
        When the ball is met. None: two swings, or as many as fit, 4 s apart. The hands are
        fastest within some hundredths of a second of it.
    side
        `right` or `left` handed.
    lag_s
        How much later the shoulders turn fastest than the hips: 0.02 to 0.08 when drawn.
    front_knee_deg
        Flexion of the front knee when the foot comes down, and at contact and afterwards.
    head_travel_m, head_sway_m
        How far the head goes towards the bowler with the stride, and from side to side (half the
        way from end to end) once during each swing.
    """

    contacts_s: tuple[float, ...] | None = None
    side: str = "right"
    lag_s: float | None = None
    front_knee_deg: tuple[float, float] = (30.0, 18.0)
    head_travel_m: float = 0.10
    head_sway_m: float = 0.0

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ValueError(f"side must be left or right, not {self.side!r}")
        if not all(8 <= knee <= 70 for knee in self.front_knee_deg):
            raise ValueError(f"front_knee_deg must be 8 to 70, not {self.front_knee_deg}")


@dataclass(frozen=True)
class Batter:
    """A right-hander with everything drawn; left-handers are mirrored."""

    body: Proportions
    plan: Batting
    contacts_s: tuple[float, ...]
    lag_s: float

    def keyed(self, times_s: Array, *knots: tuple[float, ArrayLike]) -> Array:
        """Repeat what is said relative to each contact."""
        both = [(at + after, value) for at in self.contacts_s for after, value in knots]
        return keyed(times_s, both)

    def turned(self, times_s: Array, part: str) -> Array:
        """Heading of pelvis or thorax in degrees: -90 faces square to the bowler's line."""
        back, follow = {"pelvis": (-100.0, -28.0), "thorax": (-114.0, -8.0)}[part]
        middle = _THORAX_S - (self.lag_s if part == "pelvis" else 0.0)
        return self.keyed(
            times_s,
            (-_BEFORE_S + 0.2, -92.0),
            (_BACKLIFT_S, back),
            (middle - _TURN_S / 2, back),
            (middle + _TURN_S / 2, follow),
            (0.7, follow),
            (_AFTER_S - 0.2, -92.0),
        )

    def front_foot(self, times_s: Array) -> Array:
        """Ankle of the foot that strides and comes back; its sole stays level."""
        tall = self.body.stature_m
        stride = self.keyed(
            times_s, (_LIFT_OFF_S, 0.0), (_FRONT_FOOT_S, 1.0), (0.9, 1.0), (1.3, 0.0)
        )
        flat = np.zeros_like(times_s)
        place = np.stack([(0.09 + 0.12 * stride) * tall, flat + 0.01 * tall], axis=-1)
        ankle = rolled(self.body, place, flat + _FRONT_TOES_DEG, flat)
        for at in self.contacts_s:
            for first, last in ((_LIFT_OFF_S, _FRONT_FOOT_S), (0.9, 1.3)):
                ankle[:, 2] += 0.035 * tall * hop((times_s - at - first) / (last - first))
        return ankle

    def back_foot(self, times_s: Array, hip_m: Array) -> tuple[Array, Array]:
        """Ankle and pitch of the foot whose heel comes up as the weight goes forward."""
        flat = np.zeros_like(times_s)
        toe = self.keyed(times_s, (-0.4, 0.0), (0.0, -32.0), (0.7, -38.0), (1.1, 0.0))
        place = np.stack([flat - 0.09 * self.body.stature_m, flat], axis=-1)
        yaw = flat + _BACK_TOES_DEG
        pitch = np.minimum(toe, heel_rise_deg(self.body, place, yaw, hip_m))
        return rolled(self.body, place, yaw, pitch), pitch

    def head(self, times_s: Array) -> Array:
        """Where the head is above the floor."""
        ahead = self.keyed(
            times_s, (_LIFT_OFF_S, 0.0), (_FRONT_FOOT_S, 1.0), (0.9, 1.0), (1.4, 0.0)
        )
        sway = self.keyed(
            times_s, (-1.0, 0.0), (-0.7, 1.0), (-0.25, -1.0), (0.1, 0.0)
        )  # over before the ball is met
        along = self.plan.head_travel_m * (ahead - 0.65) + 0.05 * self.body.stature_m
        aside = self.plan.head_sway_m * sway - 0.055 * self.body.stature_m
        return np.stack([along, aside], axis=-1)

    def front_knee(self, times_s: Array) -> Array:
        """Flexion that the front knee has whenever its foot is on the floor."""
        down, braced = self.plan.front_knee_deg
        return self.keyed(
            times_s,
            (_LIFT_OFF_S - 0.3, 24.0),
            (_LIFT_OFF_S, 24.0),
            (_FRONT_FOOT_S, down),
            (0.0, braced),
            (0.8, braced),
            (1.3, 24.0),
        )

    def posture(self, times_s: Array) -> Posture:
        """Everything but the arms follows from head, feet and front knee."""
        pelvis_turn, thorax_turn = (self.turned(times_s, part) for part in ("pelvis", "thorax"))
        trunk = about_z(thorax_turn) @ about_y(16.0)
        head = np.broadcast_to(about_z(-30.0) @ about_y(8.0), (len(times_s), 3, 3))
        rotation = about_z(pelvis_turn) @ about_y(10.0)
        place = self.head(times_s) - self._head_over_pelvis(trunk, head)
        front, hip = self.front_foot(times_s), hips_on_floor(self.body, place, rotation)
        height = self._height(times_s, front, hip[:, 0])
        hip[..., 2] += height
        back, pitch = self.back_foot(times_s, hip[:, 1])
        yaw = np.broadcast_to([_FRONT_TOES_DEG, _BACK_TOES_DEG], (*pitch.shape, 2))
        roll = about_y(np.stack([0 * pitch, -pitch], axis=-1))
        none = np.zeros((len(times_s), 2))
        posture = Posture(
            pelvis_m=np.concatenate([place, height], axis=-1),
            pelvis_rotation=rotation,
            trunk_rotation=trunk,
            head_rotation=head,
            ankle_m=np.stack([front, back], axis=1),
            foot_rotation=about_z(yaw) @ roll,
            knee_direction=turn(about_z(yaw), FORWARD),
            shoulder_flexion_deg=none,
            shoulder_abduction_deg=none,
            elbow_flexion_deg=none,
            forearm_turn_deg=none,
        )
        return self._armed(times_s, posture, thorax_turn)

    def _head_over_pelvis(self, trunk: Array, head: Array) -> Array:
        tall = self.body.stature_m
        neck = [-0.004 * tall, 0, self.body.trunk_m + 0.012 * tall]
        return (turn(trunk, neck) + turn(head, np.array([0.012, 0, 0.103]) * tall))[:, :2]

    def _height(self, times_s: Array, front_m: Array, hip_m: Array) -> Array:
        """Height at which the front knee is bent as it should be."""
        knee = np.radians(self.front_knee(times_s))
        thigh, shank = self.body.thigh_m, self.body.shank_m
        reach = thigh**2 + shank**2 + 2 * thigh * shank * np.cos(knee)
        gap = np.sum((front_m - hip_m)[:, :2] ** 2, axis=-1)
        return np.asarray(self.body.ankle_height_m - hip_m[:, 2] + np.sqrt(reach - gap))[:, None]

    def _armed(self, times_s: Array, posture: Posture, thorax_turn: Array) -> Posture:
        """Put both hands on the handle."""
        arm = self.body.upper_arm_m + self.body.forearm_m
        hands = arm * self.hands(times_s)
        top = posture.pelvis_m + turn(posture.trunk_rotation, [0, 0, self.body.trunk_m])
        grip = 0.028 * self.body.stature_m * np.array([[0.4, 0, 0.6], [-0.4, 0, -0.6]])
        wrist = (top + hands)[:, None] + grip
        ways = np.array([[-0.1, 0.5, -0.85], [-0.4, -0.4, -0.8]])
        elbow = turn(np.asarray(about_z(thorax_turn))[:, None], ways)
        return reaching(self.body, posture, within_reach(self.body, posture, wrist), elbow)

    def hands(self, times_s: Array) -> Array:
        """Hands from the middle of the shoulders, in arm lengths."""
        lifted = self.keyed(
            times_s,
            (-_BEFORE_S + 0.2, _READY),
            (_BACKLIFT_S, _BACK),
            (0.6, _FOLLOW),
            (_AFTER_S - 0.3, _READY),
        )
        for at in self.contacts_s:
            share = (times_s - at + _EARLY_S) / _SWING_S + 0.5
            during = (times_s > at + _BACKLIFT_S) & (times_s < at + 0.6)
            lifted[during] = through(ease(share[during]), _BACK, _CONTACT, _FOLLOW)
        return lifted


def bat(body: Proportions, seed: int, duration_s: float | None, plan: Batting) -> Motion:
    """Bat as the plan says: two swings unless told."""
    draw = np.random.default_rng([seed, 2])
    lag_s = float(draw.uniform(0.02, 0.08)) if plan.lag_s is None else plan.lag_s
    spacing = _BEFORE_S + _AFTER_S + 0.6
    fitting = max(1, int(((duration_s or 2 * spacing) + 0.3) // spacing))
    contacts = plan.contacts_s or tuple(1.8 + spacing * i for i in range(fitting))
    if any(b - a < _BEFORE_S + _AFTER_S for a, b in itertools.pairwise(contacts)):
        raise ValueError(f"swings take {_BEFORE_S + _AFTER_S} s each: not at {contacts}")
    batter = Batter(body, plan, contacts, lag_s)
    posture = batter.posture if plan.side == "right" else lambda at: mirrored(batter.posture(at))
    motion = Motion(posture, duration_s or contacts[-1] + _AFTER_S + 0.3)
    return replace(motion, swings=tuple(_swing(body, batter, motion, at) for at in contacts))


def _swing(body: Proportions, batter: Batter, motion: Motion, at_s: float) -> Swing:
    side = batter.plan.side
    return Swing(
        start_s=at_s - _BEFORE_S + 0.2,
        contact_s=at_s,
        end_s=at_s + _AFTER_S - 0.2,
        peak_s=fastest_s(body, motion.posture, side, at_s - 0.25, at_s + 0.25),
        side=side,
        kind="bat",
        backlift_s=at_s + _BACKLIFT_S,
        front_foot_contact_s=at_s + _FRONT_FOOT_S,
        pelvis_peak_s=at_s + _THORAX_S - batter.lag_s,
        thorax_peak_s=at_s + _THORAX_S,
        front_knee_deg=batter.plan.front_knee_deg[1],
    )
