"""Pictures for the Dagster UI, which shows images that stand inside Markdown."""

import base64
from pathlib import Path

import dagster as dg

THUMBNAIL_WIDTH_PX = 320


def as_picture(image: bytes, kind: str = "png") -> dg.MarkdownMetadataValue:
    """Wrap an encoded image so that the UI shows it."""
    data = base64.b64encode(image).decode()
    return dg.MetadataValue.md(f"![](data:image/{kind};base64,{data})")


def thumbnail(preview: Path) -> dg.MarkdownMetadataValue:
    """Return a small picture from the middle of a preview, whose faces are already blurred."""
    import av
    import cv2

    from dancer_pipeline.video.preview import key_frames

    with av.open(str(preview)) as container:
        middle_s = (container.duration or 0) / av.time_base / 2
    image = key_frames(preview, [middle_s])[0]
    height = round(image.shape[0] * THUMBNAIL_WIDTH_PX / image.shape[1])
    small = cv2.resize(image, (THUMBNAIL_WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    return as_picture(content.tobytes(), "jpeg")
