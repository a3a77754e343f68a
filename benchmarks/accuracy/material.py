"""What the cases are measured on: noisy keypoints of performances, rendered clips, real clips.

Each gives the stored tables that analyses read. What takes a pose model is kept in the user's cache
folder by its content, so a second run reads it.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dancer_pipeline.analyses import LATER_TABLES, Analysis, discover, run
from dancer_pipeline.confined.parent import Bounds
from dancer_pipeline.options import upload_options
from dancer_pipeline.pose.extraction import extract_pose
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.model import MODEL_SHA256, cache_folder, model_file
from dancer_pipeline.synthetic.clip import render
from dancer_pipeline.synthetic.keypoints import observed_keypoints
from dancer_pipeline.synthetic.performance import Performance
from dancer_pipeline.video.extracts import video_extracts
from dancer_pipeline.video.facts import Limits, source_video
from dancer_pipeline.video.tables import SOURCE_VIDEO, UNITS, VIDEO_EXTRACTS

Tables = dict[str, pd.DataFrame]


class NoClipsError(FileNotFoundError):
    """The real clips are not on this machine, so what needs them cannot run."""


REAL_CLIPS = Path(os.environ.get("DANCER_TEST_VIDEOS", Path(__file__).parents[3] / "shared/videos"))

_MADE_BY = ("synthetic", "pose", "video")
"""Folders of the product whose code makes pixels, poses and what is read of a file."""

BOUNDS = Bounds(time_s=7200, memory_bytes=2**33)
LIMITS = Limits(max_size_bytes=2**32, max_duration_s=7200, max_pixels=36_000_000)

_MADE_WITH = ("mediapipe", "opencv-contrib-python", "av", "numpy")


def synthetic_tables(
    performance: Performance,
    *,
    noise_seed: int = 0,
    metadata: Mapping[str, str] | None = None,
    **noise: Any,
) -> Tables:
    """Observe a performance with the noise of a pose model; `noise` as in `observed_keypoints`."""
    observed = observed_keypoints(performance, seed=noise_seed, **noise)
    return _whole(
        {
            "pose_keypoints": POSE_KEYPOINTS.arrow(observed).to_pandas(),
            "source_video": _file_facts(performance),
            "video_extracts": _steady_extracts(performance),
        },
        metadata,
    )


def rendered_tables(
    performance: Performance, *, metadata: Mapping[str, str] | None = None, sound: Any = None
) -> Tables:
    """Render a performance, and find its keypoints as in any video; kept in the cache."""
    key = [*_everything(performance), repr(sound)]

    def make() -> Tables:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            more = {} if sound is None else {"sound": sound}
            render(performance, path, truth_folder=Path(folder) / "truth", **more)
            return _of_pixels(path)

    return _whole(_kept(key, make), metadata)


def clip_tables(name: str, *, metadata: Mapping[str, str] | None = None) -> Tables:
    """Take a real clip through the pose model; kept in the cache.

    Raises
    ------
    NoClipsError
        Where the real clips are not on this machine.
    """
    path = clip(name)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _whole(_kept([digest, "clip"], lambda: _of_pixels(path)), metadata)


def clip(name: str) -> Path:
    """Return the path of a real clip, or of what is known about it.

    Raises
    ------
    NoClipsError
        Where the real clips are not on this machine.
    """
    path = REAL_CLIPS / name
    if not path.exists():
        raise NoClipsError(f"no {name} in {REAL_CLIPS}: set DANCER_TEST_VIDEOS")
    return path


def analysed(tables: Tables, *names: str) -> Tables:
    """Run these analyses and everything behind them; all of them where none is named."""
    known = _analyses()
    done = dict(tables)
    for name in names or tuple(known):
        _run(known[name], known, done)
    return done


def metric(tables: Tables, analysis: str, name: str, side: str | None = None) -> pd.Series:
    """Return one metric row.

    Raises
    ------
    KeyError
        When there is no such row.
    """
    rows = tables[analysis]
    rows = rows[rows["metric"] == name]
    if side is not None:
        rows = rows[rows["side"] == side]
    if rows.empty:
        raise KeyError(f"{analysis} gives no {name} {side or ''}")
    return rows.iloc[0]


@cache
def _analyses() -> dict[str, Analysis]:
    return discover()


def _run(analysis: Analysis, known: Mapping[str, Analysis], done: Tables) -> None:
    for table in analysis.inputs:
        if table not in done:
            _run(known[table], known, done)
    if analysis.name not in done:
        done[analysis.name] = run(analysis, done)


def _whole(tables: Tables, metadata: Mapping[str, str] | None) -> Tables:
    """Add what was said about the video, and tables of which nothing is known, empty."""
    empty = {name: table.frame() for name, table in LATER_TABLES.items()}
    return empty | {"upload_options": upload_options(metadata or {})} | tables


def _of_pixels(path: Path) -> Tables:
    found = extract_pose(path, model=model_file(), expected_frames=0, bounds=BOUNDS)
    return {
        "source_video": source_video(path, file_name=path.name, limits=LIMITS),
        "pose_keypoints": found.keypoints,
        "people": found.people,
        "video_extracts": video_extracts(path),
    }


def _kept(key: Iterable[str | bytes], make: Any) -> Tables:
    """Read from the cache, or make it and store it there under what it is made from."""
    parts = [MODEL_SHA256, _code(), *key]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
    kept = cache_folder() / "accuracy" / digest.hexdigest()[:32]
    if not kept.exists():
        _keep(make(), kept)
    return {path.stem: pd.read_parquet(path) for path in sorted(kept.glob("*.parquet"))}


def _keep(tables: Tables, folder: Path) -> None:
    """Store tables so that the folder appears only when it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as half_done:
        for name, table in tables.items():
            table.to_parquet(Path(half_done) / f"{name}.parquet")
        with contextlib.suppress(OSError):  # another process has kept the same in the meantime
            Path(half_done).rename(folder)
            Path(half_done).mkdir()


