"""Uploads that are replaced, repeated or removed while they are worked on (cases E61 to E70)."""

import time
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.states import State
from dancer_pipeline_tests.cloud.conftest import MakeCloud
from dancer_pipeline_tests.cloud.deployment import Cloud
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.standin import version_id

KEY = "in/walk.mp4"


def requested(cloud: Cloud) -> dg.RunRequest:
    """Let the daemon request the run of what has just been uploaded."""
    cloud.tick("uploads")
    (request,) = cloud.tick("dispatcher")
    return request


def analysed(cloud: Cloud) -> None:
    """Analyse what has just been uploaded, and stop before its cleanup."""
    assert cloud.run(requested(cloud))


def another_second() -> None:
    """Without versions S3 tells two uploads of the same bytes apart by the second alone."""
    time.sleep(1.05)


def ends(cloud: Cloud, *uploads: Upload) -> list[State]:
    cloud.work()
    assert_invariants(cloud)
    return [cloud.row(upload).state for upload in uploads]


def test_e61_a_newer_version_comes_while_the_older_is_analysed(cloud: Cloud, jumping: Path):
    older = cloud.bucket.put(KEY, jumping.read_bytes() + b"1")
    request = requested(cloud)
    newer = cloud.bucket.put(KEY, jumping.read_bytes() + b"2")
    assert cloud.run(request)

    assert ends(cloud, older, newer) == [State.COMPLETED] * 2
    sizes = {it.version: it.source["size_bytes"] for it in cloud.results.manifests()}
    assert sizes == {older.version: older.size_bytes, newer.version: newer.size_bytes}
    assert cloud.stored_videos() == set()


@pytest.mark.parametrize("versioning", [None, "Suspended"])
def test_e62_without_versions_the_older_one_is_superseded_when_it_is_read(
    make_cloud: MakeCloud, jumping: Path, versioning: str | None
):
    cloud = make_cloud(versioning)
    older = cloud.bucket.put(KEY, jumping.read_bytes() + b"1")
    request = requested(cloud)
    newer = cloud.bucket.put(KEY, jumping.read_bytes() + b"2")
    assert not cloud.run(request)

    assert ends(cloud, older, newer) == [State.SUPERSEDED, State.COMPLETED]
    results = {it.version: set(it.results) for it in cloud.results.manifests()}
    assert results.get(older.version, set()) <= {"upload_options"}, (
        "nothing of the other bytes was stored"
    )
    assert "pose_keypoints" in results[newer.version]


def test_e62_without_versions_the_newer_one_survives_the_cleanup_of_the_older(
    make_cloud: MakeCloud, jumping: Path
):
    cloud = make_cloud(None)
    older = cloud.bucket.put(KEY, jumping.read_bytes() + b"1")
    analysed(cloud)
    newer = cloud.bucket.put(KEY, jumping.read_bytes() + b"2")
    cloud.bucket.drain()
    cloud.work()

    assert cloud.row(older).state is State.COMPLETED
    assert "replaced by a newer version" in (cloud.row(older).reason or "")
    assert cloud.stored_videos() == {(newer.video_id, newer.version)}
    cloud.tick("listing")
    assert ends(cloud, older, newer) == [State.COMPLETED] * 2
    assert cloud.stored_videos() == set()


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended", None])
def test_e63_the_newer_object_survives_when_it_comes_in_the_moment_of_the_delete(
    make_cloud: MakeCloud, proxy: FaultProxy, jumping: Path, versioning: str | None
):
    cloud = make_cloud(versioning)
    older = cloud.bucket.put(KEY, jumping.read_bytes() + b"1")
    newer: list[Upload] = []

    def overwrite() -> None:
        newer.append(cloud.bucket.put(KEY, jumping.read_bytes() + b"2"))
        cloud.bucket.drain()

    proxy.harm(Fault(method="DELETE", at=lambda it: it.path.endswith(KEY), before=overwrite))
    cloud.work()

    assert cloud.row(older).state is State.COMPLETED
    assert cloud.stored_videos() == {(it.video_id, it.version) for it in newer}
    cloud.tick("listing")
    assert ends(cloud, older, *newer) == [State.COMPLETED] * 2


def test_e64_identical_bytes_of_another_second_are_another_upload(
    make_cloud: MakeCloud, jumping: Path
):
    cloud = make_cloud(None)
    first = cloud.bucket.put(KEY, jumping.read_bytes())
    analysed(cloud)
    another_second()
    second = cloud.bucket.put(KEY, jumping.read_bytes())

    assert ends(cloud, first, second) == [State.COMPLETED] * 2
    assert len(list(cloud.results.manifests())) == 2


def test_e64_identical_bytes_that_went_with_the_first_upload_say_whose_results_are_theirs(
    make_cloud: MakeCloud, jumping: Path
):
    cloud = make_cloud(None)
    first = cloud.bucket.put(KEY, jumping.read_bytes())
    second = cloud.bucket.put(KEY, jumping.read_bytes())
    bodies = cloud.bucket.drain()
    if first.version != second.version:
        pytest.skip("the second came to an end between the two uploads")
    cloud.bucket.send(bodies[-2])
    cloud.work()
    another_second()
    cloud.bucket.send(
        bodies[-1].replace(bodies[-1].split('"eventTime"')[1][:20], ': "2026-01-01T00')
    )

    cloud.work()

    gone = [row for row in cloud.ledger.rows() if row.state is State.GONE]
    assert cloud.row(first).state is State.COMPLETED
    assert [f"same content as version {first.version}" in (row.reason or "") for row in gone] == [
        True
    ]
    assert_invariants(cloud)


