"""A deployment on S3 and SQS whose daemon is this process: every part but the processes is real."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import dagster as dg

from dancer_pipeline.definitions import build_defs
from dancer_pipeline.defs.partitions import VIDEOS
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.identity import Upload, object_upload
from dancer_pipeline.infrastructure import Infrastructure, Route, SetUp, Via, set_up
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import OPEN_STATES, Row
from dancer_pipeline_tests.standin import Aws

ALL_ROUTES = tuple(Route(f"in/{via}/", via) for via in ("direct", "sns", "sns_raw", "eventbridge"))


def infrastructure(versioning: Any = "Enabled", routes: tuple[Route, ...] = ()) -> Infrastructure:
    """Describe buckets and queues of a test's own."""
    name = uuid.uuid4().hex[:12]
    return Infrastructure(
        uploads=f"uploads-{name}",
        results=f"results-{name}",
        queue=f"uploads-{name}",
        routes=routes or (Route("in/"),),
        versioning=versioning,
        visibility_s=30,
    )


@dataclass
class Bucket:
    """The upload bucket and its queues, as their users and their owner see them."""

    aws: Aws
    plan: Infrastructure
    queues: SetUp

    @classmethod
    def made(cls, aws: Aws, plan: Infrastructure) -> "Bucket":
        return cls(aws, plan, set_up(plan))

    @property
    def name(self) -> str:
        return self.plan.uploads

    def put(self, key: str, content: bytes, **metadata: str) -> Upload:
        """Upload as a person would, and say which version it became."""
        self.s3.put_object(Bucket=self.name, Key=key, Body=content, Metadata=metadata)
        return self.upload(key)

    def upload(self, key: str) -> Upload:
        """Describe the current version of a key."""
        head = self.s3.head_object(Bucket=self.name, Key=key)
        return object_upload(
            self.name, key, version_id=head.get("VersionId"), etag=head["ETag"],
            size_bytes=head["ContentLength"], last_modified=head["LastModified"],
        )  # fmt: skip

    def delete(self, key: str, **version: str) -> None:
        self.s3.delete_object(Bucket=self.name, Key=key, **version)

    def send(self, body: str) -> None:
        """Put a message into the queue by hand."""
        self.sqs.send_message(QueueUrl=self.queues.queue_url, MessageBody=body)

    def receive(self) -> list[dict[str, Any]]:
        """Take messages from the queue, as another consumer would; they come again at once."""
        answer = self.sqs.receive_message(
            QueueUrl=self.queues.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return list(answer.get("Messages", []))

    def drain(self) -> list[str]:
        """Remove every message from the queue and return their bodies."""
        bodies = []
        while messages := self.receive():
            for message in messages:
                receipt = message["ReceiptHandle"]
                self.sqs.delete_message(QueueUrl=self.queues.queue_url, ReceiptHandle=receipt)
                bodies.append(message["Body"])
        return bodies

    def stored_videos(self) -> set[tuple[str, str]]:
        """Every version of an object, without delete markers and folders."""
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix="in/"
        )
        found = [version for page in pages for version in page.get("Versions", [])]
        uploads = [
            object_upload(
                self.name, it["Key"], version_id=it["VersionId"], etag=it["ETag"],
                size_bytes=it["Size"], last_modified=it["LastModified"],
            )
            for it in found if not it["Key"].endswith("/")
        ]  # fmt: skip
        return {(upload.video_id, upload.version) for upload in uploads}

    def waiting_messages(self) -> int:
        return self._count(self.queues.queue_url)

    def dead_messages(self) -> int:
        return self._count(self.queues.dead_letter_queue_url)

    def _count(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    @property
    def s3(self) -> Any:
        return self.aws.client("s3")

    @property
    def sqs(self) -> Any:
        return self.aws.client("sqs")


@dataclass
class Cloud:
    """The pipeline's side of it, with a daemon that a test lets tick."""

    bucket: Bucket
    dagster: dg.DagsterInstance
    settings: Settings
    cursors: dict[str, str | None] = field(default_factory=dict)

    @cached_property
    def stores(self) -> Stores:
        return Stores(self.settings)

    @property
    def ledger(self) -> Ledger:
        return self.stores.ledger

    @property
    def results(self) -> ResultStore:
        return self.stores.results

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        yield self.dagster

    def stored_videos(self) -> set[tuple[str, str]]:
        return self.bucket.stored_videos()

    def waiting_messages(self) -> int:
        return self.bucket.waiting_messages()

    def dead_messages(self) -> int:
        return self.bucket.dead_messages()

    def tick(self, sensor: str) -> list[dg.RunRequest]:
        """Evaluate a sensor and do with its result what the daemon does."""
        context = dg.build_sensor_context(
            instance=self.dagster,
            definitions=self.definitions,
            resources={"stores": self.stores},
            cursor=self.cursors.get(sensor),
        )
        result = self.definitions.resolve_sensor_def(sensor)(context)
        if not isinstance(result, dg.SensorResult):
            return []
        for request in result.dynamic_partitions_requests or []:
            self.dagster.add_dynamic_partitions(VIDEOS, list(request.partition_keys))
        for event in result.asset_events:
            self.dagster.report_runless_asset_event(event)
        if result.cursor is not None:
            self.cursors[sensor] = result.cursor
        return list(result.run_requests or [])

    def run(self, request: dg.RunRequest) -> bool:
        """Execute a requested run here and now."""
        job = self.definitions.resolve_job_def(str(request.job_name))
        return job.execute_in_process(
            instance=self.dagster,
            partition_key=request.partition_key,
            tags=dict(request.tags),
            asset_selection=list(request.asset_selection) if request.asset_selection else None,
            raise_on_error=False,
        ).success

    def work(self, rounds: int = 12) -> None:
        """Let everything happen that is due: intake, runs, cleanup."""
        for _ in range(rounds):
            self.tick("uploads")
            for request in self.tick("dispatcher"):
                self.run(request)
            if not self.bucket.waiting_messages() and not self.is_busy():
                return

    def is_busy(self) -> bool:
        return any(row.state in OPEN_STATES or row.report_pending for row in self.ledger.rows())

    def row(self, upload: Upload) -> Row:
        row = self.ledger.row(upload.video_id, upload.version)
        assert row is not None, upload
        return row

    @cached_property
    def definitions(self) -> dg.Definitions:
        return build_defs(self.settings)


def s3_record(bucket: str, key: str, **changes: Any) -> dict[str, Any]:
    """One record of a notification; `changes` go into its object part or, by name, on top."""
    top = {name: changes.pop(name) for name in ("eventVersion", "eventName", "awsRegion")
           if name in changes}  # fmt: skip
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {"key": key, "size": 10, "eTag": "0" * 32, "sequencer": "0055AED6DC"}
            | changes,
        },
    }
    return record | top


def notification(*records: Any) -> str:
    """Return a message's body with these records."""
    return json.dumps({"Records": list(records)})


VIAS: tuple[Via, ...] = ("direct", "sns", "sns_raw", "eventbridge")
