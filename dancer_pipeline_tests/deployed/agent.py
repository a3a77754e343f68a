"""Does with the tasks that moto's ECS accepts what Fargate does: each is a process of its own.

It shares moto's process. A task runs its real command, with the environment of its definition, its
secrets, its overrides and its role, in a limit of its memory; what ECS then tells of it is what
became of that process. What it cannot show: images, networks, CPU limits, disks and real capacity.
"""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.secretsmanager.models import secretsmanager_backends
from moto.sts.models import sts_backends

from dancer_pipeline.local_aws.mending import mends

LONGEST_OVERRIDES = 8192
CONTAINER = 0
KILLED_FOR_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
SPOT = "Your Spot Task was interrupted."
FARGATE_MIB = {
    256: {512, 1024, 2048},
    512: set(range(1024, 4097, 1024)),
    1024: set(range(2048, 8193, 1024)),
    2048: set(range(4096, 16385, 1024)),
    4096: set(range(8192, 30721, 1024)),
}

# A limit of the data segment: what is beyond it is refused, as a container's kernel would kill.
IN_A_LIMIT = ["sh", "-c", 'ulimit -d "$0" && exec "$@"']


@dataclass
class Work:
    """A task and the process that does its work."""

    task: Task
    definition: dict[str, Any]
    process: "subprocess.Popen[bytes] | None" = None
    is_told_to_stop: threading.Event = field(default_factory=threading.Event)

    @property
    def override(self) -> dict[str, Any]:
        given = self.task.overrides.get("containerOverrides", [])
        return next((it for it in given if it["name"] == self.definition["name"]), {})

    @property
    def memory_mib(self) -> int:
        return int(self.task.overrides.get("memory") or self.definition["memory"])

    @property
    def command(self) -> list[str]:
        return list(self.override.get("command") or self.definition["command"])

    def told(self) -> dict[str, Any]:
        """Return what a test may ask about it."""
        container = self.task.containers[CONTAINER]
        return {
            "arn": self.task.task_arn,
            "run": next((t["value"] for t in self.task.tags if t["key"] == "dagster/run_id"), ""),
            "tags": {tag["key"]: tag["value"] for tag in self.task.tags},
            "status": self.task.last_status,
            "capacity": self.task.capacity_provider_name,
            "overrides": self.task.overrides,
            "exit_code": container.exitCode,
            "stop_code": getattr(self.task, "stop_code", None),
            "pid": self.process.pid if self.process else None,
        }


