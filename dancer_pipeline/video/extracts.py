"""What later analyses may want to know of the pixels and the sound once the source is deleted.

Pictures are looked at about ten times a second, at a height of 120 pixels: light, sharpness, how
much a picture differs from the one before, how much any part of it differs from a second ago (no
part of a frozen picture does), and how far the background moved. Sound is kept as loudness and
onsets, a hundred times a second.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from dancer_pipeline.video.frames import Frame, read_frames
from dancer_pipeline.video.motion import camera_shift
from dancer_pipeline.video.orientation import Image
from dancer_pipeline.video.quality import brightness, luma, sharpness
from dancer_pipeline.video.sound import onsets, sound_envelope
from dancer_pipeline.video.stillness import Stillness
from dancer_pipeline.video.tables import UNITS, VIDEO_EXTRACTS

SAMPLE_HZ = 10.0
HEIGHT_PX = 120


def video_extracts(path: Path) -> pd.DataFrame:
    """Build `VIDEO_EXTRACTS` for a video file, in one pass over pictures and one over sound.

    Raises
    ------
    BadVideo
        As `read_frames` does.
    """
    rows = list(_of_pictures(path))
    frame = pd.DataFrame(rows, columns=["measure", "time_s", "value"])
    frame = pd.concat([frame, *_of_sound(path)], ignore_index=True)
    frame["unit"] = frame["measure"].map(UNITS)
    frame["value"] = frame["value"].astype("float32")
    extracts: pd.DataFrame = VIDEO_EXTRACTS.arrow(frame).to_pandas()
    return extracts


def _of_pictures(path: Path) -> Iterator[tuple[str, float, float | None]]:
    before: tuple[Frame, Image] | None = None
    stillness = Stillness()
    for frame in read_frames(path, sample_hz=SAMPLE_HZ, max_height_px=HEIGHT_PX):
        grey = luma(frame.image)
        yield "luma", frame.time_s, brightness(grey)
        yield "sharpness", frame.time_s, sharpness(grey)
        change = stillness.change(frame.time_s, grey)
        if before:
            yield "local_change", frame.time_s, change
            yield "frame_difference", frame.time_s, _difference(before[1], grey)
            yield from _camera_speed(before, (frame, grey))
        before = frame, grey


def _difference(before: Image, after: Image) -> float:
    return float(cv2.absdiff(before, after).mean()) / 255


def _camera_speed(
    before: tuple[Frame, Image], after: tuple[Frame, Image]
) -> Iterator[tuple[str, float, float | None]]:
    shift = camera_shift(before[1], after[1])
    frame = after[0]
    per_second = 1 / (frame.time_s - before[0].time_s) / frame.scale
    for axis, name in enumerate(("camera_shift_x", "camera_shift_y")):
        yield name, frame.time_s, shift[axis] * per_second if shift else None


def _of_sound(path: Path) -> Iterator[pd.DataFrame]:
    windows = np.fromiter(sound_envelope(path), np.dtype((np.float64, 2)))
    if not len(windows):
        return
    times_s, loudness = windows.T
    for measure, value in (("audio_envelope", loudness), ("audio_onset", onsets(loudness))):
        yield pd.DataFrame({"measure": measure, "time_s": times_s, "value": value})
