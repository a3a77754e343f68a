"""Where videos arrive: list them, read exactly one version, delete exactly one version."""

from dancer_pipeline.sources.folder import FolderSource
from dancer_pipeline.sources.protocol import (
    Deletion,
    Ignored,
    Page,
    Source,
    SourceBrokenError,
    SourceChangedError,
    SourceElsewhereError,
    SourceGoneError,
    SourceRefusedError,
)

__all__ = [
    "Deletion",
    "FolderSource",
    "Ignored",
    "Page",
    "Source",
    "SourceBrokenError",
    "SourceChangedError",
    "SourceElsewhereError",
    "SourceGoneError",
    "SourceRefusedError",
]
