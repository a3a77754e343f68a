"""Files that end before their time, in containers that promise a length and in one without."""

from pathlib import Path

import pytest

from dancer_pipeline.video.container import open_video
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.facts import probe, say_how_much_decodes, source_video
from dancer_pipeline.video.frames import IncompleteVideo, read_frames
from dancer_pipeline.video.scan import scan
from dancer_pipeline_tests.video.rendered import LIMITS, render, textured


@pytest.mark.parametrize("name", ["a.mkv", "a.avi"])
def test_a_truncated_file_of_another_container_is_incomplete(tmp_path: Path, name: str) -> None:
    clip = render(
        tmp_path / name, lambda i: textured(320, 240, i), frames=90, codec_options={"g": "10"}
    )
    whole = clip.read_bytes()
    assert probe(clip, LIMITS).duration_s == pytest.approx(3, abs=0.05)
    clip.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IncompleteVideo, match=r"1\.\d s of 3\.0 s"):
        source_video(clip, file_name=name, limits=LIMITS)


def test_a_truncated_stream_that_promises_no_length_is_what_is_there(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.ts", lambda i: textured(320, 240, i), frames=90)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) // 2])
    row = source_video(clip, file_name="a.ts", limits=LIMITS).iloc[0]
    assert 1 < row["duration_s"] < 2
    assert row[["promised_duration_s", "coverage"]].isna().all()
    assert row["frame_count"] == len(list(read_frames(clip)))


def test_a_file_that_was_still_being_written_is_no_complete_video(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mkv", lambda i: textured(320, 240, i), frames=90)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) // 2])
    with open_video(clip) as video:
        arrival, _ = scan(video, max_frames=1000, max_duration_s=60)
    clip.write_bytes(whole)
    with pytest.raises(BadVideo, match=r"last \d\.\d s .* were missing"):
        say_how_much_decodes(clip, arrival)


def test_an_index_that_is_cut_off_is_called_cut_off(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", frames=90)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: whole.rindex(b"moov") + 40])
    with pytest.raises(BadVideo, match="cut off"):
        probe(clip, LIMITS)
