"""Every kind of file in one inbox: each ends as its ground truth says, none delays the others."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dancer_pipeline.states import Row, State
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.whole.stack import Stack

pytestmark = [  # one deployment for all of them
    pytest.mark.xdist_group("inbox"),
    pytest.mark.timeout(1500),  # the first one waits for all its videos
]

UNREADABLE = {
    "truncated_faststart_half.mp4": "incomplete: 3.4 s of 7.7 s could be decoded",
    "truncated_no_moov.mp4": "no readable index",
    "audio_only.mp4": "no video in this file, only sound",
    "zero_bytes.mp4": "empty (0 bytes)",
    "html_error_page.mp4": "a web page (HTML)",
    "jpeg_renamed.mp4": "a still picture (JPEG)",
}
UNMEASURED = {
    "one_frame.mp4": "nothing measured",
    "frozen_frame_5s.mp4": "stands still",
    "hands_only_bottles.mp4": "A person was found in only",
}
AWKWARD = {
    "rotation_meta_90.mp4": (1280, 720, 230),
    "hevc_8bit_hvc1.mp4": (1280, 720, 230),
    "av1_4s.mp4": (1280, 720, 120),
    "vfr_gait.mp4": (1768, 534, None),
    "jumping_jacks_2_backlit.mp4": (840, 720, 90),
}


@pytest.fixture(scope="module")
def ended(
    tmp_path_factory: pytest.TempPathFactory, clips: Callable[[str], Path]
) -> tuple[Stack, dict[str, Row]]:
    """Put all of them into one inbox at once, and wait until all have ended."""
    stack = Stack(tmp_path_factory.mktemp("inbox"), location="dancer_pipeline.definitions")
    uploads = [stack.put(clips(name)) for name in (*UNREADABLE, *UNMEASURED, *AWKWARD)]
    (stack.inbox / "folder").mkdir()
    (stack.inbox / ".hidden.mp4").write_bytes(b"x")
    (stack.inbox / "out.mp4").symlink_to(clips("av1_4s.mp4"))
    odd = [
        stack.put(clips("html_error_page.mp4"), name)
        for name in ("with spaces & 'quotes'.mp4", "💃.mp4", "a..b.mp4", "<script>.mp4")
    ]
    try:
        stack.start()
        rows = stack.await_end([*uploads, *odd], limit_s=900)
    finally:
        stack.kill()
    return stack, {row.key: row for row in rows}


def table(stack: Stack, name: str, row: Row) -> pd.DataFrame:
    return stack.results.read_table(name, row.video_id, row.version)


def test_nothing_is_lost_and_nothing_is_there_twice(ended: tuple[Stack, dict[str, Row]]):
    assert_invariants(ended[0])


@pytest.mark.parametrize(("name", "words"), UNREADABLE.items())
def test_an_unreadable_file_fails_with_one_sentence_and_is_kept(
    ended: tuple[Stack, dict[str, Row]], name: str, words: str
):
    stack, rows = ended
    row = rows[name]

    assert row.state is State.FAILED
    assert row.attempt == 1, "a bad video is not tried again"
    assert words in str(row.reason)
    assert str(row.reason).count(". ") <= 1
    assert (stack.inbox / name).exists()


def test_even_an_unreadable_file_has_a_report_that_says_why(ended: tuple[Stack, dict[str, Row]]):
    stack, rows = ended
    row = rows["html_error_page.mp4"]

    page = stack.results.read_bytes("report", row.video_id, row.version, "html").decode()

    assert "a web page (HTML)" in page


@pytest.mark.parametrize(("name", "words"), UNMEASURED.items())
def test_where_nothing_can_be_measured_that_is_said_and_the_source_is_kept(
    ended: tuple[Stack, dict[str, Row]], name: str, words: str
):
    stack, rows = ended
    row = rows[name]
    metrics = table(stack, "pose_metrics", row)

    assert row.state is State.COMPLETED
    assert words in str(row.reason)
    assert (stack.inbox / name).exists()
    assert set(metrics[metrics["analysis"] == "range_of_motion"]["status"]) == {"refused"}


def test_a_video_of_nobody_has_no_findings(ended: tuple[Stack, dict[str, Row]]):
    stack, rows = ended

    assert table(stack, "findings", rows["hands_only_bottles.mp4"]).empty


@pytest.mark.parametrize(("name", "facts"), AWKWARD.items())
def test_an_awkward_video_completes_with_the_right_size_count_and_times(
    ended: tuple[Stack, dict[str, Row]], name: str, facts: tuple[int, int, int | None]
):
    stack, rows = ended
    row = rows[name]
    width, height, frames = facts
    video = table(stack, "source_video", row).iloc[0]
    poses = table(stack, "pose_keypoints", row)

    assert (row.state, row.reason) == (State.COMPLETED, None)
    assert not (stack.inbox / name).exists()
    assert (video["display_width_px"], video["display_height_px"]) == (width, height)
    assert video["frame_count"] == len(poses) / 33
    assert frames in (None, video["frame_count"])
    assert poses["time_s"].is_monotonic_increasing
    assert poses["time_s"].iloc[-1] == pytest.approx(video["duration_s"], abs=0.15)


def test_variable_frame_rate_is_seen_and_its_times_are_kept(ended: tuple[Stack, dict[str, Row]]):
    stack, rows = ended
    row = rows["vfr_gait.mp4"]
    times = table(stack, "pose_keypoints", row)["time_s"].unique()
    steps = pd.Series(times).diff().dropna().round(3)

    assert table(stack, "source_video", row)["is_variable_frame_rate"].iloc[0]
    assert steps.min() == pytest.approx(1 / 30, abs=0.002)
    assert steps.max() == pytest.approx(1 / 10, abs=0.002)


def test_what_is_no_video_file_is_ignored_with_a_reason(ended: tuple[Stack, dict[str, Row]]):
    stack, _ = ended
    ignored = {row.key: row.reason for row in stack.ledger.rows([State.IGNORED])}

    assert set(ignored) == {".hidden.mp4", "out.mp4"}
    assert all(ignored.values())
    assert (stack.inbox / "out.mp4").is_symlink()


def test_hostile_names_are_carried_through_to_the_report(ended: tuple[Stack, dict[str, Row]]):
    stack, rows = ended
    row = rows["<script>.mp4"]

    page = stack.results.read_bytes("report", row.video_id, row.version, "html").decode()
    document = json.loads(
        stack.results.read_bytes("report", row.video_id, row.version, "json")
    )  # fmt: skip

    assert "<script>" not in page
    assert document["video"]["title"] == "<script>.mp4"
    assert {path.name for path in (stack.folder / "results" / "report").iterdir()} <= {
        one.video_id for one in stack.ledger.rows()
    }


def test_no_file_is_written_outside_the_deployments_folders(ended: tuple[Stack, dict[str, Row]]):
    stack, _ = ended

    assert {path.name for path in stack.folder.iterdir()} <= {
        "inbox", "results", "home", "log", "workspace.yaml", "ledger.sqlite", "ledger.sqlite-wal",
        "ledger.sqlite-shm",
    }  # fmt: skip
    assert list((stack.inbox / "folder").iterdir()) == []
