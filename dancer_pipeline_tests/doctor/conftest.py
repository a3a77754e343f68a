"""A deployment on the stand-in in which nothing is wrong, for the doctor to look at."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import grpc
import pytest
from dagster._daemon.types import DaemonHeartbeat
from dagster._grpc.__generated__ import dagster_api_pb2, dagster_api_pb2_grpc

from dancer_pipeline import doctor
from dancer_pipeline.doctor.processes import OLDEST_BEAT_S
from dancer_pipeline.doctor.queues import attributes
from dancer_pipeline.infrastructure import Infrastructure, set_up
from dancer_pipeline.ledger import Ledger
from dancer_pipeline_tests.cloud.deployment import infrastructure
from dancer_pipeline_tests.postgres import Postgres
from dancer_pipeline_tests.standin import Aws

ROOT = Path(__file__).parents[2]
OF_A_CONTAINER = (
    "DANCER_SOURCE", "DANCER_RESULTS", "DANCER_LEDGER", "DANCER_QUEUE", "DANCER_ECS_CAPACITY",
    "DAGSTER_CODE_HOST", "DAGSTER_LOGS_BUCKET", "DAGSTER_ECS_TASK", "DAGSTER_ECS_CLUSTER",
    "DAGSTER_ECS_SUBNETS", "DAGSTER_ECS_SECURITY_GROUPS",
)  # fmt: skip
"""Variables that a container has where it needs them."""


@dataclass
class Ill:
    """A deployment, and what a test needs to make it ill.

    Making one takes longer than looking at it, so tests share it until one of them has harmed more
    than its own environment.
    """

    standin: Aws
    plan: Infrastructure
    home: Path
    database: str
    server: Postgres
    tasks: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    is_harmed: bool = False
    is_lost: bool = False
    """Harmed so that it is better made anew than mended."""

    is_silent: bool = False
    """The daemon's heartbeats are not as they were."""

    @property
    def replaced(self) -> dict[str, str]:
        """Where the tests' own database, server and network take the template's place."""
        return {
            "DAGSTER_POSTGRES_URL": self.database,
            "DANCER_LEDGER": self.database,
            "DAGSTER_CODE_HOST": "127.0.0.1",
            "DANCER_LOG_FILE": str(self.home / "log"),
            "DAGSTER_ECS_SUBNETS": self.tasks["DAGSTER_ECS_SUBNETS"],
            "DAGSTER_ECS_SECURITY_GROUPS": self.tasks["DAGSTER_ECS_SECURITY_GROUPS"],
        }

    @property
    def aws(self) -> Aws:
        """The stand-in, for whoever is going to change something there."""
        self.is_harmed = True
        return self.standin

    def set(self, name: str, value: str) -> None:
        """Set a variable of the deployment."""
        self.monkeypatch.setenv(name, value)

    def unset(self, name: str) -> None:
        self.monkeypatch.delenv(name)

    @property
    def queue_url(self) -> str:
        return self._url(self.plan.queue)

    @property
    def dead_letters_url(self) -> str:
        return self._url(self.plan.dead_letters)

    def queue_says(self, **changed: str) -> None:
        """Change attributes of the queue."""
        self.aws.client("sqs").set_queue_attributes(QueueUrl=self.queue_url, Attributes=changed)

    @property
    def told(self) -> dict[str, Any]:
        """How the bucket tells the queue."""
        s3 = self.standin.client("s3")
        found = s3.get_bucket_notification_configuration(Bucket=self.plan.uploads)
        told: dict[str, Any] = found["QueueConfigurations"][0]
        return told

    def tell(self, *configurations: dict[str, Any], **more: Any) -> None:
        """Replace what the bucket tells, as whoever writes it does."""
        self.aws.client("s3").put_bucket_notification_configuration(
            Bucket=self.plan.uploads,
            NotificationConfiguration={"QueueConfigurations": list(configurations), **more},
        )

    def database_anew(self) -> str:
        """Make an empty database and return its URL."""
        return self.server.database()

    def beat(self, age_s: float = 0) -> None:
        """Let every thread of the daemon say that it lives, or lived."""
        self.is_silent |= bool(age_s)
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            for it in instance.get_required_daemon_types():
                beat = DaemonHeartbeat(time.time() - age_s, it, "daemon", [])
                instance.add_daemon_heartbeat(beat)

    def _url(self, name: str) -> str:
        url: str = self.standin.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        return url


