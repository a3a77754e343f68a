"""What the pose tests share: the model, kept by this machine or fetched once."""

from pathlib import Path

import pytest

from dancer_pipeline.pose.model import model_file


@pytest.fixture(scope="session")
def model() -> Path:
    """Return the pinned model bundle."""
    return model_file(progress=print)
