"""From the coach's measures of single swings to metric rows: raw value first, then the score."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from dancer_pipeline import metrics
from dancer_pipeline.analyses._spread import median_interval
from dancer_pipeline.analyses._stance_measures import Measures, Missing
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.body_parts import Side
from dancer_pipeline.signals.tracks import Floats

_HEAD_LIMIT_PERCENT, _KNEE_LIMIT_DEG = 30.0, 100.0
_ONE_LAG_S, _LAG_ERROR_S = 0.05, 0.04
"""95 % of the errors of one lag and of the median of several, measured on noisy keypoints."""
_FLEXES_DEG = 10.0


@dataclass(frozen=True)
class Score:
    """A raw value on a scale from 0 to 1: a convention, not a finding of science."""

    name: str
    of: str
    scale: Callable[[float], float]
    words: str


@dataclass(frozen=True)
class Group:
    """Measures that are taken together: key in `Measures` to (metric, unit)."""

    raw: Mapping[str, tuple[str, str]]
    score: Score | None = None
    always_doubted: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By key, the reason and sentence with which a measure is never more than low confidence."""


GROUPS = {
    "head": Group(
        {"excursion": ("head_excursion", "% torso"), "speed": ("head_speed", "torsos/s")},
        Score(
            "head_stability_score",
            "excursion",
            lambda percent: 1 - percent / _HEAD_LIMIT_PERCENT,
            "1 is a head that stays where it is, 0 an excursion of 30 % of the torso or more",
        ),
    ),
    "balance": Group(
        {"offset": ("balance_offset", "ratio"), "drift": ("balance_drift", "ratio")},
        Score(
            "balance_drift_score",
            "offset",
            lambda offset: 1 - offset,
            "1 is hips over the middle of the feet, 0 hips over one foot or beyond",
        ),
    ),
    "front_knee": Group(
        {
            "landing": ("front_knee_flexion_landing", "deg"),
            "most": ("front_knee_flexion_largest", "deg"),
            "contact": ("front_knee_flexion_contact", "deg"),
        },
        Score(
            "front_knee_brace_score",
            "most",
            lambda flexion_deg: 1 - flexion_deg / _KNEE_LIMIT_DEG,
            "1 is a straight front knee, 0 one bent by 100 degrees",
        ),
    ),
    "separation": Group(
        {
            "lag": ("hip_shoulder_separation_timing", "s"),
            "angle": ("hip_shoulder_separation", "deg"),
        },
        always_doubted={
            "angle": (
                "estimated_depth",
                "The angle between hips and shoulders is seen from above, and that rests on "
                "estimated depth: compare it within one camera position only.",
            )
        },
    ),
    "elbow": Group(
        {
            "stance": ("elbow_drop_stance", "ratio"),
            "backlift": ("elbow_drop_backlift", "ratio"),
            "contact": ("elbow_drop_contact", "ratio"),
        },
        Score(
            "elbow_drop_score",
            "stance",
            lambda drop: (drop + 1) / 2,
            "1 is an upper arm that hangs, 0 one that points straight up, in the stance",
        ),
        always_doubted={
            "contact": (
                "timing_uncertain",
                "At contact the upper arm moves so fast that what is told of it may be wrong by "
                "0.25: compare videos of the same frame rate only.",
            )
        },
    ),
}


@dataclass(frozen=True)
class Taken:
    """What one swing, or one stance, gave, and the frame that shows it."""

    outcome: Measures | Missing
    frame: int


def rows(
    name: str,
    taken: Sequence[Taken],
    doubts: Mapping[str, str],
    side: Side | None = None,
    without: Mapping[str, Missing] = MappingProxyType({}),
) -> Iterator[Metric]:
    """Rows of one group over all swings: the median of those that could be measured.

    Measures in `without` are refused whatever was found.
    """
    group, measured = GROUPS[name], [it for it in taken if not isinstance(it.outcome, Missing)]
    if not measured:
        yield from refused(name, _commonest(taken), side)
        return
    frames = tuple(sorted({it.frame for it in measured}))
    for key, (metric, unit) in group.raw.items():
        if missing := without.get(key):
            yield metrics.refused(metric, unit, missing.reason, missing.advice, side)
            continue
        values = _values(measured, key)
        doubted = dict(doubts) | dict(
            [group.always_doubted[key]] if key in group.always_doubted else []
        )
        told = _told(key, values, measured)
        yield _row(metric, unit, values, doubted, told, frames, side)
    if group.score:
        scores = np.array([group.score.scale(it) for it in _values(measured, group.score.of)])
        told = f"A convention of coaches, not validated: {group.score.words}."
        yield _row(group.score.name, "score", np.clip(scores, 0, 1), doubts, told, frames, side)


def refused(name: str, missing: Missing, side: Side | None = None) -> Iterator[Metric]:
    """Rows of one group without values."""
    group = GROUPS[name]
    names = [*group.raw.values(), *([(group.score.name, "score")] if group.score else [])]
    for metric, unit in names:
        yield metrics.refused(metric, unit, missing.reason, missing.advice, side)


def _commonest(taken: Sequence[Taken]) -> Missing:
    found = [it.outcome for it in taken if isinstance(it.outcome, Missing)]
    reason = Counter(it.reason for it in found).most_common(1)[0][0]
    return next(it for it in found if it.reason == reason)


def _values(measured: Sequence[Taken], key: str) -> Floats:
    return np.array([it.outcome[key] for it in measured if not isinstance(it.outcome, Missing)])


def _row(
    metric: str,
    unit: str,
    values: Floats,
    doubts: Mapping[str, str],
    told: str | None,
    frames: tuple[int, ...],
    side: Side | None,
) -> Metric:
    said = [*filter(None, doubts.values()), *([told] if told else [])]
    return Metric(
        metric,
        unit,
        float(np.median(values)),
        len(values),
        side,
        status="low_confidence" if doubts else "ok",
        reasons=tuple(doubts),
        advice=" ".join(said) or None,
        ci95=_interval(metric, values),
        evidence_frames=frames,
    )


def _interval(metric: str, values: Floats) -> tuple[float, float] | None:
    """Interval of the median: by ranks; of a lag at least what one lag may be wrong by."""
    if metric != "hip_shoulder_separation_timing":
        return median_interval(values)
    middle, error_s = float(np.median(values)), _lag_error_s(len(values))
    return middle - error_s, middle + error_s


def _lag_error_s(swings: int) -> float:
    return _ONE_LAG_S if swings == 1 else _LAG_ERROR_S


def _told(key: str, values: Floats, measured: Sequence[Taken]) -> str | None:
    if key == "lag":
        return _order(float(np.median(values)), _lag_error_s(len(values)))
    if key == "most":
        return _knee_class(measured)
    return None


def _order(lag_s: float, error_s: float) -> str:
    if abs(lag_s) <= error_s:
        order = "hips and shoulders turn at the same time"
    else:
        order = "the hips turn first" if lag_s > 0 else "the shoulders turn first"
    return f"Within +-{1000 * error_s:.0f} ms, which is how well this can be told, {order}."


def _knee_class(measured: Sequence[Taken]) -> str:
    """Class of the front leg after Portus et al. 2004, with limits of 10 degrees."""
    landing, most, contact = (
        float(np.median(_values(measured, key))) for key in ("landing", "most", "contact")
    )
    flexes, extends = most - landing >= _FLEXES_DEG, most - contact >= _FLEXES_DEG
    name = {
        (True, True): "flexor-extender",
        (True, False): "flexor",
        (False, True): "extender",
        (False, False): "constant brace",
    }[flexes, extends]
    return f"From landing to contact the front leg is of the class: {name}."
