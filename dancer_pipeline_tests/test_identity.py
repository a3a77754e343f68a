"""Ids and versions."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dancer_pipeline.identity import file_version, video_id


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
