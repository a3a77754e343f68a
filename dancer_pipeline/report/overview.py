"""The first thing that a coach reads: the level, the few things that matter, a week's practice."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dancer_pipeline.findings.advice import Advice, read_advice
from dancer_pipeline.outcome import RECORDING

_TOP = 3


def overview(
    findings: Sequence[Mapping[str, Any]], metrics: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Sum up a video: `level`, `title`, `text`, the `top` findings, and a `plan` of days.

    The level and the plan rest on the findings about the movement that are more than a remark;
    those about the recording are advice for the next one.
    """
    movement = [row for row in findings if row["analysis"] != RECORDING]
    worth = [row for row in movement if row["severity"] != "info"]
    is_measured = any(
        row["status"] != "refused" and row["analysis"] != RECORDING for row in metrics
    )
    level = _advice().level([row["severity"] for row in movement], is_measured=is_measured)
    plan = _advice().plan(worth)
    return {
        "level": level.name,
        "title": level.title,
        "text": level.text,
        "top": [row["headline"] for row in worth[:_TOP]],
        "plan": [
            {"day": f"Day {number}", "practice": practice}
            for number, practice in enumerate(plan, 1)
        ],
    }


@cache
def _advice() -> Advice:
    return read_advice()
