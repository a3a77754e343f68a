"""The bars of the accuracy table, at the scale that every change can afford."""

import os
from pathlib import Path

import pytest

from benchmarks.accuracy import Scale, cases
from benchmarks.accuracy.material import REAL_CLIPS

NEED_CLIPS = "clip"
"""A case whose name has this word looks at real clips."""


@pytest.mark.parametrize("name", cases())
def test_a_case_meets_its_bars(name: str) -> None:
    if NEED_CLIPS in name.partition(".")[2].split("_") and not Path(REAL_CLIPS).is_dir():
        message = f"no real clips at {REAL_CLIPS}: set DANCER_TEST_VIDEOS to their folder"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    lines = list(cases()[name](Scale(quick=True)))
    assert lines
    assert [line for line in lines if not line.passed] == []
