"""How people get from standing into the position of an exercise, and which rests it allows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.blending import Piece, placed
from dancer_pipeline.synthetic.errands import Place
from dancer_pipeline.synthetic.poses import (
    Pose,
    arms_up,
    bent_over,
    crouch,
    hands_on_hips,
    kneeling,
    seated_on_floor,
    shaking_out,
    upright,
)
from dancer_pipeline.synthetic.prone import STRAIGHT_ELBOW_DEG, on_hands
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Posture, Proportions, assemble
from dancer_pipeline.synthetic.style import ON_FEET

ON_FEET_POSES: dict[str, Callable[[Proportions], Pose]] = {
    "standing": upright,
    "bent_over": bent_over,
    "hands_on_hips": hands_on_hips,
    "shaking_out": shaking_out,
}


@dataclass(frozen=True)
class Position:
    """The way into a position: where one stands before, and through which poses it leads.

    `through` holds poses in order with the seconds in which each is reached; `last_s` leads from
    the last of them into the position; `short` are rests that need less than getting up.
    """

    place: Place
    through: tuple[tuple[Pose, float], ...]
    last_s: float
    short: dict[str, tuple[Pose, float]]

    @property
    def way_s(self) -> float:
        """Seconds from standing into the position, or back."""
        return sum(seconds for _, seconds in self.through) + self.last_s

    def into(self, exercise: Pose, start_s: float) -> list[Piece]:
        """Leave standing at `start_s` and be in position `way_s` later."""
        pieces, now = [], start_s
        for pose, seconds in (*self.through, (exercise, self.last_s)):
            pieces.append(Piece(now, seconds, pose))
            now += seconds
        return pieces

    def out_of(self, standing: Pose, start_s: float) -> list[Piece]:
        """Leave the position at `start_s` and stand `way_s` later."""
        poses = [pose for pose, _ in self.through[::-1]] + [standing]
        seconds = [self.last_s] + [seconds for _, seconds in self.through[::-1]]
        starts = start_s + np.concatenate([[0.0], np.cumsum(seconds)[:-1]])
        return [
            Piece(float(at), lasts_s, pose)
            for at, lasts_s, pose in zip(starts, seconds, poses, strict=True)
        ]

    def rests(self, seconds: float) -> tuple[str, ...]:
        """Rests for which there is time."""
        found = ["in_position"]
        found += [name for name, (_, way_s) in self.short.items() if seconds > 2 * way_s + 1]
        if seconds > 2 * self.way_s + 1.5:
            found += [name for name in ON_FEET if name != "walking"]
        if seconds > 2 * self.way_s + 6.5:
            found.append("walking")
        return tuple(found)


def on_feet(_body: Proportions, posture: Posture) -> Position:
    """Stand already."""
    return Position(Place(float(posture.ankle_m[0, :, 0].mean())), (), 1.3, {})


def face_down(body: Proportions, posture: Posture) -> Position:
    """Crouch with the hands where they will be, and bring the feet back one after the other."""
    skeleton = assemble(body, posture)
    hands = float(skeleton.pair("wrist")[0, :, 0].mean())
    toes = float(skeleton.pair("foot_index")[0, :, 0].mean())
    wide = float(skeleton.joint("left_wrist")[0, 1]) / body.stature_m
    ahead = 0.27 * body.stature_m
    place = Place(hands - ahead)
    low = there(crouch(body, ahead, hands_half_width=wide), place)
    return Position(place, ((low, 1.5),), 1.6, {"kneeling": (kneeling(body, toes), 1.3)})


def on_forearms(body: Proportions, posture: Posture) -> Position:
    """Support oneself on the hands first, then lower the hips and the forearms."""

    def board(times_s: Array) -> Posture:
        still = np.zeros_like(times_s)
        return on_hands(body, STRAIGHT_ELBOW_DEG + still, still)

    first = face_down(body, board(np.zeros(1)))
    toes = float(assemble(body, posture).pair("foot_index")[0, :, 0].mean())
    through = (*first.through, (board, first.last_s))
    return Position(first.place, through, 1.5, {"kneeling": (kneeling(body, toes), 1.6)})


def on_the_back(body: Proportions, posture: Posture) -> Position:
    """Crouch, sit down, and lie back."""
    feet = float(posture.ankle_m[0, :, 0].mean())
    place = Place(feet)
    low = there(crouch(body, 0.24 * body.stature_m), place)
    sitting = seated_on_floor(body, feet)
    return Position(place, ((low, 1.4), (sitting, 1.3)), 1.5, {"sitting": (sitting, 1.5)})


def hanging(body: Proportions, posture: Posture) -> Position:
    """Reach up below the bar, and jump."""
    wrist = assemble(body, posture).pair("wrist")[0]
    return Position(Place(), ((arms_up(body, wrist), 0.9),), 0.6, {})


def on_a_seat(body: Proportions, _posture: Posture) -> Position:
    """Sit down on what is behind, bowing."""
    bowed = upright(body, knee_deg=62, lean_deg=32)
    return Position(Place(), ((bowed, 0.9),), 0.9, {})


def there(pose: Pose, place: Place) -> Pose:
    """Do the same in another place."""

    def posture(times_s: Array) -> Posture:
        return placed(pose(times_s), (place.x_m, place.y_m), place.heading_deg)

    return posture
