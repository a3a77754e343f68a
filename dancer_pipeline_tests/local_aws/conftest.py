"""A bucket whose events arrive in a queue."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dancer_pipeline.infrastructure import Infrastructure, Route, Via, set_up
from dancer_pipeline_tests.standin import Aws


@dataclass(frozen=True)
class Told:
    """A bucket, and what its queue was told."""

    aws: Aws
    bucket: str
    queue_url: str

    @property
    def s3(self) -> Any:
        return self.aws.client("s3")

    def bodies(self) -> list[Any]:
        """Receive and delete every message; test events are left out."""
        sqs, bodies = self.aws.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(json.loads(message["Body"]))
        return [body for body in bodies if "s3:TestEvent" not in str(body)]

    def records(self) -> list[dict[str, Any]]:
        """Return the records of every message."""
        return [record for body in self.bodies() for record in body["Records"]]

    def put(self, key: str, body: bytes = b"video", **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)
        return answer


@pytest.fixture
def told(aws: Aws) -> Callable[..., Told]:
    """Return what makes a bucket whose events go a chosen way."""

    def make(via: Via = "direct", versioning: Any = "Enabled") -> Told:
        name = f"test-{uuid.uuid4().hex[:12]}"
        wanted = Infrastructure(
            uploads=name,
            results=f"{name}-results",
            queue=name,
            routes=(Route("in/", via),),
            versioning=versioning,
        )
        return Told(aws, name, set_up(wanted).queue_url)

    return make
