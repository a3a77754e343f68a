"""Truth of what happens when: spells, beats, swings, one-leg stances, places on the court.

Each is a Parquet table beside a clip; what a performance has none of is an empty table.
"""

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pyarrow as pa

from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.happenings import SingleLegStance, Spell, Swing
from dancer_pipeline.synthetic.performance import Bystander, Performance
from dancer_pipeline.synthetic.rotations import Array

_TYPES: dict[Any, pa.DataType] = {
    plain: of
    for kind, of in ((float, pa.float64()), (int, pa.int32()), (str, pa.string()))
    for plain in (kind, kind | None)
}


def happening_tables(performance: Performance) -> dict[str, pa.Table]:
    """Build every table of happenings, by name."""
    motion = performance.motion
    return {
        "spells": _rows(Spell, motion.spells).append_column(
            "heading",
            pa.array([_across(performance, spell) for spell in motion.spells], pa.string()),
        ),
        "beats": pa.table({"time_s": pa.array(motion.beats_s, pa.float64())}),
        "music_beats": pa.table({"time_s": pa.array(motion.music_s, pa.float64())}),
        "swings": _rows(Swing, motion.swings),
        "single_leg_stances": _rows(SingleLegStance, motion.single_leg_stances),
        "floor_positions": floor_positions_table(performance),
        "court_positions": court_positions_table(performance),
        "companion": companion_table(performance),
    }


def floor_positions_table(performance: Performance) -> pa.Table:
    """One row per frame: where the pelvis is above the floor, in metres ahead and to the left."""
    pelvis = performance.skeleton.pair("hip").mean(axis=1)
    return pa.table(
        {
            "frame": pa.array(np.arange(performance.frame_count), pa.int32()),
            "time_s": performance.times_s,
            "x_m": pelvis[:, 0],
            "y_m": pelvis[:, 1],
        }
    )


def court_positions_table(performance: Performance) -> pa.Table:
    """One row per frame: the pelvis in metres from the left side line and the own base line.

    Empty where there is no court.
    """
    court, floor = performance.motion.court, floor_positions_table(performance)
    if court is None:
        floor = floor.slice(0, 0)
    world = np.stack([floor["x_m"].to_numpy(), floor["y_m"].to_numpy()], axis=-1)
    across, along = (court or Court()).place(world).T
    return (
        floor.select(["frame", "time_s"])
        .append_column("across_m", pa.array(across))
        .append_column("along_m", pa.array(along))
    )


def court_corners_px(performance: Performance) -> Array:
    """Where the camera sees the corners of the court: own left and right, far right and left.

    Raises
    ------
    ValueError
        Where there is no court.
    """
    if performance.motion.court is None:
        raise ValueError(f"a {performance.movement} has no court")
    return performance.camera.project(performance.motion.court.corners_m())


def companion_table(performance: Performance) -> pa.Table:
    """One row per frame: how much of the other is in the picture, and how large they are.

    `size_share` is their stature in the picture over the performer's. Empty where nobody is.
    """
    other = performance.companion
    frames = range(performance.frame_count if other is not None else 0)
    rows = [_seen(performance, other, frame) for frame in frames if other is not None]
    return pa.table(
        {
            "frame": pa.array(list(frames), pa.int32()),
            "time_s": performance.times_s[: len(rows)],
            "in_picture_share": pa.array([share for share, _ in rows], pa.float64()),
            "size_share": pa.array([size for _, size in rows], pa.float64()),
        }
    )


def _seen(performance: Performance, other: Bystander, frame: int) -> tuple[float, float]:
    camera = performance.camera_at(frame)
    pixels = camera.project(other.skeleton.joints_m[frame])
    inside = (pixels >= 0) & (pixels < [camera.width_px, camera.height_px])
    near, far = (
        float(camera.seen(skeleton.pair("hip").mean(axis=1)[frame])[2])
        for skeleton in (performance.skeleton, other.skeleton)
    )
    size = other.body.stature_m / performance.body.stature_m * near / far
    return float(inside.all(axis=-1).mean()), size if far > 0 else 0.0


def _across(performance: Performance, spell: Spell) -> str | None:
    """Tell where a walker faces in the picture: left, right, towards or away."""
    if spell.heading_deg is None:
        return None
    way = np.radians(spell.heading_deg - performance.view.yaw_deg)
    towards, right = float(np.cos(way)), float(np.sin(way))
    if abs(towards) >= abs(right):
        return "towards" if towards > 0 else "away"
    return "right" if right > 0 else "left"


def _rows(kind: Any, found: Iterable[Any]) -> pa.Table:
    schema = pa.schema([(field.name, _TYPES[field.type]) for field in fields(kind)])
    return pa.Table.from_pylist([asdict(one) for one in found], schema=schema)
