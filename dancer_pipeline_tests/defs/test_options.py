"""What an operator chooses reaches what is stored."""

import json
from pathlib import Path

from dancer_pipeline_tests.defs.conftest import Deployment


def test_the_rate_of_poses_and_the_frames_in_the_document_are_the_operators_choice(
    deployment: Deployment, jumping: Path
):
    chosen = {"sample_hz": 5.0, "include_frames": True}
    settings = deployment.settings.model_copy(update=chosen)
    other = Deployment(deployment.instance, settings)
    upload = other.put(jumping)

    assert other.run("analyze_video", upload).success

    results, names = other.stores.results, (upload.video_id, upload.version)
    times = results.read_table("pose_keypoints", *names)["time_s"].drop_duplicates()
    assert times.diff().dropna().round(3).unique().tolist() == [0.2]
    assert results.read_table("source_video", *names)["sample_rate_hz"].tolist() == [5.0]
    document = json.loads(results.read_bytes("report", *names, "json"))
    assert [frame["time_s"] for frame in document["pose"]["frames"]] == times.tolist()
