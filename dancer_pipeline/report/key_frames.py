"""The pictures of the key moments, cut from the preview, the proxy video."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.pictures import KeyFrame


def cut_key_frames(tables: Mapping[str, pd.DataFrame], preview: bytes | None) -> list[KeyFrame]:
    """Cut a picture for each of the `key_moments`; none where there is no preview."""
    moments = key_moments(tables)
    if preview is None or not moments:
        return []
    from dancer_pipeline.video.preview import key_frames

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.mp4"
        path.write_bytes(preview)
        pictures = key_frames(path, [one.time_s for one in moments])
    return [
        (moment.frame, moment.time_s, picture)
        for moment, picture in zip(moments, pictures, strict=True)
    ]
