"""The run launcher of ECS: Dagster's own, with its network in the environment, and it says why.

Dagster's tells that a task has stopped. Whether it had too little memory, or its Spot capacity was
taken back, decides what happens next; this one writes that into the run's tags.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster import StringSource
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster_aws.ecs import EcsRunLauncher

from dancer_pipeline.defs.partitions import LOST_TAG, NOT_LAUNCHED_TAG, OUT_OF_MEMORY_TAG
from dancer_pipeline.task_end import TaskEnd, task_end


class TaskRunLauncher(EcsRunLauncher[Any]):
    """Launches each run as an ECS task of a task definition that is there already.

    Parameters
    ----------
    subnets, security_groups
        Where tasks run; their ids, separated by commas.
    config
        That of Dagster's own launcher.
    """

    def __init__(
        self, inst_data: Any = None, *, subnets: str, security_groups: str, **config: Any
    ) -> None:
        network = {
            "subnets": subnets.split(","),
            "securityGroups": security_groups.split(","),
            "assignPublicIp": "DISABLED",
        }
        fixed = {"networkConfiguration": {"awsvpcConfiguration": network}}
        config["run_task_kwargs"] = {**fixed, **config.get("run_task_kwargs", {})}
        super().__init__(inst_data, **config)

    @classmethod
    def config_type(cls) -> Mapping[str, Any]:
        """Return what may stand under `config` in dagster.yaml."""
        dagsters = super().config_type()  # type: ignore[no-untyped-call]  # Dagster's is untyped
        return {
            **dagsters,
            "subnets": dg.Field(StringSource),
            "security_groups": dg.Field(StringSource),
        }

    def launch_run(self, context: LaunchRunContext) -> None:
        """Launch a run; where ECS refuses, that is noted: it says nothing about the video."""
        try:
            super().launch_run(context)
        except Exception as error:  # whatever it was, it is noted and raised again
            words = f"its task could not be started: {error}"
            noted = {NOT_LAUNCHED_TAG: "true", LOST_TAG: words[:400]}
            self._instance.add_run_tags(context.dagster_run.run_id, noted)
            raise

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Say whether the run's task is still there; Dagster asks while the run has not ended."""
        found: CheckRunHealthResult = super().check_run_worker_health(run)
        # A task that ended well without its run is as lost as any other.
        is_over = found.status is WorkerStatus.SUCCESS
        return found._replace(status=WorkerStatus.FAILED) if is_over else found

    def get_run_worker_debug_info(
        self,
        run: dg.DagsterRun,
        include_container_logs: bool | None = True,  # noqa: FBT001, FBT002, ARG002 - Dagster's signature
    ) -> str | None:
        """Say how a run's task ended, and note it on the run; None where nothing is known."""
        end = self._end(run.run_id)
        if end is None:
            return None
        noted = {LOST_TAG: end.words[:400]}
        if end.out_of_memory:
            noted[OUT_OF_MEMORY_TAG] = "true"
        self._instance.add_run_tags(run.run_id, noted)
        return end.words

    def _end(self, run_id: str) -> TaskEnd | None:
        tags = self._get_run_tags(run_id)
        if not (tags.arn and tags.cluster):
            return None
        tasks = self.ecs.describe_tasks(tasks=[tags.arn], cluster=tags.cluster)["tasks"]
        return task_end(tasks[0]) if tasks else None
