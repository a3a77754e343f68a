"""Pictures for the Dagster UI, which shows images that stand inside Markdown.

Markdown of less than a thousand characters is shown in place, longer Markdown behind a link. So a
curve is drawn as a few points of SVG and a thumbnail is as small as it must be, to be seen at once.
"""

import base64
import math
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd

SHOWN_IN_PLACE = 999
"""Characters of Markdown that the UI shows without a click."""

COLOURS = {"left": "1769c2", "right": "c05a00"}
OTHER_COLOUR = "1769c2"

WIDTH_PX, HEIGHT_PX = 360, 44
PICTURE_WIDTH_PX = 640
THUMBNAIL_WIDTHS_PX = (160, 144, 128, 112, 96, 80, 64, 48)
THUMBNAIL_QUALITY = 20


def as_picture(image: bytes, kind: str = "png") -> dg.MarkdownMetadataValue:
    """Wrap an encoded image so that the UI shows it."""
    data = base64.b64encode(image).decode()
    return dg.MetadataValue.md(f"![](data:image/{kind};base64,{data})")


def curves(
    lines: Mapping[str, pd.Series], unit: str, scale: tuple[float, float] | None = None
) -> dg.MarkdownMetadataValue:
    """Draw lines over a common time axis, small enough to be shown in place.

    Parameters
    ----------
    lines
        For each side (or any other name), values by time in seconds; a null is a gap.
    unit
        The unit of the values, for the caption.
    scale
        The values at the lower and the upper edge; by default the values' own range.
    """
    lines = {
        name: line.where(np.isfinite(line.astype(float))).groupby(level=0).mean()
        for name, line in lines.items()
    }
    values = pd.concat(lines.values()).dropna()
    if values.empty:
        return dg.MetadataValue.md("no values")
    caption = f"{_range(values.min(), values.max())} {unit}"
    text, scale = caption, scale or (float(values.min()), float(values.max()))
    for points in (120, 90, 60, 40, 20):
        text = f"![](data:image/svg+xml,{_svg(lines, points, scale)}) {caption}"
        if len(text) <= SHOWN_IN_PLACE:
            break
    return dg.MetadataValue.md(text)


def middle_picture(preview: Path) -> "Picture":
    """Return the picture from the middle of a preview, whose faces are already blurred."""
    import av

    from dancer_pipeline.video.preview import key_frames

    with av.open(str(preview)) as container:
        middle_s = (container.duration or 0) / av.time_base / 2
    return Picture(key_frames(preview, [middle_s])[0])


class Picture:
    """One frame of a preview, as the UI can show it.

    Parameters
    ----------
    image
        RGB pixels.
    """

    def __init__(self, image: np.ndarray) -> None:
        self._image = image

    def thumbnail(self) -> dg.MarkdownMetadataValue:
        """Return the widest picture that the UI shows in place."""
        shown = dg.MetadataValue.md("")
        for width_px in THUMBNAIL_WIDTHS_PX:
            shown = as_picture(self._encoded(width_px, THUMBNAIL_QUALITY), "webp")
            if len(shown.md_str or "") <= SHOWN_IN_PLACE:
                break
        return shown

    def large(self) -> dg.MarkdownMetadataValue:
        """Return a picture to look at, behind a link."""
        return as_picture(self._encoded(PICTURE_WIDTH_PX, 70), "webp")

    def _encoded(self, width_px: int, quality: int) -> bytes:
        import cv2

        height_px = max(1, round(self._image.shape[0] * width_px / self._image.shape[1]))
        small = cv2.resize(self._image, (width_px, height_px), interpolation=cv2.INTER_AREA)
        bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
        _, content = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, quality])
        return bytes(content)


def _range(lowest: float, highest: float) -> str:
    """Return both ends, with as many digits as their distance deserves."""
    span = highest - lowest or abs(highest) or 1.0
    digits = max(0, 2 - math.floor(math.log10(span)))
    return " to ".join(f"{round(end, digits) + 0.0:.{digits}f}" for end in (lowest, highest))


def _svg(lines: Mapping[str, pd.Series], points: int, scale: tuple[float, float]) -> str:
    """Return an SVG as part of a URL inside Markdown, where a space would end it."""
    moments = pd.concat(lines.values()).index
    times = (float(moments.min()), float(moments.max()))
    paths = "".join(
        f"<path d='{_path(line, points, times, scale)}'"
        f" stroke='#{COLOURS.get(name, OTHER_COLOUR)}'/>"
        for name, line in lines.items()
    )
    size = f"width='{WIDTH_PX}' height='{HEIGHT_PX}' fill='none' stroke-width='1.6'"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{paths}</svg>"
    return svg.replace("<", "%3C").replace(">", "%3E").replace("#", "%23").replace(" ", "%20")


def _path(
    line: pd.Series, points: int, times: tuple[float, float], scale: tuple[float, float]
) -> str:
    """Return a path through the means of equal stretches of time, broken at nulls."""
    place = (line.index.to_numpy() - times[0]) / max(times[1] - times[0], 1e-9)
    means = line.groupby(np.round(place * (points - 1)).astype(int)).mean()
    heights = (means - scale[0]) / max(scale[1] - scale[0], 1e-9)
    xs = np.rint(heights.index.to_numpy() / (points - 1) * (WIDTH_PX - 4)) + 2
    drawn, is_gap, x, y = "", True, 0, 0
    for to_x, height in zip(xs.astype(int), heights, strict=True):
        if pd.isna(height):
            is_gap = True
            continue
        to_y = round((1 - height) * (HEIGHT_PX - 4)) + 2
        drawn += f"{'m' if is_gap else 'l'}{to_x - x},{to_y - y}"
        x, y, is_gap = to_x, to_y, False
    return drawn.replace(",-", "-")
