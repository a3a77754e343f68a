"""A report from stored tables and a stored preview, as the pipeline makes it."""

import base64
import io
import re

import av
import cv2
import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.report.key_frames import cut_key_frames
from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.page import Report, report
from dancer_pipeline_tests.report import example


def preview() -> bytes:
    """Proxy video of the example: each frame is as light as it is late."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 180, 320, "yuv420p"
        for number in range(len(example.times())):
            image = np.full((320, 180, 3), number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return target.getvalue()


def shown(tables: dict[str, pd.DataFrame], preview: bytes | None) -> Report:
    frames = cut_key_frames(tables, preview)
    return report(tables, title="a.mp4", outcome="complete", key_frames=frames)


def test_pictures_are_cut_from_the_preview_at_the_key_moments() -> None:
    made = shown(example.tables(), preview())

    assert made.html.count("data:image/jpeg;base64,") == 6
    assert "Knee: left 106°, right 76°" in made.html
    assert made.document["report"]["outcome"] == "complete"


def test_the_skeleton_fits_the_preview_though_keypoints_are_in_pixels_of_the_video() -> None:
    tables = example.tables()
    first = key_moments(tables)[0].frame
    rows = tables["pose_keypoints"].query(f"frame == {first}").set_index("keypoint")
    x, y = (rows.loc["left_knee", ["x_px", "y_px"]].to_numpy(float) / 4).round().astype(int)

    made = shown(tables, preview())

    (data, *_) = re.findall(r"data:image/jpeg;base64,([^\"]+)", made.html)
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    factor = picture.shape[0] / 320
    assert picture.shape[1] / 180 == pytest.approx(factor, rel=0.01)
    blue, _, red = picture[round(y * factor), round(x * factor)].astype(int)
    assert blue > red + 60


def test_without_a_preview_there_is_a_report_without_pictures() -> None:
    made = shown(example.tables(), None)

    assert "data:image/jpeg" not in made.html
    assert "Key moments" not in made.html
    assert "Range of motion" in made.html


def test_of_a_video_that_was_never_decoded_nothing_is_cut() -> None:
    assert cut_key_frames({}, preview()) == []
