"""A bucket as a source, and a bad network in front of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.sources.bucket import BucketSource
from dancer_pipeline.sources.scratch import Scratch
from dancer_pipeline_tests.sources.people import KEY
from dancer_pipeline_tests.standin import Aws

SourceOf = Callable[..., BucketSource]


@pytest.fixture
def s3(aws: Aws) -> Any:
    """Talk to the stand-in past every proxy, as somebody else does."""
    return boto3.client("s3", endpoint_url=aws.endpoint)


@pytest.fixture
def scratch_folder(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


@pytest.fixture
def source_of(scratch_folder: Path) -> SourceOf:
    def build(bucket: str, prefix: str = "in/", **others: Any) -> BucketSource:
        scratch = Scratch(scratch_folder)
        return BucketSource(bucket, prefix, **{"scratch": scratch, "min_age_s": 0, **others})

    return build


def current(source: BucketSource, key: str = KEY) -> Upload:
    """Return the upload that a key is now."""
    found = source.find(key)
    assert found
    return found.upload
