"""Strokes by name, shots that are to be played, and the ways between them."""

import itertools
import math
from dataclasses import dataclass

Place = tuple[float, float]
"""Metres ahead and to the left."""

ARRIVE_S, LEAVE_S = -0.42, 0.38
"""Relative to contact: a player stands still in between."""

_SHORTEST_M = 0.05


@dataclass(frozen=True)
class Stroke:
    """Ways of the hand from the middle of the shoulders in arm lengths, and of the trunk.

    The turn is the heading of the thorax before and after; the pelvis turns six tenths of it.
    """

    back: tuple[float, float, float]
    contact: tuple[float, float, float]
    follow: tuple[float, float, float]
    lasts_s: float
    turn_deg: tuple[float, float]
    free_hand: tuple[float, float, float]
    ahead_m: tuple[float, float]


STROKES = {
    "smash": Stroke(
        (-0.35, -0.45, -0.05), (0.40, -0.25, 0.90), (0.60, 0.05, 0.05),
        0.34, (-58.0, 22.0), (0.35, 0.30, 0.50), (-2.4, -0.6),
    ),
    "clear": Stroke(
        (-0.30, -0.45, -0.05), (0.22, -0.25, 0.95), (0.60, 0.10, 0.35),
        0.44, (-55.0, 15.0), (0.35, 0.30, 0.45), (-2.6, -1.2),
    ),
    "drop": Stroke(
        (-0.15, -0.40, 0.35), (0.35, -0.25, 0.90), (0.55, 0.00, 0.45),
        0.40, (-45.0, 5.0), (0.35, 0.30, 0.40), (-2.6, -1.2),
    ),
    "forehand_drive": Stroke(
        (-0.50, -0.75, -0.05), (0.45, -0.65, 0.00), (0.65, 0.10, 0.10),
        0.38, (-45.0, 20.0), (0.35, 0.45, -0.20), (-0.8, 0.8),
    ),
    "backhand_drive": Stroke(
        (0.15, 0.55, -0.10), (0.65, -0.25, -0.02), (0.25, -0.85, 0.10),
        0.38, (45.0, -15.0), (0.20, 0.50, -0.50), (-0.8, 0.8),
    ),
    "net": Stroke(
        (0.25, -0.40, -0.50), (0.85, -0.25, -0.20), (0.50, 0.00, -0.05),
        0.34, (-18.0, 6.0), (-0.10, 0.55, -0.40), (1.4, 2.2),
    ),
    "underarm": Stroke(
        (-0.45, -0.45, -0.75), (0.50, -0.30, -0.70), (0.70, -0.05, 0.00),
        0.38, (-25.0, 12.0), (0.00, 0.55, -0.45), (0.6, 1.8),
    ),
}  # fmt: skip
"""By name; `ahead_m` is where on the court such a stroke is drawn to be played."""


@dataclass(frozen=True)
class Shot:
    """A stroke: when the shuttle or ball is met, and from where (ahead, to the left) in metres."""

    contact_s: float
    kind: str
    at_m: Place = (0.0, 0.0)
    rally: int = 1

    def __post_init__(self) -> None:
        if self.kind not in STROKES:
            raise ValueError(f"no stroke {self.kind!r}: choose one of {', '.join(STROKES)}")


def moves(shots: tuple[Shot, ...]) -> list[tuple[float, float, Place, Place]]:
    """Ways from shot to shot: from when to when, from where to where; nobody hurries in a rest."""
    found = []
    for shot, following in itertools.pairwise(shots):
        begins, far = shot.contact_s + LEAVE_S, math.dist(shot.at_m, following.at_m)
        if far > _SHORTEST_M:
            arrives = min(following.contact_s + ARRIVE_S, begins + 0.5 + far)
            found.append((begins, arrives, shot.at_m, following.at_m))
    return found
