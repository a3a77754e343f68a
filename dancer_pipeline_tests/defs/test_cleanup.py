"""Deleting: only through the gate, never in a dry run, always with an audit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.defs.partitions import PARTITION_TAG
from dancer_pipeline.identity import Upload
from dancer_pipeline.sources import Deletion, FolderSource
from dancer_pipeline.states import State
from dancer_pipeline_tests.defs.conftest import Deployment


def outcomes(deployment: Deployment) -> list[tuple[str, str, bool]]:
    return [
        (entry["action"], entry["outcome"], entry["is_dry_run"])
        for entry in deployment.stores.ledger.audits()
    ]


def with_settings(deployment: Deployment, **changes: object) -> Deployment:
    return Deployment(deployment.instance, deployment.settings.model_copy(update=changes))


def test_a_version_that_was_not_analysed_is_never_deleted(deployment: Deployment, jumping: Path):
    upload = deployment.put(jumping)

    assert not deployment.run("cleanup", upload).success

    assert Path(deployment.settings.source, "jumping.mp4").exists()
    assert outcomes(deployment) == []


def test_the_asset_alone_does_not_get_around_the_gate(deployment: Deployment, jumping: Path):
    upload = deployment.put(jumping)

    alone = deployment.run(
        "cleanup", upload, asset_selection=[dg.AssetKey("source_object_deleted")]
    )

    assert "no manifest" in str(alone.failure_data_for_node("source_object_deleted"))
    assert outcomes(deployment) == []
    assert Path(deployment.settings.source, "jumping.mp4").exists()


def test_dry_run_then_delete_then_pixels_are_gone_and_tables_are_not(
    deployment: Deployment, jumping: Path
):
    upload = deployment.put(jumping)
    assert deployment.run("analyze_video", upload).success

    dry = with_settings(deployment, cleanup="dry-run")
    assert dry.run("cleanup", upload).success
    assert Path(deployment.settings.source, "jumping.mp4").exists()
    assert outcomes(deployment) == [("cleanup", "would be deleted", True)]
    assert deployment.row(upload).state is State.ANALYSED

    assert deployment.run("cleanup", upload).success
    assert not Path(deployment.settings.source, "jumping.mp4").exists()
    assert outcomes(deployment)[1:] == [
        ("cleanup", "about to be deleted", False),
        ("cleanup", "deleted", False),
    ]
    closed = deployment.row(upload)
    assert closed.deleted_at is not None
    assert deployment.run("cleanup", upload).success
    assert deployment.row(upload) == closed, "when it went is on record already"

    assert deployment.run("reanalyse", upload).success
    again = deployment.run("analyze_video", upload)
    failure = again.failure_data_for_node("upload_options")
    assert failure is not None
    assert f"source deleted on {datetime.now(UTC):%Y-%m-%d}" in str(failure.error)
    assert "upload it again" in str(failure.error)
    assert deployment.row(upload).state is State.COMPLETED


def test_where_the_source_is_gone_the_check_says_so_and_refuses_nothing(
    deployment: Deployment, jumping: Path
):
    upload = deployment.put(jumping)
    assert deployment.run("analyze_video", upload).success
    assert said(deployment, upload) == "every analysis is stored and unchanged"
    gone = f"the source went on {deployment.row(upload).deleted_at:%Y-%m-%d %H:%M} UTC; "

    assert said(deployment, upload) == f"{gone}every analysis is stored and unchanged"
    Path(deployment.stores.results.uri("camera_view", upload)).unlink()
    words = said(deployment, upload)

    assert words.startswith(f"{gone}what is stored is no longer whole: camera_view is not what")
    assert "refused" not in words


def said(deployment: Deployment, upload: Upload) -> str | None:
    """Run the cleanup; return the words of its check."""
    (check,) = deployment.run("cleanup", upload).get_asset_check_evaluations()
    return check.description


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_retention_expires_old_failures_and_nothing_else(
    deployment: Deployment, tmp_path: Path, *, is_dry_run: bool
):
    ledger = deployment.stores.ledger
    (tmp_path / "x").write_bytes(b"x")
    uploads = {name: deployment.put(tmp_path / "x", name) for name in ("old", "fresh", "queued")}
    for name in ("old", "fresh"):
        one = uploads[name]
        ledger.note(one.video_id, one.version, state=State.FAILED, reason="boom")
    old = datetime.now(UTC) - timedelta(days=31)
    for name in ("old", "queued"):
        ledger.note(uploads[name].video_id, uploads[name].version, uploaded_at=old)

    config = {"older_than_days": 30, "dry_run": is_dry_run}
    deployment.defs.resolve_job_def("expire_sources").execute_in_process(
        instance=deployment.instance,
        run_config={"ops": {"expire_failed_sources": {"config": config}}},
    )

    left = {path.name for path in Path(deployment.settings.source).iterdir()}
    assert left == {"old", "fresh", "queued"} - (set() if is_dry_run else {"old"})
    row = deployment.row(uploads["old"])
    assert row.state is (State.FAILED if is_dry_run else State.EXPIRED)
    assert is_dry_run or row.reason == "expired after 30 days: boom"
    assert len(outcomes(deployment)) == (1 if is_dry_run else 2)


@pytest.mark.parametrize("end", [State.COMPLETED, State.FAILED, State.EXPIRED])
def test_old_previews_expire_and_everything_else_stays(
    deployment: Deployment, jumping: Path, end: State
):
    upload = deployment.put(jumping)
    assert deployment.run("analyze_video", upload).success
    assert deployment.run("cleanup", upload).success
    deployment.stores.ledger.note(upload.video_id, upload.version, state=end)
    job = deployment.defs.resolve_job_def("expire_previews")
    results = deployment.stores.results
    preview = Path(results.uri("preview", upload, "mp4"))
    others = set(Path(deployment.settings.results).rglob("*.parquet"))

    def expire(days: float, *, is_dry_run: bool) -> None:
        config = {"older_than_days": days, "dry_run": is_dry_run}
        ops = {"ops": {"expire_old_previews": {"config": config}}}
        job.execute_in_process(instance=deployment.instance, run_config=ops)

    expire(1, is_dry_run=False)
    expire(0, is_dry_run=True)
    assert preview.exists()
    expire(0, is_dry_run=False)
    assert not preview.exists()
    assert set(Path(deployment.settings.results).rglob("*.parquet")) == others
    manifest = results.manifest(upload.video_id, upload.version)
    assert manifest is not None
    assert manifest.missing == ()
    assert outcomes(deployment)[-3:] == [
        ("expire preview", "would be deleted", True),
        ("expire preview", "about to be deleted", False),
        ("expire preview", "deleted", False),
    ]


@pytest.mark.parametrize(
    ("days", "is_dry_run", "left"),
    [(0, False, {"waiting"}), (0, True, {"ended", "waiting"}), (1, False, {"ended", "waiting"})],
)
def test_old_runs_are_forgotten_but_those_of_an_unfinished_video(
    deployment: Deployment, tmp_path: Path, days: float, *, is_dry_run: bool, left: set[str]
):
    (tmp_path / "x").write_bytes(b"x")
    names = {deployment.put(tmp_path / "x", name).video_id: name for name in ("ended", "waiting")}
    for video_id, name in names.items():
        job = deployment.defs.resolve_job_def("analyze_video")
        run = deployment.instance.create_run_for_job(job, tags={PARTITION_TAG: video_id})
        deployment.instance.report_run_failed(run)
        [row] = deployment.stores.ledger.of_video(video_id)
        if name == "ended":
            deployment.stores.ledger.note(row.video_id, row.version, state=State.FAILED)

    config = {"older_than_days": days, "dry_run": is_dry_run}
    deployment.defs.resolve_job_def("forget_runs").execute_in_process(
        instance=deployment.instance,
        run_config={"ops": {"forget_ended_runs": {"config": config}}},
    )

    runs = deployment.instance.get_runs(dg.RunsFilter(job_name="analyze_video"))
    assert {names[run.tags[PARTITION_TAG]] for run in runs} == left


def test_what_somebody_retries_while_others_expire_is_kept(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "x").write_bytes(b"x")
    ledger = deployment.stores.ledger
    first, second = (deployment.put(tmp_path / "x", name) for name in ("first", "second"))
    for one in (first, second):
        ledger.note(one.video_id, one.version, state=State.FAILED)
    delete = FolderSource.delete

    def retried_meanwhile(source: FolderSource, upload: Upload) -> Deletion:
        ledger.note(second.video_id, second.version, state=State.QUEUED)
        return delete(source, upload)

    monkeypatch.setattr(FolderSource, "delete", retried_meanwhile)
    config = {"older_than_days": 0, "dry_run": False}
    deployment.defs.resolve_job_def("expire_sources").execute_in_process(
        instance=deployment.instance,
        run_config={"ops": {"expire_failed_sources": {"config": config}}},
    )

    assert [path.name for path in Path(deployment.settings.source).iterdir()] == ["second"]
    assert deployment.row(second).state is State.QUEUED


def test_a_nightly_expiry_runs_where_an_age_is_set_and_nowhere_else(deployment: Deployment):
    assert list(deployment.defs.schedules or []) == []
    aged = with_settings(deployment, retention_days=30, preview_days=90, history_days=365).defs

    schedules = {one.name: one.default_status for one in aged.schedules or []}
    assert {name: status.value for name, status in schedules.items()} == {
        "expire_sources_nightly": "RUNNING",
        "expire_previews_nightly": "RUNNING",
        "forget_runs_nightly": "RUNNING",
    }


def test_retention_is_a_dry_run_unless_it_is_told_otherwise(deployment: Deployment, tmp_path: Path):
    (tmp_path / "x").write_bytes(b"x")
    upload = deployment.put(tmp_path / "x")
    deployment.stores.ledger.note(upload.video_id, upload.version, state=State.FAILED)
    job = deployment.defs.resolve_job_def("expire_sources")
    config = {"ops": {"expire_failed_sources": {"config": {"older_than_days": 0}}}}

    assert job.execute_in_process(instance=deployment.instance, run_config=config).success
    assert Path(deployment.settings.source, "x").exists()
    assert outcomes(deployment) == [("expire", "would be deleted", True)]