@dataclass
class Agent:
    """Everything that runs.

    Parameters
    ----------
    image
        The environment that the image sets, and where the stand-in answers.
    folder
        Of the scratch volumes and of what the containers say.
    """

    image: Mapping[str, str]
    folder: Path
    works: dict[str, Work] = field(default_factory=dict)

    def accept(self, backend: EC2ContainerServiceBackend, task: Task) -> None:
        """Take over a task that ECS accepts, and begin."""
        found = backend.describe_task_definition(task.task_definition_arn)
        work = Work(task, found.container_definitions[CONTAINER])
        task.last_status = "PENDING"
        task.containers[CONTAINER].exitCode = None
        self.works[task.task_arn] = work
        role = getattr(found, "task_role_arn", None)
        threading.Thread(target=self._run, args=(work, role), daemon=True).start()

    def stop(self, arn: str, code: str, reason: str, grace_s: float | None = None) -> None:
        """Stop a task: SIGTERM to its first process, after the grace SIGKILL to all."""
        work = self.works[arn]
        work.task.desired_status, work.task.stop_code = "STOPPED", code
        work.task.stopped_reason = reason
        work.is_told_to_stop.set()
        seconds = work.definition.get("stopTimeout", 30) if grace_s is None else grace_s
        threading.Thread(target=_end, args=(work, seconds), daemon=True).start()

    def environment(self, work: Work, role: str | None) -> dict[str, str]:
        """Return what a container finds in its environment."""
        scratch = self.folder / work.task.id
        scratch.mkdir(parents=True)
        own = {it["name"]: it["value"] for it in work.definition.get("environment", [])}
        secret = {it["name"]: _secret(it["valueFrom"]) for it in work.definition.get("secrets", [])}
        given = {it["name"]: it["value"] for it in work.override.get("environment", [])}
        found = {**self.image, **own, **secret, **given, **_credentials(role)}
        return {name: it.replace("/scratch", str(scratch)) for name, it in found.items()}

    def _run(self, work: Work, role: str | None) -> None:
        task, container = work.task, work.task.containers[CONTAINER]
        command = [*IN_A_LIMIT, str(work.memory_mib * 1024), *work.command]
        environment = self.environment(work, role)
        with (self.folder / f"{task.id}.log").open("wb") as log:
            work.process = subprocess.Popen(
                command, env=environment, cwd=self.folder / task.id, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        if work.is_told_to_stop.is_set():  # before there was anything to stop
            _kill_all(work)
        task.last_status = container.last_status = "RUNNING"
        code = work.process.wait()
        _kill_all(work)  # a container ends with its first process
        if not work.is_told_to_stop.is_set():
            task.stop_code = "EssentialContainerExited"
            task.stopped_reason = "Essential container in task exited"
            if code == -signal.SIGKILL:  # which nobody sent but the kernel
                container.reason = KILLED_FOR_MEMORY
        container.exitCode = 128 - code if code < 0 else code
        task.desired_status = task.last_status = container.last_status = "STOPPED"


def install(agent: Agent) -> None:
    """Let moto's ECS hand its tasks to an agent."""
    backend = EC2ContainerServiceBackend
    accept = backend.run_task

    @mends(Task)
    def advance(_task: Task) -> None:
        """Do nothing: a task goes on when its process does, not when somebody looks."""

    @mends(backend)
    def run_task(self: Any, cluster_str: str, *args: Any, **kwargs: Any) -> list[Task]:
        tasks = accept(self, cluster_str, *args, **kwargs)
        for task in tasks:
            _refuse_what_aws_refuses(self, cluster_str, task)
            agent.accept(self, task)
        return tasks

    @mends(backend)
    def stop_task(self: Any, cluster_str: str, task_str: str, reason: str) -> Task:
        del self, cluster_str
        arn = next(arn for arn in agent.works if arn.endswith(task_str.rsplit("/", 1)[-1]))
        agent.stop(arn, "UserInitiated", reason or "Task stopped by a user")
        return agent.works[arn].task


def _refuse_what_aws_refuses(backend: Any, cluster: str, task: Task) -> None:
    size = len(json.dumps(task.overrides, separators=(",", ":")))
    if size > LONGEST_OVERRIDES:
        raise InvalidParameterException(f"overrides are {size} characters long, 8192 are allowed")
    offered = backend._get_cluster(cluster).capacity_providers or []
    if task.capacity_provider_name and task.capacity_provider_name not in offered:
        raise InvalidParameterException("The specified capacity provider is not of the cluster")
    cpu, memory = task.overrides.get("cpu"), task.overrides.get("memory")
    if cpu and int(memory) not in FARGATE_MIB.get(int(cpu), set()):
        raise EcsClientException("No Fargate configuration exists for given values.")


def _end(work: Work, grace_s: float) -> None:
    if work.process is None:
        return
    if grace_s == 0:  # else it might end by itself before it is killed
        _kill_all(work)
        return
    work.process.send_signal(signal.SIGTERM)
    try:
        work.process.wait(grace_s)
    except subprocess.TimeoutExpired:
        _kill_all(work)


def _kill_all(work: Work) -> None:
    try:
        os.killpg(work.process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _secret(value_from: str) -> str:
    """Resolve `arn:aws:secretsmanager:...:secret:name[:key:stage:version]`."""
    parts = value_from.split(":")
    account, region, arn, rest = parts[4], parts[3], ":".join(parts[:7]), parts[7:]
    backend = secretsmanager_backends[account][region]
    text = backend.get_secret_value(arn, "", "")["SecretString"]
    return str(json.loads(text)[rest[0]]) if rest and rest[0] else str(text)


def _credentials(role: str | None) -> dict[str, str]:
    """Return what the container's own address for credentials would give."""
    if not role:
        return {}
    account = role.split(":")[4]
    assumed = sts_backends[account]["aws"].assume_role(
        region_name="eu-central-1", role_session_name="task", role_arn=role, policy="",
        duration=3600, external_id="",
    )  # fmt: skip
    return {
        "AWS_ACCESS_KEY_ID": assumed.access_key_id,
        "AWS_SECRET_ACCESS_KEY": assumed.secret_access_key,
        "AWS_SESSION_TOKEN": assumed.session_token,
    }
