"""The truth beside a clip, as Parquet: joints, angles, repetitions, gait events, the clip itself.

Every column carries its unit; what a clip has none of is an empty table.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancer_pipeline.synthetic.angles import joint_angles_deg, trunk_lean_deg
from dancer_pipeline.synthetic.happening_tables import happening_tables
from dancer_pipeline.synthetic.performance import PRIMARY_ANGLES, Performance
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import JOINTS, SIDES
from dancer_pipeline.synthetic.style import FAULTS


def truth_tables(performance: Performance, in_view: NDArray[np.bool_]) -> dict[str, pa.Table]:
    """Build every table; `in_view` is what the renderer saw, per frame and joint."""
    tables = {
        "clip": clip_table(performance),
        "joints": joints_table(performance, in_view),
        "angles": angles_table(performance),
        "repetitions": repetitions_table(performance),
        "faults": faults_table(performance),
        "episodes": episodes_table(performance),
        "gait_events": gait_events_table(performance),
        **happening_tables(performance),
    }
    facts = {name: json.dumps(values[0]) for name, values in tables["clip"].to_pydict().items()}
    return {name: table.replace_schema_metadata(facts) for name, table in tables.items()}


def write_truth(tables: dict[str, pa.Table], folder: Path, stem: str) -> dict[str, Path]:
    """Write each table as `<stem>.<table>.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{stem}.{name}.parquet" for name in tables}
    for name, table in tables.items():
        pq.write_table(table, paths[name], compression="zstd")
    return paths


def clip_table(performance: Performance) -> pa.Table:
    """One row: who, what, and from where."""
    camera, motion = performance.camera, performance.motion
    row = {
        "movement": performance.movement,
        "seed": performance.seed,
        "frame_count": performance.frame_count,
        "duration_s": performance.frame_count / float(performance.view.rate),
        **asdict(performance.view),
        "focal_px": camera.focal_px,
        "camera_x_m": camera.position_m[0],
        "camera_y_m": camera.position_m[1],
        "camera_z_m": camera.position_m[2],
        "repetition_count": len(motion.repetitions),
        "belt_speed_m_s": motion.belt_speed_m_s,
        **asdict(performance.body),
    }
    return pa.Table.from_pylist([{k: getattr(v, "item", lambda v=v: v)() for k, v in row.items()}])


def joints_table(performance: Performance, in_view: NDArray[np.bool_]) -> pa.Table:
    """One row per frame and joint: world position, pixel, and whether the camera sees it.

    `stature_px` is the length of the performer's stature at the distance of their pelvis.
    """
    frames, joints = performance.frame_count, len(JOINTS)
    world = performance.skeleton.joints_m
    cameras = [performance.camera_at(frame) for frame in range(frames)]
    pixels = np.stack([cameras[frame].project(world[frame]) for frame in range(frames)])
    pelvis = performance.skeleton.pair("hip").mean(axis=1)
    depth = np.array([cameras[frame].seen(pelvis[frame])[2] for frame in range(frames)])
    stature = performance.body.stature_m * performance.camera.focal_px / depth
    return pa.table(
        {
            "frame": pa.array(np.repeat(np.arange(frames), joints), pa.int32()),
            "time_s": np.repeat(performance.times_s, joints),
            "joint": _labels(JOINTS, np.tile(np.arange(joints), frames)),
            **{f"{axis}_m": world[..., i].ravel() for i, axis in enumerate("xyz")},
            **{f"{axis}_px": pixels[..., i].ravel() for i, axis in enumerate("xy")},
            "in_view": in_view.ravel(),
            "stature_px": np.repeat(stature, joints),
        }
    )


def angles_table(performance: Performance) -> pa.Table:
    """One row per frame, angle and side; null where an angle means nothing."""
    angles: dict[tuple[str, str], Array] = {
        (angle, side): values[:, index]
        for angle, values in joint_angles_deg(performance.skeleton).items()
        for index, side in enumerate(SIDES)
    }
    angles["trunk_lean", "middle"] = trunk_lean_deg(performance.skeleton)
    frames, count = performance.frame_count, len(angles)
    names, sides = zip(*angles, strict=True)
    order = np.tile(np.arange(count), frames)
    return pa.table(
        {
            "frame": pa.array(np.repeat(np.arange(frames), count), pa.int32()),
            "time_s": np.repeat(performance.times_s, count),
            "angle": _labels(names, order),
            "side": _labels(sides, order),
            "angle_deg": pa.array(
                np.stack(list(angles.values()), axis=1).ravel(), from_pandas=True
            ),
        }
    )


def repetitions_table(performance: Performance) -> pa.Table:
    """One row per repetition: when it starts, is deepest and ends, and its primary angle there.

    `hold_s` is spent around the bottom; `depth` is the share of the full movement; `side` is null
    where both sides work.
    """
    repetitions = performance.motion.repetitions
    starts, bottoms, ends = (
        np.array([getattr(repetition, name) for repetition in repetitions], float)
        for name in ("start_s", "bottom_s", "end_s")
    )
    there = performance.primary_angle_deg(bottoms) if repetitions else np.zeros(0)
    angle = PRIMARY_ANGLES.get(performance.movement, "")
    return pa.table(
        {
            "repetition": pa.array(np.arange(1, len(repetitions) + 1), pa.int32()),
            "start_s": starts,
            "bottom_s": bottoms,
            "end_s": ends,
            "angle": _labels((angle,), np.zeros(len(repetitions), int)),
            "bottom_angle_deg": there,
            "set": pa.array([one.set_number for one in repetitions], pa.int32()),
            "side": pa.array([one.side for one in repetitions], pa.string()),
            "hold_s": pa.array([one.hold_s for one in repetitions], pa.float64()),
            "depth": pa.array([one.depth for one in repetitions], pa.float64()),
            "is_partial": pa.array([one.is_partial for one in repetitions], pa.bool_()),
        }
    )


def faults_table(performance: Performance) -> pa.Table:
    """One row per repetition and fault that was planted in it."""
    rows = [
        {"repetition": number, "fault": name, "size": float(size), "unit": FAULTS[name].unit}
        for number, one in enumerate(performance.motion.repetitions, start=1)
        for name, size in one.faults.items()
    ]
    kinds = [("repetition", pa.int32()), ("fault", pa.string()), ("size", pa.float64())]
    return pa.Table.from_pylist(rows, schema=pa.schema([*kinds, ("unit", pa.string())]))


def episodes_table(performance: Performance) -> pa.Table:
    """One row per thing done: sets, rests, coming and going, idle acts; in order of time."""
    episodes = performance.motion.episodes
    return pa.table(
        {
            "start_s": pa.array([one.start_s for one in episodes], pa.float64()),
            "end_s": pa.array([one.end_s for one in episodes], pa.float64()),
            "what": pa.array([one.what for one in episodes], pa.string()),
        }
    )


def gait_events_table(performance: Performance) -> pa.Table:
    """One row per heel strike and toe off, in order of time."""
    events = performance.motion.gait_events
    return pa.table(
        {
            "time_s": pa.array([event.time_s for event in events], pa.float64()),
            "side": pa.array([event.side for event in events], pa.string()),
            "event": pa.array([event.event for event in events], pa.string()),
        }
    )


def _labels(names: tuple[str, ...], order: NDArray[np.int_]) -> pa.DictionaryArray:
    kinds = tuple(dict.fromkeys(names))
    index = np.array([kinds.index(name) for name in names], np.int16)
    return pa.DictionaryArray.from_arrays(pa.array(index[order], pa.int16()), list(kinds))
