"""A local file that is there whole and for good, or not at all."""

import os
import tempfile
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write under a private name, sync, rename, sync the folder: all of it or none, for ever."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, private = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(private).chmod(0o644)
        Path(private).replace(path)
    except BaseException:
        Path(private).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
