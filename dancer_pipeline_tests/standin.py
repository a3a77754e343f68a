"""A real S3, SQS, SNS and EventBridge API in a process of its own, for tests."""

import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3

from dancer_pipeline.identity import Upload, VersionPin, pin
from dancer_pipeline_tests.ports import answers, free_port

REGION = "eu-central-1"


@cache
def past_every_proxy(service: str, endpoint: str) -> Any:
    make: Any = boto3.client
    return make(service, endpoint_url=endpoint, region_name=REGION)


@dataclass(frozen=True)
class Aws:
    """Where it answers, and what a test needs of it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """What the SDK needs to find it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def client(self, service: str) -> Any:
        """Return a client past every proxy, as somebody has who is not the pipeline."""
        return past_every_proxy(service, self.endpoint)

    def let_permissions_count(self) -> None:
        """Refuse from now on what nobody has allowed."""
        address, plain = f"{self.endpoint}/moto-api/reset-auth", {"Content-Type": "text/plain"}
        request = urllib.request.Request(address, data=b"0", headers=plain)  # noqa: S310 our own
        with urllib.request.urlopen(request) as answer:  # noqa: S310 our own
            assert answer.status == 200

    def bucket(self, versioning: str | None = None) -> str:
        """Make a bucket of the test's own."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        place = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)
        if versioning:
            self.client("s3").put_bucket_versioning(
                Bucket=name, VersioningConfiguration={"Status": versioning}
            )
        return name


@contextmanager
def standin_running(
    module: str = "dancer_pipeline.local_aws", *arguments: str, port: int | None = None
) -> Iterator[Aws]:
    """Start it, wait until it answers, and stop it at the end."""
    port = port or free_port()
    command = [sys.executable, "-m", module, "--port", str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 60
            while not answers(port):
                assert process.poll() is None, "the stand-in ended by itself"
                assert time.monotonic() < end, "the stand-in did not start in 60 s"
                time.sleep(0.05)
            yield Aws(f"http://127.0.0.1:{port}")
        finally:
            process.kill()


def version_id(upload: Upload) -> str:
    """Return what S3 calls a version that has an id."""
    pinned = pin(upload.version)
    assert isinstance(pinned, VersionPin)
    return pinned.version_id
