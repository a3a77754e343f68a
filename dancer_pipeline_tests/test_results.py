"""The result store, on a real disk."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.manifests import UnreadableManifestError
from dancer_pipeline.results import ResultStore, Written
from dancer_pipeline.states import Outcome
from dancer_pipeline.tables import LABEL, Column, SchemaError, Table
from dancer_pipeline_tests.standin import Aws

NOW = datetime(2026, 1, 2, tzinfo=UTC)
WALK = Upload("walk-0", "v1", "inbox", "walk.mp4", 10, NOW)
SPEEDS = Table(
    "speeds", "How fast.",
    (Column("side", LABEL, "which"), Column("speed_m_s", pa.float64(), "how", nullable=True)),
)  # fmt: skip
FRAME = pd.DataFrame({"side": ["left", "right"], "speed_m_s": [1.5, None]})


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ResultStore:
    """Every promise holds on a disk and on S3."""
    if request.param == "folder":
        return ResultStore(str(tmp_path / "results"))
    return ResultStore(f"s3://{request.getfixturevalue('aws').bucket()}/my results")


@pytest.fixture
def folder_store(tmp_path: Path) -> ResultStore:
    return ResultStore(str(tmp_path / "results"))


def content(uri: str) -> bytes:
    files, path = pyarrow.fs.FileSystem.from_uri(uri.replace(" ", "%20"))
    with files.open_input_stream(path) as stream:
        return stream.read()


def put(uri: str, content: bytes) -> None:
    files, path = pyarrow.fs.FileSystem.from_uri(uri.replace(" ", "%20"))
    with files.open_output_stream(path) as stream:
        stream.write(content)


def delete(uri: str) -> None:
    files, path = pyarrow.fs.FileSystem.from_uri(uri.replace(" ", "%20"))
    files.delete_file(path)


def write(store: ResultStore, frame: pd.DataFrame = FRAME, upload: Upload = WALK) -> Written:
    return store.write_table(SPEEDS, frame, upload, code_version="1", run_id="run-1")


def test_a_table_comes_back_as_it_was_written(store: ResultStore):
    write(store)

    found = store.read_table("speeds", "walk-0", "v1")

    pd.testing.assert_frame_equal(found.astype({"side": "str"}), FRAME, check_dtype=False)


def test_a_file_says_which_video_and_version_it_is_of(store: ResultStore):
    written = write(store)

    table = pq.read_table(pa.BufferReader(content(written.uri)))

    assert table.column_names == ["video_id", "version", "uploaded_at", "side", "speed_m_s"]
    assert table["video_id"].to_pylist() == ["walk-0", "walk-0"]
    assert table.schema.field("speed_m_s").metadata[b"description"] == b"how"
    assert written.uri.endswith("results/speeds/walk-0/v1.parquet")


def test_an_empty_table_keeps_its_columns(store: ResultStore):
    write(store, FRAME.iloc[:0])

    assert list(store.read_table("speeds", "walk-0", "v1").columns) == ["side", "speed_m_s"]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (FRAME.drop(columns="side"), r"missing columns \['side'\]"),
        (FRAME.assign(extra=1), r"unexpected \['extra'\]"),
        (FRAME.assign(side=[None, "left"]), "side"),
        (FRAME.assign(speed_m_s=["a", "b"]), "speeds"),
    ],
)
def test_a_table_that_breaks_its_declaration_is_not_stored(
    store: ResultStore, tmp_path: Path, frame: pd.DataFrame, words: str
):
    with pytest.raises(SchemaError, match=words):
        write(store, frame)
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_newer_version_leaves_the_older_versions_results(store: ResultStore):
    older = content(write(store).uri)
    write(store, FRAME.assign(speed_m_s=9.0), replace(WALK, version="v2"))

    assert content(store.uri("speeds", WALK)) == older


def test_a_write_that_fails_leaves_the_earlier_result_whole(
    folder_store: ResultStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(folder_store)

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write(folder_store, FRAME.assign(speed_m_s=9.0))
    monkeypatch.undo()

    assert folder_store.read_table("speeds", "walk-0", "v1")["speed_m_s"].tolist()[0] == 1.5
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["v1.parquet"]


def test_the_manifest_lists_what_is_stored_and_what_is_missing(store: ResultStore):
    store.begin(WALK, ["speeds", "report"], {"av": "18"})
    written = write(store)

    manifest = store.manifest("walk-0", "v1")

    assert manifest is not None
    assert manifest.missing == ("report",)
    assert manifest.results["speeds"].rows == 2
    digest = hashlib.sha256(content(written.uri)).hexdigest()
    assert manifest.results["speeds"].sha256 == digest


def test_a_new_attempt_keeps_what_is_stored(store: ResultStore):
    store.begin(WALK, ["speeds"], {})
    write(store)
    store.begin(WALK, ["speeds", "gait"], {})

    manifest = store.manifest("walk-0", "v1")

    assert manifest is not None
    assert manifest.missing == ("gait",)
    assert manifest.outcome is Outcome.UNFINISHED


def test_what_changed_on_disk_no_longer_has_its_fingerprint(store: ResultStore):
    store.begin(WALK, ["speeds"], {})
    written = write(store)
    manifest = store.manifest("walk-0", "v1")
    assert manifest is not None
    assert store.fingerprints(manifest) == {"speeds": written.result.fingerprint}

    put(written.uri, b"rot")
    assert store.fingerprints(manifest)["speeds"] != written.result.fingerprint
    delete(written.uri)
    assert store.fingerprints(manifest) == {"speeds": None}


def test_a_manifest_that_cannot_be_read_is_named_and_a_new_run_replaces_it(store: ResultStore):
    store.begin(WALK, ["speeds"], {})
    write(store)
    for wrong in (b"", b"{", b"[]", b'{"video_id": 1}', b'{"results": {}, "later": 1}'):
        put(store.uri("manifests", WALK, "json"), wrong)
        with pytest.raises(UnreadableManifestError, match=r"walk-0/v1\.json cannot be read"):
            store.manifest("walk-0", "v1")

    assert store.begin(WALK, ["speeds"], {}).missing == ("speeds",)


def test_a_removal_that_was_cut_short_is_finished_and_leaves_no_file_that_nobody_knows(
    store: ResultStore, monkeypatch: pytest.MonkeyPatch
):
    store.begin(WALK, ["speeds"], {})
    uri = write(store).uri

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    manifest = store.manifest("walk-0", "v1")
    assert manifest is not None
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            store.remove(manifest, "speeds")
    with pytest.raises(FileNotFoundError):
        content(uri)

    store.remove(manifest, "speeds")
    after = store.manifest("walk-0", "v1")
    assert after is not None
    assert after.results == {}


def test_every_manifest_can_be_listed(store: ResultStore):
    assert list(store.manifests()) == []
    for number in range(3):
        store.begin(replace(WALK, video_id=f"walk-{number}"), [], {})

    assert {manifest.video_id for manifest in store.manifests()} == {"walk-0", "walk-1", "walk-2"}


def test_nothing_stored_is_an_error_that_is_not_an_empty_table(store: ResultStore):
    assert store.manifest("walk-0", "v1") is None
    assert store.read_stored_tables(["speeds"], "walk-0", "v1") == {}
    with pytest.raises(FileNotFoundError):
        store.read_table("speeds", "walk-0", "v1")


def test_pandas_pyarrow_and_duckdb_read_all_videos_as_one_data_set(
    folder_store: ResultStore, tmp_path: Path
):
    for number in range(3):
        write(folder_store, upload=replace(WALK, video_id=f"walk-{number}"))
    folder = tmp_path / "results" / "speeds"

    by_pandas = pd.read_parquet(folder)
    by_pyarrow = pa.dataset.dataset(folder).to_table()
    by_duckdb = duckdb.sql(f"select count(distinct video_id) from '{folder}/*/*.parquet'")

    assert len(by_pandas) == by_pyarrow.num_rows == 6
    assert by_duckdb.fetchall() == [(3,)]


def test_pyarrow_reads_all_videos_from_s3_as_one_data_set(aws: Aws):
    bucket = aws.bucket()
    store = ResultStore(f"s3://{bucket}/results")
    for number in range(3):
        write(store, upload=replace(WALK, video_id=f"walk-{number}"))

    found = pa.dataset.dataset(f"s3://{bucket}/results/speeds").to_table()

    assert found.num_rows == 6
