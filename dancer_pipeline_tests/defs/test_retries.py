"""Passing trouble is tried again; what forbids it, and what a person ends, is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError

from dancer_pipeline.results import ResultStore
from dancer_pipeline_tests.defs.conftest import Deployment

FIRST = {"asset_selection": [dg.AssetKey("upload_options")]}
EVERYTHING: dict[str, Any] = {}
PARTS = {"begin": FIRST, "write_table": FIRST, "read_table": EVERYTHING}
"""Of the result store: used by an asset, for its output, and for the input of another one."""


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[BaseException]]:
    """Let a part of the result store fail with one error after the other, then work."""
    monkeypatch.setattr("dancer_pipeline.defs.retries.FIRST_WAIT_S", 0.0)

    def arrange(part: str, *errors: BaseException) -> list[BaseException]:
        left, works = list(errors), getattr(ResultStore, part)

        def stumble(store: ResultStore, *given: Any, **more: Any) -> Any:
            if left:
                raise left.pop()
            return works(store, *given, **more)

        monkeypatch.setattr(ResultStore, part, stumble)
        return left

    return arrange


def away() -> OSError:
    return OSError("the network is away")


@pytest.mark.parametrize("part", PARTS)
def test_a_step_is_tried_again_wherever_the_trouble_is(
    deployment: Deployment, jumping: Path, trouble: Callable[..., Any], part: str
):
    trouble(part, away())
    done = deployment.run("analyze_video", deployment.put(jumping), **PARTS[part])

    assert done.success
    assert sum(event.is_step_up_for_retry for event in done.all_events) == 1


def test_trouble_that_stays_is_told_in_its_own_words(
    deployment: Deployment, jumping: Path, trouble: Callable[..., Any]
):
    left = trouble("begin", *(away() for _ in range(9)))
    failed = deployment.run("analyze_video", deployment.put(jumping), **FIRST)

    assert len(left) == 6
    assert "the network is away" in str(failed.failure_data_for_node("upload_options"))


@pytest.mark.parametrize("error", [
    dg.Failure("for good", allow_retries=False), DagsterExecutionInterruptedError(),
])  # fmt: skip
def test_what_forbids_it_and_what_a_person_ends_is_not_tried_again(
    deployment: Deployment, jumping: Path, trouble: Callable[..., Any], error: BaseException
):
    trouble("begin", error)
    failed = deployment.run("analyze_video", deployment.put(jumping), **FIRST)

    assert not failed.success
    assert not any(event.is_step_up_for_retry for event in failed.all_events)
