"""When the feet meet and leave the floor in every walk that is seen from the side or obliquely."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._contacts import contacts
from dancer_pipeline.metrics import judgement
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.filters import joint_angle_cutoff_hz
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

TABLE = Table(
    "gait_events",
    "One row per moment at which a foot meets or leaves the floor in a walk, in order of time.",
    (
        Column("bout", pa.int32(), "the walk: number of the bout in the table activity"),
        Column("side", LABEL, "left or right foot"),
        Column("event", LABEL, "heel_strike or toe_off"),
        Column("time_s", pa.float64(), "from the first frame, between the frames too"),
        Column("frame", pa.int32(), "the analysed frame nearest to it"),
        *judgement("ok", "low_confidence", advice=None),
    ),
)

_KEYPOINTS = tuple(
    f"{side}_{part}" for side in SIDES for part in ("shoulder", "hip", "heel", "foot_index")
)


def gait_events(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    *,
    context_s: float = 0.5,
    least_fitting_share: float = 0.8,
) -> pd.DataFrame:
    """Heel strikes and toe offs of every walk forward, seen from the side or obliquely.

    A heel strikes when it is farthest ahead of the hips, a toe leaves when it is farthest behind
    (Zeni 2008), 0.35 torso lengths at least, after a low-pass at 6 Hz; times are refined by a
    parabola. Of these, the ones are kept that make the most even walk: right heel strike, left toe
    off, left heel strike, right toe off. Where more than a fifth (weighted by how far they stand
    out) does not fit, the confidence is low. Strikes are about 20 ms early and toe offs as much
    late, so times between strikes are true, and stances are too long.

    Running has no such events (a foot is farthest ahead before it lands), walking backward has
    others, and from the front they cannot be seen.
    """
    found = motion(body_motion)
    walks = activity[
        (activity["activity"] == "walking")
        & (activity["direction"] == "forward")
        & activity["view"].isin(["sagittal", "oblique"])
    ].sort_values("start_s")
    rows = [
        row
        for walk in walks.to_dict("records")
        for row in _rows(found, walk, context_s, least_fitting_share)
    ]
    return TABLE.frame(sorted(rows, key=lambda row: row["time_s"]))


def _rows(
    found: Motion, walk: Mapping[Hashable, Any], context_s: float, least_fitting_share: float
) -> Iterator[dict[str, Any]]:
    start_s, end_s = walk["start_s"], walk["end_s"]
    around = found.between(start_s - context_s, end_s + context_s)
    smooth = around.smooth(joint_angle_cutoff_hz(around.rate_hz), _KEYPOINTS)
    events, fitting_share = contacts(
        smooth,
        way=1.0 if walk["heading"] == "right" else -1.0,
        across=abs(float(np.sin(np.radians(walk["yaw_deg"])))),
        step_s=1 / walk["cadence_hint_hz"],
    )
    reasons = list(walk["reasons"])
    if fitting_share < least_fitting_share:
        reasons.append("tracking_unstable")
    for event in events:
        time_s = smooth.time_s[0] + event.place / smooth.rate_hz
        if start_s <= time_s <= end_s:
            yield {
                "bout": walk["bout"],
                "side": event.side,
                "event": event.event,
                "time_s": time_s,
                "frame": smooth.frame[round(event.place)],
                "status": "low_confidence" if reasons else "ok",
                "reasons": reasons,
                "method_version": METHOD_VERSION,
            }
