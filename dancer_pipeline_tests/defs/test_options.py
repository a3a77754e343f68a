"""What an operator or an uploader chooses reaches what is stored."""

import json
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.identity import Upload, object_upload
from dancer_pipeline.options import upload_options
from dancer_pipeline.states import State
from dancer_pipeline_tests.defs.conftest import Deployment
from dancer_pipeline_tests.standin import Aws

HEIGHTS = '''
"""How tall the person is, as the uploader says."""

import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"


def heights(upload_options: pd.DataFrame) -> pd.DataFrame:
    """Stature in metres."""
    stature_m = float(upload_options["stature_m"].iloc[0])
    return metric_table("heights", [Metric("stature", "m", stature_m, 1)], method_version="1")
'''


def sampled_times(deployment: Deployment, upload: Upload) -> list[float]:
    keypoints = deployment.stores.results.read_table(
        "pose_keypoints", upload.video_id, upload.version
    )
    return [float(time_s) for time_s in keypoints["time_s"].drop_duplicates()]


def test_the_rate_of_poses_and_the_frames_in_the_document_are_the_operators_choice(
    deployment: Deployment, jumping: Path
):
    chosen = {"sample_hz": 5.0, "include_frames": True}
    settings = deployment.settings.model_copy(update=chosen)
    other = Deployment(deployment.instance, settings)
    upload = other.put(jumping)

    assert other.run("analyze_video", upload).success

    results, names = other.stores.results, (upload.video_id, upload.version)
    times = sampled_times(other, upload)
    assert {round(b - a, 3) for a, b in pairwise(times)} == {0.2}
    assert results.read_table("source_video", *names)["sample_rate_hz"].tolist() == [5.0]
    document = json.loads(results.read_bytes("report", *names, "json"))
    assert [frame["time_s"] for frame in document["pose"]["frames"]] == times
    assert results.read_table("people", *names)["people"].tolist() == [1]
    assert results.read_table("mirror_error", *names).empty, "a second look is not the default"


@pytest.fixture
def s3(deployment: Deployment, aws: Aws, tmp_path: Path) -> Deployment:
    """Make a deployment on S3 whose operator chose otherwise, with an analysis of her own."""
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "heights.py").write_text(HEIGHTS)
    chosen = {
        "source": f"s3://{aws.bucket('Enabled')}/in",
        "sample_hz": 10.0,
        "include_frames": True,
        "analyses": tmp_path / "analyses",
    }
    return Deployment(deployment.instance, deployment.settings.model_copy(update=chosen))


def uploaded(s3: Deployment, aws: Aws, video: Path, **metadata: str) -> Upload:
    """Upload a video with what is said about it, and record it."""
    bucket, key = s3.settings.source.split("/")[2], f"in/{video.name}"
    s3_client = aws.client("s3")
    s3_client.put_object(Bucket=bucket, Key=key, Body=video.read_bytes(), Metadata=metadata)
    head = s3_client.head_object(Bucket=bucket, Key=key)
    upload = object_upload(
        bucket, key, version_id=head["VersionId"], etag=head["ETag"],
        size_bytes=head["ContentLength"], last_modified=head["LastModified"],
    )  # fmt: skip
    s3.stores.ledger.record([upload])
    s3.instance.add_dynamic_partitions("videos", [upload.video_id])
    return upload


def test_what_is_said_with_an_upload_goes_before_the_operators_choice_and_into_every_result(
    s3: Deployment, aws: Aws, jumping: Path
):
    upload = uploaded(
        s3, aws, jumping, sample_fps="5", include_frames="false", stature_m="1.78", view="up",
        mirror_check="yes",
    )  # fmt: skip

    assert s3.run("analyze_video", upload).success

    results, names = s3.stores.results, (upload.video_id, upload.version)
    times = sampled_times(s3, upload)
    assert {round(b - a, 3) for a, b in pairwise(times)} == {0.2}
    assert results.read_table("source_video", *names)["sample_rate_hz"].tolist() == [5.0]
    document = json.loads(results.read_bytes("report", *names, "json"))
    assert "frames" not in document["pose"]
    assert document["video"]["upload_options"]["stature_m"] == 1.78
    assert [row["value"] for row in document["metrics"] if row["analysis"] == "heights"] == [1.78]
    page = results.read_bytes("report", *names, "html").decode()
    assert "view=up was not used. Accepted: one of side, front, back, oblique." in page
    error = results.read_table("mirror_error", *names).set_index(["joint", "side"])
    assert 0 < error.loc[("knee", "left"), "median_percent"] < 10
    ranges = results.read_table("range_of_motion", *names).dropna(subset="value")
    assert (ranges["ci95_high"] > ranges["value"]).all()
    assert "whiskers" in results.read_bytes("report", *names, "html").decode()
    manifest = results.manifest(*names)
    assert manifest
    assert {"upload_options", "people", "mirror_error"} <= set(manifest.required)
    assert manifest.missing == ()


def test_stored_options_are_read_again_without_a_source(s3: Deployment, aws: Aws, jumping: Path):
    upload = uploaded(s3, aws, jumping, stature_m="1.78")
    assert s3.run("analyze_video", upload).success
    bucket = s3.settings.source.split("/")[2]
    aws.client("s3").delete_object(Bucket=bucket, Key=upload.key, VersionId=upload.version)

    assert s3.run("reanalyse", upload).success

    metrics = s3.stores.results.read_table("heights", upload.video_id, upload.version)
    assert metrics["value"].tolist() == [1.78]


def test_where_the_source_is_gone_what_is_stored_of_the_video_stays_as_it_is(
    deployment: Deployment, jumping: Path
):
    upload = deployment.put(jumping)
    assert deployment.run("analyze_video", upload).success
    results, names = deployment.stores.results, (upload.video_id, upload.version)
    before = results.manifest(*names)
    (Path(deployment.settings.source) / upload.key).unlink()

    done = deployment.run("analyze_video", upload)

    assert not done.success
    assert [event.step_key for event in done.get_step_failure_events()] == ["upload_options"]
    assert results.manifest(*names) == before
    assert deployment.row(upload).state is State.ANALYSED


def test_a_folder_says_nothing(deployment: Deployment, jumping: Path):
    upload = deployment.put(jumping)
    deployment.run("analyze_video", upload, asset_selection=[dg.AssetKey("upload_options")])

    stored = deployment.stores.results.read_table("upload_options", upload.video_id, upload.version)
    assert stored.astype(object).equals(upload_options({}).astype(object))
