"""A whole deployment on S3, SQS and PostgreSQL: each of them, and each of ours, a process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar
from unittest.mock import patch

import dagster as dg

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.results import ResultStore
from dancer_pipeline_tests.cloud.deployment import Bucket
from dancer_pipeline_tests.whole.stack import Stack


@dataclass
class CloudStack(Stack):
    """A deployment whose videos, messages, ledger, history and results are elsewhere."""

    bucket: Bucket = field(kw_only=True)
    ledger_url: str = field(kw_only=True)
    history_url: str = field(kw_only=True)
    endpoint: str = field(kw_only=True)
    """Of AWS, as the deployment sees it: there may be a bad network before it."""

    configuration: ClassVar[str] = "deploy/machine/dagster.yaml"

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.ledger_url)

    @property
    def results(self) -> ResultStore:
        return ResultStore(f"s3://{self.bucket.plan.results}/results")

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        address = {"DAGSTER_POSTGRES_URL": self.history_url}
        with patch.dict(os.environ, address), super().instance() as instance:
            yield instance

    def stored_videos(self) -> set[tuple[str, str]]:
        return self.bucket.stored_videos()

    def waiting_messages(self) -> int:
        return self.bucket.waiting_messages()

    def dead_messages(self) -> int:
        return self.bucket.dead_messages()

    def places(self) -> dict[str, str]:
        return {
            **self.bucket.aws.environment,
            "AWS_ENDPOINT_URL": self.endpoint,
            "DAGSTER_POSTGRES_URL": self.history_url,
            "DANCER_SOURCE": f"s3://{self.bucket.name}/in",
            "DANCER_RESULTS": f"s3://{self.bucket.plan.results}/results",
            "DANCER_LEDGER": self.ledger_url,
            "DANCER_QUEUE": self.bucket.plan.queue,
            "DANCER_TICK_S": "2",
            "DANCER_QUEUE_WAIT_S": "1",
            "DANCER_VISIBILITY_S": "5",
            "DANCER_LISTING_S": "3",
            "DANCER_MISSED_AFTER_S": "6",
            "DANCER_SCRATCH": str(self.folder / "scratch"),
        }
