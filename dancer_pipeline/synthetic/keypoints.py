"""Keypoints as a pose model would report them of a performance, without rendering a picture.

A pinhole camera looks at the joints; noise like that of BlazePose is added: part of it white, part
of it drifting over a fifth of a second, its size in percent of stature per joint. Sizes were
measured on real clips as what is left above 6 Hz; depth is three times as noisy. What a camera
hides is not modelled but for the arm on the far side.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.synthetic.performance import Performance
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import JOINTS

NOISE_PERCENT = {
    "shoulder": 0.3,
    "elbow": 0.5,
    "wrist": 0.8,
    "index": 0.9,
    "hip": 0.55,
    "knee": 0.65,
    "ankle": 0.9,
    "heel": 1.0,
    "foot_index": 1.0,
}
"""Standard deviation of a limb joint in percent of stature; the head has 0.2."""

_HEAD_PERCENT = 0.2
_DRIFT_S = 0.2
_DRIFT_SHARE = 0.5
_DEPTH_FACTOR = 3.0

_ALIKE = {
    "left_eye_inner": "left_eye",
    "left_eye_outer": "left_eye",
    "right_eye_inner": "right_eye",
    "right_eye_outer": "right_eye",
    **{
        f"{side}_{part}": f"{side}_index"
        for side in ("left", "right")
        for part in ("pinky", "thumb")
    },
}
"""Landmarks of the model that the performer has not: they lie beside one that it has."""

_LEG = ("knee", "ankle", "heel", "foot_index")
_SWAP_S = 0.12


def observed_keypoints(
    performance: Performance,
    *,
    noise: float = 1.0,
    seed: int = 0,
    swaps_per_min: float = 0.0,
    dropped_share: float = 0.0,
) -> pd.DataFrame:
    """Observe a performance: one row per frame and keypoint, with the columns of a pose table.

    Parameters
    ----------
    noise
        Factor on the size of the noise; 0 gives exact projections.
    seed
        Draws the noise, the swaps and the dropped frames.
    swaps_per_min
        How often the legs are confused for 0.12 s.
    dropped_share
        Share of frames that the file has lost; the others keep their timestamps.
    """
    draw = np.random.default_rng([seed, 7])
    image, world = _seen(performance)
    image_noise, depth_noise = _noise(performance, draw)
    stature_px = _stature_px(performance)
    image = image + noise * stature_px[:, None, None] * image_noise
    z_px = world[..., 2] / performance.body.stature_m * stature_px[:, None]
    world = world + noise * performance.body.stature_m * np.concatenate(
        [image_noise, depth_noise[..., None]], axis=-1
    )
    confidence = _confidence(performance, draw)
    _confuse_legs(performance, draw, swaps_per_min, image, world)
    kept = draw.random(performance.frame_count) >= dropped_share
    kept[[0, -1]] = True
    return _table(performance, kept, image, z_px, world, confidence)


def _seen(performance: Performance) -> tuple[Array, Array]:
    """Pixels, and metres from the middle of the hips along the camera's axes."""
    joints = performance.skeleton.joints_m
    middle = performance.skeleton.pair("hip").mean(axis=1)
    frames = range(performance.frame_count)
    image = np.stack([performance.camera_at(one).project(joints[one]) for one in frames])
    world = (joints - middle[:, None]) @ performance.camera.rotation.T
    return image, np.asarray(world)


def _stature_px(performance: Performance) -> Array:
    middle = performance.skeleton.pair("hip").mean(axis=1)
    frames = range(performance.frame_count)
    depth = np.array([performance.camera_at(one).seen(middle[one])[2] for one in frames])
    return np.asarray(performance.body.stature_m * performance.camera.focal_px / depth)


def _noise(performance: Performance, draw: np.random.Generator) -> tuple[Array, Array]:
    """Noise across the picture and in depth, in shares of stature."""
    frames, joints = performance.frame_count, len(JOINTS)
    part = [name.removeprefix("left_").removeprefix("right_") for name in JOINTS]
    size = np.array([NOISE_PERCENT.get(one, _HEAD_PERCENT) / 100 for one in part])
    white = draw.standard_normal((frames, joints, 3))
    drift = _drift(draw.standard_normal((frames, joints, 3)), 1 / float(performance.view.rate))
    both = np.sqrt(1 - _DRIFT_SHARE) * white + np.sqrt(_DRIFT_SHARE) * drift
    scaled = both * size[:, None]
    return scaled[..., :2], _DEPTH_FACTOR * scaled[..., 2]


def _drift(steps: Array, interval_s: float) -> Array:
    """First-order autoregressive noise of unit size whose memory is the same at any rate."""
    from scipy.signal import lfilter

    keep = float(np.exp(-interval_s / _DRIFT_S))
    steps = steps * np.sqrt(1 - keep**2)
    steps[0] /= np.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], steps, axis=0))


def _confidence(performance: Performance, draw: np.random.Generator) -> Array:
    """High everywhere, lower for the arm on the side that is turned away."""
    across = performance.skeleton.joint("left_shoulder") - performance.skeleton.joint(
        "right_shoulder"
    )
    depth = _depth_share(across, performance.camera.rotation[2])
    level = np.full((performance.frame_count, len(JOINTS)), 0.97)
    for place, name in enumerate(JOINTS):
        if name.endswith(("elbow", "wrist", "index")):
            away = depth if name.startswith("left") else -depth
            level[:, place] = np.where(away > 0.8, 0.65, 0.97)
    return np.asarray(np.clip(level + draw.normal(0, 0.01, level.shape), 0, 1))


def _depth_share(vectors: Array, ahead: Array) -> Array:
    """Share of vectors that points away from the camera, -1 to 1."""
    return np.asarray(vectors @ ahead / np.linalg.norm(vectors, axis=-1))


def _confuse_legs(
    performance: Performance,
    draw: np.random.Generator,
    per_min: float,
    image: Array,
    world: Array,
) -> None:
    length = max(1, round(_SWAP_S * float(performance.view.rate)))
    expected = per_min * performance.frame_count / float(performance.view.rate) / 60
    pairs = [(JOINTS.index(f"left_{one}"), JOINTS.index(f"right_{one}")) for one in _LEG]
    for start in draw.integers(0, performance.frame_count, draw.poisson(expected)):
        for left, right in pairs:
            for values in (image, world):
                part = values[start : start + length]
                part[:, [left, right]] = part[:, [right, left]]


def _table(
    performance: Performance,
    kept: NDArray[np.bool_],
    image: Array,
    z_px: Array,
    world: Array,
    confidence: Array,
) -> pd.DataFrame:
    names = [*JOINTS, *_ALIKE]
    order = [*range(len(JOINTS)), *(JOINTS.index(one) for one in _ALIKE.values())]
    frames = np.flatnonzero(kept)
    chosen = np.ix_(frames, order)
    measured = np.concatenate([image, z_px[..., None], world, confidence[..., None]], axis=-1)
    values = measured[chosen].reshape(-1, measured.shape[-1]).astype(np.float32)
    columns = ("x_px", "y_px", "z_px", "x_m", "y_m", "z_m", "confidence")
    return pd.DataFrame(
        {
            "frame": np.repeat(frames, len(names)).astype(np.int32),
            "time_s": np.repeat(performance.times_s[frames], len(names)),
            "keypoint": pd.Categorical(np.tile(names, len(frames)), categories=names),
            **{name: values[:, place] for place, name in enumerate(columns)},
            "presence": values[:, -1],
        }
    )
