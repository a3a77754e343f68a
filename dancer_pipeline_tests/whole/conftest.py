"""A deployment per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dancer_pipeline_tests.whole.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    deployment = Stack(tmp_path)
    yield deployment
    deployment.kill()
