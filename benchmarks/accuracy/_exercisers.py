"""Random performances of exercises and of idle people, for the cases of repetitions."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy import Scale
from benchmarks.accuracy.material import Tables, synthetic_tables
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style

ON_FEET = ("squat", "lunge", "biceps_curl", "lateral_raise", "jumping_jack")
OTHERS = ("push_up", "pull_up", "sit_to_stand", "shoulder_press", "bridge")


def random_set(movement: str, seed: int) -> Performance:
    draw = draw_of(seed)
    more: dict[str, Any] = {"tempo": (0.7, 1.3), "depth": (0.8, 1.0)}
    repetitions: int | None = int(draw.integers(3, 16))
    if draw.random() < 0.2:
        more["sets"] = tuple(int(one) for one in draw.integers(3, 8, int(draw.integers(2, 4))))
        repetitions = None
    for name in ("approach", "departure"):
        more[name] = str(draw.choice(["none", "none", "none", "ready", "walk"]))
    return perform(
        movement, seed=seed, repetitions=repetitions, view=random_view(draw), style=Style(**more)
    )


_YAWS = (0.0, 45.0, 90.0)
_YAWS_LYING = (50.0, 70.0, 90.0)
"""The pose model does not find somebody who lies with the feet towards the camera."""


def rendered_show(scale: Scale, place: int) -> tuple[str, Performance]:
    movement = (*ON_FEET, *OTHERS)[place % 10]
    seed = scale.first_seed() + 700 + place
    draw = draw_of(seed)
    yaws = _YAWS_LYING if movement in ("push_up", "bridge") else _YAWS
    yaw = yaws[place % 3] * (1 if draw.random() < 0.5 else -1)
    view = View(
        yaw_deg=yaw + float(draw.uniform(-8, 8)), width_px=480, height_px=480,
        distance_m=float(draw.uniform(3.8, 4.6)), frame_rate_hz=float(draw.choice([15, 24, 30])),
    )  # fmt: skip
    style = Style(tempo=(0.8, 1.3), depth=(0.85, 1.0))
    return movement, perform(
        movement, seed=seed, repetitions=int(draw.integers(3, 6)), view=view, style=style
    )


PAIRS = (
    ("lateral_raise", "squat"), ("squat", "jumping_jack"), ("biceps_curl", "lateral_raise"),
    ("lunge", "squat"), ("jumping_jack", "shoulder_press"), ("lateral_raise", "jumping_jack"),
    ("squat", "biceps_curl"), ("shoulder_press", "biceps_curl"),
)  # fmt: skip
"""Exercises that one may do after each other, most of which move the same part of the body."""


def random_session(movements: tuple[str, ...], seed: int) -> tuple[Tables, list[tuple[str, int]]]:
    """Do exercises after each other in one video, at times without a rest; also how often each."""
    draw = draw_of(seed)
    view, counts = random_view(draw), [int(draw.integers(4, 9)) for _ in movements]
    style = Style(tempo=(0.7, 1.3), depth=(0.8, 1.0))
    parts = [
        observed(perform(one, seed=seed, repetitions=count, view=view, style=style))
        for one, count in zip(movements, counts, strict=True)
    ]
    pause_s = float(draw.uniform(0.5, 6.0))
    return joined(parts, view, pause_s), list(zip(movements, counts, strict=True))


def joined(parts: list[Tables], view: View, pause_s: float) -> Tables:
    """Show videos of one person after each other; in the pauses the body goes on smoothly."""
    rate_hz, poses, extracts = float(view.rate), [], []
    pause, frames = round(pause_s * rate_hz), 0
    for before, after in zip([None, *parts], parts, strict=False):
        if before is not None:
            between = _between(before["pose_keypoints"], after["pose_keypoints"], pause)
            poses.append(_later(between, frames, rate_hz))
            frames += pause
        poses.append(_later(after["pose_keypoints"], frames, rate_hz))
        extracts.append(_later(after["video_extracts"], frames, rate_hz))
        frames += int(after["pose_keypoints"]["frame"].max()) + 1
    return parts[0] | {
        "pose_keypoints": pd.concat(poses, ignore_index=True),
        "video_extracts": pd.concat(extracts, ignore_index=True),
    }


def _between(before: pd.DataFrame, after: pd.DataFrame, count: int) -> pd.DataFrame:
    """Go from the last pose to the first one in so many frames."""
    last = before[before["frame"] == before["frame"].max()].set_index("keypoint")
    first = after[after["frame"] == 0].set_index("keypoint").loc[last.index]
    moving = [name for name in last.columns if name.endswith(("_px", "_m"))]
    ways = (1 - np.cos(np.pi * np.arange(1, count + 1) / (count + 1))) / 2
    poses = [
        last.assign(**((1 - way) * last[moving] + way * first[moving]), frame=place, time_s=0.0)
        for place, way in enumerate(ways)
    ]
    return pd.DataFrame(pd.concat(poses).reset_index()[before.columns])


def _later(table: pd.DataFrame, frames: int, rate_hz: float) -> pd.DataFrame:
    if "frame" in table:
        frame = table["frame"] + frames
        return table.assign(frame=frame, time_s=frame / rate_hz)
    return table.assign(time_s=table["time_s"] + frames / rate_hz)


def idle(seed: int) -> Performance:
    draw = draw_of(seed)
    return perform(
        "idle", seed=seed, duration_s=float(draw.uniform(12, 45)), view=random_view(draw)
    )


def random_view(draw: np.random.Generator) -> View:
    return View(
        yaw_deg=float(draw.uniform(-180, 180)),
        distance_m=float(draw.uniform(3.6, 5.2)),
        camera_height_m=float(draw.uniform(0.7, 1.5)),
        width_px=int(draw.choice([640, 1280])),
        frame_rate_hz=float(draw.choice([15, 24, 30])),
    )


def observed(show: Performance, **metadata: str) -> Tables:
    noise = float(draw_of(show.seed).uniform(0.7, 1.3))
    return synthetic_tables(show, noise_seed=show.seed, noise=noise, metadata=metadata)


def draw_of(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 31])
