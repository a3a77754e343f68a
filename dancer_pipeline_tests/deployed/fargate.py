"""An AWS whose ECS really runs tasks, for tests: what they can ask it and do to it."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3

from dancer_pipeline_tests.standin import REGION, Aws, standin_running

SERVER = "dancer_pipeline_tests.deployed.agent_server"


@dataclass(frozen=True)
class Fargate:
    """The agent, as a test sees it from another process."""

    aws: Aws
    folder: Path

    def tasks(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """Return every task, or those of a run, in the order in which they were asked for."""
        found: list[dict[str, Any]] = self._ask("tasks")
        return [task for task in found if run_id in (None, task["run"])]

    def calls(self) -> dict[str, int]:
        """Return how often each action of ECS was called."""
        called: dict[str, int] = self._ask("calls")
        return called

    def interrupt(self, arn: str, grace_s: float = 0.0) -> None:
        """Take a task's capacity back, as Spot does: SIGTERM, and SIGKILL after the grace."""
        self._ask("interrupt", arn=arn, grace_s=grace_s)

    def owner(self) -> dict[str, str]:
        """Make somebody who may do everything, and return their keys."""
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        session: Any = boto3.Session(**keys, region_name=REGION)
        iam = session.client("iam", endpoint_url=self.aws.endpoint)
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
        iam.create_user(UserName="owner")
        iam.put_user_policy(UserName="owner", PolicyName="all", PolicyDocument=text)
        key = iam.create_access_key(UserName="owner")["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def said(self) -> str:
        """Return what all containers said."""
        logs = sorted(self.folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
        return "\n".join(log.read_text(errors="replace")[-4000:] for log in logs)

    def _ask(self, what: str, **asked: Any) -> Any:
        url = f"{self.aws.endpoint}/agent/{what}?{urlencode(asked)}"
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - this machine's own
            return json.load(answer)


@contextmanager
def fargate_running(folder: Path, image: Mapping[str, str]) -> Iterator[Fargate]:
    """Start the stand-in with an agent, and stop it, its tasks too, at the end.

    Parameters
    ----------
    image
        What the image sets besides.
    """
    more = [f"--image={name}={value}" for name, value in image.items()]
    with standin_running(SERVER, f"--folder={folder}", *more) as aws:
        fargate = Fargate(aws, folder)
        try:
            yield fargate
        finally:
            for task in fargate.tasks():
                if task["status"] != "STOPPED":
                    fargate.interrupt(task["arn"])
