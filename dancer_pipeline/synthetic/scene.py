"""Sets the scene of a performance: everybody and everything that is drawn, and the room."""

from dataclasses import replace

import numpy as np

from dancer_pipeline.synthetic.appearance import MATERIALS
from dancer_pipeline.synthetic.body import Figure, things
from dancer_pipeline.synthetic.performance import Performance
from dancer_pipeline.synthetic.renderer import Cast, Painter
from dancer_pipeline.synthetic.room import NEAREST_WALL_M, Room
from dancer_pipeline.synthetic.rotations import Array

_FREE_BEHIND_M = 1.2


def painter(performance: Performance) -> Painter:
    """Bring everybody together in a room that is large enough."""
    court = performance.motion.court
    room = Room(
        performance.camera,
        performance.look,
        performance.seed,
        belt_speed_m_s=performance.motion.belt_speed_m_s,
        wall_behind_m=_wall_behind_m(performance),
        lines_m=None if court is None else court.lines_m(),
    )
    return Painter(_cast(performance), room, performance.camera)


def _cast(performance: Performance) -> Cast:
    look, other = performance.look, performance.companion
    own = Figure(performance.body, look, performance.skeleton).parts
    own += things(performance.motion.props, performance.frame_count)
    place = performance.skeleton.pair("hip").mean(axis=1)
    if other is None:
        return Cast((own,), (place,), look)
    theirs = [
        replace(part, material=part.material + len(MATERIALS))
        for part in Figure(other.body, other.look, other.skeleton).parts
    ]
    both = replace(look, colours=np.concatenate([look.colours, other.look.colours]))
    return Cast((own, theirs), (place, other.skeleton.pair("hip").mean(axis=1)), both)


def _wall_behind_m(performance: Performance) -> float:
    """How far behind the middle of the room the wall must stand: behind everybody."""
    level = performance.camera.rotation[2] * (1, 1, 0)
    level = level / np.linalg.norm(level)
    deepest = [_deepest_m(performance.skeleton.joints_m, performance.travel_m, level)]
    if performance.companion is not None:
        joints = performance.companion.skeleton.joints_m
        deepest.append(_deepest_m(joints, performance.travel_m, level))
    if performance.motion.court is not None:
        deepest.append(float((performance.motion.court.corners_m() @ level).max()))
    return max(NEAREST_WALL_M, *(depth + _FREE_BEHIND_M for depth in deepest))


def _deepest_m(joints_m: Array, travel_m: Array, level: Array) -> float:
    moved = joints_m - travel_m[:, None, None] * (1, 0, 0)
    return float((moved @ level).max())
