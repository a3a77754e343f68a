"""A version that was recorded in another bucket or folder is no version of what is here."""

from dataclasses import replace
from pathlib import Path

import pytest

from dancer_pipeline.sources import FolderSource, Source, SourceElsewhereError
from dancer_pipeline_tests.sources.conftest import SourceOf
from dancer_pipeline_tests.sources.people import KEY
from dancer_pipeline_tests.standin import Aws


@pytest.fixture(params=["folder", "Enabled", "Suspended", None])
def source(request: pytest.FixtureRequest, aws: Aws, source_of: SourceOf, tmp_path: Path) -> Source:
    """Hold one video, wherever."""
    if request.param == "folder":
        (tmp_path / "inbox" / "in").mkdir(parents=True)
        (tmp_path / "inbox" / KEY).write_bytes(b"video")
        return FolderSource(tmp_path / "inbox", settle_s=0)
    bucket = aws.bucket(request.param)
    aws.client("s3").put_object(Bucket=bucket, Key=KEY, Body=b"video")
    return source_of(bucket)


def test_it_is_neither_read_nor_deleted_nor_taken_for_deleted(source: Source):
    (here,) = source.page().uploads
    elsewhere = replace(here, bucket="an-earlier-source")

    assert not source.exists(elsewhere)
    with pytest.raises(SourceElsewhereError, match="an-earlier-source, and DANCER_SOURCE names"):
        source.metadata(elsewhere)
    with pytest.raises(SourceElsewhereError), source.open(elsewhere):
        pass
    with pytest.raises(SourceElsewhereError):
        source.delete(elsewhere)
    assert source.exists(here)
