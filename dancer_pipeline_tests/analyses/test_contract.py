"""Every analysis, of the package and of the folder in DANCER_ANALYSES, keeps the contract."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dancer_pipeline.analyses import discover
from dancer_pipeline_tests.analyses.contract import CHECKS, Analyses

EXTRA = os.environ.get("DANCER_ANALYSES")
ANALYSES = discover(Path(EXTRA) if EXTRA else None)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis(name: str, check: Callable[[str, Analyses], None]) -> None:
    check(name, ANALYSES)
