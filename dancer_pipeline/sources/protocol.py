"""What a place that videos arrive at must do: list, read and delete exactly one version."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from dancer_pipeline.identity import Upload


class SourceGoneError(Exception):
    """The version is not there any more: nothing of it can be read."""


class SourceElsewhereError(SourceGoneError):
    """The version was recorded in another place than the one that is watched now."""


class SourceChangedError(Exception):
    """Another version has taken the place of the one that was asked for."""


class SourceRefusedError(Exception):
    """The version is there and is not handed out: somebody must change something first."""


class SourceBrokenError(Exception):
    """What arrived, again and again, is not what the source says it holds."""


class Deletion(StrEnum):
    """How a delete ended."""

    DELETED = "deleted"
    ALREADY_GONE = "already gone"
    REPLACED = "replaced by a newer version, which was left alone"


@dataclass(frozen=True)
class Ignored:
    """Something that was found beside the videos and will not be analysed."""

    upload: Upload
    reason: str


@dataclass(frozen=True)
class Page:
    """One page of a listing; `next_cursor` is None on the last."""

    uploads: tuple[Upload, ...]
    ignored: tuple[Ignored, ...]
    next_cursor: str | None = None


def require_here(upload: Upload, place: str) -> None:
    """Refuse a version of another bucket or folder: the same key here is another video.

    Raises
    ------
    SourceElsewhereError
    """
    if upload.bucket != place:
        raise SourceElsewhereError(
            f"{upload.key!r} is in {upload.bucket}, and DANCER_SOURCE names {place} now: set it"
            " back to have this video finished"
        )


class Source(Protocol):
    """A place that holds versions of objects."""

    def page(self, cursor: str | None = None) -> Page:
        """List one page of what is there and no longer being written."""

    def open(self, upload: Upload) -> AbstractContextManager[Path]:
        """Give a local path of exactly this version.

        Raises
        ------
        SourceGoneError, SourceChangedError
            At the beginning, and at the end if the version was replaced meanwhile.
        SourceRefusedError, SourceBrokenError
            It is there, but may not be read, or does not arrive whole.
        """

    def exists(self, upload: Upload) -> bool:
        """Whether exactly this version is still there."""

    def delete(self, upload: Upload) -> Deletion:
        """Delete exactly this version and nothing else."""

    def metadata(self, upload: Upload) -> Mapping[str, str]:
        """Return what the uploader wrote beside exactly this version, by lower-case name.

        Raises
        ------
        SourceGoneError, SourceChangedError
        """