@pytest.fixture(scope="session")
def code_port() -> Iterator[int]:
    """Answer as a code server does that is asked whether it lives."""

    class Servicer(dagster_api_pb2_grpc.DagsterApiServicer):
        def Ping(self, request: Any, _context: Any) -> Any:  # noqa: N802 - so it is declared
            return dagster_api_pb2.PingReply(echo=request.echo)

    server = grpc.server(futures.ThreadPoolExecutor(2))
    dagster_api_pb2_grpc.add_DagsterApiServicer_to_server(Servicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(None)


@pytest.fixture(scope="session")
def database(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make one database with the tables of both, which tests leave as they find it."""
    url = postgres()
    Ledger(url)
    home = tmp_path_factory.mktemp("home")
    (home / "dagster.yaml").write_text(f"storage: {{postgres: {{postgres_url: '{url}'}}}}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_runs_count() == 0
    return url


@pytest.fixture(scope="module")
def unharmed() -> list[Infrastructure]:
    """Keep what is set up as long as it can be mended."""
    return []


@pytest.fixture(scope="module")
def beats() -> list[float]:
    """Keep when the daemon was let live."""
    return []


@pytest.fixture
def deployment(
    aws: Aws,
    database: str,
    postgres_server: Postgres,
    code_port: int,
    tasks: dict[str, str],
    unharmed: list[Infrastructure],
    beats: list[float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Ill]:
    """Deploy what deploy/aws describes: runs are tasks, the daemon has just said that it lives."""
    home = tmp_path / "home"
    shutil.copytree(ROOT / "deploy" / "aws", home)
    workspace = home / "workspace.yaml"
    workspace.write_text(workspace.read_text().replace("4000", str(code_port)))
    plan = unharmed[0] if unharmed else infrastructure()
    ill = Ill(aws, plan, home, database, postgres_server, tasks, monkeypatch)
    if not unharmed:
        set_up(replace(plan, visibility_s=120))
        _purge(ill)  # of the test events of the bucket
        unharmed.append(plan)
    monkeypatch.setattr(doctor, "LIMIT_S", 120)
    for name in [it for it in os.environ if it.startswith("DANCER_")]:
        monkeypatch.delenv(name)
    for name, value in {**_environment(ill, tmp_path), **tasks}.items():
        monkeypatch.setenv(name, value)
    _beat(ill, beats)
    attributes.cache_clear()
    as_it_was = _harmable(ill)
    yield ill
    attributes.cache_clear()
    if ill.is_silent:
        beats.clear()
    if ill.is_lost:
        unharmed.clear()
    elif ill.is_harmed:
        _mend(ill, as_it_was)


def _beat(ill: Ill, beats: list[float]) -> None:
    """Let the daemon live, if it has not lately been let."""
    if not beats or time.time() - beats[-1] > OLDEST_BEAT_S / 3:
        ill.beat()
        beats.append(time.time())


def _harmable(ill: Ill) -> dict[str, Any]:
    """Read what tests change most."""
    names = ["VisibilityTimeout", "MessageRetentionPeriod", "MaximumMessageSize", "RedrivePolicy"]
    found = ill.standin.client("sqs").get_queue_attributes(
        QueueUrl=ill.queue_url, AttributeNames=[*names, "Policy"]
    )
    return {"queue": found["Attributes"], "told": ill.told}


def _mend(ill: Ill, as_it_was: dict[str, Any]) -> None:
    """Undo what tests change most."""
    sqs, s3 = ill.standin.client("sqs"), ill.standin.client("s3")
    s3.put_bucket_versioning(Bucket=ill.plan.uploads, VersioningConfiguration={"Status": "Enabled"})
    ill.tell(as_it_was["told"])
    sqs.set_queue_attributes(QueueUrl=ill.queue_url, Attributes=as_it_was["queue"])
    kept = {"MessageRetentionPeriod": str(ill.plan.retention_s)}
    sqs.set_queue_attributes(QueueUrl=ill.dead_letters_url, Attributes=kept)
    _purge(ill)


def _purge(ill: Ill) -> None:
    for url in (ill.queue_url, ill.dead_letters_url):
        ill.standin.client("sqs").purge_queue(QueueUrl=url)


def _environment(ill: Ill, folder: Path) -> dict[str, str]:
    return {
        "DAGSTER_HOME": str(ill.home),
        "DAGSTER_POSTGRES_URL": ill.database,
        "DAGSTER_CODE_HOST": "127.0.0.1",
        "DAGSTER_LOGS_BUCKET": ill.plan.results,
        "DANCER_SOURCE": f"s3://{ill.plan.uploads}/in",
        "DANCER_RESULTS": f"s3://{ill.plan.results}",
        "DANCER_LEDGER": ill.database,
        "DANCER_QUEUE": ill.queue_url,
        "DANCER_SCRATCH": str(folder / "scratch"),
        "DANCER_ECS_CAPACITY": "spot",
    }


@pytest.fixture(scope="session")
def tasks(standin: Aws) -> dict[str, str]:
    """Make a cluster, a network and what a run's task is."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in standin.environment.items():
            monkeypatch.setenv(name, value)
        return _made_tasks(standin)


def _made_tasks(standin: Aws) -> dict[str, str]:
    ecs, ec2 = standin.client("ecs"), standin.client("ec2")
    ecs.create_cluster(clusterName="dancer", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    container = {"name": "dancer", "image": "dancer", "memory": 4096}
    made = ecs.register_task_definition(family="dancer-run", containerDefinitions=[container])
    subnets = [it["SubnetId"] for it in ec2.describe_subnets()["Subnets"]]
    groups = [it["GroupId"] for it in ec2.describe_security_groups()["SecurityGroups"]]
    return {
        "DAGSTER_ECS_TASK": made["taskDefinition"]["taskDefinitionArn"],
        "DAGSTER_ECS_CLUSTER": "dancer",
        "DAGSTER_ECS_SUBNETS": ",".join(subnets),
        "DAGSTER_ECS_SECURITY_GROUPS": groups[0],
    }
