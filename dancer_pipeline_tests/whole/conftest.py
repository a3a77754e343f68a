"""A deployment per test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dancer_pipeline_tests.cloud.deployment import Bucket, infrastructure
from dancer_pipeline_tests.standin import Aws
from dancer_pipeline_tests.whole.cloud_stack import CloudStack
from dancer_pipeline_tests.whole.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    deployment = Stack(tmp_path)
    yield deployment
    deployment.kill()


@pytest.fixture
def cloud_stack(aws: Aws, postgres: Callable[[], str], tmp_path: Path) -> Iterator[CloudStack]:
    deployment = CloudStack(
        tmp_path,
        bucket=Bucket.made(aws, infrastructure()),
        ledger_url=postgres(),
        history_url=postgres(),
        endpoint=aws.endpoint,
    )
    yield deployment
    deployment.kill()
