"""What a file that is not a playable video holds instead, told from its first bytes."""

from pathlib import Path

_HEAD_BYTES = 4096
_STILL_PICTURE = "a still picture"
_MAGIC = (
    (b"\xff\xd8\xff", f"{_STILL_PICTURE} (JPEG)"),
    (b"\x89PNG", f"{_STILL_PICTURE} (PNG)"),
    (b"GIF8", f"{_STILL_PICTURE} (GIF)"),
    (b"BM", f"{_STILL_PICTURE} (BMP)"),
    (b"II*\0", f"{_STILL_PICTURE} (TIFF)"),
    (b"MM\0*", f"{_STILL_PICTURE} (TIFF)"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"ID3", "only sound (MP3)"),
    (b"\xff\xfb", "only sound (MP3)"),
    (b"fLaC", "only sound (FLAC)"),
    (b"ffconcat", "a list of other files (ffconcat)"),
    (b"#EXTM3U", "a playlist that points to other files (HLS)"),
)
_RIFF = {b"WAVE": "only sound (WAV)", b"WEBP": f"{_STILL_PICTURE} (WebP)"}
_ISO_PICTURE_BRANDS = {b"heic", b"heix", b"mif1", b"avif"}
_ISO_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"}


def describe_content(path: Path, formats: str) -> str:
    """One sentence: why this file is no playable video and what to do."""
    head = read_head(path)
    if head[4:8] in _ISO_BOXES and not is_iso_picture(head):
        return (
            "This video has no readable index (moov): the recording or the upload was cut off. "
            "Upload it again."
        )
    if head.startswith((b"\0\0\0\1", b"\0\0\1\x67", b"\0\0\1\x40")):
        return (
            "This is a raw video stream without times: put it into an MP4 or MKV file and "
            "upload that."
        )
    content = content_of(head)
    if content:
        return f"This is not a video: it contains {content}. Upload the video file itself."
    return f"This is not a video that can be read: upload it as {formats}."


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file, enough to tell what it is."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def is_iso_picture(head: bytes) -> bool:
    """Whether a file is a HEIC or AVIF picture, which demuxers take for a video of one frame."""
    return head[4:8] == b"ftyp" and head[8:12] in _ISO_PICTURE_BRANDS


def content_of(head: bytes) -> str | None:
    """Name what the first bytes of a file say it is; None where they say nothing."""
    for magic, content in _MAGIC:
        if head.startswith(magic):
            return content
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if is_iso_picture(head):
        return f"{_STILL_PICTURE} ({head[8:12].decode().upper()})"
    return _text_content(head)


def _text_content(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")) or b"<html" in text:
        return "a web page (HTML)"
    if b"<mpd" in text:
        return "a playlist that points to other files (DASH)"
    if text.startswith((b"<?xml", b"{")):
        return "an answer of a server, not its file (XML or JSON)"
    if head and not any(byte < 9 or 13 < byte < 32 for byte in head):
        return "text"
    return None
