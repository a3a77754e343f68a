"""A folder as a source: what is listed, and that only the analysed version is ever deleted."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.sources import (
    Deletion,
    FolderSource,
    SourceChangedError,
    SourceGoneError,
)
from dancer_pipeline.sources.folder import PRIVATE_PREFIX
from dancer_pipeline_tests.test_architecture import loaded_with


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def source(inbox: Path) -> FolderSource:
    return FolderSource(inbox, settle_s=0)


def only_upload(source: FolderSource) -> Upload:
    (upload,) = source.page().uploads
    return upload


def reasons(source: FolderSource) -> dict[str, str]:
    return {found.upload.key: found.reason for found in source.page().ignored}


def test_a_file_that_is_still_being_written_is_not_listed(inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"x")

    assert FolderSource(inbox, settle_s=60).page().uploads == ()
    assert len(FolderSource(inbox, settle_s=0).page().uploads) == 1


def test_an_old_modification_time_does_not_hide_that_a_file_is_being_written(inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"x")
    os.utime(inbox / "walk.mp4", (1, 1))

    assert FolderSource(inbox, settle_s=60).page().uploads == ()


@pytest.mark.parametrize("name", ["my walk.mp4", "💃 dance.mp4", "a..b.mp4", "mp4", "ä.mov"])
def test_odd_names_are_listed_under_a_safe_id(source: FolderSource, inbox: Path, name: str):
    (inbox / name).write_bytes(b"x")

    upload = only_upload(source)

    assert upload.key == name
    assert set(upload.video_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_files_in_folders_are_listed_and_folders_are_not(source: FolderSource, inbox: Path):
    (inbox / "anna" / "empty").mkdir(parents=True)
    (inbox / "anna" / "walk.mp4").write_bytes(b"x")

    upload = only_upload(source)

    assert upload.key == "anna/walk.mp4"
    assert upload.owner == "anna"
    assert reasons(source) == {}


def test_what_is_no_video_file_is_ignored_with_a_reason(
    source: FolderSource, inbox: Path, tmp_path: Path
):
    (tmp_path / "outside.mp4").write_bytes(b"secret")
    (inbox / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    (inbox / ".hidden.mp4").write_bytes(b"x")
    os.mkfifo(inbox / "pipe.mp4")
    (inbox / os.fsdecode(b"bad-\xff.mp4")).write_bytes(b"x")

    assert source.page().uploads == ()
    assert reasons(source) == {
        ".hidden.mp4": "a hidden file: rename it without the leading dot to have it analysed",
        "bad-\\udcff.mp4": "its name is not valid UTF-8: rename it",
        "link.mp4": "a symbolic link, which is never followed: put the file itself into the inbox",
        "pipe.mp4": "not a regular file",
    }


def test_a_folder_that_may_not_be_read_does_not_hide_the_others(
    source: FolderSource, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    (inbox / "anna").mkdir()
    (inbox / "walk.mp4").write_bytes(b"x")
    access = os.access  # root, as whom tests may run, may read every folder
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path).name != "anna" and access(path, mode)
    )

    assert only_upload(source).key == "walk.mp4"
    assert "may not be read" in reasons(source)["anna"]


def test_a_video_is_as_old_as_its_arrival_whatever_time_its_file_claims(
    source: FolderSource, inbox: Path
):
    (inbox / "walk.mp4").write_bytes(b"x")
    os.utime(inbox / "walk.mp4", (1, 1))

    assert datetime.now(UTC) - only_upload(source).uploaded_at < timedelta(hours=1)


def test_a_linked_folder_is_not_walked(source: FolderSource, inbox: Path, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "walk.mp4").write_bytes(b"x")
    (inbox / "folder").symlink_to(tmp_path / "elsewhere")

    assert source.page().uploads == ()
    assert "symbolic link" in reasons(source)["folder"]


def test_a_key_that_leads_out_of_the_inbox_is_never_opened(
    source: FolderSource, inbox: Path, tmp_path: Path
):
    (inbox / "walk.mp4").write_bytes(b"x")
    (tmp_path / "outside.mp4").write_bytes(b"x")
    upload = only_upload(source)
    hostile = Upload(**{**vars(upload), "key": "../outside.mp4"})

    with pytest.raises(SourceGoneError, match="leads out of the inbox"), source.open(hostile):
        pass
    with pytest.raises(SourceGoneError):
        source.delete(hostile)
    assert (tmp_path / "outside.mp4").exists()


def test_a_file_that_is_replaced_while_it_is_read_is_noticed_at_the_end(
    source: FolderSource, inbox: Path
):
    (inbox / "walk.mp4").write_bytes(b"old")
    upload = only_upload(source)

    with pytest.raises(SourceChangedError, match="replaced"), source.open(upload) as path:
        path.write_bytes(b"newer")


def test_a_file_that_is_gone_says_so(source: FolderSource, inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"x")
    upload = only_upload(source)
    (inbox / "walk.mp4").unlink()

    assert not source.exists(upload)
    with pytest.raises(SourceGoneError, match="upload it again"), source.open(upload):
        pass


def test_the_analysed_version_is_deleted(source: FolderSource, inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"x")
    upload = only_upload(source)

    assert source.delete(upload) is Deletion.DELETED
    assert list(inbox.iterdir()) == []
    assert source.delete(upload) is Deletion.ALREADY_GONE


def test_a_newer_version_survives_the_cleanup_of_the_older(source: FolderSource, inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"old")
    upload = only_upload(source)
    (inbox / "walk.mp4").write_bytes(b"newer")

    assert source.delete(upload) is Deletion.REPLACED
    assert (inbox / "walk.mp4").read_bytes() == b"newer"


def test_a_version_that_came_between_check_and_rename_is_put_back(
    source: FolderSource, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    (inbox / "walk.mp4").write_bytes(b"old")
    upload = only_upload(source)
    rename = Path.rename

    def replaced_just_before(path: Path, target: Path) -> Path:
        (inbox / "fresh").write_bytes(b"newer")
        (inbox / "fresh").replace(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", replaced_just_before)

    assert source.delete(upload) is Deletion.REPLACED
    assert (inbox / "walk.mp4").read_bytes() == b"newer"
    assert not list(inbox.glob(f"{PRIVATE_PREFIX}*"))


def test_putting_back_never_overwrites_a_still_newer_file(
    source: FolderSource, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    (inbox / "walk.mp4").write_bytes(b"old")
    upload = only_upload(source)
    rename = Path.rename

    def replaced_before_and_after(path: Path, target: Path) -> Path:
        (inbox / "fresh").write_bytes(b"newer")
        (inbox / "fresh").replace(path)
        moved = rename(path, target)
        path.write_bytes(b"newest")
        return moved

    monkeypatch.setattr(Path, "rename", replaced_before_and_after)

    assert source.delete(upload) is Deletion.REPLACED
    assert (inbox / "walk.mp4").read_bytes() == b"newest"
    assert (inbox / "walk (kept 1).mp4").read_bytes() == b"newer"


def test_putting_back_that_was_cut_short_gives_no_file_a_second_name(
    source: FolderSource, inbox: Path
):
    (inbox / "walk.mp4").write_bytes(b"old")
    upload = only_upload(source)
    (inbox / "walk.mp4").write_bytes(b"newer")
    os.link(inbox / "walk.mp4", inbox / f"{PRIVATE_PREFIX}{upload.video_id}-{upload.version}")

    assert source.delete(upload) is Deletion.REPLACED
    assert [path.name for path in inbox.iterdir()] == ["walk.mp4"]
    assert (inbox / "walk.mp4").read_bytes() == b"newer"


def test_a_delete_that_was_cut_short_is_finished_and_never_listed(
    source: FolderSource, inbox: Path
):
    (inbox / "walk.mp4").write_bytes(b"x")
    upload = only_upload(source)
    (inbox / "walk.mp4").rename(inbox / f"{PRIVATE_PREFIX}{upload.video_id}-{upload.version}")

    assert source.page() == source.page().__class__((), ())
    assert source.exists(upload)
    with source.open(upload) as path:
        assert path.read_bytes() == b"x"
    assert source.delete(upload) is Deletion.DELETED
    assert list(inbox.iterdir()) == []


def test_the_same_bytes_copied_again_are_another_version(source: FolderSource, inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"x")
    first = only_upload(source)
    shutil.copy(inbox / "walk.mp4", inbox / "copy")
    (inbox / "copy").rename(inbox / "walk.mp4")

    second = only_upload(source)

    assert second.video_id == first.video_id
    assert second.version != first.version


def test_a_file_has_nothing_written_beside_it(source: FolderSource, inbox: Path):
    (inbox / "walk.mp4").write_bytes(b"x")

    assert source.metadata(only_upload(source)) == {}


def test_a_folder_needs_nothing_of_aws():
    loaded = loaded_with("import dancer_pipeline.sources, sys; print(*sys.modules)")

    assert "dancer_pipeline.sources.folder" in loaded
    assert not loaded & {"boto3", "botocore", "urllib3"}
