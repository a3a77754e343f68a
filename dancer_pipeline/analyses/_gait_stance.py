"""How long the feet stand, and how alike one step is to another."""

from collections.abc import Callable, Iterator

import numpy as np

from dancer_pipeline.analyses._gait_measured import Measured
from dancer_pipeline.analyses._gait_rows import answered, mean_interval, refused
from dancer_pipeline.analyses._strides import Stride
from dancer_pipeline.analyses._walk_rhythm import regularity
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.body_parts import SIDES, Side

_STANCE_BIAS = (
    "A single camera sees heels strike early and toes leave late, so stance is about 4 percentage "
    "points too long and swing as much too short; compare it with your own videos only."
)


def stance_rows(found: Measured) -> Iterator[Metric]:
    """Measure stance, swing and double support, which are known to be off."""
    for side in SIDES:
        yield _share(found, "stance_share", lambda it: it.stance_percent, side)
    for side in SIDES:
        yield _share(found, "swing_share", lambda it: 100 - it.stance_percent, side)
    yield _share(found, "double_support_share", lambda it: it.double_support_percent, None)


def limp_doubt(found: Measured) -> dict[str, str]:
    """Doubt the times of steps where one foot stands clearly longer than the other."""
    shares = [
        np.array([stride.stance_percent for stride in found.walked.strides_of(side)])
        for side in SIDES
    ]
    known = [share[np.isfinite(share)] for share in shares]
    if min(map(len, known)) < found.needs.strides - 1:
        return {}
    apart = float(known[0].mean() - known[1].mean())
    if abs(apart) <= found.needs.stance_difference:
        return {}
    longer, shorter = SIDES if apart > 0 else SIDES[::-1]
    return {
        "known_bias": (
            f"Your {longer} foot seems to stand {abs(apart):.0f} percent of a stride longer than "
            f"the {shorter} one. Such a walk strikes unequally early in this method, so the "
            "difference in step times comes out much too small, often by half or more; compare it "
            "with your own videos only."
        )
    }


def _share(
    found: Measured, name: str, percent: Callable[[Stride], float], side: Side | None
) -> Metric:
    strides = found.walked.strides if side is None else found.walked.strides_of(side)
    known = [stride for stride in strides if np.isfinite(percent(stride))]
    if len(known) < found.needs.strides - 1:
        problem = (
            "too_short",
            f"In only {len(known)} strides it could be seen when this foot leaves the floor. "
            "Film a longer walk from the side, with both feet in view.",
        )
        return refused(name, problem, side)
    values = np.array([percent(stride) for stride in known])
    return answered(
        name,
        float(np.median(values)),
        len(values),
        found.doubts | {"known_bias": _STANCE_BIAS},
        side=side,
        ci95=mean_interval(values, of_median=True),
        frames=[stride.start_frame for stride in known],
    )


def regularity_rows(found: Measured) -> Iterator[Metric]:
    """Measure how alike a step is to the next one, and to the one after."""
    longest = max(found.walks, key=lambda walk: walk.end_s - walk.start_s)
    both = regularity(found.swing, longest.part(found.motion), found.stride_s / 2)
    frames = [step.end_frame for step in found.walked.steps if step.bout == longest.bout]
    for name, value in zip(("step_regularity", "stride_regularity"), both, strict=True):
        if np.isfinite(value):
            yield answered(name, value, len(found.walked.strides), found.doubts, frames=frames)
        else:
            yield refused(
                name,
                (
                    "too_short",
                    f"The longest walk straight on has {longest.end_s - longest.start_s:.1f} s; at "
                    "least four steps in a row are needed.",
                ),
            )
