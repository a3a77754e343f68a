"""What people do in front of a camera when they do no exercise: no repetitions anywhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.arms import reaching_for
from dancer_pipeline.synthetic.blending import Piece, sequence
from dancer_pipeline.synthetic.effort import effort
from dancer_pipeline.synthetic.errands import Errand, Place, errand
from dancer_pipeline.synthetic.exercises_props import chair, sit_to_stand
from dancer_pipeline.synthetic.gestures import (
    drinking,
    fidgeting,
    gesturing,
    looking_around,
    reading_phone,
    scratching_head,
    shifting_weight,
    stretching,
)
from dancer_pipeline.synthetic.movements import Episode, Motion
from dancer_pipeline.synthetic.poses import Pose, crouch, hands_on_hips, upright
from dancer_pipeline.synthetic.rotations import Array, about_z
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions
from dancer_pipeline.synthetic.style import Style
from dancer_pipeline.synthetic.upright import ankles, over_feet, stand

_HOME = Place()
_PAUSE_S, _WAY_S = (0.4, 1.6), 0.9
"""Pauses between acts, and how long most of them take to begin and to end."""

_SHORTEST_S = 0.6

GESTURES: dict[str, tuple[Callable[[Proportions, np.random.Generator], Pose], float, float]] = {
    "looking_around": (looking_around, 3.0, 6.0),
    "shifting_weight": (shifting_weight, 4.0, 8.0),
    "fidgeting": (fidgeting, 4.0, 9.0),
    "scratching_head": (scratching_head, 1.5, 3.5),
    "drinking": (drinking, 1.2, 3.0),
    "reading_phone": (reading_phone, 3.0, 7.0),
    "gesturing": (gesturing, 3.0, 8.0),
    "stretching": (stretching, 0.8, 2.0),
    "hands_on_hips": (lambda body, _draw: hands_on_hips(body), 2.0, 5.0),
    "tying_a_shoe": (lambda body, _draw: _at_a_shoe(body), 3.0, 5.0),
}
"""How each is done, and its least and most seconds."""

IDLE_ACTS = (*GESTURES, "walking", "sitting_down")


@dataclass(frozen=True)
class Idle:
    """What is done, in this order; drawn from the seed when not given."""

    acts: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for act in self.acts or ():
            if act not in IDLE_ACTS:
                raise ValueError(f"no act {act!r}: choose among {', '.join(IDLE_ACTS)}")
        if "sitting_down" in (self.acts or ())[:-1]:
            raise ValueError("sitting_down must be the last act: nobody gets up again")


def idle(
    body: Proportions, seed: int, duration_s: float | None, plan: Idle, camera: Place
) -> Motion:
    """Do this and that in front of the camera, for 20 s unless told."""
    day = _Idler(body, seed, duration_s or 20.0, camera)
    acts = plan.acts or day.drawn()
    for act in acts:
        day.do(act)
    props = chair(body) if "sitting_down" in {one.what for one in day.episodes} else ()
    return Motion(
        sequence(body, day.pieces),
        day.duration_s,
        episodes=tuple(day.episodes),
        props=props,
    )


class _Idler:
    """Puts acts one after the other until the time is over."""

    def __init__(self, body: Proportions, seed: int, duration_s: float, camera: Place) -> None:
        self.body, self.seed, self.duration_s, self.camera = body, seed, duration_s, camera
        self._draw = np.random.default_rng([seed, 8])
        self.pieces = [Piece(0.0, 0.0, upright(body))]
        self.episodes: list[Episode] = []
        self._now = float(self._draw.uniform(0.2, 1.0))

    def drawn(self) -> tuple[str, ...]:
        """Acts in a drawn order, more than there is time for; who sits down stays there."""
        acts = [str(act) for act in self._draw.permutation(IDLE_ACTS[:-1])]
        if self._draw.random() < 0.25:
            acts = [*acts[: int(self._draw.integers(0, 3))], "sitting_down"]
            return tuple(act for act in acts if act != "walking")
        return tuple(acts * (1 + int(self.duration_s // 40)))

    def do(self, act: str) -> None:
        """Do one thing, if there is time for it."""
        if act == "walking":
            self._walk()
        elif act == "sitting_down":
            self._sit_down()
        else:
            self._gesture(act)

    def _gesture(self, act: str) -> None:
        make, least_s, most_s = GESTURES[act]
        lasts_s = float(self._draw.uniform(least_s, most_s))
        way_s = 1.4 if act == "tying_a_shoe" else _WAY_S
        lasts_s = min(lasts_s, self.duration_s - self._now - 2 * way_s)
        pose = make(self.body, self._draw)
        if lasts_s < _SHORTEST_S:
            return
        self.episodes.append(Episode(self._now, self._now + 2 * way_s + lasts_s, act))
        self.pieces.append(Piece(self._now, way_s, pose))
        self._now += way_s + lasts_s
        self.pieces.append(Piece(self._now, way_s, upright(self.body)))
        self._now += way_s + float(self._draw.uniform(*_PAUSE_S))

    def _walk(self) -> None:
        """Walk to a place, towards the camera or away from it or aside, and back again."""
        stays_s = float(self._draw.uniform(0.3, 2.0))
        way, far_m = self._somewhere()
        for share in (1.0, 0.6, 0.3):
            away = _place(way, share * far_m)
            out = errand(self.body, self.seed, _HOME, away)
            back = errand(self.body, self.seed, away, _HOME)
            total_s = out.duration_s + stays_s + back.duration_s
            if total_s <= self.duration_s - self._now:
                self._there_and_back(out, back, total_s)
                return

    def _there_and_back(self, out: Errand, back: Errand, total_s: float) -> None:
        start, end = self._now, self._now + total_s
        returns = end - back.duration_s
        self.episodes.append(Episode(start, end, "walking"))
        self.pieces += [
            Piece(start, 0.4, lambda times_s: out.posture(times_s - start)),
            Piece(returns, 0.3, lambda times_s: back.posture(times_s - returns)),
            Piece(end, 0.4, upright(self.body)),
        ]
        self._now = end + 0.4 + float(self._draw.uniform(*_PAUSE_S))

    def _somewhere(self) -> tuple[float, float]:
        """Draw a direction (radians) and a distance (metres)."""
        near_m = float(np.hypot(self.camera.x_m, self.camera.y_m))
        to_camera = float(np.arctan2(self.camera.y_m, self.camera.x_m))
        turned, least_m, most_m = [
            (0.0, 0.5 * near_m, 0.95 * near_m),
            (np.pi, 0.6, 1.4),
            (np.pi / 2, 0.4, 0.9),
            (-np.pi / 2, 0.4, 0.9),
        ][int(self._draw.integers(0, 4))]
        return to_camera + turned, float(self._draw.uniform(least_m, most_m))

    def _sit_down(self) -> None:
        """Sit down on a stool, and stay there."""
        if self._now + 2.5 > self.duration_s:
            return
        self.episodes.append(Episode(self._now, self.duration_s, "sitting_down"))
        self.pieces.append(Piece(self._now, 0.9, upright(self.body, knee_deg=62, lean_deg=32)))
        self.pieces.append(Piece(self._now + 0.9, 0.9, _seated(self.body)))
        self._now = self.duration_s


def _place(way_rad: float, far_m: float) -> Place:
    ahead, left = far_m * float(np.cos(way_rad)), far_m * float(np.sin(way_rad))
    return Place(ahead, left, float(np.degrees(way_rad)))


def _seated(body: Proportions) -> Pose:
    def posture(times_s: Array) -> Posture:
        one = sit_to_stand(body, effort((), Style(), times_s))
        return replace(one, head_rotation=about_z(14 * np.sin(0.9 * times_s)))

    return posture


def _at_a_shoe(body: Proportions) -> Pose:
    """Crouch with both hands busy at one shoe."""
    low = crouch(body, 0.17 * body.stature_m, hands_half_width=0.035)

    def posture(times_s: Array) -> Posture:
        one = low(times_s)
        wrist = np.broadcast_to([0.2, 0.07, 0.075], (len(times_s), 2, 3)) * body.stature_m
        wrist[..., 1] += (0.025 + 0.012 * np.sin(9.0 * times_s)[:, None]) * OUTWARD
        down = np.stack([0 * OUTWARD, OUTWARD, 0 * OUTWARD], axis=-1)
        return reaching_for(body, replace(one, hand_rotation=None), wrist, down)

    return posture


def standing(body: Proportions, seed: int, duration_s: float | None) -> Motion:
    """Stand still, with the sway of a person who does."""
    phase = np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi, 2)

    def posture(times_s: Array) -> Posture:
        ankle = ankles(body, len(times_s), 0.06 * body.stature_m)
        sway = np.sin(2 * np.pi * 0.31 * times_s + phase[0])
        pelvis = over_feet(body, ankle, 4 + 0.5 * sway, 2 + 0.3 * sway)
        return stand(
            pelvis,
            ankle,
            lean_deg=1 + 0.4 * np.sin(2 * np.pi * 0.23 * times_s + phase[1]),
            shoulder_flexion_deg=3 + 0.5 * sway,
            elbow_flexion_deg=12 + 0 * sway,
        )

    return Motion(posture, duration_s or 5.0)
