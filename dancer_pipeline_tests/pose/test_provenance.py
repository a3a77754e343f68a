"""What keypoints were found with, as results say it."""

from pathlib import Path

from dancer_pipeline.pose.estimators import MIN_DETECTION_CONFIDENCE
from dancer_pipeline.pose.model import MODEL_NAME, MODEL_SHA256
from dancer_pipeline.pose.provenance import provenance


def test_the_model_is_named_with_its_hash_and_thresholds(model: Path) -> None:
    found = provenance(model)
    assert (found["pose_model"], found["pose_model_sha256"]) == (MODEL_NAME, MODEL_SHA256)
    assert float(found["pose_min_detection"]) == MIN_DETECTION_CONFIDENCE


def test_another_file_of_the_same_name_is_told_apart(model: Path, tmp_path: Path) -> None:
    other = tmp_path / model.name
    other.write_bytes(model.read_bytes() + b"\0")
    assert provenance(other)["pose_model"] == provenance(model)["pose_model"]
    assert provenance(other)["pose_model_sha256"] != provenance(model)["pose_model_sha256"]
    assert str(tmp_path) not in " ".join(provenance(other).values())