def _everything(value: Any) -> Iterator[str | bytes]:
    """Walk through all that a performance is made of; what is made of code is in `_code`."""
    if isinstance(value, np.ndarray):
        yield from (repr((value.shape, value.dtype)), value.tobytes())
    elif is_dataclass(value):
        yield type(value).__name__
        for part in fields(value):
            yield part.name
            yield from _everything(getattr(value, part.name))
    elif isinstance(value, Mapping):
        yield from (it for pair in value.items() for part in pair for it in _everything(part))
    elif isinstance(value, list | tuple):
        yield from (it for part in value for it in _everything(part))
    elif callable(value):
        yield getattr(value, "__qualname__", type(value).__name__)
    else:
        yield repr(value)


@cache
def _code() -> str:
    """Digest all code and libraries that make pixels, and poses from them."""
    digest = hashlib.sha256()
    root = Path(str(files("dancer_pipeline")))
    for path in sorted(it for folder in _MADE_BY for it in (root / folder).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    digest.update(repr([version(name) for name in _MADE_WITH]).encode())
    return digest.hexdigest()


def _file_facts(performance: Performance) -> pd.DataFrame:
    """Describe the file that the performance would have been."""
    view, rate_hz = performance.view, float(performance.view.rate)
    facts: dict[str, Any] = {
        "file_name": "synthetic.mp4", "sha256": "", "container": "mov,mp4", "codec": "h264",
        "pixel_format": "yuv420p", "duration_s": performance.frame_count / rate_hz,
        "frame_count": performance.frame_count, "corrupt_packet_count": 0,
        "frame_rate_hz": rate_hz, "is_variable_frame_rate": False, "start_time_s": 0.0,
        "rotation_deg": 0, "is_mirrored": False, "stored_width_px": view.width_px,
        "stored_height_px": view.height_px, "display_width_px": view.width_px,
        "display_height_px": view.height_px, "pixel_aspect": 1.0, "video_stream_count": 1,
        "has_audio": False, "size_bytes": 1, "sample_rate_hz": rate_hz, "brightness": 0.5,
        "sharpness": 100.0,
    }  # fmt: skip
    nothing = {column.name: None for column in SOURCE_VIDEO.columns}
    return SOURCE_VIDEO.frame([nothing | facts])


def _steady_extracts(performance: Performance) -> pd.DataFrame:
    """Describe a steady camera in good light."""
    times = np.arange(0.0, performance.frame_count / float(performance.view.rate), 0.1)
    levels = {
        "luma": 0.47, "sharpness": 100.0, "frame_difference": 0.01, "local_change": 0.1,
        "camera_shift_x": 0.0, "camera_shift_y": 0.0,
    }  # fmt: skip
    return VIDEO_EXTRACTS.frame(
        {"measure": name, "time_s": time_s, "value": level, "unit": UNITS[name]}
        for name, level in levels.items()
        for time_s in times
    )
