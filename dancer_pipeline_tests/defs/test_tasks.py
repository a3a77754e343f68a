"""What the dispatcher asks of ECS for a run, and what becomes of a task that is too small."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dancer_pipeline.confined.errors import MemoryLimit, TimeLimit, WorkerDied
from dancer_pipeline.defs.reading import bounds
from dancer_pipeline.defs.versions import _is_out_of_memory
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Problem, State
from dancer_pipeline.video.tables import SOURCE_VIDEO
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.defs.conftest import Deployment
from dancer_pipeline_tests.defs.test_sensors import requests, tick

NOW = datetime.now(UTC)
VIDEO = Upload("walk-0", "v1", "inbox", "walk.mp4", 10 * 2**20, NOW)
IN_A_TASK = dg.DagsterRun("analyze_video", tags={"ecs/memory": "4096"})
ON_THIS_MACHINE = dg.DagsterRun("analyze_video")


@pytest.fixture
def on_ecs(deployment: Deployment) -> Callable[[str], Deployment]:
    def choose(capacity: str) -> Deployment:
        update = {"ecs_capacity": capacity, "backoff_s": 0}
        return replace(deployment, settings=deployment.settings.model_copy(update=update))

    return choose


def asked(deployment: Deployment) -> dict[str, str]:
    """Return the tags of the one run that the dispatcher requests now."""
    (request,) = requests(tick(deployment, "dispatcher"))
    return dict(request.tags)


def provider(tags: dict[str, str]) -> str:
    (one,) = json.loads(tags["ecs/run_task_kwargs"])["capacityProviderStrategy"]
    return str(one["capacityProvider"])


def test_where_runs_are_processes_nothing_is_asked_of_ecs(deployment: Deployment):
    deployment.stores.ledger.record([VIDEO])

    assert not [name for name in asked(deployment) if name.startswith("ecs/")]


def test_a_first_attempt_gets_its_size_on_spot(on_ecs: Callable[[str], Deployment]):
    spot = on_ecs("spot")
    spot.stores.ledger.record([VIDEO])

    tags = asked(spot)

    assert provider(tags) == "FARGATE_SPOT"
    sizes = {name: tags[f"ecs/{name}"] for name in ("cpu", "memory", "ephemeral_storage")}
    assert sizes == {"cpu": "1024", "memory": "4096", "ephemeral_storage": "21"}
    assert tags["dagster/max_retries"] == "0", "the attempts are counted here"


def test_a_second_attempt_and_a_last_report_are_on_demand(on_ecs: Callable[[str], Deployment]):
    spot = on_ecs("spot")
    spot.stores.ledger.record([VIDEO])
    spot.stores.ledger.note("walk-0", "v1", state=State.QUEUED, attempt=2)
    second = asked(spot)
    spot.stores.ledger.note(
        "walk-0", "v1", state=State.FAILED, attempt=1, report_pending=True, reason="no video"
    )
    report = asked(spot)

    assert provider(second) == provider(report) == "FARGATE"
    assert "dagster/max_retries" not in report, "it is asked for only once"


def test_spot_is_not_used_where_it_is_not_wanted(on_ecs: Callable[[str], Deployment]):
    on_demand = on_ecs("on-demand")
    on_demand.stores.ledger.record([VIDEO])

    assert provider(asked(on_demand)) == "FARGATE"


def test_a_cleanup_gets_a_small_task(on_ecs: Callable[[str], Deployment]):
    spot = on_ecs("spot")
    spot.stores.ledger.record([VIDEO], state=State.ANALYSED)

    tags = asked(spot)

    assert (tags["dancer/kind"], tags["ecs/memory"]) == ("cleanup", "2048")


def test_pixels_that_the_version_before_had_are_known(on_ecs: Callable[[str], Deployment]):
    spot = on_ecs("spot")
    results, large = spot.stores.results, performer.source_video(duration_s=2.0)
    large[["stored_width_px", "stored_height_px"]] = 7680, 4320
    spot.stores.ledger.record([VIDEO], state=State.COMPLETED)
    results.begin(VIDEO, ["source_video"], {})
    results.write_table(SOURCE_VIDEO, large, VIDEO, code_version="1", run_id="r")
    later = replace(VIDEO, version="v2", uploaded_at=NOW + timedelta(hours=1))
    spot.stores.ledger.record([later])

    assert asked(spot)["ecs/memory"] == "8192"


@contextmanager
def failing(error: Exception) -> Iterator[list[int]]:
    """Let the step that looks at the file fail, and count how often it is tried."""
    tries: list[int] = []

    def fail(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dancer_pipeline.video.confined.source_video", fail)
        yield tries


def attempt(deployment: Deployment) -> dict[str, str]:
    """Do what the dispatcher asks for, and return the tags of that run as they are then."""
    (request,) = requests(tick(deployment, "dispatcher"))
    done = deployment.defs.resolve_job_def(str(request.job_name)).execute_in_process(
        instance=deployment.instance,
        partition_key=request.partition_key,
        tags=dict(request.tags),
        raise_on_error=False,
    )
    run = deployment.instance.get_run_by_id(done.run_id)
    assert run
    return dict(run.tags)


@pytest.mark.parametrize(
    "error", [MemoryLimit("3072 MB"), WorkerDied("Finding", -signal.SIGKILL)], ids=str
)
def test_a_step_that_ran_out_of_its_task_is_tried_once_in_a_larger_one(
    on_ecs: Callable[[str], Deployment], jumping: Path, error: Exception
):
    spot = on_ecs("spot")
    video = spot.put(jumping)
    with failing(error) as tries:
        first = attempt(spot)
        tick(spot, "dispatcher")
        waiting = spot.row(video)
        second = attempt(spot)
        tick(spot, "dispatcher")

    assert [first["ecs/memory"], second["ecs/memory"]] == ["4096", "8192"]
    assert [provider(first), provider(second)] == ["FARGATE_SPOT", "FARGATE"]
    assert first["dancer/out_of_memory"] == second["dancer/out_of_memory"] == "true"
    assert len(tries) == 2, "no step is tried again in the same task"
    assert "4 GiB of memory were too little" in (waiting.reason or "")
    ended = spot.row(video)
    assert (ended.state, ended.attempt, ended.worker_losses) == (State.FAILED, 2, 0)
    assert "so were 8 GiB" in (ended.reason or "")
    assert ended.problem is Problem.TROUBLE


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryLimit("x"), True),
        (MemoryError(), True),
        (WorkerDied("x", -signal.SIGKILL), True),
        (WorkerDied("x", -signal.SIGSEGV), False),
        (WorkerDied("x", 1), False),
        (TimeLimit("x"), False),
        (OSError("disk"), False),
    ],
    ids=repr,
)
def test_only_a_lack_of_memory_asks_for_a_larger_task(error: Exception, *, expected: bool):
    assert _is_out_of_memory(error, IN_A_TASK) is expected
    assert not _is_out_of_memory(error, ON_THIS_MACHINE), "there is none that is larger"


def test_the_limit_of_a_step_is_within_its_task(deployment: Deployment):
    assert bounds(deployment.settings, IN_A_TASK).memory_bytes == 3072 * 2**20
    assert bounds(deployment.settings, ON_THIS_MACHINE).memory_bytes == 8192 * 2**20
