"""From the upload to the delete of its version where runs are ECS tasks, on Spot and in limits.

Code server, daemon and runs have the template's roles, and the stand-in checks permissions. It
leaves conditions aside, and knows resources of S3 and SQS alone.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import pytest
from botocore.exceptions import ClientError

from dancer_pipeline.aws import client
from dancer_pipeline.defs.partitions import KIND_TAG
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Row, State
from dancer_pipeline_tests.deployed.agent import LONGEST_OVERRIDES
from dancer_pipeline_tests.deployed.fargate import Fargate, fargate_running
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.whole.ecs_stack import CODE, HUNGRY, EcsStack

pytestmark = pytest.mark.xdist_group("ecs")  # one deployment for all of them

WARNING_S = 120
"""Between the signal that says so and the end of a Spot task."""

OPTIONS = {"sample_fps": "12", "exercise": "jumping_jack"}


@dataclass
class Ended:
    stack: EcsStack
    rows: dict[str, Row]
    runs: dict[str, list[dg.DagsterRun]]
    """Of each upload, in the order in which they were requested."""
    tasks: dict[str, list[dict[str, Any]]]
    """Of each upload, those of its runs."""


@pytest.fixture(scope="module")
def ended(
    postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory, jumping: Path
) -> Iterator[Ended]:
    """Upload three videos: two lose their Spot task, the third needs more memory than there is."""
    folder = tmp_path_factory.mktemp("ecs")
    with fargate_running(folder, HUNGRY) as fargate, pytest.MonkeyPatch.context() as patch:
        patch.setattr("boto3.DEFAULT_SESSION", None)  # it keeps the first keys that it found
        for name, value in {**fargate.aws.environment, **fargate.owner()}.items():
            patch.setenv(name, value)
        client.cache_clear()
        stack = EcsStack.made(folder, fargate, postgres())
        try:
            stack.check_permissions()
            stack.start()
            yield followed(stack, jumping)
        finally:
            stack.kill()
            client.cache_clear()


def followed(stack: EcsStack, clip: Path) -> Ended:
    """Upload them, interrupt the first tasks of two, one with a warning, and wait for the end."""
    content = clip.read_bytes()
    uploads = {
        name: stack.bucket.put(f"in/{name}.mp4", content, **OPTIONS)
        for name in ("interrupted", "warned", "oversized")
    }
    for name, grace_s in (("interrupted", 0), ("warned", WARNING_S)):
        upload = uploads[name]
        stack.await_that(partial(has_begun, stack, upload), limit_s=120)
        stack.fargate.interrupt(of_video(stack.fargate, upload)[0]["arn"], grace_s)
    rows = stack.await_end(list(uploads.values()))
    stack.await_that(lambda: all_stopped(stack.fargate), limit_s=60)
    with stack.instance() as instance:
        runs = {
            name: list(reversed(instance.get_runs(of_partition(upload))))
            for name, upload in uploads.items()
        }
    tasks = {name: of_video(stack.fargate, upload) for name, upload in uploads.items()}
    return Ended(stack, dict(zip(uploads, rows, strict=True)), runs, tasks)


def of_partition(upload: Upload) -> dg.RunsFilter:
    return dg.RunsFilter(tags={"dagster/partition": upload.video_id})


def of_video(fargate: Fargate, upload: Upload) -> list[dict[str, Any]]:
    tasks = fargate.tasks()
    return [it for it in tasks if it["tags"].get("dagster/partition") == upload.video_id]


def all_stopped(fargate: Fargate) -> bool:
    return {task["status"] for task in fargate.tasks()} == {"STOPPED"}


def has_begun(stack: EcsStack, upload: Upload) -> bool:
    """Whether a run of the video is at work in its task: something of it is stored."""
    return stack.results.manifest(upload.video_id, upload.version) is not None


def sizes(tasks: list[dict[str, Any]]) -> list[str]:
    return [task["overrides"]["memory"] for task in tasks]


def test_a_video_whose_spot_task_was_taken_back_is_analysed_on_demand_and_deleted(ended: Ended):
    row, tasks, runs = (
        ended.rows["interrupted"],
        ended.tasks["interrupted"],
        ended.runs["interrupted"],
    )

    assert row.state is State.COMPLETED
    assert row.deleted_at
    assert (row.attempt, row.worker_losses) == (2, 1)
    assert [run.tags[KIND_TAG] for run in runs] == ["analyze", "analyze", "cleanup"]
    assert [task["capacity"] for task in tasks] == ["FARGATE_SPOT", "FARGATE", "FARGATE_SPOT"]
    assert [task["exit_code"] for task in tasks] == [137, 0, 0]
    assert tasks[0]["stop_code"] == "SpotInterruption"
    assert "Spot capacity was taken back" in runs[0].tags["dancer/lost_because"]


def test_a_run_that_is_warned_ends_in_time_and_is_tried_again_on_demand(ended: Ended):
    row, tasks, runs = ended.rows["warned"], ended.tasks["warned"], ended.runs["warned"]

    assert row.state is State.COMPLETED
    assert row.deleted_at
    assert (row.attempt, row.worker_losses) == (2, 1)
    assert [run.tags[KIND_TAG] for run in runs] == ["analyze", "analyze", "cleanup"]
    assert [task["capacity"] for task in tasks] == ["FARGATE_SPOT", "FARGATE", "FARGATE_SPOT"]
    assert tasks[0]["stop_code"] == "SpotInterruption"
    assert 137 not in [task["exit_code"] for task in tasks]


def test_every_upload_was_told_of_by_the_queue(ended: Ended):
    assert {row.found_by for row in ended.rows.values()} == {"notification"}


def test_a_video_that_is_too_large_fails_after_one_attempt_in_a_larger_task(ended: Ended):
    row, tasks, runs = ended.rows["oversized"], ended.tasks["oversized"], ended.runs["oversized"]

    assert row.state is State.FAILED
    assert "4 GiB were too little, and so were 8 GiB" in (row.reason or "")
    assert (row.attempt, row.worker_losses) == (2, 0)
    assert [run.tags[KIND_TAG] for run in runs] == ["analyze", "analyze", "report"]
    assert sizes(tasks)[:2] == ["4096", "8192"]
    assert [task["exit_code"] for task in tasks] == [137, 137, 0]
    assert [task["stop_code"] for task in tasks] == ["EssentialContainerExited"] * 3


def test_nothing_is_lost_and_nothing_is_done_twice(ended: Ended):
    kept = {(row.video_id, row.version) for row in (ended.rows["oversized"],)}

    assert ended.stack.stored_videos() == kept
    assert_invariants(ended.stack)


def test_every_run_was_a_task_of_the_one_definition(ended: Ended):
    tasks, calls = ended.stack.fargate.tasks(), ended.stack.fargate.calls()
    runs = {run.run_id for runs in ended.runs.values() for run in runs}

    assert {task["run"] for task in tasks} == runs
    assert calls["RunTask"] == len(runs)
    assert calls["RegisterTaskDefinition"] == 4, "those of the template alone"
    lost = [task for task in tasks if task["exit_code"]]
    at_start = len(ended.runs)  # a thread for each that came at once, all the first to need it
    assert calls["DescribeTaskDefinition"] <= at_start + len(lost), "one for the log of a lost task"


def test_what_travels_with_a_task_is_far_from_the_limit(ended: Ended):
    longest = max(
        len(json.dumps(task["overrides"], separators=(",", ":")))
        for tasks in ended.tasks.values()
        for task in tasks
    )

    assert longest < 0.75 * LONGEST_OVERRIDES


def test_who_takes_videos_in_may_not_delete_them(ended: Ended):
    stack, row = ended.stack, ended.rows["oversized"]
    keys = {name.lower(): value for name, value in stack.keys[CODE].items()}
    s3 = boto3.client("s3", endpoint_url=stack.endpoint, **keys)

    with pytest.raises(ClientError, match=r"Forbidden|AccessDenied"):
        s3.delete_object(Bucket=row.bucket, Key=row.key)


def test_what_a_run_said_is_in_the_bucket(ended: Ended):
    bucket = ended.stack.bucket
    found = bucket.s3.list_objects_v2(Bucket=bucket.plan.results, Prefix="compute-logs/")
    keys = [it["Key"] for it in found["Contents"]]

    for run in ended.runs["interrupted"][1:]:
        assert any(run.run_id in key for key in keys)
