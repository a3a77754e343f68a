"""What later analyses may want to know of the pixels and the sound once the source is deleted.

Pictures are looked at about ten times a second, at a height of 120 pixels: light, sharpness, how
much a picture differs from the one before (a frozen picture differs by nothing), and how far the
background moved. Sound is kept as loudness and onsets, a hundred times a second.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.tables import LABEL, Column, Table
from dancer_pipeline.video.frames import Frame, read_frames
from dancer_pipeline.video.motion import camera_shift
from dancer_pipeline.video.orientation import Image
from dancer_pipeline.video.quality import brightness, luma, sharpness
from dancer_pipeline.video.sound import onsets, sound_envelope

SAMPLE_HZ = 10.0
HEIGHT_PX = 120
UNCHANGED_BELOW = 2.5e-4
"""A `frame_difference` below this is a repeated picture: sensor noise alone makes more."""

UNITS = {
    "luma": "share",
    "sharpness": "luma2",
    "frame_difference": "share",
    "camera_shift_x": "px/s",
    "camera_shift_y": "px/s",
    "audio_envelope": "rms",
    "audio_onset": "log_ratio",
}
"""Every measure with its unit."""

VIDEO_EXTRACTS = Table(
    "video_extracts",
    "One row per measure and moment: what the pixels and the sound were.",
    (
        Column(
            "measure",
            LABEL,
            "luma: mean, 0 to 1. sharpness: variance of the Laplacian of the luma (0 to 255) at "
            "120 px height. frame_difference: mean absolute change of luma since the previous "
            "look, 0 to 1, below 0.00025 nothing changed. camera_shift_x, _y: speed of the "
            "background in display pixels, right and down positive. audio_envelope: RMS of 10 ms "
            "of sound, full scale 1. audio_onset: rise of the logarithm of the envelope",
        ),
        Column("time_s", pa.float64(), "seconds since the first frame of the video"),
        Column(
            "value",
            pa.float32(),
            "in `unit`; null for a camera shift where the background has too little detail",
            nullable=True,
        ),
        Column("unit", LABEL, "share, luma2, px/s, rms or log_ratio"),
    ),
)


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
    for frame in read_frames(path, sample_hz=SAMPLE_HZ, max_height_px=HEIGHT_PX):
        grey = luma(frame.image)
        yield "luma", frame.time_s, brightness(grey)
        yield "sharpness", frame.time_s, sharpness(grey)
        if before:
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
