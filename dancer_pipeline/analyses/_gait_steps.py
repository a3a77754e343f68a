"""Metrics of a walk from heel strike to heel strike: cadence, times, symmetry, and all others."""

from collections.abc import Iterator, Sequence

import numpy as np

from dancer_pipeline.analyses._bouts import effective_rate_hz
from dancer_pipeline.analyses._gait_angles import range_row
from dancer_pipeline.analyses._gait_measured import Measured, impossible
from dancer_pipeline.analyses._gait_problems import Requirements, lost_frames, unstable_in
from dancer_pipeline.analyses._gait_ranges import JOINTS
from dancer_pipeline.analyses._gait_rows import (
    answered,
    asymmetry_percent,
    mean_interval,
    refused,
    refused_rows,
)
from dancer_pipeline.analyses._gait_stance import limp_doubt, regularity_rows, stance_rows
from dancer_pipeline.analyses._leg_swing import leg_swing
from dancer_pipeline.analyses._strides import Walked
from dancer_pipeline.analyses._unstable import confused_legs, confusion_doubt
from dancer_pipeline.analyses._walk_rhythm import stride_s_by_distance
from dancer_pipeline.analyses._walks import Walk, doubts_of
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags


def step_rows(
    motion: Motion,
    found: Sequence[Walk],
    walked: Walked,
    needs: Requirements,
    *,
    is_unsteady: bool,
) -> Iterator[Metric]:
    """Measure walks that show contacts; `is_unsteady` where many of these do not fit together."""
    exchanged = _exchanged(motion, found)
    if confused := confused_legs(exchanged):
        yield from refused_rows(confused)
        return
    doubts = _doubts(motion, found, needs, is_unsteady=is_unsteady) | confusion_doubt(exchanged)
    all_of_it = Measured(motion, leg_swing(motion), found, walked, doubts, needs)
    yield answered("step_count", walked.strikes, walked.strikes, doubts,
                   frames=walked.strike_frames)  # fmt: skip
    yield _cadence(all_of_it)
    yield _stride_time(all_of_it)
    yield from _step_times(all_of_it)
    yield from stance_rows(all_of_it)
    yield from regularity_rows(all_of_it)
    for joint in JOINTS:
        for side in SIDES:
            yield range_row(all_of_it, joint, side)


def _exchanged(motion: Motion, found: Sequence[Walk]) -> Flags:
    """In which frames of these walks the legs were confused."""
    return motion.legs_exchanged[np.logical_or.reduce([walk.during(motion) for walk in found])]


def _doubts(
    motion: Motion, found: Sequence[Walk], needs: Requirements, *, is_unsteady: bool
) -> dict[str, str]:
    doubts = doubts_of(found) | lost_frames(motion, needs)
    rate_hz = effective_rate_hz(motion)
    if rate_hz < needs.sure_rate_hz:
        doubts["frame_rate_too_low"] = (
            f"At {rate_hz:.0f} frames per second the moment of a step is rough. "
            "Record with 30 frames per second."
        )
    if problem := unstable_in(motion, found, SIDES):
        doubts |= dict([problem])
    elif is_unsteady:
        doubts["tracking_unstable"] = (
            "More than a fifth of the moments at which a foot seemed to meet or leave the floor do "
            "not fit into a walk. Film from the side, with nothing between you and the camera."
        )
    return doubts


def _cadence(found: Measured) -> Metric:
    times_s = np.array([stride.time_s for stride in found.walked.strides])
    value = 120 / found.stride_s
    if not found.needs.cadences_spm[0] <= value <= found.needs.cadences_spm[1]:
        return refused("cadence", impossible(f"{value:.0f} steps per minute"))
    interval = mean_interval(times_s, of_median=True)
    return answered(
        "cadence",
        value,
        len(times_s),
        found.doubts | _disagreement(found),
        ci95=(120 / interval[1], 120 / interval[0]) if interval and interval[0] > 0 else None,
        frames=found.walked.strike_frames,
    )


def _disagreement(found: Measured) -> dict[str, str]:
    """Compare with the rhythm of the distance of the ankles, which knows no sides."""
    seconds = [
        (stride_s_by_distance(found.swing, walk.part(found.motion), walk.step_s), walk)
        for walk in found.walks
    ]
    known = [(second, walk.end_s - walk.start_s) for second, walk in seconds if np.isfinite(second)]
    if not known:
        return {"not_periodic": "The distance of the ankles repeats itself at no regular time."}
    second_s = float(np.average([it[0] for it in known], weights=[it[1] for it in known]))
    apart = abs(second_s / found.stride_s - 1)
    if apart <= found.needs.disagreement:
        return {}
    return {
        "methods_disagree": (
            f"The distance of the ankles repeats itself {apart:.0%} faster or slower than the "
            "heels strike. Film from the side, walking evenly and straight on."
        )
    }


def _stride_time(found: Measured) -> Metric:
    times_s = np.array([stride.time_s for stride in found.walked.strides])
    return answered(
        "stride_time",
        found.stride_s,
        len(times_s),
        found.doubts,
        ci95=mean_interval(times_s, of_median=True),
        frames=found.walked.strike_frames,
    )


def _step_times(found: Measured) -> Iterator[Metric]:
    left, right = (found.walked.step_times_s(side) for side in SIDES)
    least = found.needs.steps_of_a_side
    few = (
        "too_short",
        (
            f"Only {len(left)} left and {len(right)} right steps could be timed; {least} of each "
            "are needed. Film a longer walk."
        ),
    )
    for side, times_s in zip(SIDES, (left, right), strict=True):
        if len(times_s) < least:
            yield refused("step_time", few, side)
            continue
        frames = [step.end_frame for step in found.walked.steps if step.side == side]
        yield answered(
            "step_time", times_s.mean(), len(times_s), found.doubts,
            side=side, ci95=mean_interval(times_s), frames=frames,
        )  # fmt: skip
    if min(len(left), len(right)) < least:
        yield refused("step_time_asymmetry", few)
        return
    value, interval = asymmetry_percent(left, right)
    yield answered(
        "step_time_asymmetry",
        value,
        len(left) + len(right),
        found.doubts | _oblique_doubt(found.walks) | limp_doubt(found),
        ci95=interval,
        frames=found.walked.strike_frames,
    )


def _oblique_doubt(walks: Sequence[Walk]) -> dict[str, str]:
    """Doubt a comparison of the sides where the hips' sway is seen as a way forward and back."""
    if all(walk.view == "sagittal" for walk in walks):
        return {}
    return {
        "view_not_supported": (
            "Seen at an angle, the sway of the hips makes one side's steps look about 5 % longer. "
            "Film exactly from the side to compare left with right."
        )
    }
