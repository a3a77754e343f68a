"""The small film that is kept when the source is deleted, and the key frames cut from it.

At most 480 pixels high and 30 pictures a second, at their true times, without sound. The analysed
person's face is blurred, and the whole picture where nobody has been found for seconds; bystanders
beside the analysed person are not looked for.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pandas as pd
from av.video.stream import VideoStream

from dancer_pipeline.video.faces import Faces, cover
from dancer_pipeline.video.frames import read_frames
from dancer_pipeline.video.orientation import Image

HEIGHT_PX = 480
MAX_RATE_HZ = 30.0
_TICK = Fraction(1, 90_000)
_X264 = {"crf": "26", "preset": "veryfast"}


def write_preview(
    path: Path,
    pose_keypoints: pd.DataFrame,
    destination: Path,
    *,
    blur_faces: bool = True,
    height_px: int = HEIGHT_PX,
) -> None:
    """Write the preview of a video as H.264 in MP4, ready to be played while it loads.

    Raises
    ------
    BadVideo
        As `read_frames` does; what was written to the destination is then no preview.
    """
    faces = Faces(pose_keypoints)
    with av.open(
        str(destination), "w", format="mp4", options={"movflags": "+faststart"}
    ) as container:
        stream: VideoStream | None = None
        for frame in read_frames(path, sample_hz=MAX_RATE_HZ, max_height_px=height_px):
            image = frame.image
            if blur_faces:
                image = cover(image, faces.near(frame.time_s), frame.scale)
            stream = stream or _add_stream(container, image)
            container.mux(stream.encode(_picture(image, frame.time_s)))
        if stream:
            container.mux(stream.encode())


def key_frames(preview: Path, times_s: Sequence[float]) -> list[Image]:
    """Cut the RGB picture nearest to each of the times, in the order of the times given."""
    nearest: list[tuple[float, Image | None]] = [(np.inf, None)] * len(times_s)
    for frame in read_frames(preview):
        for index, time_s in enumerate(times_s):
            distance_s = abs(frame.time_s - time_s)
            if distance_s < nearest[index][0]:
                nearest[index] = distance_s, frame.image
    return [cast(Image, image) for _, image in nearest]


def _add_stream(container: "av.container.OutputContainer", image: Image) -> VideoStream:
    stream = container.add_stream("libx264", rate=round(MAX_RATE_HZ), options=_X264)
    height, width = image.shape[:2]
    stream.width, stream.height = _even(width), _even(height)
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TICK
    return stream


def _even(length_px: int) -> int:
    return max(2, length_px // 2 * 2)


def _picture(image: Image, time_s: float) -> av.VideoFrame:
    """Make a picture for the encoder, which itself brings it to the stream's size and colours."""
    picture = av.VideoFrame.from_ndarray(image, format="rgb24")
    picture.pts, picture.time_base = round(time_s / _TICK), _TICK
    return picture
