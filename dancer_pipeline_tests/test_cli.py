"""The commands on a real ledger and real results."""

import io
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from dancer_pipeline.cli import app
from dancer_pipeline.commands.listing import show_uploads
from dancer_pipeline.commands.summary import metrics_table
from dancer_pipeline.definitions import build_defs
from dancer_pipeline.defs.partitions import VIDEOS
from dancer_pipeline.defs.reanalysis import Reanalysis
from dancer_pipeline.identity import DIGEST_LENGTH, SLUG_LENGTH, Upload, video_id
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.metrics import Metric, collect, metric_table
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.quarantine import Quarantined
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Outcome, Problem, State
from dancer_pipeline.video.tables import SOURCE_VIDEO, VIDEO_EXTRACTS
from dancer_pipeline_tests.analyses import performer

ROOT = Path(__file__).parents[1]
WALK = Upload("walk-0", "v1", "inbox", "anna/my walk.mp4", 10, datetime(2026, 1, 2, tzinfo=UTC))
PAGE = Upload("page-0", "v1", "inbox", "page.mp4", 10, datetime(2026, 1, 2, tzinfo=UTC))
REASON = "This is not a video: it contains a web page (HTML). Upload the video file itself."


def dancer(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    shutil.copyfile(ROOT / "dagster.yaml", "dagster.yaml")
    return tmp_path


@pytest.fixture
def ledger(folder: Path) -> Ledger:
    ledger = Ledger(f"sqlite:///{folder}/.dancer/ledger.sqlite")
    ledger.record([WALK], state=State.COMPLETED)
    ledger.record([PAGE], state=State.FAILED, reason=REASON)
    return ledger


@pytest.fixture
def stored(folder: Path, ledger: Ledger) -> ResultStore:
    """Store what the pixels of a walk gave; its source is gone."""
    assert ledger.current(WALK.video_id)
    store = ResultStore(str(folder / "results"))
    store.begin(WALK, ["pose_keypoints", "source_video", "video_extracts"], {})
    tables = {
        SOURCE_VIDEO: performer.source_video(duration_s=2.0),
        POSE_KEYPOINTS: performer.squat(2.0),
        VIDEO_EXTRACTS: performer.video_extracts(2.0),
    }
    for table, frame in tables.items():
        store.write_table(table, frame, WALK, code_version="1", run_id="r")
    return store


# Uploads -----------------------------------------------------------------------------------------


def test_status_gives_one_line_per_upload_with_the_id_that_retry_needs(ledger: Ledger) -> None:
    lines = dancer("status").stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["STATE", "VIDEO", "ATTEMPT"], ["completed", "walk-0", "0"], ["failed", "page-0", "0"],
    ]  # fmt: skip
    assert lines[1].endswith("anna/my walk.mp4")
    assert lines[2].endswith(REASON)
    assert len(dancer("status", "--state", "failed").stdout.splitlines()) == 2
    assert ledger.counts() == {State.COMPLETED: 1, State.FAILED: 1}


