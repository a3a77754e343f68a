"""Stacks of the template in the stand-in."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from dancer_pipeline.infrastructure import Via
from dancer_pipeline_tests.cloud.deployment import VIAS
from dancer_pipeline_tests.deployed.applied import Stack, apply
from dancer_pipeline_tests.deployed.identities import ACCOUNT
from dancer_pipeline_tests.deployed.template import resolved
from dancer_pipeline_tests.standin import REGION, Aws, standin_running

if TYPE_CHECKING:
    from dancer_pipeline_tests.deployed.roles import Checked


@dataclass(frozen=True)
class Deployed:
    """A stack that was applied."""

    aws: Aws
    via: Via
    stack: Stack

    def __getitem__(self, name: str) -> dict[str, str]:
        """Return the properties of a resource."""
        return self.stack.resolved[name]

    @property
    def queue_arn(self) -> str:
        """Where notifications are sent."""
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self['UploadsQueue']['QueueName']}"

    def environment(self, task: str) -> dict[str, str]:
        """Return what a container is given, without its secrets."""
        [container] = self.stack.resolved[task]["ContainerDefinitions"]
        return {it["Name"]: it["Value"] for it in container["Environment"]}

    def put(self, key: str, content: bytes = b"x") -> str:
        """Upload as a person would, and say which version it became."""
        answer = self.aws.client("s3").put_object(
            Bucket=self["UploadsBucket"]["BucketName"], Key=key, Body=content
        )
        return str(answer["VersionId"])


@cache
def stack_of(aws: Aws, via: Via) -> Deployed:
    """Make one stack for each route, for all tests of this process."""
    name = f"dancer-{uuid.uuid4().hex[:8]}"
    parameters = {
        "AWS::StackName": name,
        "UploadsBucketName": f"{name}-uploads",
        "ResultsBucketName": f"{name}-results",
        "QueueName": name,
        "Via": via,
    }
    return Deployed(aws, via, apply(resolved(parameters), aws))


@pytest.fixture(params=VIAS)
def deployed(aws: Aws, request: pytest.FixtureRequest) -> Deployed:
    """Give a stack of each route."""
    return stack_of(aws, request.param)


@pytest.fixture(scope="session")
def checked_roles(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Checked"]:
    """Start a stand-in of its own: its check of permissions is on or off for everybody."""
    from dancer_pipeline_tests.deployed.paths import furnish
    from dancer_pipeline_tests.deployed.roles import checked

    with standin_running() as aws:
        with patch.dict(os.environ, aws.environment):
            found = checked(stack_of(aws, "direct"))
        furnish(found, tmp_path_factory.mktemp("logs"))
        yield found
