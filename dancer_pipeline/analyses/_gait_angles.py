"""Joint ranges of a walk as metric rows: which walks show a side, and what makes them doubtful."""

from collections.abc import Sequence

import numpy as np

from dancer_pipeline.analyses._ankle import ANKLE_DOUBT
from dancer_pipeline.analyses._gait_measured import Measured, impossible
from dancer_pipeline.analyses._gait_problems import Requirements, unstable_in
from dancer_pipeline.analyses._gait_ranges import Range, ranges
from dancer_pipeline.analyses._gait_rows import answered, mean_interval, refused
from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.analyses._walks import Walk
from dancer_pipeline.metrics import Metric
from dancer_pipeline.signals.body_parts import Side

_MOST_RANGE_DEG = 120.0


def range_row(found: Measured, joint: str, side: Side) -> Metric:
    """Measure the range of one joint of one side in a stride."""
    name = f"gait_{joint}_range"
    chosen = _shown_best(found.walks, side)
    if not chosen:
        yaw = max(walk.folded_yaw_deg for walk in found.walks)
        return refused(
            name,
            (
                "view_not_supported",
                f"Joint angles need a side view; the camera stands {90 - yaw:.0f} degrees off your "
                "side. Cadence and step times are still shown.",
            ),
            side,
        )
    if problem := unstable_in(found.motion, chosen, [side]):
        return refused(name, problem, side)
    bouts = {walk.bout for walk in chosen}
    strides = [stride for stride in found.walked.strides_of(side) if stride.bout in bouts]
    measured = ranges(found.smooth, strides, side, joint)
    if len(measured) < found.needs.strides - 1:
        return refused(name, _hidden(side, joint, len(measured)), side)
    degrees = np.array([it.degrees for it in measured])
    value = float(np.median(degrees))
    if value > _MOST_RANGE_DEG:
        return refused(name, impossible(f"{value:.0f} degrees"), side)
    return answered(
        name,
        value,
        len(degrees),
        found.doubts | _angle_doubts(chosen, joint, side, found.needs),
        side=side,
        ci95=mean_interval(degrees, of_median=True),
        frames=_typical(measured, value).frames,
    )


def _shown_best(found: Sequence[Walk], side: str) -> list[Walk]:
    """Choose the side views in which this side is near; if there is none, all side views."""
    side_views = [walk for walk in found if walk.view == "sagittal"]
    return [walk for walk in side_views if walk.near_side == side] or side_views


def _typical(measured: Sequence[Range], value: float) -> Range:
    return min(measured, key=lambda it: abs(it.degrees - value))


def _hidden(side: str, joint: str, strides: int) -> Problem:
    return "lower_body_not_visible", (
        f"Your {side} {joint} was seen all through only {strides} strides. Step back until head "
        "and feet fit with a hand's width to spare, and film a longer walk."
    )


def _angle_doubts(
    chosen: Sequence[Walk], joint: str, side: str, needs: Requirements
) -> dict[str, str]:
    doubts = dict(ANKLE_DOUBT) if joint == "ankle" else {}
    if chosen[0].near_side != side:
        doubts["far_side"] = (
            f"The {side} side is turned away from the camera. Film once more from your {side}."
        )
    yaw = float(np.median([walk.folded_yaw_deg for walk in chosen]))
    if yaw < (needs.hip_side_view_deg if joint == "hip" else needs.side_view_deg):
        doubts["view_not_supported"] = (
            f"The camera stands {90 - yaw:.0f} degrees off your side, which makes the {joint}'s "
            "range look smaller by up to 10 degrees. Film exactly from the side."
        )
    return doubts
