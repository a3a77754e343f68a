"""Dance figures: which pose is taken on which beat."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

Pair = tuple[float, float]
"""Left and right."""


@dataclass(frozen=True)
class Pose:
    """A pose on a beat; places in shares of stature to the left, `steps` are the feet that move."""

    aside: float = 0.0
    feet: Pair = (0.0, 0.0)
    steps: tuple[int, ...] = ()
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    flexion_deg: Pair = (15.0, 15.0)
    abduction_deg: Pair = (14.0, 14.0)
    elbow_deg: Pair = (70.0, 70.0)


@dataclass(frozen=True)
class Figure:
    """Poses that repeat, how far the knees give way, how high feet are lifted (of stature)."""

    poses_of: Callable[[int, np.random.Generator], list[Pose]]
    give: float
    lift: float = 0.03
    on_beat: bool = True

    def poses(self, count: int, draw: np.random.Generator, side: str) -> tuple[Pose, ...]:
        """Take poses for so many beats; only one side moves where one is named."""
        found = self.poses_of(count, draw)
        still = {"left": 1, "right": 0}.get(side)
        return tuple(found if still is None else [_stilled(pose, still) for pose in found])


def _repeated(*cycle: Pose) -> Callable[[int, np.random.Generator], list[Pose]]:
    return lambda count, _: [cycle[number % len(cycle)] for number in range(count)]


def _free(count: int, draw: np.random.Generator) -> list[Pose]:
    """Take poses that nothing connects."""
    found = []
    for _ in range(count):
        flexion, abduction, elbow = (
            (float(one), float(other))
            for one, other in draw.uniform([[0], [5], [10]], [[110], [80], [110]], (3, 2))
        )
        turned, tilt, aside = draw.uniform(-1, 1, 3) * (25, 8, 0.03)
        found.append(
            Pose(
                aside=float(aside),
                turn_deg=float(turned),
                tilt_deg=float(tilt),
                flexion_deg=flexion,
                abduction_deg=abduction,
                elbow_deg=elbow,
            )
        )
    return found


def _stilled(pose: Pose, side: int) -> Pose:
    """Keep one side as it is at rest, and the body over it."""

    def only(values: Pair, rest: float) -> Pair:
        return (rest, values[1]) if side == 0 else (values[0], rest)

    return replace(
        pose,
        aside=0.3 * pose.aside,
        feet=only(pose.feet, 0.0),
        steps=tuple(foot for foot in pose.steps if foot != side),
        flexion_deg=only(pose.flexion_deg, 5.0),
        abduction_deg=only(pose.abduction_deg, 10.0),
        elbow_deg=only(pose.elbow_deg, 15.0),
    )


_WIDE = 0.15
_OPEN, _SHUT = (50.0, 50.0), (14.0, 14.0)

FIGURES = {
    "bounce": Figure(
        _repeated(
            Pose(tilt_deg=3, elbow_deg=(95, 75)),
            Pose(tilt_deg=-3, elbow_deg=(75, 95)),
        ),
        give=0.028,
    ),
    "step_touch": Figure(
        _repeated(
            Pose(steps=(0,)),
            Pose(0.6 * _WIDE, (_WIDE, 0.0), (0,), tilt_deg=-3, abduction_deg=_OPEN),
            Pose(_WIDE, (_WIDE, _WIDE), (1,), abduction_deg=_SHUT),
            Pose(0.4 * _WIDE, (_WIDE, 0.0), (1,), tilt_deg=3, abduction_deg=_OPEN),
        ),
        give=0.016,
    ),
    "arm_groove": Figure(
        _repeated(
            Pose(turn_deg=12, flexion_deg=(125, 15), elbow_deg=(45, 80)),
            Pose(turn_deg=-12, flexion_deg=(15, 125), elbow_deg=(80, 45)),
        ),
        give=0.018,
    ),
    "footwork": Figure(
        _repeated(
            Pose(0.02, steps=(0,), turn_deg=8, flexion_deg=(0, 40), elbow_deg=(80, 80)),
            Pose(-0.02, steps=(1,), turn_deg=-8, flexion_deg=(40, 0), elbow_deg=(80, 80)),
        ),
        give=0.012,
        lift=0.07,
    ),
    "free": Figure(_free, give=0.0, on_beat=False),
}
