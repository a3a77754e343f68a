"""Random dancers, what is said of their music and companions, and what is true of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy.material import Tables, analysed, synthetic_tables
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.synthetic.dance import Dance
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.sound import RATE_HZ, Sound, samples
from dancer_pipeline.video.tables import UNITS, VIDEO_EXTRACTS

FIGURES = ("bounce", "step_touch", "arm_groove", "footwork")
SAID = {"exercise": "dance"}
_LIMBS = {"arm": ("shoulder", "elbow", "wrist"), "leg": ("hip", "knee", "ankle")}


def bpm(seed: int) -> float:
    return float(np.random.default_rng([seed, 31]).uniform(80, 140))


def dancer(
    seed: int, *, rate_hz: float = 30.0, duration_s: float | None = None, **plan: Any
) -> Performance:
    draw = np.random.default_rng([seed, 32])
    length_s = duration_s or float(draw.uniform(9, 16))
    yaw = float(draw.uniform(-40, 40))
    dance = Dance(FIGURES[seed % len(FIGURES)], bpm=bpm(seed), **plan)
    view = View(yaw_deg=yaw, frame_rate_hz=rate_hz)
    return perform("dance", seed=seed, duration_s=length_s, plan=dance, view=view)


def dance_of(
    show: Performance, seed: int, *extracts: pd.DataFrame, **tables: pd.DataFrame
) -> Tables:
    made = synthetic_tables(show, noise_seed=seed, metadata=SAID) | tables
    made["video_extracts"] = pd.concat([made["video_extracts"], *extracts], ignore_index=True)
    return analysed(made, "dance")


def track(show: Performance, beats_s: Sequence[float], kind: str) -> pd.DataFrame:
    """Loudness of every 10 ms of a track, as `video_extracts` keeps it."""
    track = samples(Sound(kind=kind, noise=0.02), tuple(beats_s), show.motion.duration_s)
    size = RATE_HZ // 100
    windows = track[: len(track) // size * size].reshape(-1, size)
    return VIDEO_EXTRACTS.frame(
        {
            "measure": "audio_envelope",
            "time_s": at / 100,
            "value": it,
            "unit": UNITS["audio_envelope"],
        }
        for at, it in enumerate(np.sqrt(np.square(windows).mean(axis=1)))
    )


def pair() -> pd.DataFrame:
    """Two people of about one size, at every look."""
    places = ("centre_x_px", "centre_y_px", "body_size_px")
    unknown = {name: [100.0, 300.0] for name in places}
    looks = {"people": 2, "second_share": 0.9}
    return PEOPLE.frame(
        unknown | looks | {"time_s": float(at), "frame": 30 * at} for at in range(9)
    )


def true_extension(show: Performance, limb: str, side: str) -> float:
    """Median of the distance of a limb's ends over its length, by the skeleton."""
    near, middle, far = (show.skeleton.joint(f"{side}_{part}") for part in _LIMBS[limb])
    length = np.linalg.norm(middle - near, axis=1) + np.linalg.norm(far - middle, axis=1)
    return float(np.median(np.linalg.norm(far - near, axis=1) / length))


def true_footwork(show: Performance) -> float:
    """How often a foot sets out, in a minute."""
    duration_s = show.motion.duration_s
    outs = [it for it in show.motion.gait_events if it.event == "toe_off"]
    return 60 * sum(it.time_s < duration_s for it in outs) / duration_s
