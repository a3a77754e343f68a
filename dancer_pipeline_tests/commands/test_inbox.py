"""What comes into the inbox, with real files, a real ledger and real settings."""

import os
from pathlib import Path

import pytest

from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.inbox import (
    is_finished,
    leftovers,
    put_into_inbox,
    require_readable,
)
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import State


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DANCER_SETTLE_S", "0")
    return Settings.load()


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger(settings.ledger)


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    path = tmp_path / "mine" / "walk.mp4"
    path.parent.mkdir()
    path.write_bytes(b"walk")
    return path


def names(settings: Settings) -> list[str]:
    return sorted(path.name for path in Path(settings.source).iterdir())


def test_every_file_that_cannot_be_read_is_named_before_anything_starts(
    tmp_path: Path, walk: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(CommandError) as refusal:
        require_readable([walk, walk.parent, tmp_path / "absent.mp4", tmp_path / "pipe.mp4"])
    words = str(refusal.value)
    assert f"{walk.parent} is a folder: name the video files in it" in words
    assert f"{tmp_path / 'absent.mp4'} does not exist" in words
    assert f"{tmp_path / 'pipe.mp4'} is not a regular file" in words
    assert str(walk) not in words.replace(f"{walk.parent} is", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(walk: Path) -> None:
    walk.chmod(0)
    with pytest.raises(CommandError, match="cannot be read: Permission denied"):
        require_readable([walk])


def test_another_file_of_the_same_name_is_put_beside_it(
    settings: Settings, ledger: Ledger, walk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "walk.mp4"
    other.write_bytes(b"another walk")

    uploads = [put_into_inbox(file, settings, ledger) for file in (walk, other)]

    assert names(settings) == ["walk (2).mp4", "walk.mp4"]
    assert [it.file_name for it in uploads] == ["walk.mp4", "walk (2).mp4"]


def test_the_copy_that_an_interrupted_demo_left_is_used(
    settings: Settings, ledger: Ledger, walk: Path
) -> None:
    first = put_into_inbox(walk, settings, ledger)
    assert put_into_inbox(walk, settings, ledger) == first
    ledger.record([first], state=State.PROCESSING)
    assert put_into_inbox(walk, settings, ledger) == first
    assert names(settings) == ["walk.mp4"]


def test_a_file_that_failed_before_is_tried_again_as_a_new_version_in_its_place(
    settings: Settings, ledger: Ledger, walk: Path
) -> None:
    first = put_into_inbox(walk, settings, ledger)
    ledger.record([first], state=State.FAILED)

    second = put_into_inbox(walk, settings, ledger)

    assert second.video_id == first.video_id
    assert second.version != first.version
    assert names(settings) == ["walk.mp4"]


def test_nothing_is_ever_written_through_a_symbolic_link(
    settings: Settings, ledger: Ledger, walk: Path
) -> None:
    Path(settings.source).mkdir()
    (Path(settings.source) / "walk.mp4").symlink_to(walk)
    assert put_into_inbox(walk, settings, ledger).file_name == "walk (2).mp4"
    assert walk.read_bytes() == b"walk"


@pytest.mark.parametrize(
    ("name", "expected"),
    [(".hidden.mp4", "hidden.mp4"), ("...", "video"), ("größe ✓.mp4", "größe ✓.mp4")],
)
def test_a_name_that_would_be_ignored_is_made_one_that_is_not(
    settings: Settings, ledger: Ledger, tmp_path: Path, name: str, expected: str
) -> None:
    (tmp_path / name).write_bytes(b"walk")
    put_into_inbox(tmp_path / name, settings, ledger)
    assert names(settings) == [expected]


def test_a_name_that_is_no_unicode_is_made_readable(
    settings: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"gr\xf6sse.mp4")
    path.write_bytes(b"walk")
    assert put_into_inbox(path, settings, ledger).file_name == "gr\ufffdsse.mp4"


def test_what_an_earlier_demo_left_unfinished_is_followed_too(
    settings: Settings, ledger: Ledger, walk: Path, tmp_path: Path
) -> None:
    begun = put_into_inbox(walk, settings, ledger)
    ledger.record([begun], state=State.PROCESSING)
    for name in ("unnoticed.mp4", "own.mp4", "done.mp4"):
        (tmp_path / name).write_bytes(name.encode())
    unnoticed, own, done = (
        put_into_inbox(tmp_path / name, settings, ledger)
        for name in ("unnoticed.mp4", "own.mp4", "done.mp4")
    )
    ledger.record([done], state=State.FAILED)

    assert leftovers([own], settings, ledger) == [begun, unnoticed]


@pytest.mark.parametrize(
    ("variables", "end"),
    [
        ({}, "open"),
        ({"DANCER_CLEANUP": "off"}, "finished"),
        ({"DANCER_CLEANUP_GRACE_S": "9"}, "finished"),
    ],
)
def test_an_analysed_video_is_finished_where_its_source_stays_for_now(
    ledger: Ledger,
    settings: Settings,
    walk: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    end: str,
) -> None:
    upload = put_into_inbox(walk, settings, ledger)
    ledger.record([upload], state=State.ANALYSED)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    row = ledger.current(upload.video_id)
    assert row is not None
    assert is_finished(row, Settings.load()) == (end == "finished")
