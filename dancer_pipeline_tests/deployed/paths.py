"""All that each role does with S3 and SQS, by the product's own code."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

from dagster._core.storage.compute_log_manager import ComputeIOType
from dagster_aws.s3 import S3ComputeLogManager

from dancer_pipeline.aws import client
from dancer_pipeline.doctor.buckets import versioning
from dancer_pipeline.doctor.tellers import tellers
from dancer_pipeline.identity import Upload
from dancer_pipeline.infrastructure.queues import queue_url
from dancer_pipeline.message_queue import MessageQueue
from dancer_pipeline.places import bucket_place
from dancer_pipeline.results import ResultStore
from dancer_pipeline.sources import Deletion
from dancer_pipeline.sources.bucket import BucketSource
from dancer_pipeline.sources.scratch import Scratch
from dancer_pipeline.states import Outcome
from dancer_pipeline_tests.deployed.roles import Checked
from dancer_pipeline_tests.standin import REGION, version_id

KEY = "in/walk.mp4"
LOG = ["some", "earlier"]
CONTENTS = (b"the first upload", b"the second upload of the same name")


@dataclass(frozen=True)
class Scene:
    """A stack with two versions of an upload, told of, and one from before there were versions."""

    at: Checked
    older: Upload
    newer: Upload
    earliest: Upload
    folder: Path

    @classmethod
    def set(cls, at: Checked, folder: Path) -> "Scene":
        with at.acting():
            earliest = _put_without_version(at, folder)
            older, newer = (_put(at, folder, content) for content in CONTENTS)
        return cls(at, older, newer, earliest, folder)

    @property
    def source(self) -> BucketSource:
        return _source(self.at, self.folder)

    @property
    def results(self) -> ResultStore:
        return ResultStore(f"s3://{self.at.results}/results")


def _source(at: Checked, folder: Path) -> BucketSource:
    return BucketSource(at.uploads, "in/", scratch=Scratch(folder / "scratch"), min_age_s=0)


def _put(at: Checked, folder: Path, content: bytes, key: str = KEY) -> Upload:
    client("s3").put_object(Bucket=at.uploads, Key=key, Body=content)
    found = _source(at, folder).find(key)
    assert found
    return found.upload


def _put_without_version(at: Checked, folder: Path) -> Upload:
    """Upload as into a bucket that was versioned only afterwards."""
    _set_versioning(at, "Suspended")
    upload = _put(at, folder, b"an early upload", "in/early.mp4")
    _set_versioning(at, "Enabled")
    return upload


def _set_versioning(at: Checked, status: Literal["Enabled", "Suspended"]) -> None:
    client("s3").put_bucket_versioning(
        Bucket=at.uploads, VersioningConfiguration={"Status": status}
    )


def _logs(at: Checked, folder: Path) -> S3ComputeLogManager:
    return S3ComputeLogManager(at.results, local_dir=str(folder / "logs"), prefix="compute-logs")


def furnish(at: Checked, folder: Path) -> None:
    """Put something there to be read, as the stack's owner."""
    with at.acting():
        write_log(at, folder, LOG)
        for key in ("in/kept.mp4", "other/a"):
            client("s3").put_object(Bucket=at.uploads, Key=key, Body=b"x")
        for key in ("results/kept", "compute-logs/kept"):
            client("s3").put_object(Bucket=at.results, Key=key, Body=b"x")


def write_log(at: Checked, folder: Path, key: list[str]) -> None:
    """Keep what somebody printed, as Dagster does."""
    with _logs(at, folder).open_log_stream(key, ComputeIOType.STDERR) as stream:
        assert stream is not None
        stream.write("said")


def code_server(on: Scene) -> None:
    """Take a notification, look at uploads and results, count, look at the set-up."""
    at, queue = on.at, MessageQueue(on.at.queue, visibility_s=0)
    told = queue.receive(wait_s=0)
    assert told
    assert queue.acknowledge(told[:1]) == {}
    assert on.source.region == REGION
    assert len(on.source.page().uploads) > 1
    assert on.source.find(KEY, version_id(on.older))
    assert on.results.manifest("walk", "1") is None
    assert list(on.results.manifests()) is not None
    for name in (at.queue, f"{at.queue}-dead-letters"):
        client("sqs").get_queue_attributes(QueueUrl=queue_url(name), AttributeNames=["All"])
    place: Any = SimpleNamespace(source=bucket_place(f"s3://{at.uploads}/in"))
    assert [it.level for it in versioning(place)] == ["good"]
    assert tellers(at.uploads, at.deployed.queue_arn)
    assert not tellers(at.results, at.deployed.queue_arn)
    write_log(at, on.folder, ["a tick", "said"])


def run(on: Scene) -> None:
    """Read exactly one version, keep results of it, delete it, and keep what steps printed."""
    with on.source.open(on.older) as copy:
        assert copy.read_bytes() == CONTENTS[0]
    manifest = on.results.begin(on.older, ["page"], {})
    kept = {"suffix": "html", "code_version": "1", "run_id": "1"}
    on.results.write_bytes("page", b"<html>", on.older, **kept)
    manifest = on.results.manifest(on.older.video_id, on.older.version) or manifest
    assert set(on.results.fingerprints(manifest)) == {"page"}
    on.results.conclude(manifest, Outcome.COMPLETE, coverage=1.0, reason=None)
    assert on.source.delete(on.older) is Deletion.DELETED
    assert not on.source.exists(on.older)
    assert on.source.delete(on.earliest) is Deletion.DELETED
    assert on.source.exists(on.newer)
    on.results.remove(manifest, "page")
    assert list(on.results.manifests())
    write_log(on.at, on.folder, ["a step", "said"])


def web_server(on: Scene) -> None:
    """Show what a step printed."""
    logs = _logs(on.at, on.folder)
    keys = logs.get_log_keys_for_log_key_prefix(["some"], ComputeIOType.STDERR)
    assert LOG in [list(key) for key in keys]
    logs.download_from_cloud_storage(LOG, ComputeIOType.STDERR)
    assert logs.get_log_data(LOG).stderr == b"said"


PATHS: dict[str, Callable[[Scene], None]] = {
    "CodeRole": code_server,
    "RunRole": run,
    "WebRole": web_server,
}
