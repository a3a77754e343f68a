"""Racket strokes: overhead, drives, net and underarm, in rallies all over a court.

The net is ahead (x). A right-hander is described; left-handers are mirrored.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.happenings import Swing
from dancer_pipeline.synthetic.mirror import mirrored
from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.player import THORAX_S, player
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import SIDES, Proportions
from dancer_pipeline.synthetic.strokes import ARRIVE_S, LEAVE_S, STROKES, Shot, moves
from dancer_pipeline.synthetic.swing import fastest_s

LEAST_APART_S = 1.4
_FASTEST_M_S = 1.5
"""Mean speed from place to place; at twice that nobody follows with their legs."""


@dataclass(frozen=True)
class Play:
    """What is played; what is None is drawn from the seed.

    Attributes
    ----------
    shots
        In order of time, at least 1.4 s apart. None: drawn, as the following four say.
    rallies, shots_per_rally
        How many rallies there are, and of how many own strokes.
    pace_s, rest_s
        Time between the strokes of a rally, and from its last to the first of the next.
    kinds
        Strokes to draw from.
    side
        `right` or `left` handed.
    lag_s
        How much later the shoulders turn fastest than the hips.
    court
        The court, such as `Court()`: shots are drawn from all over its near half, and its lines are
        on the floor. None: shots are drawn on the spot.
    """

    shots: tuple[Shot, ...] | None = None
    rallies: int = 2
    shots_per_rally: int = 4
    pace_s: float = 2.0
    rest_s: float = 7.0
    kinds: tuple[str, ...] = tuple(STROKES)
    side: str = "right"
    lag_s: float = 0.04
    court: Court | None = None

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ValueError(f"side must be left or right, not {self.side!r}")
        if min(self.pace_s, self.rest_s) < LEAST_APART_S:
            raise ValueError(f"strokes are at least {LEAST_APART_S} s apart")
        if not 0 <= self.lag_s <= 0.08:
            raise ValueError(f"lag_s must be 0 to 0.08, not {self.lag_s}")


def play(body: Proportions, seed: int, duration_s: float | None, plan: Play) -> Motion:
    """Play the shots; the clip ends 2 s after the last unless its duration is told."""
    shots = drawn(seed, plan) if plan.shots is None else plan.shots
    gaps = np.diff([shot.contact_s for shot in shots])
    if len(gaps) and gaps.min() < LEAST_APART_S:
        raise ValueError(f"strokes are at least {LEAST_APART_S} s apart, not {gaps.min():.2f} s")
    for begins, arrives, start, end in moves(shots):
        if math.dist(start, end) > 1.01 * _FASTEST_M_S * (arrives - begins):
            raise ValueError(f"nobody gets from {start} to {end} in {arrives - begins:.1f} s")
    duration = duration_s or shots[-1].contact_s + 2.0
    sign = 1.0 if plan.side == "right" else -1.0
    mirrored_shots = tuple(
        replace(shot, at_m=(shot.at_m[0], sign * shot.at_m[1])) for shot in shots
    )
    moving = player(body, mirrored_shots, plan.lag_s, duration)
    posture = moving.posture if sign > 0 else lambda at: mirrored(moving.posture(at))
    motion = Motion(posture, duration, court=plan.court)
    return replace(motion, swings=tuple(_swing(body, plan, motion, shot) for shot in shots))


def drawn(seed: int, plan: Play) -> tuple[Shot, ...]:
    """Draw strokes and places; the first is met after 2 s."""
    draw = np.random.default_rng([seed, 2])
    now, found = 2.0, list[Shot]()
    for rally in range(1, plan.rallies + 1):
        for _ in range(plan.shots_per_rally):
            kind = plan.kinds[int(draw.integers(len(plan.kinds)))]
            ahead, aside = float(draw.uniform(*STROKES[kind].ahead_m)), float(draw.uniform(-2, 2))
            wanted = np.zeros(2) if plan.court is None else np.array([ahead, aside])
            place = wanted if not found else _within(found[-1], wanted, now)
            found.append(Shot(now, kind, (float(place[0]), float(place[1])), rally))
            now += plan.pace_s
        now += plan.rest_s - plan.pace_s
    return tuple(found)


def _within(before: Shot, wanted_m: Array, contact_s: float) -> Array:
    """Come as near to the wanted place as there is time for."""
    way = wanted_m - before.at_m
    far = _FASTEST_M_S * (contact_s + ARRIVE_S - before.contact_s - LEAVE_S)
    return np.asarray(before.at_m + way * min(1.0, far / max(float(np.linalg.norm(way)), 1e-9)))


def _swing(body: Proportions, plan: Play, motion: Motion, shot: Shot) -> Swing:
    at, half_s = shot.contact_s, STROKES[shot.kind].lasts_s / 2
    return Swing(
        start_s=at - 0.7,
        contact_s=at,
        end_s=at + 0.68,
        peak_s=fastest_s(body, motion.posture, plan.side, at - half_s, at + half_s),
        side=plan.side,
        kind=shot.kind,
        pelvis_peak_s=at + THORAX_S - plan.lag_s,
        thorax_peak_s=at + THORAX_S,
        rally=shot.rally,
    )