def test_e65_identical_bytes_under_fifty_keys_are_fifty_videos(cloud: Cloud, jumping: Path):
    content = jumping.read_bytes()
    uploads = [cloud.bucket.put(f"in/{number}/walk.mp4", content) for number in range(50)]
    cloud.tick("uploads")

    requests = cloud.tick("dispatcher")

    assert len({request.run_key for request in requests}) == 50
    assert {request.partition_key for request in requests} == {it.video_id for it in uploads}
    for request in requests[:2]:  # all fifty would do the same for five minutes
        assert cloud.run(request)
    assert len(list(cloud.results.manifests())) == 2
    assert_invariants(cloud, is_at_rest=False)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_e66_overwritten_before_or_in_the_middle_of_the_download(
    make_cloud: MakeCloud, proxy: FaultProxy, jumping: Path, share: float
):
    cloud = make_cloud(None)
    older = cloud.bucket.put(KEY, jumping.read_bytes() + b"1" * 200_000)
    request = requested(cloud)
    newer: list[Upload] = []

    def overwrite() -> None:
        newer.append(cloud.bucket.put(KEY, jumping.read_bytes() + b"2"))

    moment = {"meanwhile": overwrite, "then": "cut"} if share else {"before": overwrite}
    proxy.harm(Fault(method="GET", at=lambda it: it.path.endswith(KEY), share=share, **moment))
    assert not cloud.run(request)

    assert ends(cloud, older, *newer) == [State.SUPERSEDED, State.COMPLETED]
    results = {it.version: set(it.results) for it in cloud.results.manifests()}
    assert results.get(older.version, set()) <= {"upload_options"}, (
        "nothing of mixed bytes was stored"
    )
    assert "pose_keypoints" in results[newer[0].version]


@pytest.mark.parametrize("versioning", ["Enabled", None])
def test_e68_the_object_is_removed_by_somebody_else_while_it_is_analysed(
    make_cloud: MakeCloud, proxy: FaultProxy, jumping: Path, versioning: str | None
):
    cloud = make_cloud(versioning)
    upload = cloud.bucket.put(KEY, jumping.read_bytes())
    version = {"VersionId": version_id(upload)} if versioning else {}
    proxy.harm(
        Fault(
            method="GET", at=lambda it: it.path.endswith(KEY), share=1.0,
            meanwhile=lambda: cloud.bucket.delete(KEY, **version),
        )
    )  # fmt: skip

    assert ends(cloud, upload) == [State.COMPLETED]
    assert "already gone" in (cloud.row(upload).reason or "")
    assert len(list(cloud.results.manifests())) == 1


def test_d56_a_delete_that_is_refused_stays_visible_and_is_tried_again(
    make_cloud: MakeCloud, proxy: FaultProxy, jumping: Path
):
    cloud = make_cloud()
    upload = cloud.bucket.put(KEY, jumping.read_bytes())
    proxy.harm(Fault(method="DELETE", at=lambda it: it.path.endswith(KEY), times=2, status=403))
    analysed(cloud)

    refused = 0
    while refused < 2:
        for request in cloud.tick("dispatcher"):
            assert not cloud.run(request)
            refused += 1

    row = cloud.row(upload)
    assert (row.state, row.cleanup_pending) == (State.ANALYSED, True)
    assert "s3:DeleteObject" in (row.reason or "")
    assert ends(cloud, upload) == [State.COMPLETED]
    assert cloud.row(upload).reason is None
    kinds = [run.tags["dancer/kind"] for run in cloud.dagster.get_runs()]
    assert sorted(kinds) == ["analyze", "cleanup", "cleanup", "cleanup"]


BROKEN = '''
"""An analysis that never works."""

import pandas as pd

METHOD_VERSION = "1"


def broken(pose_keypoints: pd.DataFrame) -> pd.DataFrame:
    """Fail for good."""
    raise ValueError("the knee is not where it should be")
'''


def test_e70_one_analysis_fails_for_good(make_cloud: MakeCloud, jumping: Path, tmp_path: Path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "broken.py").write_text(BROKEN)
    cloud = make_cloud(analyses=tmp_path / "more", max_attempts=1)
    upload = cloud.bucket.put(KEY, jumping.read_bytes())

    assert ends(cloud, upload) == [State.FAILED]
    row = cloud.row(upload)
    assert "broken: ValueError: the knee is not where it should be" in (row.reason or "")
    assert (upload.video_id, upload.version) in cloud.stored_videos()
    (manifest,) = cloud.results.manifests()
    assert manifest.missing == ("broken",)
    assert {"joint_angles", "range_of_motion", "report"} <= set(manifest.results)
    page = cloud.results.read_bytes("report", upload.video_id, upload.version, "html").decode()
    assert "broken" in page
