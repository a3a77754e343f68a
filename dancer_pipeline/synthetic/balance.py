"""Balance: standing on both legs or on one, with a sway whose size is known."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.footfalls import rolled
from dancer_pipeline.synthetic.footwork import Carriage, carriage
from dancer_pipeline.synthetic.happenings import SingleLegStance
from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_x, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, SIDES, Posture, Proportions
from dancer_pipeline.synthetic.timeline import keyed

_HALF_WIDTH, _LIFT, _BACK = 0.055, 0.10, 0.10
_OVER_FOOT = 0.8
"""Share of the way from the middle to the foot that the pelvis goes to stand on it."""

_SHIFT_S, _RAISE_S, _LOWER_S = 0.7, 0.45, 0.35
_CHANGE_S = 0.8
"""Least time on both feet between standing on one leg and on the other."""

_TOE_OUT_DEG, _RAISED_DEG = 8.0, -38.0


@dataclass(frozen=True)
class Balance:
    """How somebody stands; what is None is drawn from the seed.

    Attributes
    ----------
    stances
        Times on one leg, from lift-off to touch-down of the other foot, in order. None: one, from
        2.5 s to 2 s before the end. Empty: both feet stay on the floor.
    sway_cm
        Standard deviation, over the clip, of the body's sway ahead and to the side.
    lean_deg
        Lean of the trunk ahead and to the left.
    """

    stances: tuple[SingleLegStance, ...] | None = None
    sway_cm: tuple[float, float] = (0.6, 0.5)
    lean_deg: tuple[float, float] = (2.0, 0.0)

    def __post_init__(self) -> None:
        if any(not 0 <= size <= 6 for size in self.sway_cm):
            raise ValueError(f"sway_cm must be 0 to 6, not {self.sway_cm}")
        for stance in self.stances or ():
            if stance.side not in SIDES or stance.end_s - stance.start_s < _RAISE_S + _LOWER_S:
                raise ValueError(f"a stance is on one side and lasts 0.8 s or more: not {stance}")


class RaisedFeet:
    """Feet that stand side by side; one is raised behind while the other stands."""

    def __init__(self, body: Proportions, stances: Iterable[SingleLegStance]) -> None:
        self.body = body
        self.raised = tuple(
            [stance for stance in stances if SIDES.index(stance.side) != side] for side in range(2)
        )

    def at(self, times_s: Array) -> tuple[Array, Array, Array]:
        """Ankle positions, pitches and headings (degrees); the second axis is the side."""
        feet = [self._foot(times_s, side) for side in range(2)]
        ankle, pitch, yaw = (np.stack(parts, axis=1) for parts in zip(*feet, strict=True))
        return ankle, pitch, yaw

    def _foot(self, times_s: Array, side: int) -> tuple[Array, Array, Array]:
        up = self._up(times_s, side)
        aside = _HALF_WIDTH * self.body.stature_m * float(OUTWARD[side])
        yaw = np.full_like(times_s, _TOE_OUT_DEG * float(OUTWARD[side]))
        ankle = rolled(self.body, np.array([0.0, aside]), yaw, 0 * up)
        ankle[:, 0] -= _BACK * self.body.stature_m * up**2
        ankle[:, 2] += _LIFT * self.body.stature_m * up
        return ankle, _RAISED_DEG * up**2, yaw

    def _up(self, times_s: Array, side: int) -> Array:
        """0 on the floor, 1 when fully raised; it leaves and meets the floor at speed."""
        found = np.zeros_like(times_s)
        for stance in self.raised[side]:
            rises = (times_s - stance.start_s) / _RAISE_S
            falls = (stance.end_s - times_s) / _LOWER_S
            share = np.clip(np.minimum(rises, falls), 0, 1)
            found += np.sin(np.pi / 2 * share)
        return found


@dataclass(frozen=True)
class Sway:
    """Slow waves whose standard deviation over the clip is what it should be."""

    waves: Array
    sizes: Array
    means: Array

    def at(self, times_s: Array) -> Array:
        """Metres ahead and to the left."""
        rate, phase = self.waves
        wave = np.sin(2 * np.pi * rate * times_s[:, None, None] + phase).sum(axis=-1)
        return np.asarray((wave - self.means) * self.sizes)


def sway(draw: np.random.Generator, sizes_m: Array, duration_s: float) -> Sway:
    """Draw waves of 0.15 to 0.9 Hz."""
    waves = np.stack([draw.uniform(0.15, 0.9, (2, 4)), draw.uniform(0, 2 * np.pi, (2, 4))])
    plain = Sway(waves, np.ones(2), np.zeros(2)).at(np.linspace(0, duration_s, 4000))
    return Sway(waves, sizes_m / plain.std(axis=0), plain.mean(axis=0))


@dataclass(frozen=True)
class Stander:
    """Somebody who stands, shifts over one foot, and sways."""

    body: Proportions
    plan: Balance
    feet: RaisedFeet
    swaying: Sway
    shifts: tuple[tuple[float, float], ...]
    height: Carriage | None = None

    def place(self, times_s: Array) -> Array:
        """Where the pelvis is above the floor."""
        found = self.swaying.at(times_s)
        found[:, 1] += keyed(times_s, self.shifts)
        return found

    def rotation(self, times_s: Array) -> Array:
        """Keep the pelvis level."""
        return np.broadcast_to(about_y(2.0), (len(times_s), 3, 3))

    def posture(self, times_s: Array) -> Posture:
        """Posture at any times."""
        assert self.height is not None  # noqa: S101 - for the type checker
        count = len(times_s)
        ankle, pitch, yaw = self.feet.at(times_s)
        high = (self.height.at(times_s) - 0.003 * self.body.stature_m)[:, None]
        ahead, left = self.plan.lean_deg
        steady = self.swaying.at(times_s)[:, 1:] / 0.01
        return Posture(
            pelvis_m=np.concatenate([self.place(times_s), high], axis=-1),
            pelvis_rotation=self.rotation(times_s),
            trunk_rotation=np.broadcast_to(about_x(-left) @ about_y(ahead), (count, 3, 3)),
            head_rotation=np.broadcast_to(about_y(2.0), (count, 3, 3)),
            ankle_m=ankle,
            foot_rotation=about_z(yaw) @ about_y(-pitch),
            knee_direction=turn(about_z(yaw), FORWARD),
            shoulder_flexion_deg=np.full((count, 2), 8.0),
            shoulder_abduction_deg=22.0 - 2.0 * steady * OUTWARD,
            elbow_flexion_deg=np.full((count, 2), 18.0),
            forearm_turn_deg=np.full((count, 2), 12.0),
        )


def stand_still(body: Proportions, seed: int, duration_s: float | None, plan: Balance) -> Motion:
    """Stand as the plan says, for 15 s unless told."""
    draw = np.random.default_rng([seed, 2])
    duration = duration_s or 15.0
    swaying = sway(draw, np.array(plan.sway_cm) / 100, duration)
    stances = plan.stances
    if stances is None:
        side = SIDES[int(draw.integers(2))]
        stances = (SingleLegStance(2.5, max(duration - 2.0, 3.5), side),)
    feet = RaisedFeet(body, stances)
    stander = Stander(body, plan, feet, swaying, _shifts(body, stances))
    high = carriage(body, feet, stander.place, stander.rotation, duration)
    stander = replace(stander, height=high)
    return Motion(stander.posture, duration, single_leg_stances=stances)


def _shifts(
    body: Proportions, stances: tuple[SingleLegStance, ...]
) -> tuple[tuple[float, float], ...]:
    """Where the pelvis is to the left, and when: over the standing foot before the other lifts."""
    found, free_s = [(-2.0, 0.0)], -2.0
    for stance in stances:
        over = float(OUTWARD[SIDES.index(stance.side)])
        over *= _OVER_FOOT * _HALF_WIDTH * body.stature_m
        free_for_s = stance.start_s - free_s
        if found[-1][1] not in (0.0, over) and free_for_s < _CHANGE_S:
            raise ValueError(f"a change of legs takes {_CHANGE_S} s, not {free_for_s:.1f} s")
        if free_for_s >= 2 * _SHIFT_S:
            found += [(free_s + _SHIFT_S, 0.0), (stance.start_s - _SHIFT_S, 0.0)]
        found.append((stance.start_s, over))
        found.append((stance.end_s, over))
        free_s = stance.end_s
    return (*found, (free_s + _SHIFT_S, 0.0))
