"""What every test may ask for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def clips() -> Callable[[str], Path]:
    """Path of a real clip by name; skipped where there are none, a failure in CI."""
    folder = Path(os.environ.get("DANCER_TEST_VIDEOS", ROOT.parent / "shared" / "videos"))

    def clip(name: str) -> Path:
        path = folder / name
        if not path.exists():
            message = f"no real clips at {folder}: set DANCER_TEST_VIDEOS to their folder"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        return path

    return clip
