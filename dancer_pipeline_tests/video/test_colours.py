"""Colours come out as they went in, whatever matrix, range and depth the file stores."""

from pathlib import Path

import av
import numpy as np
import pytest

from dancer_pipeline.video.frames import read_frames
from dancer_pipeline_tests.video.rendered import TICK

LUMA_WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114)}


def coded(colour: np.ndarray, matrix: int, *, full_range: bool) -> np.ndarray:
    """Give Y, Cb, Cr of an RGB colour, by the formula of the standard."""
    red_share, blue_share = LUMA_WEIGHTS[matrix]
    red, green, blue = colour / 255
    luma = red_share * red + (1 - red_share - blue_share) * green + blue_share * blue
    chroma = (blue - luma) / (2 - 2 * blue_share), (red - luma) / (2 - 2 * red_share)
    scale, base, chroma_scale = (255, 0, 255) if full_range else (219, 16, 224)
    return np.array([base + scale * luma, *(128 + chroma_scale * c for c in chroma)])


@pytest.mark.parametrize("matrix", list(LUMA_WEIGHTS))
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("bits", [8, 10])
def test_colours_are_right_for_every_matrix_range_and_depth(
    tmp_path: Path, matrix: int, *, full_range: bool, bits: int
) -> None:
    colour = np.array([200, 40, 70])
    planes = np.round(coded(colour, matrix, full_range=full_range) * 2 ** (bits - 8))
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv444p" if bits == 8 else "yuv444p10le"
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = 2 if full_range else 1
        picture = av.VideoFrame(64, 64, stream.pix_fmt)
        for plane, value in zip(picture.planes, planes, strict=True):
            kind = np.uint8 if bits == 8 else np.uint16
            plane.update(np.full((64, plane.line_size // kind().nbytes), value, kind).tobytes())
        picture.colorspace, picture.color_range = matrix, 2 if full_range else 1
        picture.pts, picture.time_base = 0, TICK
        container.mux(stream.encode(picture))
        container.mux(stream.encode())
    np.testing.assert_allclose(next(read_frames(path)).image[32, 32], colour, atol=4)
