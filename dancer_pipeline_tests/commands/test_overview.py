"""What `dancer status --overview` prints of a real ledger, queue and history."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from dancer_pipeline.cli import app
from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.quarantine import Quarantined
from dancer_pipeline.states import State
from dancer_pipeline_tests.cloud.deployment import Bucket, infrastructure
from dancer_pipeline_tests.standin import Aws

WALK = Upload("walk-0", "v1", "inbox", "anna/walk.mp4", 10, datetime(2026, 1, 2, tzinfo=UTC))
REFUSED = "the source could not be deleted: AccessDenied"


@dg.job
def analyze_video() -> None: ...


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Make a deployment's home that knows one run, and its ledger."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dagster.yaml").touch()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("DANCER_LEDGER", f"sqlite:///{tmp_path}/ledger.sqlite")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS):
            tags = {"dagster/partition": f"walk-{status.value.lower()}"}
            instance.create_run_for_job(analyze_video, tags=tags, status=status)
    return Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")


def overview() -> list[str]:
    done = CliRunner().invoke(app, ["status", "--overview"])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_it_says_what_waits_what_runs_what_failed_and_why(ledger: Ledger):
    ledger.record([WALK])
    ledger.record([replace(WALK, video_id="page-0", key="a\nb.mp4")], state=State.FAILED,
                  reason="This is not a video.")  # fmt: skip
    ledger.record([replace(WALK, video_id="jump-0")], state=State.ANALYSED, reason=REFUSED)
    ledger.note("jump-0", "v1", cleanup_pending=True)
    ledger.quarantine.add([Quarantined("{}", "no Records", None)])

    lines = overview()

    assert lines[0] == "videos: 1 received, 1 analysed, 1 failed"
    assert lines[1].startswith("oldest unfinished: 0:00:")
    assert lines[2:5] == [
        "cleanup pending: 1",
        "quarantined in the last hour: 1",
        "queue: none, uploads are found by listing",
    ]
    assert lines[5] == "running now:"
    assert lines[6].startswith("  analyze_video walk-started: started, run ")
    assert lines[7:] == [
        "failed:",
        r"  page-0  a\nb.mp4: This is not a video.",
        "source not deleted yet:",
        f"  jump-0  anna/walk.mp4: {REFUSED}",
    ]


def test_of_an_empty_deployment_it_says_that(ledger: Ledger):
    assert ledger.counts() == {}
    assert overview()[:2] == ["videos: none yet", "cleanup pending: 0"]


def test_only_the_latest_failures_are_listed(ledger: Ledger):
    pages = [replace(WALK, video_id=f"page-{number:02}") for number in range(12)]
    ledger.record(pages, state=State.FAILED, reason="no")
    lines = overview()
    listed = [line for line in lines if line.startswith("  page-")]
    assert len(listed) == 10
    assert lines[-1] == "  and 2 more"


def test_the_queue_and_its_dead_letters_are_counted(
    ledger: Ledger, aws: Aws, monkeypatch: pytest.MonkeyPatch
):
    bucket = Bucket.made(aws, infrastructure())
    bucket.drain()  # S3's own test message
    plan, queues = bucket.plan, bucket.queues
    for url, count in ((queues.queue_url, 3), (queues.dead_letter_queue_url, 1)):
        for _ in range(count):
            aws.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    monkeypatch.setenv("DANCER_SOURCE", f"s3://{plan.uploads}/in")
    monkeypatch.setenv("DANCER_QUEUE", plan.queue)

    assert ledger.counts() == {}
    assert "queue: 3 messages wait, 0 are being taken in, 1 are dead letters" in overview()


def test_a_queue_or_a_history_that_does_not_answer_hides_nothing_else(
    ledger: Ledger, aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    ledger.record([WALK])
    monkeypatch.setenv("DANCER_SOURCE", f"s3://{aws.bucket()}/in")
    monkeypatch.setenv("DANCER_QUEUE", "no-such-queue")
    (tmp_path / "dagster.yaml").write_text("storage: {sqlite: {base_dir: /dev/null/nowhere}}")

    text = "\n".join(overview())

    assert "videos: 1 received" in text
    assert "queue: does not answer: " in text
    assert "Dagster's storage does not answer: " in text
