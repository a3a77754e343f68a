"""What a version was analysed with is on record before its first picture is looked at."""

from pathlib import Path

from dancer_pipeline.pose.model import MODEL_NAME, MODEL_SHA256
from dancer_pipeline_tests.defs.conftest import Deployment


def test_the_manifest_names_the_pose_model_and_the_decoder(deployment: Deployment, tmp_path: Path):
    page = tmp_path / "page.mp4"
    page.write_text("<!doctype html>")
    upload = deployment.put(page)
    assert not deployment.run("analyze_video", upload).success
    manifest = deployment.stores.results.manifest(upload.video_id, upload.version)
    assert manifest is not None
    assert manifest.software["pose_model"] == MODEL_NAME
    assert manifest.software["pose_model_sha256"] == MODEL_SHA256
    assert {"av", "mediapipe", "dancer_pipeline"} <= set(manifest.software)
