"""How far the product's keypoints lie from the joints of rendered performers.

Renders clips of unseen seeds, all around the performer, through the same decoding and pose
estimation as any video, and prints the error per joint and side in percent of stature. Exits with
1 when nobody was found in too many frames or a joint's median error is above the bar.

    python -m benchmarks.keypoint_accuracy --seed 1000 --clips 20
"""

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from dancer_pipeline.confined.parent import Bounds
from dancer_pipeline.pose.extraction import extract_pose
from dancer_pipeline.pose.model import model_file
from dancer_pipeline.synthetic.clip import make_clip
from dancer_pipeline.synthetic.performance import View

MOVEMENTS = ("squat", "jumping_jack", "biceps_curl", "standing", "walk")
"""Movements that can be seen from all around; who lies down cannot, with the feet to the camera."""

LARGEST_MEDIAN_PERCENT = 3.0
LEAST_FOUND_PERCENT = 98.0
JOINTS = ("shoulder", "elbow", "hip", "knee", "ankle")
SIZES_PX = ((640, 720), (540, 960), (1280, 720))


def view_of(seed: int, clip: int, clips: int) -> View:
    """Spread the yaw over the whole circle; draw the rest from the seed."""
    draw = np.random.default_rng([seed, 99])
    width_px, height_px = SIZES_PX[clip % len(SIZES_PX)]
    return View(
        yaw_deg=float((360 * clip / clips + draw.uniform(-9, 9)) % 360),
        distance_m=float(draw.uniform(3.2, 5.2)),
        camera_height_m=float(draw.uniform(0.7, 1.6)),
        width_px=width_px,
        height_px=height_px,
        frame_rate_hz=float(draw.choice([15, 24, 25, 30])),
    )


def measure(clip: int, *, first_seed: int, clips: int, duration_s: float) -> pd.DataFrame:
    """Render one clip, analyse it, and return its keypoints beside the truth."""
    seed = first_seed + clip
    movement = MOVEMENTS[(clip + clip // len(MOVEMENTS)) % len(MOVEMENTS)]
    view = view_of(seed, clip, clips)
    with tempfile.TemporaryDirectory() as folder:
        made = make_clip(
            Path(folder) / "clip.mp4",
            movement=movement,
            seed=seed,
            duration_s=duration_s,
            view=view,
        )
        found = extract_pose(
            made.video,
            model=model_file(),
            expected_frames=made.frame_count,
            bounds=Bounds(time_s=3600, memory_bytes=2**32),
        ).keypoints
        truth = pd.read_parquet(made.truth["joints"])
    both = truth.merge(
        found[["frame", "keypoint", "x_px", "y_px"]].astype({"keypoint": str}),
        left_on=["frame", "joint"],
        right_on=["frame", "keypoint"],
        suffixes=("_true", "_found"),
    )
    across, down = (both[f"{axis}_px_found"] - both[f"{axis}_px_true"] for axis in "xy")
    both["error_percent"] = 100 * np.hypot(across, down) / both["stature_px"]
    return both.assign(seed=seed, movement=movement, yaw_deg=view.yaw_deg)


def by_joint(rows: pd.DataFrame) -> pd.DataFrame:
    """Median and p95 of the error per joint and side, over frames in which the joint is in view."""
    seen = rows[rows["in_view"] & rows["error_percent"].notna()]
    names = seen["joint"].astype(str).str.partition("_")
    errors = seen.assign(side=names[0], part=names[2]).query("part in @JOINTS")
    groups = errors.groupby(["part", "side"])["error_percent"]
    table = pd.DataFrame(
        {"median": groups.median(), "p95": groups.quantile(0.95), "n": groups.count()}
    )
    return table.reindex(JOINTS, level="part")


def by_clip(rows: pd.DataFrame) -> pd.DataFrame:
    """Say where in which clip a person was found, and how well its joints were placed."""
    limbs = rows[rows["joint"].astype(str).str.endswith(JOINTS)]
    keys = ["seed", "movement", "yaw_deg"]
    table = limbs[limbs["in_view"]].groupby(keys)["error_percent"].agg(["median", "count"])
    frames = rows.groupby(["seed", "frame"])["x_px_found"].first().notna()
    found = 100 * frames.groupby("seed").mean()
    seeds = table.index.get_level_values("seed")
    return pd.DataFrame(table).assign(found_percent=found.loc[seeds].to_numpy())


def main() -> int:
    """Print both tables; the exit status says whether the bar was met."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--seed", type=int, default=1000, help="the first clip's seed")
    arguments.add_argument("--clips", type=int, default=20)
    arguments.add_argument("--duration-s", type=float, default=4.0)
    arguments.add_argument("--workers", type=int, default=2)
    given = arguments.parse_args()
    work = partial(measure, first_seed=given.seed, clips=given.clips, duration_s=given.duration_s)
    with ProcessPoolExecutor(given.workers) as pool:
        rows = pd.concat(pool.map(work, range(given.clips)), ignore_index=True)
    joints, clips = by_joint(rows), by_clip(rows)
    found = 100 * rows.groupby(["seed", "frame"])["x_px_found"].first().notna().mean()
    sys.stdout.write(f"{clips.round(2).to_string()}\n\nerror in percent of stature\n")
    sys.stdout.write(f"{joints.round(2).to_string()}\n\nperson found: {found:.1f} % of frames\n")
    met = joints["median"].max() <= LARGEST_MEDIAN_PERCENT and found >= LEAST_FOUND_PERCENT
    return 0 if met and len(joints) == 2 * len(JOINTS) else 1


if __name__ == "__main__":
    sys.exit(main())
