"""What keypoints were found with: it belongs to every result that is made from them."""

from pathlib import Path

from dancer_pipeline.digests import sha256_of
from dancer_pipeline.pose import estimators


def provenance(model: Path) -> dict[str, str]:
    """Name the model, by its file and its content, and the thresholds it is used with."""
    return {
        "pose_model": model.stem,
        "pose_model_sha256": sha256_of(model),
        "pose_min_detection": str(estimators.MIN_DETECTION_CONFIDENCE),
        "pose_min_presence": str(estimators.MIN_PRESENCE_CONFIDENCE),
        "pose_min_tracking": str(estimators.MIN_TRACKING_CONFIDENCE),
    }
