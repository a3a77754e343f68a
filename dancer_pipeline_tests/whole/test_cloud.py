"""From the upload to the delete of its version, whichever way the news of it come."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from dancer_pipeline.definitions import build_defs
from dancer_pipeline.defs.partitions import VERSION_TAG, VIDEOS
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.identity import Upload, file_upload
from dancer_pipeline.infrastructure import Route
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Row, State
from dancer_pipeline_tests.cloud.deployment import (
    VIAS,
    Bucket,
    infrastructure,
    notification,
    s3_record,
)
from dancer_pipeline_tests.few import use_few_analyses
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.standin import Aws, version_id
from dancer_pipeline_tests.whole.cloud_stack import CloudStack

pytestmark = [  # one deployment for all of them
    pytest.mark.xdist_group("cloud"),
    pytest.mark.timeout(1500),  # the first one waits for all its videos
]

NAME = "jumping.mp4"
OPTIONS = {"sample_fps": "12", "exercise": "jumping_jack"}


@dataclass
class Ended:
    stack: CloudStack
    uploads: dict[str, Upload]
    rows: dict[str, Row]


@pytest.fixture(scope="module")
def ended(
    standin: Aws,
    postgres: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
    jumping: Path,
) -> Iterator[Ended]:
    """Upload a clip that is told of twice and one that nobody tells of; wait until both ended."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in standin.environment.items():
            patch.setenv(name, value)
        routes = tuple(Route(f"in/{via}/", via) for via in VIAS)
        bucket = Bucket.made(standin, infrastructure("Enabled", routes))
        stack = CloudStack(
            tmp_path_factory.mktemp("cloud"),
            bucket=bucket,
            ledger_url=postgres(),
            history_url=postgres(),
            endpoint=standin.endpoint,
            options={"DANCER_MISSED_AFTER_S": "30"},  # the listing must not be first with the rest
        )
        uploads = upload(bucket, jumping, ["direct", "nobody told of it"])
        bucket.send(notification(record(uploads["direct"])))
        stack.start()
        try:
            rows = stack.await_end(list(uploads.values()))
            yield Ended(stack, uploads, dict(zip(uploads, rows, strict=True)))
        finally:
            stack.kill()


def upload(bucket: Bucket, clip: Path, names: Sequence[str]) -> dict[str, Upload]:
    """Upload the clip under each name, which may be that of a route."""
    content = clip.read_bytes()
    return {name: bucket.put(f"in/{name}/{NAME}", content, **OPTIONS) for name in names}


def record(upload: Upload) -> dict[str, Any]:
    key = upload.key.replace(" ", "+")
    return s3_record(upload.bucket, key, versionId=version_id(upload))


def lineage(stack: CloudStack, upload: Upload) -> list[Any]:
    """Return the versions with which the lineage of a video begins."""
    wanted = dg.AssetRecordsFilter(
        dg.AssetKey("uploaded_video"), asset_partitions=[upload.video_id]
    )
    with stack.instance() as instance:
        records = instance.fetch_materializations(wanted, limit=5).records
    events = [it.asset_materialization for it in records]
    return [event.metadata["version"].value for event in events if event]


def test_every_upload_is_analysed_once_and_its_version_deleted(ended: Ended):
    states = {name: row.state for name, row in ended.rows.items()}

    assert states == dict.fromkeys(ended.uploads, State.COMPLETED)
    assert all(row.deleted_at for row in ended.rows.values())
    assert ended.stack.stored_videos() == set()
    assert_invariants(ended.stack)


def test_b20_the_ledger_says_which_uploads_were_told_of_and_which_were_found(ended: Ended):
    found_by = {name: row.found_by for name, row in ended.rows.items()}

    assert found_by == {"direct": "notification", "nobody told of it": "listing"}


def test_every_upload_begins_its_lineage(ended: Ended):
    for upload in ended.uploads.values():
        assert lineage(ended.stack, upload) == [upload.version]


def test_the_results_are_those_of_the_local_path(
    ended: Ended, jumping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    local, here = analysed_here(tmp_path, jumping)
    expected = local.read_all_tables(here.video_id, here.version)
    options = set(ended.stack.results.read_all_tables(*first(ended)))

    for name, upload in ended.uploads.items():
        found = ended.stack.results.read_all_tables(upload.video_id, upload.version)
        assert set(found) == set(expected) == options
        for table in sorted(set(found) - {"upload_options"}):
            pd.testing.assert_frame_equal(
                found[table], expected[table], check_exact=True, obj=f"{table} of {name}"
            )


def test_options_that_were_given_with_the_upload_are_used_and_stored(ended: Ended):
    video_id, version = first(ended)

    options = ended.stack.results.read_table("upload_options", video_id, version)
    poses = ended.stack.results.read_table("pose_keypoints", video_id, version)

    assert options.loc[0, ["sample_hz", "exercise"]].tolist() == [12.0, "jumping_jack"]
    assert poses["frame"].nunique() == pytest.approx(12 * 2.5, abs=2)


def test_the_news_of_an_upload_comes_by_every_route_and_its_work_begins(
    ended: Ended, jumping: Path
):
    """How it goes on is the same for all; the last test here, for it leaves work undone."""
    stack, bucket = ended.stack, ended.stack.bucket
    told = upload(bucket, jumping, ["sns", "sns_raw", "eventbridge", "one of many records"])
    many = [told["one of many records"], ended.uploads["direct"]]
    bucket.send(notification(*map(record, many)))

    stack.await_that(lambda: all(lineage(stack, one) for one in told.values()))
    stack.await_that(lambda: not stack.waiting_messages())

    assert set(VIAS) <= {*told, *ended.uploads}
    for one in told.values():
        row = stack.ledger.row(one.video_id, one.version)
        assert row
        assert row.found_by == "notification"
        assert lineage(stack, one) == [one.version]
    direct = stack.ledger.row(*first(ended))
    assert direct == ended.rows["direct"], "told of once more when it was done"
    assert len(stack.ledger.rows()) == len(told) + len(ended.uploads)
    assert stack.dead_messages() == 0


def first(ended: Ended) -> tuple[str, str]:
    upload = ended.uploads["direct"]
    return upload.video_id, upload.version


def analysed_here(folder: Path, clip: Path) -> tuple[ResultStore, Upload]:
    """Analyse the clip from a folder, as the embedded default does."""
    (folder / "inbox").mkdir()
    path = folder / "inbox" / NAME
    shutil.copyfile(clip, path)
    settings = Settings(
        source="inbox", results="results", ledger="sqlite:///ledger.sqlite", sample_hz=12
    )
    upload = file_upload(str(path.parent), NAME, path.stat())
    with dg.DagsterInstance.ephemeral() as instance, pytest.MonkeyPatch.context() as patch:
        use_few_analyses(patch)  # as the whole deployment has
        Stores(settings).ledger.record([upload])
        instance.add_dynamic_partitions(VIDEOS, [upload.video_id])
        job = build_defs(settings).resolve_job_def("analyze_video")
        tags = {VERSION_TAG: upload.version}
        assert job.execute_in_process(
            instance=instance, partition_key=upload.video_id, tags=tags
        ).success
    return Stores(settings).results, upload
