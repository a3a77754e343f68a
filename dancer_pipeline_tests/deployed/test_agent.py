"""The agent does with tasks what Fargate does; whole runs are in whole/test_ecs.py."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dancer_pipeline_tests.deployed.fargate import Fargate, fargate_running

SPOT_ALONE = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
STUBBORN = "trap '' TERM; echo ready; sleep 60 & wait; wait"
TOO_MUCH = f"{sys.executable} -c 'import numpy; numpy.empty(3 * 2**30, numpy.uint8)' || kill -9 $$"


@pytest.fixture(scope="module")
def fargate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fargate]:
    """Start it with a cluster, a secret and a definition whose command a test overrides."""
    folder = tmp_path_factory.mktemp("fargate")
    with fargate_running(folder, {"IMAGE": "here"}) as running, pytest.MonkeyPatch.context() as it:
        for name, value in running.aws.environment.items():
            it.setenv(name, value)
        ecs, secrets = running.aws.client("ecs"), running.aws.client("secretsmanager")
        text = json.dumps({"password": "opens"})
        arn = secrets.create_secret(Name="database", SecretString=text)["ARN"]
        ecs.create_cluster(clusterName="agent", capacityProviders=["FARGATE", "FARGATE_SPOT"])
        container = {
            "name": "dancer",
            "image": "dancer",
            "memory": 2048,
            "stopTimeout": 1,
            "environment": [{"name": "DEFINED", "value": "here"}],
            "secrets": [{"name": "PASSWORD", "valueFrom": f"{arn}:password::"}],
        }
        ecs.register_task_definition(family="agent", containerDefinitions=[container])
        yield running


def start(fargate: Fargate, script: str, **overrides: str) -> str:
    """Run a shell's script as a task and return its ARN."""
    container = {"name": "dancer", "command": ["sh", "-c", script]}
    started = fargate.aws.client("ecs").run_task(
        cluster="agent",
        taskDefinition="agent",
        capacityProviderStrategy=SPOT_ALONE,
        overrides={"containerOverrides": [container], **overrides},
    )
    return str(started["tasks"][0]["taskArn"])


def described(fargate: Fargate, arn: str) -> dict[str, Any]:
    found: Any = fargate.aws.client("ecs").describe_tasks(cluster="agent", tasks=[arn])
    return dict(found["tasks"][0])


def await_status(fargate: Fargate, arn: str, status: str) -> dict[str, Any]:
    end = time.monotonic() + 60
    while (task := described(fargate, arn))["lastStatus"] != status:
        assert time.monotonic() < end, task
        time.sleep(0.05)
    return task


def await_trap(fargate: Fargate, arn: str) -> None:
    """Wait until a script has said that it is ready to be stopped."""
    await_status(fargate, arn, "RUNNING")
    said, end = fargate.folder / f"{arn.rsplit('/', 1)[-1]}.log", time.monotonic() + 60
    while "ready" not in said.read_text():
        assert time.monotonic() < end
        time.sleep(0.05)


def ended(fargate: Fargate, arn: str) -> tuple[str, int]:
    task = await_status(fargate, arn, "STOPPED")
    return task["stopCode"], task["containers"][0]["exitCode"]


def test_a_task_runs_until_its_process_ends_and_has_its_exit_code(fargate: Fargate):
    arn = start(fargate, "until [ -e go ]; do sleep 0.1; done; exit 3")

    running = await_status(fargate, arn, "RUNNING")
    (fargate.folder / arn.rsplit("/", 1)[-1] / "go").touch()

    assert "exitCode" not in running["containers"][0]
    assert ended(fargate, arn) == ("EssentialContainerExited", 3)


def test_a_container_has_the_environment_of_image_definition_and_secret(fargate: Fargate):
    arn = start(fargate, 'echo "$IMAGE $DEFINED $PASSWORD $TMPDIR"; touch $TMPDIR/written')

    assert ended(fargate, arn) == ("EssentialContainerExited", 0)
    assert "here here opens" in fargate.said()
    assert (fargate.folder / arn.rsplit("/", 1)[-1] / "written").exists()


def test_a_task_that_is_stopped_is_asked_first(fargate: Fargate):
    arn = start(fargate, "trap 'exit 7' TERM; echo ready; sleep 60 & wait")
    await_trap(fargate, arn)

    fargate.aws.client("ecs").stop_task(cluster="agent", task=arn, reason="enough")

    assert ended(fargate, arn) == ("UserInitiated", 7)
    assert described(fargate, arn)["stoppedReason"] == "enough"


@pytest.mark.parametrize("how", ["stopped", "interrupted"])
def test_a_task_that_does_not_listen_is_killed_after_its_grace(fargate: Fargate, how: str):
    arn = start(fargate, STUBBORN)
    await_trap(fargate, arn)

    if how == "stopped":
        fargate.aws.client("ecs").stop_task(cluster="agent", task=arn)
    else:
        fargate.interrupt(arn, grace_s=0.2)

    codes = {"stopped": "UserInitiated", "interrupted": "SpotInterruption"}
    assert ended(fargate, arn) == (codes[how], 137)


@pytest.mark.parametrize(("memory", "code"), [("2048", 137), ("4096", 0)])
def test_a_task_that_takes_more_memory_than_it_has_is_killed(
    fargate: Fargate, memory: str, code: int
):
    arn = start(fargate, TOO_MUCH, cpu="1024", memory=memory)

    assert ended(fargate, arn) == ("EssentialContainerExited", code)
    reason = described(fargate, arn)["containers"][0].get("reason", "")
    assert ("OutOfMemoryError" in reason) is (code == 137)


def test_what_aws_refuses_is_refused(fargate: Fargate):
    with pytest.raises(ClientError, match="8192 are allowed"):
        start(fargate, "#" * 8192)
    with pytest.raises(ClientError, match="No Fargate configuration"):
        start(fargate, "true", cpu="256", memory="8192")
    fargate.aws.client("ecs").create_cluster(clusterName="no-spot", capacityProviders=["FARGATE"])
    with pytest.raises(ClientError, match="capacity provider"):
        fargate.aws.client("ecs").run_task(
            cluster="no-spot", taskDefinition="agent", capacityProviderStrategy=SPOT_ALONE
        )
