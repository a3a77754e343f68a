"""Random performances of exercises and of idle people, for the cases of repetitions."""

from typing import Any

import numpy as np

from benchmarks.accuracy import Scale
from benchmarks.accuracy.material import Tables, synthetic_tables
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.style import Style

FIRST_SEED = 50_000
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
    seed = scale.first_seed(FIRST_SEED) + 700 + place
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


def seeds(scale: Scale, count: int) -> range:
    first = scale.first_seed(FIRST_SEED)
    return range(first, first + count)
