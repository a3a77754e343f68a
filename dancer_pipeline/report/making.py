"""From what is stored of a video to its report: cuts the pictures, says how it ended."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.page import Report, report
from dancer_pipeline.report.pictures import KeyFrame


def make_report(
    tables: Mapping[str, pd.DataFrame],
    *,
    preview: bytes | None,
    title: str,
    outcome: str,
    reason: str | None = None,
    missing: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    include_frames: bool = False,
) -> Report:
    """Make the report of whatever is stored of a video.

    Parameters
    ----------
    tables
        The stored tables by name; any may be missing.
    preview
        The proxy video, from which the pictures are cut; without it there are none.
    title
        What the video is called, usually its file name.
    outcome
        `complete`, `partial`, `nothing_measured` or `failed`.
    reason, missing
        Why it is not complete, in a sentence; the results that are not there, each with a reason.
    versions
        What else was used and in which version, for example the pose model.
    include_frames
        Add the keypoints of every frame to the document.
    """
    return report(
        tables,
        title=title,
        outcome=outcome,
        reason=reason,
        key_frames=[] if preview is None else list(_key_frames(tables, preview)),
        missing=missing,
        versions=versions,
        include_frames=include_frames,
    )


def _key_frames(tables: Mapping[str, pd.DataFrame], preview: bytes) -> Iterator[KeyFrame]:
    from dancer_pipeline.video.preview import key_frames

    moments = key_moments(tables)
    if not moments:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.mp4"
        path.write_bytes(preview)
        pictures = key_frames(path, [one.time_s for one in moments])
    for moment, picture in zip(moments, pictures, strict=True):
        yield moment.frame, moment.time_s, picture
