"""What an analysis found out about a metric, or why not, before it becomes a row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from dancer_pipeline.metrics import Metric, judged, refused
from dancer_pipeline.signals.body_parts import Side

Problem = tuple[str, str]
"""A reason code, and what was wrong, was measured and is to be done."""


@dataclass(frozen=True)
class Value:
    """A number that was measured; with doubts (sentences by reason code) its confidence is low."""

    value: float
    n: int
    frames: tuple[int, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)
    ci95: tuple[float, float] | None = None


Results = Mapping[str, Value | Problem]
"""By metric."""


def doubted(results: Results, doubts: Mapping[str, str]) -> Results:
    """Add doubts to every value."""
    return {
        name: replace(it, doubts={**it.doubts, **doubts}) if isinstance(it, Value) else it
        for name, it in results.items()
    }


def rows(results: Results, units: Mapping[str, str], side: Side | None = None) -> Iterator[Metric]:
    """Give the metrics in the order of their units."""
    for name, unit in units.items():
        result = results[name]
        if isinstance(result, Value):
            yield Metric(
                name,
                unit,
                result.value,
                result.n,
                side=side,
                ci95=result.ci95,
                evidence_frames=result.frames,
                **judged(result.doubts),
            )
        else:
            yield refused(name, unit, *result, side)
