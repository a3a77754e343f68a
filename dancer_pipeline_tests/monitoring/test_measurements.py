"""What real runs lead to in the log: everything once, also where a task was killed."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from dancer_pipeline.monitoring.catalogue import MEASURES
from dancer_pipeline.monitoring.gauges import gauges
from dancer_pipeline.standing import Standing
from dancer_pipeline.states import State
from dancer_pipeline_tests.monitoring.conftest import Line, Worked
from dancer_pipeline_tests.standin import Aws

pytestmark = pytest.mark.xdist_group("monitoring")  # one deployment for all of them

NO_FIGURES = Standing(0, 0, 0, None, 0, None, 0, 0, 0)


def directive(line: Line) -> Line:
    [only] = line["_aws"]["CloudWatchMetrics"]
    assert isinstance(only, dict)
    return only


def test_every_declared_metric_is_measured_and_no_other(worked: Worked):
    found = {it["Name"]: it["Unit"] for line in worked.lines for it in directive(line)["Metrics"]}
    assert found == {it.name: it.unit for it in MEASURES}


def test_every_line_is_as_the_format_wants_it(worked: Worked):
    for line in worked.lines:
        for names in directive(line)["Dimensions"]:
            assert len(names) <= 30
            assert all(isinstance(line[name], str) and line[name] for name in names)
        for metric in directive(line)["Metrics"]:
            assert isinstance(line[metric["Name"]], int | float)
        assert line["Deployment"] == "tests"


def test_a_video_that_was_analysed_is_measured_with_its_run_and_its_assets(worked: Worked):
    about = {"video_id": worked.good.video_id, "version": worked.good.version}
    [run] = worked.having("RunTime", **about, Job="analyze_video")
    [video] = worked.having("VideoTime", **about)
    [quality] = worked.having("DetectionRate", **about)
    assets = {it["Asset"]: it["AssetTime"] for it in worked.having("AssetTime", **about)}

    assert (run["RunFailed"], run["WorkerLost"]) == (0, 0)
    assert (run["NotLaunched"], run["OutOfMemory"]) == (0, 0)
    assert {"source_video", "pose_keypoints", "joint_angles", "report", "manifest"} < set(assets)
    assert 0 < max(assets.values()) <= run["RunTime"]
    assert video["VideoTime"] > 0
    assert (video["VideoSucceeded"], video["VideoFailed"]) == (1, 0)
    assert quality["DetectionRate"] == 100
    assert 0 < quality["Jitter"] < 5
    assert 0 < quality["RefusedShare"] < 100
    assert {line["run_id"] for line in (run, video, quality)} == {run["run_id"]}


def test_shares_are_those_of_the_stored_metrics(worked: Worked, aws: Aws):
    assert aws
    metrics = worked.cloud.results.read_table(
        "pose_metrics", worked.good.video_id, worked.good.version
    )
    counts = metrics["status"].value_counts()
    [quality] = worked.having("RefusedShare", video_id=worked.good.video_id)

    refused, unsure = counts["refused"], counts["low_confidence"]
    assert quality["RefusedShare"] == pytest.approx(100 * refused / len(metrics), abs=0.01)
    measured = len(metrics) - refused
    assert quality["LowConfidenceShare"] == pytest.approx(100 * unsure / measured, abs=0.01)


def test_a_video_that_was_given_up_counts_once_as_a_failure(worked: Worked):
    about = {"video_id": worked.bad.video_id}
    [failed] = worked.having("VideoFailed", **about)
    [asset] = worked.having("AssetFailed", **about, Asset="source_video")

    assert (failed["VideoFailed"], failed["VideoSucceeded"]) == (1, 0)
    assert asset["AssetFailed"] == 1
    assert worked.having("RefusedShare", **about) == []
    assert worked.having("AssetTime", Asset="manifest_analysis_complete") == []


def test_the_gauges_say_how_it_all_stands(worked: Worked):
    first = worked.having("WaitingVideos")[0]
    told = {"WaitingVideos": 0, "ProcessingVideos": 0, "FailedVideos": 1, "OldestUnfinished": 0}
    found = {"NotificationFinds": 2, "ListingFinds": 0, "Quarantined": 1, "CleanupPending": 0}
    assert (told | found).items() <= first.items()
    assert worked.having("QueueMessages")[0]["QueueMessages"] == 0


def test_neither_another_tick_nor_a_lost_cursor_measures_a_run_again(worked: Worked, aws: Aws):
    assert aws
    again = list(worked.measure())
    worked.cloud.cursors.pop("measure")
    again += worked.measure()

    assert len(again) == 4
    assert [line for line in again if not {"WaitingVideos", "QueueMessages"} & set(line)] == []


def requested(worked: Worked, name: str, **tags: str) -> dg.DagsterRun:
    """Request an analysis of a video that nobody uploaded."""
    about = {"dagster/partition": name, "dancer/version": "v1", "dancer/kind": "analyze"}
    return worked.cloud.dagster.create_run_for_job(
        worked.cloud.definitions.resolve_job_def("analyze_video"),
        asset_selection=frozenset({dg.AssetKey("source_video"), dg.AssetKey("report")}),
        tags={**about, **{f"dancer/{tag}": value for tag, value in tags.items()}},
    )


def test_a_task_that_ecs_refused_is_no_worker_that_was_lost(worked: Worked, aws: Aws):
    assert aws
    run = requested(worked, "refused-0", not_launched="true")
    worked.cloud.dagster.report_run_failed(run, "the quota of vCPUs is used up")

    worked.measure()

    [ended] = worked.having("RunFailed", run_id=run.run_id)
    assert (ended["NotLaunched"], ended["WorkerLost"], ended["OutOfMemory"]) == (1, 0, 0)


def test_a_run_that_had_too_little_memory_is_told_from_others(worked: Worked, aws: Aws):
    assert aws
    run = requested(worked, "hungry-0", out_of_memory="true")
    worked.cloud.dagster.report_run_failed(run, "killed")

    worked.measure()

    [ended] = worked.having("RunFailed", run_id=run.run_id)
    assert (ended["OutOfMemory"], ended["NotLaunched"]) == (1, 0)


def test_a_run_whose_task_was_killed_is_measured_though_it_said_nothing(worked: Worked, aws: Aws):
    assert aws
    instance, run = worked.cloud.dagster, requested(worked, "killed-0")
    for kind in ("PIPELINE_START", "STEP_START"):
        step = "source_video" if kind == "STEP_START" else None
        instance.report_dagster_event(
            dg.DagsterEvent(event_type_value=kind, job_name=run.job_name, step_key=step), run.run_id
        )
    instance.report_run_failed(run, "Spot took it")

    worked.measure()

    [ended] = worked.having("RunTime", run_id=run.run_id)
    [asset] = worked.having("AssetFailed", run_id=run.run_id)
    assert (ended["WorkerLost"], ended["RunFailed"]) == (1, 1)
    assert (asset["Asset"], asset["AssetFailed"]) == ("source_video", 1)
    assert worked.having("VideoFailed", video_id="killed-0") == []


def test_what_waits_and_what_is_late_is_told_with_its_age():
    arrived, analysed = (datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (9, 10))
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    figures = Standing(3, 1, 0, arrived, 2, analysed, 0, 0, 0)

    told = gauges(figures, noon, grace_s=600).values
    off = gauges(figures, noon, deletes=False).values
    idle = gauges(NO_FIGURES, noon).values

    assert (told["WaitingVideos"], told["ProcessingVideos"]) == (3, 1)
    assert (told["OldestUnfinished"], told["OldestCleanupPending"]) == (10800, 6600)
    assert (off["CleanupPending"], off["OldestCleanupPending"]) == (0, 0)
    assert (idle["OldestUnfinished"], idle["OldestCleanupPending"]) == (0, 0)


def test_uploads_that_only_the_listing_found_count_for_an_hour(worked: Worked, aws: Aws):
    assert aws
    missed = worked.cloud.bucket.put("in/missed.mp4", b"x")
    worked.cloud.bucket.drain()
    ledger = worked.cloud.ledger
    ledger.record([missed], found_by="listing", state=State.SUPERSEDED)

    (line,) = [line for line in worked.measure() if "ListingFinds" in line]
    assert line["ListingFinds"] == 1
    late = ledger.standing(datetime.now(UTC) + timedelta(days=2))
    assert (late.listing_finds, late.notification_finds, late.quarantined) == (0, 0, 0)


def test_a_queue_that_does_not_answer_takes_no_other_measurement_away(
    worked: Worked, aws: Aws, monkeypatch: pytest.MonkeyPatch
):
    assert aws
    monkeypatch.setitem(vars(worked.cloud.stores), "queue", type(worked.cloud.stores.queue)(
        "no-such-queue", visibility_s=1
    ))  # fmt: skip
    written = worked.measure()
    assert [
        name for line in written for name in ("WaitingVideos", "QueueMessages") if name in line
    ] == ["WaitingVideos"]
