"""Ids and versions."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancer_pipeline.identity import (
    ETagPin,
    VersionPin,
    file_version,
    object_version,
    pin,
    video_id,
)


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=1000))
def test_a_video_id_is_safe_whatever_the_key(bucket: str, key: str):
    found = video_id(
        bucket.encode("utf-8", "replace").decode(), key.encode("utf-8", "replace").decode()
    )

    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 20 < len(found) <= 61
    assert not found.startswith("-")


def test_a_video_id_starts_with_the_name_that_people_know():
    assert video_id("inbox", "anna/Squat Set (Ü).mp4").startswith("squat-set-u-")
    assert video_id("inbox", "💃.mp4").startswith("video-")


def test_the_same_name_in_two_folders_is_two_videos():
    assert video_id("inbox", "a/walk.mp4") != video_id("inbox", "b/walk.mp4")
    assert video_id("one", "walk.mp4") != video_id("two", "walk.mp4")


def test_composed_and_decomposed_names_are_two_videos():
    assert video_id("inbox", "é.mp4") != video_id("inbox", "e\u0301.mp4")


def test_a_version_changes_with_every_byte_time_and_file(tmp_path: Path):
    path = tmp_path / "walk.mp4"
    path.write_bytes(b"x")
    versions = {file_version(path.stat())}
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    versions.add(file_version(path.stat()))
    path.write_bytes(b"xy")
    versions.add(file_version(path.stat()))

    assert len(versions) == 3


MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_an_object_is_known_by_its_version_id_where_it_has_one():
    version = object_version("3/L4kqtJl".replace("/", "_"), '"abc"', MOMENT)

    assert pin(version) == VersionPin("3_L4kqtJl")


@pytest.mark.parametrize("version_id", [None, "null", ""])
def test_an_object_without_a_version_is_known_by_its_bytes_and_time(version_id: str | None):
    version = object_version(version_id, '"d41d8cd9-2"', MOMENT)

    assert pin(version) == ETagPin("d41d8cd9-2", 1795176000)


@given(st.text(min_size=1, max_size=60).filter(lambda text: text != "null"))
def test_whatever_the_version_id_is_the_version_is_a_safe_name_and_leads_back(version_id: str):
    safe_id = version_id.encode("utf-8", "replace").decode()
    try:
        version = object_version(safe_id, '"abc"', MOMENT)
    except ValueError:
        assert len(safe_id.encode()) > 60, "only what is too long is refused"
        return

    assert re.fullmatch(r"v-[A-Za-z0-9._%~-]+", version), "no folder, no hidden file"
    assert pin(version) == VersionPin(safe_id)


def test_a_version_id_that_is_too_long_for_a_files_name_is_refused():
    with pytest.raises(ValueError, match="cannot be told apart safely"):
        object_version("x" * 201, '"abc"', MOMENT)


def test_the_version_of_a_file_is_none_of_an_object():
    with pytest.raises(ValueError, match="is not the version of an object"):
        pin("10-1700000000000000000-42")


def test_a_strange_etag_is_refused():
    with pytest.raises(ValueError, match="cannot be told apart safely"):
        object_version(None, '"../../etc"', MOMENT)
