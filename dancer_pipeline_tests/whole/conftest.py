"""A deployment per test, and a short clip to feed it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dancer_pipeline.synthetic.clip import make_clip
from dancer_pipeline.synthetic.performance import View
from dancer_pipeline_tests.whole.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    deployment = Stack(tmp_path)
    yield deployment
    deployment.kill()


@pytest.fixture(scope="session")
def jumping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A jumping jack, short and small."""
    folder = tmp_path_factory.mktemp("clips")
    view = View(width_px=320, height_px=360, frame_rate_hz=15)
    return make_clip(
        folder / "jumping.mp4", movement="jumping_jack", duration_s=2.5, view=view,
        truth_folder=folder / "truth",
    ).video  # fmt: skip
