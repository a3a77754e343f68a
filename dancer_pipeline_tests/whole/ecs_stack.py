"""A whole deployment of the template: its services are processes here, its runs are ECS tasks."""

import json
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy.engine import make_url

from dancer_pipeline.infrastructure import Infrastructure, SetUp
from dancer_pipeline_tests.cloud.deployment import Bucket
from dancer_pipeline_tests.deployed.applied import apply
from dancer_pipeline_tests.deployed.fargate import Fargate
from dancer_pipeline_tests.deployed.template import Resolved, resolved
from dancer_pipeline_tests.whole.cloud_stack import CloudStack
from dancer_pipeline_tests.whole.stack import ROOT

HUNGRY = {"DANCER_ANALYSES": str(ROOT / "dancer_pipeline_tests" / "whole" / "analyses")}
"""The image of these tests has an analysis more."""

SERVICES = CODE, DAEMON = "CodeTask", "DaemonTask"
SOONER = {
    "DANCER_TICK_S": "2",
    "DANCER_QUEUE_WAIT_S": "1",
    "DANCER_VISIBILITY_S": "5",
    "DANCER_LISTING_S": "3",
    "DANCER_MISSED_AFTER_S": "300",  # whatever is taken in, a notification told of
    "DANCER_BACKOFF_S": "1",
}
QUICKER = {
    "poll_interval_seconds: 30": "poll_interval_seconds: 2",
    "dequeue_interval_seconds: 5": "dequeue_interval_seconds: 1",
}


@dataclass
class EcsStack(CloudStack):
    """A stack of the template; a daemon launches its runs, and the agent runs them."""

    fargate: Fargate = field(kw_only=True)
    template: Resolved = field(kw_only=True)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of each service's role."""

    configuration: ClassVar[str] = "deploy/aws/dagster.yaml"

    @classmethod
    def made(cls, folder: Path, fargate: Fargate, database_url: str) -> "EcsStack":
        """Apply the template; the tests' own database takes the place of its own."""
        aws, database = fargate.aws, make_url(database_url)
        name = f"dancer-{uuid.uuid4().hex[:8]}"
        parameters = {
            "AWS::StackName": name,
            "UploadsBucketName": f"{name}-uploads",
            "ResultsBucketName": f"{name}-results",
            "QueueName": name,
            "DatabaseName": str(database.database),
            "SubnetIds": aws.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"],
        }
        address = {"Database.Endpoint.Address": f"{database.host}:{database.port}"}
        user = {"username": database.username, "password": database.password}
        template = resolved(parameters, address)
        apply(template, aws, {"DatabaseSecret": json.dumps(user)})
        return cls(
            folder,
            bucket=_bucket(fargate, template),
            ledger_url=database_url,
            history_url=database_url,
            endpoint=aws.endpoint,
            fargate=fargate,
            template=template,
        )

    def check_permissions(self) -> None:
        """Give each service the keys of its role; from now on these say what it may do."""
        sts, iam = self.fargate.aws.client("sts"), self.fargate.aws.client("iam")
        for task in SERVICES:
            role = self.template[task]["TaskRoleArn"]
            keys = sts.assume_role(RoleArn=role, RoleSessionName=task)["Credentials"]
            self.keys[task] = {
                "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                "AWS_SESSION_TOKEN": keys["SessionToken"],
            }
        # Of ECS, logs and the like the stand-in knows no resources: there the actions count alone.
        [policy] = self.template["DaemonRole"]["Policies"]
        allowed = [
            {"Effect": "Allow", "Action": it["Action"], "Resource": "*"}
            for it in policy["PolicyDocument"]["Statement"]
        ]
        iam.put_role_policy(
            RoleName=f"{self.template.stack}-DaemonRole",
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
        )
        self.fargate.aws.let_permissions_count()

    def places(self) -> dict[str, str]:
        """Return nothing: each service has what the template gives it."""
        return {}

    def log(self) -> str:
        return f"{super().log()[-4000:]}\n{self.fargate.said()}"

    def service(self, task: str) -> dict[str, str]:
        """Return what a service's container is given, the secrets and the role's keys too."""
        [container] = self.template[task]["ContainerDefinitions"]
        database = make_url(self.history_url)
        return {
            **{it["Name"]: it["Value"] for it in container["Environment"]},
            "PGUSER": str(database.username),
            "PGPASSWORD": str(database.password),
            "AWS_ENDPOINT_URL": self.endpoint,
            **self.keys[task],
        }

    def _spawn(
        self, arguments: list[str], environment: dict[str, str], group: int
    ) -> "subprocess.Popen[bytes]":
        if "grpc" in arguments:
            given = {**self.service(CODE), **SOONER, **HUNGRY}
        else:
            given = self.service(DAEMON)
        return super()._spawn(arguments, environment | given, group)

    def _environment(
        self, failpoint: str | None = None, die_at: str | None = None
    ) -> dict[str, str]:
        environment = super()._environment(failpoint, die_at)
        path = self.folder / "home" / "dagster.yaml"
        text = path.read_text()
        for slow, quick in QUICKER.items():
            assert slow in text
            text = text.replace(slow, quick)
        path.write_text(text)
        return {name: it for name, it in environment.items() if not name.startswith("DANCER_")}


def _bucket(fargate: Fargate, template: Resolved) -> Bucket:
    plan = Infrastructure(
        uploads=template["UploadsBucket"]["BucketName"],
        results=template["ResultsBucket"]["BucketName"],
        queue=template["UploadsQueue"]["QueueName"],
    )
    urls = [_url(fargate, template[name]) for name in ("UploadsQueue", "DeadLetterQueue")]
    return Bucket(fargate.aws, plan, SetUp(*urls))


def _url(fargate: Fargate, queue: dict[str, Any]) -> str:
    answer = fargate.aws.client("sqs").get_queue_url(QueueName=queue["QueueName"])
    return str(answer["QueueUrl"])
