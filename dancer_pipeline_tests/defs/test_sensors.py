"""What the sensors return for what is stored; end to end they are tried in `whole/`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.defs.partitions import VIDEOS
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Problem, State
from dancer_pipeline_tests.defs.conftest import Deployment

NOW = datetime.now(UTC)


def tick(deployment: Deployment, sensor: str, cursor: str | None = None) -> dg.SensorResult:
    """Evaluate a sensor once, as the daemon would."""
    definitions = deployment.defs
    context = dg.build_sensor_context(
        instance=deployment.instance,
        definitions=definitions,
        resources={"stores": deployment.stores},
        cursor=cursor,
    )
    result = definitions.resolve_sensor_def(sensor)(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result if isinstance(result, dg.SensorResult) else dg.SensorResult()


def upload(number: int = 0) -> Upload:
    return Upload(f"walk-{number}", "v1", "inbox", f"walk-{number}.mp4", 1, NOW)


def requests(result: dg.SensorResult) -> list[dg.RunRequest]:
    return list(result.run_requests or [])


def test_a_new_file_becomes_a_row_a_partition_and_an_event_in_the_lineage(
    deployment: Deployment, tmp_path: Path
):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "walk.mp4").write_bytes(b"x")

    result = tick(deployment, "listing")

    (row,) = deployment.stores.ledger.rows()
    assert row.state is State.RECEIVED
    assert result.dynamic_partitions_requests
    assert list(result.dynamic_partitions_requests[0].partition_keys) == [row.video_id]
    (event,) = result.asset_events
    assert (event.asset_key.path[-1], event.partition) == ("uploaded_video", row.video_id)
    assert requests(result) == [], "only the dispatcher requests runs"
    assert tick(deployment, "listing").asset_events == []


def test_a_file_that_was_moved_away_and_back_is_analysed(deployment: Deployment, jumping: Path):
    video = deployment.put(jumping)
    path = Path(deployment.settings.source, jumping.name)
    tick(deployment, "dispatcher")
    path.rename("elsewhere")
    assert not deployment.run("analyze_video", video).success
    tick(deployment, "dispatcher")
    tick(deployment, "listing")
    gone = deployment.row(video)

    Path("elsewhere").rename(path)
    tick(deployment, "listing")
    result = tick(deployment, "dispatcher")

    assert (gone.state, gone.attempt) == (State.GONE, 1)
    assert [it.run_key for it in requests(result)] == [
        f"analyze:{video.video_id}:{video.version}:2"
    ]
    assert tick(deployment, "listing").asset_events == []
    assert deployment.row(video).attempt == 2


def test_a_row_that_ended_while_the_inbox_was_listed_stays_ended(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "x").write_bytes(b"x")
    video = deployment.put(tmp_path / "x")
    page = deployment.stores.source.page()
    Path(deployment.settings.source, "x").unlink()
    deployment.stores.ledger.note(
        video.video_id, video.version, state=State.COMPLETED, deleted_at=NOW
    )
    monkeypatch.setattr("dancer_pipeline.sources.FolderSource.page", lambda *_: page)

    tick(deployment, "listing")

    assert deployment.row(video).state is State.COMPLETED


def test_the_dispatcher_names_the_version_and_adds_a_partition_that_was_lost(
    deployment: Deployment,
):
    deployment.stores.ledger.record([upload()])

    result = tick(deployment, "dispatcher")

    (request,) = requests(result)
    assert request.run_key == "analyze:walk-0:v1:1"
    assert (request.job_name, request.partition_key) == ("analyze_video", "walk-0")
    assert request.tags["dancer/version"] == "v1"
    assert result.dynamic_partitions_requests
    assert list(result.dynamic_partitions_requests[0].partition_keys) == ["walk-0"]


def test_a_known_partition_is_not_added_again(deployment: Deployment):
    deployment.stores.ledger.record([upload()])
    deployment.instance.add_dynamic_partitions(VIDEOS, ["walk-0"])

    assert not tick(deployment, "dispatcher").dynamic_partitions_requests


def test_a_lost_request_is_made_again_under_the_same_key(deployment: Deployment):
    deployment.stores.ledger.record([upload()])

    first, second = (requests(tick(deployment, "dispatcher"))[0].run_key for _ in range(2))

    assert first == second


def test_a_burst_is_taken_in_portions(deployment: Deployment):
    deployment.stores.ledger.record([upload(number) for number in range(120)])
    portions = [requests(tick(deployment, "dispatcher")) for _ in range(3)]

    assert [len(portion) for portion in portions] == [50, 50, 50]
    assert len({request.run_key for portion in portions for request in portion}) == 120


def test_videos_that_only_wait_never_starve_a_new_one(deployment: Deployment):
    settings = deployment.settings.model_copy(update={"cleanup": "off"})
    off = Deployment(deployment.instance, settings)
    off.stores.ledger.record([upload(number) for number in range(1100)], state=State.ANALYSED)
    off.stores.ledger.record([upload(9999)])

    for _ in range(2):
        last = tick(off, "dispatcher")

    assert [request.partition_key for request in requests(last)] == ["walk-9999"]


def test_a_manifest_that_cannot_be_read_delays_nobody_else(deployment: Deployment):
    ledger, results = deployment.stores.ledger, deployment.stores.results
    ledger.record([upload(1)], state=State.ANALYSED)
    results.begin(upload(1), ["report"], {})
    Path(results.uri("manifests", upload(1), "json")).write_text("{")
    ledger.record([upload(2)])

    keys = [request.run_key for request in requests(tick(deployment, "dispatcher"))]

    assert keys == ["cleanup:walk-1:v1:1", "analyze:walk-2:v1:1"]
    deployment.instance.add_dynamic_partitions(VIDEOS, ["walk-1"])
    assert not deployment.run("cleanup", upload(1)).success
    row = deployment.row(upload(1))
    assert row.problem is Problem.GATE_REFUSED
    assert "manifests/walk-1/v1.json cannot be read" in str(row.reason)


def test_a_further_attempt_makes_only_what_is_missing(deployment: Deployment, jumping: Path):
    video = deployment.put(jumping)
    assert deployment.run("analyze_video", video).success
    manifest = deployment.stores.results.manifest(video.video_id, video.version)
    assert manifest is not None
    left = {name: it for name, it in manifest.results.items() if name != "range_of_motion"}
    deployment.stores.results.write_manifest(replace(manifest, results=left))
    row = deployment.row(video)
    deployment.stores.ledger.note(
        row.video_id, row.version, state=State.QUEUED, attempt=2, analysed_at=None,
        not_before=NOW - timedelta(seconds=1),
    )  # fmt: skip
    deployment.stores.results.conclude(
        replace(manifest, results=left), "unfinished", coverage=None, reason=None
    )

    (request,) = requests(tick(deployment, "dispatcher"))

    assert request.run_key == f"analyze:{video.video_id}:{video.version}:2"
    assert {key.path[-1] for key in request.asset_selection or []} == {
        "range_of_motion", "pose_metrics", "findings", "report", "manifest",
    }  # fmt: skip


def test_the_summary_is_shown_when_the_counts_change_and_only_then(deployment: Deployment):
    deployment.stores.ledger.record([upload()], state=State.FAILED, reason="boom")

    first = tick(deployment, "dispatcher")
    second = tick(deployment, "dispatcher", cursor=first.cursor)

    (event,) = first.asset_events
    assert event.asset_key.path == ["ledger_summary"]
    assert event.metadata["failed"].value == 1
    assert second.asset_events == []


def test_a_hostile_key_is_a_cell_of_the_summary_and_nothing_more(deployment: Deployment):
    hostile = "a | b\n![x](http://127.0.0.1/x.png)<b>.mp4"
    deployment.stores.ledger.record([replace(upload(), key=hostile)])

    (event,) = tick(deployment, "dispatcher").asset_events

    shown = event.metadata["unfinished"]
    assert isinstance(shown, dg.TableMetadataValue)
    assert [record.data["video"] for record in shown.records] == [hostile]


def test_an_unreadable_inbox_is_an_error_and_not_an_empty_one(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    def denied(_: object) -> None:
        raise PermissionError("inbox")

    with monkeypatch.context() as patch:
        patch.setattr("dancer_pipeline.sources.folder.os.scandir", denied)
        with pytest.raises(PermissionError):
            tick(deployment, "listing")
