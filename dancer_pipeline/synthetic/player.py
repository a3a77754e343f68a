"""A right-handed racket player: on the feet from shot to shot, the trunk turning into each."""

from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.arms import reaching
from dancer_pipeline.synthetic.footfalls import Feet
from dancer_pipeline.synthetic.footwork import Carriage, Tread, carriage, crossing, planted
from dancer_pipeline.synthetic.movements import ease
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import Posture, Proportions
from dancer_pipeline.synthetic.strokes import STROKES, Shot, moves
from dancer_pipeline.synthetic.swing import within_reach
from dancer_pipeline.synthetic.timeline import keyed, through

THORAX_S = -0.05
"""When the shoulders turn fastest, relative to contact."""

_PREPARED_S, _TURN_S = -0.34, 0.34
_READY, _FREE_HAND = (0.45, -0.20, -0.42), (0.42, 0.30, -0.42)
_ELBOWS = np.array([[-0.3, 0.5, -0.85], [-0.3, -0.5, -0.85]])


@dataclass(frozen=True)
class Player:
    """A right-hander on their way from shot to shot."""

    body: Proportions
    shots: tuple[Shot, ...]
    lag_s: float
    feet: Feet
    height: Carriage | None = None

    def place(self, times_s: Array) -> Array:
        """Where the pelvis is above the floor; it stands still while a stroke is played."""
        knots = [(-1.0, self.shots[0].at_m)]
        for begins, arrives, start, end in moves(self.shots):
            knots += [(begins, start), (arrives, end)]
        return keyed(times_s, knots)

    def heading(self, times_s: Array, part: str) -> Array:
        """Heading of pelvis or thorax, in degrees."""
        share, lag_s = (0.6, self.lag_s) if part == "pelvis" else (1.0, 0.0)
        knots: list[tuple[float, float]] = []
        for shot in self.shots:
            before, after = (share * turned for turned in STROKES[shot.kind].turn_deg)
            middle = shot.contact_s + THORAX_S - lag_s
            knots += [
                (shot.contact_s - 0.75, 0.0),
                (middle - _TURN_S / 2, before),
                (middle + _TURN_S / 2, after),
                (shot.contact_s + 0.64, 0.0),
            ]
        return keyed(times_s, knots)

    def rotation(self, times_s: Array) -> Array:
        """How the pelvis is turned."""
        return np.asarray(about_z(self.heading(times_s, "pelvis")) @ about_y(6.0))

    def hand(self, times_s: Array) -> Array:
        """Place the hitting hand, from the middle of the shoulders in arm lengths."""
        knots: list[tuple[float, tuple[float, float, float]]] = []
        for shot in self.shots:
            stroke, at = STROKES[shot.kind], shot.contact_s
            half_s = stroke.lasts_s / 2
            knots += [(at - 0.7, _READY), (at - half_s - 0.02, stroke.back)]
            knots += [(at + half_s + 0.02, stroke.follow), (at + 0.68, _READY)]
        found = keyed(times_s, knots)
        for shot in self.shots:
            stroke = STROKES[shot.kind]
            share = (times_s - shot.contact_s) / stroke.lasts_s + 0.5
            during = (share > -0.05) & (share < 1.05)
            found[during] = through(ease(share[during]), stroke.back, stroke.contact, stroke.follow)
        return found

    def free_hand(self, times_s: Array) -> Array:
        """Place the other hand, likewise."""
        knots: list[tuple[float, tuple[float, float, float]]] = []
        for shot in self.shots:
            at, up = shot.contact_s, STROKES[shot.kind].free_hand
            knots += [(at - 0.7, _FREE_HAND), (at + _PREPARED_S, up), (at + 0.68, _FREE_HAND)]
        return keyed(times_s, knots)

    def posture(self, times_s: Array) -> Posture:
        """Posture on the floor of the court."""
        assert self.height is not None  # noqa: S101 - for the type checker
        ankle, pitch, yaw = self.feet.at(times_s)
        crouch = 0.022 * self.body.stature_m
        high = self.height.at(times_s)[:, None] - crouch
        none = np.zeros((len(times_s), 2))
        trunk = about_z(self.heading(times_s, "thorax")) @ about_y(12.0)
        posture = Posture(
            pelvis_m=np.concatenate([self.place(times_s), high], axis=-1),
            pelvis_rotation=self.rotation(times_s),
            trunk_rotation=trunk,
            head_rotation=about_z(0.3 * self.heading(times_s, "thorax")) @ about_y(4.0),
            ankle_m=ankle,
            foot_rotation=about_z(yaw) @ about_y(-pitch),
            knee_direction=turn(about_z(yaw), FORWARD),
            shoulder_flexion_deg=none,
            shoulder_abduction_deg=none,
            elbow_flexion_deg=none,
            forearm_turn_deg=none,
        )
        return self._armed(times_s, posture)

    def _armed(self, times_s: Array, posture: Posture) -> Posture:
        arm = self.body.upper_arm_m + self.body.forearm_m
        top = posture.pelvis_m + turn(posture.trunk_rotation, [0, 0, self.body.trunk_m])
        hands = np.stack([self.free_hand(times_s), self.hand(times_s)], axis=1)
        wrist = within_reach(self.body, posture, top[:, None] + arm * hands)
        return reaching(self.body, posture, wrist, _ELBOWS)


def player(body: Proportions, shots: tuple[Shot, ...], lag_s: float, duration_s: float) -> Player:
    """Lay out the steps from shot to shot, and carry the body over them."""
    wide, ahead = 0.10 * body.stature_m, 0.03 * body.stature_m
    offsets = np.array([[-ahead, wide], [ahead, -wide]])
    steps = []
    for begins, arrives, start, end in moves(shots):
        steps += crossing(begins, arrives, np.array(start), np.array(end), offsets)
    feet = planted(body, np.array(shots[0].at_m) + offsets, steps, Tread())
    found = Player(body, shots, lag_s, feet)
    return replace(found, height=carriage(body, feet, found.place, found.rotation, duration_s))