def test_a_variable_of_an_older_set_up_is_answered_beside_the_output(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dancer("status")
    monkeypatch.setenv("SQS_QUEUE_URL", "c4nary")

    told = dancer("status")

    assert ledger.rows()
    assert before.stderr == ""
    assert told.stderr == (
        "SQS_QUEUE_URL is set, but nothing reads it: set DANCER_QUEUE=https://sqs.…/uploads\n"
    )
    assert told.stdout == before.stdout


def test_in_a_terminal_status_fits_into_a_hundred_columns(ledger: Ledger) -> None:
    name = video_id("inbox", f"{'a-long-name-' * 9}.mp4")
    assert len(name) == SLUG_LENGTH + 1 + DIGEST_LENGTH
    ledger.record([replace(WALK, video_id=name, key="x" * 150)], state=State.FAILED, reason=REASON)
    console = Console(force_terminal=True, width=100, record=True, file=io.StringIO())
    show_uploads(console, ledger.rows())
    shown = console.export_text()
    assert max(map(len, shown.splitlines())) <= 100
    assert name in shown
    assert "page-0" in shown


def test_retry_queues_another_attempt_of_what_failed_and_of_nothing_else(ledger: Ledger) -> None:
    refused = dancer("retry", "page-0", "walk-0")
    assert refused.exit_code == 2
    assert "walk-0 is completed: only a failed video can be tried again" in refused.stderr
    assert ledger.counts()[State.FAILED] == 1, "all or nothing"

    assert "page.mp4: attempt 1 is queued" in dancer("retry", "page-0").stdout
    row = ledger.current("page-0")
    assert row
    assert (row.state, row.attempt, row.problem) == (State.QUEUED, 1, None)
    assert "knows no video 'nope'" in dancer("retry", "nope").stderr


def test_retry_asks_for_an_analysis_before_any_report_and_trusts_no_manifest_that_was_refused(
    ledger: Ledger,
) -> None:
    refused = {"problem": Problem.GATE_REFUSED, "report_pending": True}
    ledger.note("page-0", "v1", **refused)
    dancer("retry", "page-0")
    row = ledger.current("page-0")
    assert row
    assert (row.problem, row.report_pending) == (Problem.GATE_REFUSED, False)


def test_rebuilding_the_ledger_makes_lost_rows_from_the_manifests(
    folder: Path, stored: ResultStore
) -> None:
    manifest = stored.manifest("walk-0", "v1")
    assert manifest
    stored.conclude(manifest, Outcome.COMPLETE, coverage=1.0, reason=None)
    (folder / ".dancer" / "ledger.sqlite").unlink()

    assert dancer("rebuild-ledger").stdout == "1 rows were made again\n"
    assert dancer("rebuild-ledger").stdout == "0 rows were made again\n"
    assert dancer("status").stdout.splitlines()[1].split()[:2] == ["analysed", "walk-0"]


# Results -----------------------------------------------------------------------------------------


def test_a_video_is_analysed_again_from_stored_tables_alone(
    stored: ResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = dancer("reanalyse", "walk-0")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == "1/1 walk-0: done"

    metrics = stored.read_table("pose_metrics", "walk-0", "v1")
    knee = metrics[(metrics["metric"] == "knee_flexion_range") & (metrics["side"] == "left")]
    assert 80 < knee["value"].iloc[0] < 110
    with dg.DagsterInstance.from_config(str(Path(".dancer/dagster").resolve())) as instance:
        assert [run.tags["dagster/partition"] for run in instance.get_runs()] == ["walk-0"]
        assert instance.get_dynamic_partitions(VIDEOS) == ["walk-0"]

    shown = dancer("results", "walk-0")
    document = json.loads(shown.stdout)
    assert list(document) == [
        "video", "pose", "metrics", "findings", "repetitions", "happenings", "report",
    ]  # fmt: skip
    assert list(document["pose"]) == ["pose_summary"]
    assert document["video"]["title"] == "my walk.mp4"
    assert len(document["metrics"]) == len(metrics)
    frames = json.loads(dancer("results", "walk-0", "--frames").stdout)["pose"]["frames"]
    assert len(frames) == 61
    monkeypatch.setenv("DANCER_INCLUDE_FRAMES", "yes")
    assert json.loads(dancer("results", "walk-0").stdout)["pose"]["frames"] == frames


@dg.job
def other_work() -> None: ...


@pytest.mark.usefixtures("stored")
def test_a_video_of_which_a_run_began_after_the_plan_is_left_alone() -> None:
    settings = Settings.load()
    reanalysis = Reanalysis(settings, build_defs(settings))
    with dg.instance_for_test() as instance:
        [work] = reanalysis.plan(["walk-0"], instance)
        assert work.obstacle is None
        tags = {"dagster/partition": "walk-0"}
        status = dg.DagsterRunStatus.STARTED
        instance.create_run_for_job(other_work, tags=tags, status=status)

        assert "going on" in str(reanalysis.run(work, instance))
        assert instance.get_runs_count() == 1


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(stored: ResultStore) -> None:
    done = dancer("reanalyse", "--all", "--analysis", "camera_view", "--dry-run")
    assert done.exit_code == 0
    assert "1/2 walk-0: would make " in done.stdout
    assert "camera_view, " in done.stdout
    assert "pose_metrics" in done.stdout
    assert "recording_quality" not in done.stdout
    assert "2/2 page-0: nothing to analyse" in done.stdout
    manifest = stored.manifest("walk-0", "v1")
    assert manifest
    assert set(manifest.results) == {"pose_keypoints", "source_video", "video_extracts"}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["page-0"], 1, "nothing to analyse: pose_keypoints, source_video, video_extracts"),
        (["nope"], 2, "knows no video 'nope'"),
        ([], 2, "name video ids, or --all"),
        (["--all", "walk-0"], 2, "name video ids, or --all"),
        (["--all", "--analysis", "knee"], 2, "no analysis knee: choose from body_motion"),
    ],
)
def test_what_cannot_be_analysed_again_is_said(
    arguments: list[str], status: int, words: str
) -> None:
    done = dancer("reanalyse", *arguments)
    assert done.exit_code == status
    assert words in done.output


