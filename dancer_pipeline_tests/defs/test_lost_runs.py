"""Runs that were stopped before their worker had started, in a real Dagster instance."""

from pathlib import Path

import dagster as dg

from dancer_pipeline.defs.lost_runs import report_lost_runs


@dg.job
def nothing() -> None: ...


def test_a_run_that_was_about_to_start_is_reported_as_failed_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").touch()
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        statuses = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
        ids = [
            instance.create_run_for_job(nothing, status=status).run_id for status in statuses
        ]  # fmt: skip

        assert report_lost_runs(tmp_path) == 1

        found = [instance.get_run_by_id(run_id) for run_id in ids]
    assert [run.status for run in found if run] == [
        dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED,
    ]  # fmt: skip


def test_a_home_that_was_never_used_has_none_and_stays_empty(tmp_path: Path) -> None:
    assert report_lost_runs(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []
