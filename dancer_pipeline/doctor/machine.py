"""What this machine must have: the pose model, decoders, room on its disk, its folders."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dancer_pipeline.digests import sha256_of
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, unseen, wrong
from dancer_pipeline.settings import variable

DECODERS = {
    "h264": ("h264",),
    "hevc": ("hevc",),
    "vp8": ("vp8", "libvpx"),
    "vp9": ("vp9", "libvpx-vp9"),
    "av1": ("av1", "libdav1d", "libaom-av1"),
    "mpeg4": ("mpeg4",),
    "prores": ("prores",),
    "mjpeg": ("mjpeg",),
    "aac": ("aac",),
    "opus": ("opus", "libopus"),
}
"""What phones, cameras and browsers record, and the decoders that can read it."""

MIB = 2**20


def model(at: Deployment) -> Iterator[Finding]:
    """Whether the pose model is there, and is the one that it should be."""
    yield _pinned_model() if at.settings.model is None else _chosen_model(at.settings.model)


def _pinned_model() -> Finding:
    from dancer_pipeline.pose.model import MODEL_SHA256, pinned_file

    path = pinned_file()
    if not path.is_file():
        return wrong(
            f"there is no pose model at {path}", "Run `dancer model` once, or set DANCER_MODEL."
        )
    if (found := sha256_of(path)) != MODEL_SHA256:
        return wrong(
            f"{path} is not the pinned model: its SHA-256 is {found[:12]}..., not"
            f" {MODEL_SHA256[:12]}...",
            "Run `dancer model`: it is built anew.",
        )
    return good(f"{path}: the pinned one (SHA-256 {found[:12]}...)")


def _chosen_model(path: Path) -> Finding:
    from dancer_pipeline.pose.model import MODEL_SHA256, ModelError, model_file

    try:
        found = sha256_of(model_file(path))
    except ModelError as error:
        return wrong(str(error), "Set DANCER_MODEL to an official file, or unset it.")
    kind = "the pinned one" if found == MODEL_SHA256 else "not the pinned one, by your choice"
    return good(f"{path} (DANCER_MODEL): intact, {kind} (SHA-256 {found[:12]}...)")


def decoders(_: Deployment) -> Iterator[Finding]:
    """Whether the decoders are there that uploads need."""
    from av.codec import codecs_available

    missing = [name for name, any_of in DECODERS.items() if not codecs_available & {*any_of}]
    if missing:
        yield wrong(
            f"this build of PyAV cannot decode {', '.join(missing)}",
            "Install PyAV's own wheel (pip install --force-reinstall av), not one that was built"
            " against a reduced FFmpeg.",
        )
    else:
        yield good(f"PyAV decodes {', '.join(DECODERS)}")


def scratch(at: Deployment) -> Iterator[Finding]:
    """Whether the largest video that is accepted fits where its copy is made."""
    from dancer_pipeline.sources.scratch import RESERVE_BYTES

    folder = at.settings.scratch or Path(tempfile.gettempdir())
    if problem := _unwritable(folder):
        yield wrong(
            f"{problem}",
            "Make it writable for this user, or set DANCER_SCRATCH to a folder that is.",
        )
        return
    free_mib = shutil.disk_usage(_there(folder)).free / MIB
    # A file of a folder is read where it is.
    copied_mib = at.settings.max_size_mib if at.source else 0
    needed_mib = copied_mib + RESERVE_BYTES / MIB
    if free_mib < needed_mib:
        yield wrong(
            f"{folder} has {free_mib:,.0f} MiB free, a video of DANCER_MAX_SIZE_MIB needs"
            f" {needed_mib:,.0f}",
            "Make room there, set DANCER_SCRATCH to a larger disk, or lower DANCER_MAX_SIZE_MIB.",
        )
    else:
        yield good(f"{folder}: writable, {free_mib:,.0f} MiB free, {needed_mib:,.0f} needed")


def folders(at: Deployment) -> Iterator[Finding]:
    """Whether source and results can be read and written where they are folders."""
    for name, place in (("source", at.source), ("results", at.results)):
        folder = Path(getattr(at.settings, name))
        if place:
            continue
        if problem := _unwritable(folder):
            yield wrong(
                f"{name}: {problem}",
                f"Make it writable for this user, or set {variable(name)} to another.",
            )
        elif folder.is_dir():
            yield good(f"{name} {folder}: writable")
        else:
            yield unseen(f"{name} {folder}: not there yet, it is made when it is first needed")


def _unwritable(folder: Path) -> str | None:
    """Say why nothing can be written into a folder, which need not be there yet."""
    there = _there(folder)
    if not there.is_dir():
        return f"{there} is not a folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written"
    return None


def _there(folder: Path) -> Path:
    """Return the folder, or the nearest one above that is there."""
    folder = folder.resolve()
    while not folder.exists():
        folder = folder.parent
    return folder