@pytest.mark.usefixtures("stored")
def test_results_that_are_not_there_yet_are_an_error_and_no_document() -> None:
    for name in ("walk-0", "page-0", "nope"):
        done = dancer("results", name)
        assert (done.exit_code, done.stdout) == (2, "")
        assert name in done.stderr


def test_the_table_of_metrics_has_both_sides_in_one_row_and_leaves_the_recording_out() -> None:
    advice = {"status": "refused", "reasons": ("hidden",), "advice": "Turn round."}
    person = [Metric(f"range_{n}", "deg", 10.0 + n, side="left") for n in range(8)]
    person.append(Metric("range_0", "deg", side="right", **advice))
    recording = [Metric("brightness", "1", 0.5)]
    metrics = {"recording_quality": recording, "range_of_motion": person}
    tables = {name: metric_table(name, it, method_version="1") for name, it in metrics.items()}
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(metrics_table(collect(tables, dict.fromkeys(tables, "1"))))
    shown = console.export_text()
    assert "brightness" not in shown
    assert [line.split() for line in shown.splitlines() if "range_0" in line] == [
        ["range_0", "10", "-", "deg", "left", "ok,", "right", "refused"]
    ]
    assert "and 2 more in its report" in shown


def test_the_table_of_metrics_begins_with_the_movement_and_ends_with_what_was_refused() -> None:
    refused = Metric("sway", "deg", status="refused", reasons=("hidden",), advice="Turn round.")
    metrics = {"range_of_motion": [Metric("knee", "deg", 9.0)], "balance": [refused]}
    metrics["gait"] = [Metric("cadence", "steps/min", 98.0)]
    tables = {name: metric_table(name, it, method_version="1") for name, it in metrics.items()}
    table = metrics_table(collect(tables, dict.fromkeys(tables, "1")))
    assert [str(cell) for cell in table.columns[0].cells] == ["cadence", "knee", "sway"]


# Settings, clips and the demo's first checks -----------------------------------------------------


def test_the_settings_are_listed_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANCER_LEDGER", "postgresql://dancer:secret@server/ledger")
    shown = dancer("settings").stdout
    assert "secret" not in shown
    assert "dancer:***@server" in shown
    assert "DANCER_CLEANUP_GRACE_S" in shown


def test_a_ledger_that_cannot_be_opened_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANCER_LEDGER", "here")
    done = dancer("status")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: DANCER_LEDGER: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["clip.mp4", "--movement", "sprint"], "no movement 'sprint': choose one of squat"),
        (["clip.mov"], "must be the name of a file that ends in .mp4"),
        (["clip.mp4", "--duration-s", "nan"], "--duration-s"),
        (["clip.mp4", "--duration-s", "0"], "duration_s must be above 0"),
        (["clip.mp4", "--seed", "-1"], "--seed"),
        (["clip.mp4", "--frame-rate-hz", "0"], "--frame-rate-hz"),
        (["clip.mp4", "--distance-m", "inf"], "--distance-m"),
    ],
)
def test_a_clip_that_cannot_be_made_is_refused(arguments: list[str], words: str) -> None:
    done = dancer("synth", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not Path("clip.mp4").exists()


@pytest.mark.parametrize(
    ("file", "words"), [("absent.mp4", "absent.mp4 does not exist"), (".", "is a folder")]
)
def test_the_demo_refuses_a_file_before_anything_starts(file: str, words: str) -> None:
    done = dancer("demo", "--exit", file)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not Path("inbox").exists()
    assert not Path(".dancer/dagster.log").exists()


def test_the_demo_refuses_a_bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DANCER_SOURCE", "s3://videos/in")

    answer = dancer("demo")

    assert answer.exit_code == 2
    assert "dancer send-test" in answer.stderr


@pytest.mark.parametrize("option", ["exercise", "=squat", ""])
def test_an_option_that_is_no_pair_is_refused(option: str) -> None:
    answer = dancer("send-test", "--option", option)

    assert answer.exit_code == 2
    assert "exercise=squat" in answer.stderr


def test_quarantined_messages_are_listed_with_the_reason(ledger: Ledger) -> None:
    ledger.quarantine.add([Quarantined("\x1b[2J{}", "it has no records", "m-1")])

    answer = dancer("quarantine")

    assert "it has no records" in answer.stdout
    assert "\x1b" not in answer.stdout


def test_the_demo_refuses_a_folder_that_is_not_the_projects() -> None:
    Path("dagster.yaml").unlink()
    assert "run this in the project's folder" in dancer("demo").stderr


def test_the_demo_refuses_a_missing_model_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DANCER_MODEL", "absent.task")
    done = dancer("demo")
    assert done.exit_code == 2
    assert "absent.task does not exist" in done.stderr
    assert not Path("inbox").exists()
