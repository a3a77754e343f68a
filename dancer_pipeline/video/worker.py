"""The child process that opens one video for its facts, extracts or preview (`confined.py`)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pyarrow as pa

from dancer_pipeline.confined.child import Progress, serve
from dancer_pipeline.video.completeness import IncompleteVideo
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.extracts import video_extracts
from dancer_pipeline.video.facts import Limits, source_video
from dancer_pipeline.video.preview import write_preview
from dancer_pipeline.video.tables import SOURCE_VIDEO, VIDEO_EXTRACTS

ERRORS = (IncompleteVideo, BadVideo)


def look(request: dict[str, Any], table: pa.Table, _progress: Progress) -> list[pa.Table]:
    """Do the job that a request names, with its arguments."""
    cv2.setNumThreads(1)
    return [_JOBS[request["job"]](Path(request["video"]), table, **request["arguments"])]


def _facts(path: Path, _table: pa.Table, *, limits: dict[str, Any], **arguments: Any) -> pa.Table:
    return SOURCE_VIDEO.arrow(source_video(path, limits=Limits(**limits), **arguments))


def _extracts(path: Path, _table: pa.Table) -> pa.Table:
    return VIDEO_EXTRACTS.arrow(video_extracts(path))


def _preview(path: Path, table: pa.Table, *, destination: str, **arguments: Any) -> pa.Table:
    write_preview(path, table.to_pandas(), Path(destination), **arguments)
    return pa.table({})


_JOBS: dict[str, Callable[..., pa.Table]] = {
    "facts": _facts,
    "extracts": _extracts,
    "preview": _preview,
}

if __name__ == "__main__":
    serve(look, ERRORS)
