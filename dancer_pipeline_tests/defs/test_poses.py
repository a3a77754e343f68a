"""Keypoints, people and the mirror come from one step, and each can be made again alone."""

from pathlib import Path

import dagster as dg

from dancer_pipeline_tests.defs.conftest import Deployment


def test_one_table_of_the_poses_can_be_made_again_alone(deployment: Deployment, jumping: Path):
    upload = deployment.put(jumping)
    chosen = [dg.AssetKey(name) for name in ("upload_options", "source_video", "people")]

    assert deployment.run("analyze_video", upload, asset_selection=chosen).success

    manifest = deployment.stores.results.manifest(upload.video_id, upload.version)
    assert manifest
    assert set(manifest.results) == {"upload_options", "source_video", "people"}
    assert manifest.results["people"].rows == 1
