"""An operator at the web page: re-execution from failure, backfills, work without the source.

The phases build on each other in one deployment: each is a fixture that runs once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.gate import Manifest
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Outcome, Row, State
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.whole.stack import Stack
from dancer_pipeline_tests.whole.web import Operator

pytestmark = [pytest.mark.xdist_group("operators"), pytest.mark.timeout(1500)]

ANALYSES = ["camera_view", "joint_angles", "range_of_motion", "recording_quality", "stubborn"]
STUBBORN = '''
"""An analysis that fails for as long as a file is there."""

from pathlib import Path

import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"


def stubborn(pose_keypoints: pd.DataFrame) -> pd.DataFrame:
    """Number of analysed frames."""
    if Path({obstacle!r}).exists():
        raise RuntimeError("there is an obstacle")
    frames = pose_keypoints["frame"].nunique()
    metric = Metric("analysed_frames", "count", float(frames), frames)
    return metric_table("stubborn", [metric], method_version=METHOD_VERSION)
'''


@dataclass
class Site:
    """A deployment, its operator, and an analysis that fails while there is an obstacle."""

    stack: Stack
    operator: Operator
    obstacle: Path

    def row(self, upload: Upload) -> Row:
        row = self.stack.ledger.row(upload.video_id, upload.version)
        assert row is not None
        return row

    def manifest(self, upload: Upload) -> Manifest:
        manifest = self.stack.results.manifest(upload.video_id, upload.version)
        assert manifest is not None
        return manifest

    def run_of(self, upload: Upload, kind: str) -> dg.DagsterRun:
        wanted = dg.RunsFilter(tags={"dancer/kind": kind, "dagster/partition": upload.video_id})
        with self.stack.instance() as instance:
            [run] = instance.get_runs(wanted)
        return run

    def finished(self, run_id: str) -> dg.DagsterRun:
        """Wait for the end of a run."""

        def run() -> dg.DagsterRun | None:
            with self.stack.instance() as instance:
                found = instance.get_run_by_id(run_id)
            return found if found and found.is_finished else None

        self.stack.await_that(run, limit_s=300)
        found = run()
        assert found is not None
        return found

    def events(self, run_id: str, kind: dg.DagsterEventType) -> list[dg.DagsterEvent]:
        with self.stack.instance() as instance:
            entries = instance.all_logs(run_id, of_type=kind)
        return [entry.dagster_event for entry in entries if entry.dagster_event]

    def steps(self, run_id: str) -> list[str | None]:
        return [it.step_key for it in self.events(run_id, dg.DagsterEventType.STEP_SUCCESS)]

    def failure(self, run_id: str) -> str:
        """Return what the web page shows of a failed step."""
        [event] = self.events(run_id, dg.DagsterEventType.STEP_FAILURE)
        error = event.step_failure_data.error
        assert error is not None
        return error.message

    def materialized(self, asset: str, upload: Upload) -> int:
        with self.stack.instance() as instance:
            records = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[upload.video_id])
            return len(instance.fetch_materializations(records, limit=100).records)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    obstacle, extra = folder / "obstacle", folder / "analyses"
    obstacle.touch()
    extra.mkdir()
    (extra / "stubborn.py").write_text(STUBBORN.format(obstacle=str(obstacle)))
    options = {"DANCER_ANALYSES": str(extra), "DANCER_MAX_ATTEMPTS": "1"}
    stack = Stack(folder, options)
    try:
        stack.start()
        with stack.web() as operator:
            yield Site(stack, operator, obstacle)
    finally:
        stack.kill()


@dataclass
class Failed:
    """A video of which one analysis failed for good."""

    site: Site
    upload: Upload
    row: Row
    manifest: Manifest
    page: str
    document: dict[str, object]
    audits: list[dict[str, object]]
    is_source_there: bool


@pytest.fixture(scope="module")
def failed(site: Site, jumping: Path) -> Failed:
    upload = site.stack.put(jumping, "first.mp4")
    [row] = site.stack.await_end([upload])
    read = site.stack.results.read_bytes
    return Failed(
        site, upload, row, site.manifest(upload),
        page=read("report", upload.video_id, upload.version, "html").decode(),
        document=json.loads(read("report", upload.video_id, upload.version, "json")),
        audits=site.stack.ledger.audits(upload.video_id),
        is_source_there=(site.stack.inbox / "first.mp4").exists(),
    )  # fmt: skip


@dataclass
class Mended:
    """The same video, re-executed from failure; beside it one that never failed."""

    site: Site
    uploads: list[Upload]
    run: dg.DagsterRun
    rows: list[Row]


@pytest.fixture(scope="module")
def mended(failed: Failed, jumping: Path) -> Mended:
    site = failed.site
    site.obstacle.unlink()
    parent = site.run_of(failed.upload, "analyze")
    run_id = site.operator.re_execute_from_failure(parent.run_id)
    uploads = [failed.upload, site.stack.put(jumping, "second.mp4")]
    run = site.finished(run_id)
    site.stack.await_that(lambda: site.row(failed.upload).state == State.COMPLETED, limit_s=300)
    return Mended(site, uploads, run, site.stack.await_end(uploads))


def test_a_failed_analysis_leaves_a_partial_report_that_names_it(failed: Failed):
    assert failed.row.state is State.FAILED
    assert "there is an obstacle" in str(failed.row.reason)
    assert failed.manifest.outcome is Outcome.PARTIAL
    assert failed.manifest.missing == ("stubborn",)
    assert "stubborn" in failed.page
    assert "stubborn" in json.dumps(failed.document["report"])


def test_the_gate_refuses_that_video_and_nothing_is_deleted(failed: Failed):
    report = failed.site.run_of(failed.upload, "report")
    checks = failed.site.events(report.run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    [check] = [event.asset_check_evaluation_data for event in checks]

    assert not check.passed
    assert check.partition == failed.upload.video_id
    assert failed.audits == []
    assert failed.is_source_there


def test_re_execution_from_failure_repeats_only_what_failed(mended: Mended):
    assert mended.run.status is dg.DagsterRunStatus.SUCCESS
    steps = mended.site.steps(mended.run.run_id)
    assert steps == ["stubborn", "pose_metrics", "findings", "report", "manifest"]
    assert mended.site.materialized("pose_keypoints", mended.uploads[0]) == 1


def test_the_mended_video_is_completed_and_its_source_deleted(mended: Mended):
    assert [row.state for row in mended.rows] == [State.COMPLETED] * 2
    assert all(row.deleted_at for row in mended.rows)
    assert not (mended.site.stack.inbox / "first.mp4").exists()
    assert site_is_whole(mended)
    outcomes = [it["outcome"] for it in mended.site.stack.ledger.audits(mended.uploads[0].video_id)]
    assert outcomes == ["about to be deleted", "deleted"]


def site_is_whole(mended: Mended) -> bool:
    assert_invariants(mended.site.stack)
    outcomes = [mended.site.manifest(upload).outcome for upload in mended.uploads]
    return outcomes == [Outcome.COMPLETE] * 2


def test_a_backfill_makes_the_analyses_again_and_leaves_the_ledger_alone(mended: Mended):
    site, before = mended.site, mended.site.stack.ledger.rows()
    done = {upload.video_id: site.materialized("stubborn", upload) for upload in mended.uploads}

    backfill = site.operator.backfill(ANALYSES, [upload.video_id for upload in mended.uploads])
    site.stack.await_that(
        lambda: site.operator.backfill_status(backfill) == "COMPLETED_SUCCESS", limit_s=240
    )

    for upload in mended.uploads:
        assert site.materialized("stubborn", upload) == done[upload.video_id] + 1
        assert site.materialized("pose_keypoints", upload) == 1
    assert site.stack.ledger.rows() == before
    assert site_is_whole(mended)


def test_an_analysis_needs_no_source(mended: Mended):
    site, upload = mended.site, mended.uploads[0]

    run = site.finished(site.operator.materialize(["joint_angles"], upload.video_id))

    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert site.row(upload) == mended.rows[0]


@pytest.mark.parametrize("asset", ["upload_options", "source_video", "pose_keypoints"])
def test_an_asset_of_pixels_says_why_it_cannot_be_made_again(mended: Mended, asset: str):
    site, upload = mended.site, mended.uploads[1]
    before = site.manifest(upload)

    run = site.finished(site.operator.materialize([asset], upload.video_id))

    assert run.status is dg.DagsterRunStatus.FAILURE
    deleted_at = mended.rows[1].deleted_at
    assert f"source deleted on {deleted_at:%Y-%m-%d}" in site.failure(run.run_id)
    assert "upload it again" in site.failure(run.run_id)
    assert site.row(upload) == mended.rows[1]
    assert site.manifest(upload) == before


def test_what_an_operator_terminates_stops_and_is_not_tried_again(mended: Mended, jumping: Path):
    site = mended.site
    upload = site.stack.put(jumping, "terminated.mp4")
    site.stack.await_that(site.stack.pose_workers)
    run = site.run_of(upload, "analyze")

    site.operator.terminate(run.run_id)

    assert site.finished(run.run_id).status is dg.DagsterRunStatus.CANCELED
    site.stack.await_that(lambda: site.row(upload).state is State.FAILED)
    assert "canceled by hand" in str(site.row(upload).reason)
    assert (site.stack.inbox / "terminated.mp4").exists()
    assert not site.stack.pose_workers()
