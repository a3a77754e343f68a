"""What a file is known by: the SHA-256 of its content."""

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Digest a file, however large it is."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
