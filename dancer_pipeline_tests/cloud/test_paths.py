"""An upload to S3 becomes results, and its very version is deleted."""

from pathlib import Path

import pytest

from dancer_pipeline.states import State
from dancer_pipeline_tests.cloud.conftest import MakeCloud
from dancer_pipeline_tests.oracle import assert_invariants


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended", None])
def test_an_upload_is_analysed_and_its_version_deleted(
    make_cloud: MakeCloud, jumping: Path, versioning: str | None
):
    cloud = make_cloud(versioning)
    upload = cloud.bucket.put("in/anna/jumping jack.mp4", jumping.read_bytes())

    cloud.work()

    row = cloud.row(upload)
    assert (row.state, row.found_by, row.owner) == (State.COMPLETED, "notification", "in")
    assert row.deleted_at is not None
    assert cloud.stored_videos() == set()
    assert_invariants(cloud)
