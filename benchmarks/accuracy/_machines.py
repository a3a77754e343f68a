"""People whose legs go round or up and down without walking: on machines, on the spot, aside."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.accuracy._exercisers import draw_of
from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Posture, Proportions, assemble
from dancer_pipeline.synthetic.upright import ankles, stand

_SIDES_APART = np.array([0.0, np.pi])


@dataclass(frozen=True)
class Pedals:
    """A way of moving the legs in turn: phases of both feet over time, and what is drawn of it."""

    body: Proportions
    draw: np.random.Generator
    times_s: Array
    rate_hz: float
    """Strides, or turns of a crank, in a second."""

    @property
    def phase(self) -> Array:
        """Of both feet, in radians: times x 2."""
        return np.asarray(2 * np.pi * self.rate_hz * self.times_s[:, None] + _SIDES_APART)

    @property
    def leg_m(self) -> float:
        return self.body.thigh_m + self.body.shank_m

    def ankles_m(self, ahead_m: Array, up_m: Array) -> Array:
        """Ankles so far ahead of the pelvis and above the floor: times x 2 each."""
        ankle = ankles(self.body, len(self.times_s), 0.055 * self.body.stature_m)
        ankle[..., 0] += ahead_m
        ankle[..., 2] += up_m
        return ankle

    def standing(self, ankle_m: Array, *, lean: float, swing_deg: float, bob_m: Array) -> Posture:
        """Stand over such feet, so high that both are in reach, the arms swinging so far."""
        still = 0 * self.times_s
        reach = 0.985 * self.leg_m
        highest = (ankle_m[..., 2] + np.sqrt(reach**2 - ankle_m[..., 0] ** 2)).min()
        pelvis = np.stack([still, still, highest - 0.045 + bob_m], axis=-1)
        return stand(
            pelvis, ankle_m, lean_deg=lean + still,
            shoulder_flexion_deg=10 + lean - swing_deg * np.cos(self.phase),
            elbow_flexion_deg=30 + still,
        )  # fmt: skip


def _bike(legs: Pedals) -> Posture:
    """Sit on a saddle, the feet on pedals that go round, the hands on the bars."""
    lean, crank_m = float(legs.draw.uniform(8, 45)), float(legs.draw.uniform(0.15, 0.18))
    ahead = float(legs.draw.uniform(0.08, 0.25))
    ankle = legs.ankles_m(
        ahead + crank_m * np.cos(legs.phase), 0.12 + crank_m - crank_m * np.sin(legs.phase)
    )
    still = 0 * legs.times_s
    longest = float(legs.draw.uniform(0.90, 0.96)) * legs.leg_m
    axle_up = legs.body.ankle_height_m + 0.12 + crank_m
    up = axle_up + np.sqrt((longest - crank_m) ** 2 - ahead**2)
    rock = 0.006 * float(legs.draw.random()) * np.sin(2 * legs.phase[:, 0])
    return stand(
        np.stack([still, still, up + rock], axis=-1), ankle, lean_deg=lean + still,
        shoulder_flexion_deg=lean + 45 + still, elbow_flexion_deg=20 + still,
    )  # fmt: skip


def _elliptical(legs: Pedals) -> Posture:
    """Stand on two long pedals that go round in flat ellipses, pulling at the handles."""
    half_m, rise_m = float(legs.draw.uniform(0.18, 0.25)), float(legs.draw.uniform(0.06, 0.11))
    ankle = legs.ankles_m(half_m * np.cos(legs.phase), 0.2 + rise_m - rise_m * np.sin(legs.phase))
    bob = 0.01 * float(legs.draw.random()) * np.cos(2 * legs.phase[:, 0])
    return legs.standing(ankle, lean=5.0, swing_deg=20.0, bob_m=bob)


def _stepper(legs: Pedals) -> Posture:
    """Push two steps down in turn, holding on to a rail."""
    rise_m = float(legs.draw.uniform(0.07, 0.11))
    ankle = legs.ankles_m(
        0.1 + 0.1 * rise_m * np.cos(legs.phase), 0.2 + rise_m + rise_m * np.cos(legs.phase)
    )
    return legs.standing(ankle, lean=12.0, swing_deg=0.0, bob_m=0 * legs.times_s)


def _stair_machine(legs: Pedals) -> Posture:
    """Climb steps that come down: each foot rides back and down, and is carried up and ahead."""
    riding = (legs.phase / (2 * np.pi)) % 1.0
    rides = float(legs.draw.uniform(0.58, 0.65))
    down = np.clip(riding / rides, 0, 1)
    back = np.clip((riding - rides) / (1 - rides), 0, 1)
    up = 0.5 - 0.5 * np.cos(np.pi * back)
    level = np.where(riding < rides, 1 - down, up)
    ankle = legs.ankles_m(-0.05 + 0.28 * level, 0.2 + 0.24 * level + 0.06 * np.sin(np.pi * back))
    return legs.standing(ankle, lean=12.0, swing_deg=0.0, bob_m=0 * legs.times_s)


def _rower(legs: Pedals) -> Posture:
    """Slide to and fro on a seat, both feet held, pulling a handle."""
    pulled = 0.5 - 0.5 * np.cos(legs.phase[:, 0] / 2)
    still = 0 * legs.times_s
    ankle = legs.ankles_m(np.full((len(still), 2), 0.3), np.full((len(still), 2), 0.12))
    back = 0.3 - legs.leg_m * (0.5 + 0.46 * pulled)
    pelvis = np.stack([back, still, still + 0.38], axis=-1)
    return stand(
        pelvis, ankle, lean_deg=28 - 48 * pulled,
        shoulder_flexion_deg=70 - 75 * pulled**2, elbow_flexion_deg=10 + 85 * pulled**3,
    )  # fmt: skip


def _lifting(legs: Pedals, rise_m: float, ahead_m: float, hop_m: float) -> Posture:
    """Lift one knee after the other on the spot."""
    lifted = np.maximum(np.sin(legs.phase), 0.0) ** 1.3
    hop = hop_m * np.abs(np.sin(legs.phase[:, 0]))
    ankle = legs.ankles_m(ahead_m * lifted, rise_m * lifted + hop[:, None])
    return legs.standing(ankle, lean=2.0, swing_deg=25.0, bob_m=hop)


def _march(legs: Pedals) -> Posture:
    """March on the spot."""
    return _lifting(legs, float(legs.draw.uniform(0.22, 0.38)), 0.1, 0.0)


def _high_knees(legs: Pedals) -> Posture:
    """Run on the spot with the knees as high as the hips."""
    return _lifting(legs, float(legs.draw.uniform(0.32, 0.42)), 0.14, 0.04)


def _rope(legs: Pedals) -> Posture:
    """Skip a rope with both feet, or from one to the other."""
    apart = float(legs.draw.choice([0.0, 0.1]))
    hop = 0.09 * np.abs(np.sin(legs.phase[:, 0]))
    lifted = apart * np.maximum(np.sin(legs.phase), 0.0)
    ankle = legs.ankles_m(-lifted, hop[:, None] + lifted)
    return legs.standing(ankle, lean=2.0, swing_deg=0.0, bob_m=hop)


def _shuffle(legs: Pedals) -> Posture:
    """Step aside, and the other foot after it."""
    wide = 0.13 * np.maximum(np.sin(legs.phase), 0.0)
    ankle = legs.ankles_m(0 * legs.phase, 0.06 * np.abs(np.sin(legs.phase)))
    ankle[..., 1] += wide * np.array([1.0, 1.0]) - 0.13
    posture = legs.standing(ankle, lean=6.0, swing_deg=5.0, bob_m=0 * legs.times_s)
    return replace(posture, pelvis_m=posture.pelvis_m - np.array([0.0, 0.0, 0.05]))


MACHINES: dict[str, tuple[Callable[[Pedals], Posture], float, float]] = {
    "bike": (_bike, 50, 105),
    "elliptical": (_elliptical, 45, 75),
    "stepper": (_stepper, 30, 60),
    "stair_machine": (_stair_machine, 25, 50),
    "rower": (_rower, 36, 64),
    "march": (_march, 40, 65),
    "high_knees": (_high_knees, 65, 95),
    "rope": (_rope, 50, 75),
    "shuffle": (_shuffle, 40, 70),
}
"""How each moves, and its least and most strides, or turns of a crank, in a minute."""


def on_machine(name: str, seed: int, view: View, duration_s: float = 10.0) -> Performance:
    """Perform one of `MACHINES`."""
    act, least, most = MACHINES[name]
    stands = perform("standing", seed=seed, duration_s=duration_s, view=view)
    rate_hz = float(draw_of(seed).uniform(least, most)) / 60

    def posture(times_s: Array) -> Posture:
        return act(Pedals(stands.body, np.random.default_rng([seed, 41]), times_s, rate_hz))

    return moving(stands, name, replace(stands.motion, posture=posture))


def moving(stands: Performance, name: str, motion: Motion) -> Performance:
    """Let the same person, seen by the same camera, move in another way."""
    skeleton = assemble(stands.body, motion.posture(stands.times_s))
    return replace(stands, movement=name, motion=motion, skeleton=skeleton)
