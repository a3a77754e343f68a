"""Somebody else in the picture: standing about, or passing by, near or far behind."""

from dataclasses import dataclass, fields, replace

import numpy as np

from dancer_pipeline.synthetic.appearance import appearance
from dancer_pipeline.synthetic.performance import Bystander, Performance, perform
from dancer_pipeline.synthetic.rotations import Array, about_z, turn
from dancer_pipeline.synthetic.skeleton import Skeleton


@dataclass(frozen=True)
class Companion:
    """Who else is there: what they do, where (ahead, to the left), and which way they turn.

    A walker's way starts at `offset_m`; `seed` draws their looks and must not be the performer's.
    """

    movement: str = "standing"
    offset_m: tuple[float, float] = (-1.2, 0.9)
    turn_deg: float = 0.0
    seed: int = 1001
    plan: object = None
    stature_m: float | None = None


def accompanied(performance: Performance, companion: Companion) -> Performance:
    """Add somebody to the picture; the truth of joints and events stays the performer's alone."""
    other = perform(
        companion.movement,
        seed=companion.seed,
        duration_s=performance.frame_count / float(performance.view.rate),
        view=performance.view,
        stature_m=companion.stature_m,
        plan=companion.plan,
    )
    skeleton = _placed(other.skeleton, about_z(companion.turn_deg), companion.offset_m)
    bystander = Bystander(other.body, appearance(companion.seed), skeleton)
    return replace(performance, companion=bystander)


def _placed(skeleton: Skeleton, turned: Array, offset_m: tuple[float, float]) -> Skeleton:
    """Turn a skeleton about the middle of the room and put it elsewhere."""
    offset = np.array([*offset_m, 0.0])

    def put(name: str, value: Array) -> Array:
        if name.endswith("_m"):
            return np.asarray(turn(turned, value) + offset)
        return np.asarray(turned @ value)

    parts = {field.name: getattr(skeleton, field.name) for field in fields(Skeleton)}
    return Skeleton(**{name: put(name, value) for name, value in parts.items()})
