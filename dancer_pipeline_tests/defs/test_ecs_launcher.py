"""The launcher of deploy/aws/dagster.yaml, with moto's ECS; whole runs are in whole/test_ecs.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from botocore.exceptions import ClientError
from dagster._core.launcher.base import LaunchRunContext, WorkerStatus

from dancer_pipeline.defs.ecs_launcher import TaskRunLauncher
from dancer_pipeline_tests.standin import Aws

ROOT = Path(__file__).parents[2]
NETWORK = {"awsvpcConfiguration": {
    "subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED",
}}  # fmt: skip


@pytest.fixture
def instance(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Give an instance with the production's launcher, and a definition that it finds."""
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="launching", capacityProviders=["FARGATE"])
    container = {"name": "dancer", "image": "dancer", "memory": 512}
    ecs.register_task_definition(family="launching", containerDefinitions=[container])
    monkeypatch.setenv("DAGSTER_ECS_TASK", "launching")
    monkeypatch.setenv("DAGSTER_ECS_CLUSTER", "launching")
    monkeypatch.setenv("DAGSTER_ECS_SUBNETS", "subnet-1,subnet-2")
    monkeypatch.setenv("DAGSTER_ECS_SECURITY_GROUPS", "sg-1")
    options = yaml.safe_load((ROOT / "deploy" / "aws" / "dagster.yaml").read_text())
    with dg.instance_for_test(overrides={"run_launcher": options["run_launcher"]}) as instance:
        yield instance


def launcher_of(instance: dg.DagsterInstance) -> TaskRunLauncher:
    launcher = instance.run_launcher
    assert isinstance(launcher, TaskRunLauncher)
    return launcher


def run_in_task(instance: dg.DagsterInstance, aws: Aws) -> dg.DagsterRun:
    """Make a run whose task runs."""
    started: Any = aws.client("ecs").run_task(
        cluster="launching", taskDefinition="launching", launchType="FARGATE"
    )
    tags = {"ecs/task_arn": started["tasks"][0]["taskArn"], "ecs/cluster": "launching"}
    return dg.DagsterInstance.create_run_for_job(instance, nothing, tags=tags)


@dg.job
def nothing() -> None:
    """Do nothing."""


def test_where_runs_go_is_in_the_environment_and_the_definition_is_fixed(
    instance: dg.DagsterInstance,
):
    launcher = launcher_of(instance)

    assert launcher.run_task_kwargs["networkConfiguration"] == NETWORK
    assert launcher.run_task_kwargs["cluster"] == "launching"
    assert str(launcher.task_definition).startswith("arn:aws:ecs:")
    assert launcher.secrets_tags == []
    assert launcher.use_current_ecs_task_config is False


def test_a_task_that_ended_well_without_its_run_is_lost_and_the_run_says_so(
    instance: dg.DagsterInstance, aws: Aws
):
    launcher, run = launcher_of(instance), run_in_task(instance, aws)
    seen = [launcher.check_run_worker_health(run).status for _ in range(6)]

    words = launcher.get_run_worker_debug_info(run)

    assert seen[0] is WorkerStatus.RUNNING
    assert seen[-1] is WorkerStatus.FAILED
    assert words
    assert "its task has stopped" in words
    noted = instance.get_run_by_id(run.run_id)
    assert noted
    assert noted.tags["dancer/lost_because"] == words
    assert "dancer/out_of_memory" not in noted.tags


def test_a_run_that_ecs_does_not_start_says_why_and_that_it_never_began(
    instance: dg.DagsterInstance,
):
    launcher = launcher_of(instance)
    launcher.run_task_kwargs = {**launcher.run_task_kwargs, "cluster": "another"}
    origin = dg.reconstructable(nothing).get_python_origin()
    run = dg.DagsterInstance.create_run_for_job(instance, nothing, job_code_origin=origin)

    with pytest.raises(ClientError, match="Cluster not found"):
        launcher.launch_run(LaunchRunContext(run, workspace=None))

    noted = instance.get_run_by_id(run.run_id)
    assert noted
    assert noted.tags["dancer/not_launched"] == "true"
    assert "could not be started" in noted.tags["dancer/lost_because"]


def test_of_a_run_without_a_task_nothing_is_said(instance: dg.DagsterInstance):
    run = dg.DagsterInstance.create_run_for_job(instance, nothing)

    assert launcher_of(instance).get_run_worker_debug_info(run) is None
