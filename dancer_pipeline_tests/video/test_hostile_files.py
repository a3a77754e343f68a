"""Files made to mislead: they are named for what they are, and nothing else is read for them."""

import builtins
import contextlib
import socket
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.facts import probe
from dancer_pipeline.video.frames import read_frames
from dancer_pipeline_tests.video.rendered import LIMITS, TITLE, render, rolling, textured

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n"
CONTENTS = {
    "a playlist that points to other files (HLS)": PLAYLIST.format(url="file:///etc/passwd"),
    "a list of other files (ffconcat)": "ffconcat version 1.0\nfile '/etc/passwd'\n",
    "a playlist that points to other files (DASH)": '<?xml version="1.0"?><MPD></MPD>',
    "a web page (HTML)": "\n <!DOCTYPE HTML><title>502</title>",
    "an answer of a server": '{"error": "AccessDenied"}',
    "text": "hello " * 50,
    "a PDF document": "%PDF-1.7\n%\x01",
    "a still picture (PNG)": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "a ZIP archive": b"PK\x03\x04" + bytes(50),
    "only sound (WAV)": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40),
    "not a video that can be read": b"\x07\x81\x02" * 400,
    "no readable index (moov)": b"\0\0\0\x18ftypmp42" + b"\x07\x81\x02" * 400,
}


@pytest.mark.parametrize("what", CONTENTS)
def test_what_is_no_video_is_named(tmp_path: Path, what: str) -> None:
    path, content = tmp_path / "a.mp4", CONTENTS[what]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for attempt in (lambda path: probe(path, LIMITS), lambda clip: list(read_frames(clip))):
        with pytest.raises(BadVideo) as caught:
            attempt(path)
        assert what in str(caught.value)
        assert str(tmp_path) not in str(caught.value)


def test_a_playlist_reaches_no_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/part.ts"
        for name, text in (("a.mp4", PLAYLIST.format(url=url)), ("b.mp4", f"ffconcat\nfile {url}")):
            path = tmp_path / name
            path.write_text(text)
            with pytest.raises(BadVideo):
                probe(path, LIMITS)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_playlist_opens_no_other_video(tmp_path: Path) -> None:
    part = render(tmp_path / "part.ts")
    playlist = tmp_path / "a.mp4"
    for text in (PLAYLIST.format(url=part.name), PLAYLIST.format(url=part.as_uri())):
        playlist.write_text(text)
        with pytest.raises(BadVideo, match="playlist"):
            probe(playlist, LIMITS)


@pytest.mark.parametrize("name", ["http:x.mp4", "concat:a|b.mp4", "%03d.mp4", "-.mp4", "ü 🩰.mp4"])
def test_a_file_name_is_never_read_as_anything_else(tmp_path: Path, name: str) -> None:
    clip = render(tmp_path / "plain.mp4")
    assert probe(clip.rename(tmp_path / name), LIMITS).frame_count == 30


def test_a_raw_stream_without_times_is_refused(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4", format="h264")
    with pytest.raises(BadVideo, match="without times"):
        probe(clip, LIMITS)


def test_an_encrypted_video_is_called_encrypted(tmp_path: Path) -> None:
    clip = render(
        tmp_path / "a.mp4",
        muxer_options={
            "encryption_scheme": "cenc-aes-ctr",
            "encryption_key": "00112233445566778899aabbccddeeff",
            "encryption_kid": "112233445566778899aabbccddeeff00",
        },
    )
    with pytest.raises(BadVideo, match="encrypted"):
        probe(clip, LIMITS)


def test_a_codec_without_a_decoder_is_named(tmp_path: Path) -> None:
    clip = render(tmp_path / "a.mp4")
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(BadVideo, match="codec zzzz is not supported"):
        probe(clip, LIMITS)


def test_a_picture_that_demuxers_take_for_a_video_is_refused(tmp_path: Path) -> None:
    picture = render(
        tmp_path / "a.mp4", lambda _: textured(128, 128), frames=1, rate_hz=1,
        codec="libsvtav1", format="avif",
    )  # fmt: skip
    with pytest.raises(BadVideo, match=r"a still picture \(AVIF\)"):
        probe(picture, LIMITS)


def test_a_video_stream_without_frames_is_refused(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        with pytest.raises(BadVideo):
            probe(render(tmp_path / name, times_s=[]), LIMITS)


def test_metadata_that_is_not_text_does_no_harm(tmp_path: Path) -> None:
    clip, title = render(tmp_path / "a.mkv"), TITLE.encode()
    assert title in clip.read_bytes()
    clip.write_bytes(clip.read_bytes().replace(title, b"\xff" * len(title)))
    assert probe(clip, LIMITS).frame_count == 30


def test_absurdly_stretched_pixels_allocate_nothing(tmp_path: Path) -> None:
    clip = render(
        tmp_path / "a.mp4", lambda _: textured(640, 480), frames=2, pixel_aspect=Fraction(250, 1)
    )
    for attempt in (lambda path: probe(path, LIMITS), lambda path: list(read_frames(path))):
        with pytest.raises(BadVideo, match="too large"):
            attempt(clip)


def test_a_missing_file_is_not_called_a_bad_video(tmp_path: Path) -> None:
    with pytest.raises(builtins.FileNotFoundError):
        probe(tmp_path / "gone.mp4", LIMITS)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_random_damage_ends_in_frames_or_a_sentence(tmp_path: Path, name: str) -> None:
    whole = render(tmp_path / name, rolling(), frames=12).read_bytes()
    random = np.random.default_rng(3)
    for _ in range(25):
        damaged = bytearray(whole)
        for position in random.integers(0, len(whole), 20):
            damaged[position] = int(random.integers(256))
        (tmp_path / "bad").write_bytes(damaged[: int(random.integers(1, len(whole) + 1))])
        for attempt in (lambda path: probe(path, LIMITS), lambda clip: list(read_frames(clip))):
            with contextlib.suppress(BadVideo):
                attempt(tmp_path / "bad")


def test_the_picture_of_a_good_video_is_the_one_stored(tmp_path: Path) -> None:
    picture = textured(64, 48)
    clip = render(tmp_path / "a.mp4", lambda _: picture, frames=3, codec_options={"crf": "1"})
    assert np.abs(next(read_frames(clip)).image.astype(float) - picture).mean() < 25
