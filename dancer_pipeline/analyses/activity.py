"""What is done when: bouts of walking, running, other movement and stillness."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._bouts import Bout, bouts, effective_rate_hz
from dancer_pipeline.analyses._people import somebody_else
from dancer_pipeline.analyses._travel import is_in_place
from dancer_pipeline.metrics import judged, judgement
from dancer_pipeline.signals.body_parts import LEGS
from dancer_pipeline.signals.geometry import circular_median_deg, wrapped_deg
from dancer_pipeline.signals.heading import FRONTAL_DEG, folded_deg, view_of, yaw_deg
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.people import identity_jumps, several_people
from dancer_pipeline.signals.tracks import Floats, size_px_of
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "2"

TABLE = Table(
    "activity",
    "One row per bout, in order of time: what is done from when to when, and how it is seen.",
    (
        Column("bout", pa.int32(), "number of the bout, from 1"),
        Column("start_s", pa.float64(), "from the first frame of the video"),
        Column("end_s", pa.float64(), "from the first frame of the video"),
        Column("start_frame", pa.int32(), "the analysed frame nearest to the start"),
        Column("end_frame", pa.int32(), "the analysed frame nearest to the end"),
        Column("activity", LABEL, "walking, running, moving (anything else) or still"),
        Column("direction", LABEL, "of a walk: forward or backward", nullable=True),
        Column(
            "heading",
            LABEL,
            "where a walk leads, seen by the camera: left, right, towards or away",
            nullable=True,
        ),
        Column(
            "is_in_place",
            pa.bool_(),
            "whether a walk stays where it is, as on a treadmill; null where it cannot be told",
            nullable=True,
        ),
        Column("view", LABEL, "sagittal, frontal, back or oblique", nullable=True),
        Column("yaw_deg", pa.float64(), "0 from the front, -90 at the left side", nullable=True),
        Column("yaw_iqr_deg", pa.float64(), "spread of the yaw over the bout", nullable=True),
        Column("cadence_hint_hz", pa.float64(), "steps per second, rough", nullable=True),
        *judgement("ok", "low_confidence"),
    ),
)


@dataclass(frozen=True)
class Needs:
    """What a bout must offer for what is said of it to be sure."""

    rate_hz: float = 12.0
    """Frames per second that were analysed."""
    yaw_iqr_deg: float = 25.0
    legs_share: float = 0.8
    """Of the moments, in how many hips, knees and ankles are seen."""


USUAL = Needs()


def activity(
    body_motion: pd.DataFrame,
    source_video: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
    *,
    needs: Needs = USUAL,
) -> pd.DataFrame:
    """Cut a video into bouts of walking, running, other movement and stillness.

    Walking is known by how the feet move against each other: to and fro at 40 to 220 steps a
    minute, each foot lifted while it moves on. If it is lifted while it moves forward the walk is
    forward, else backward; that holds on a treadmill and under a moving camera too. Exercises lift
    their feet on the way there and on the way back, or not at all.

    Feet that go round on pedals, climb or step on the spot are `moving`: in a walk a foot rests on
    the floor for more than half of a stride, is low where it is farthest ahead, and the hips rise
    at every step; those of a runner rise higher.

    From the front and from behind it is known by the feet that are lifted evenly in turn, and not
    as high as in a march. There a walk is forward unless the body recedes the way it faces.

    A walk of less than two seconds or four steps (three seconds backward and from the front), or
    one that turns by more than 50 degrees within 2.4 s, is `moving`; a turn ends a bout.

    Where nobody is seen there is no bout, and none goes on where the followed body may have become
    another person's.
    """
    found = motion(body_motion)
    size_px = size_px_of(source_video)
    yaw = yaw_deg(found)
    return TABLE.frame(
        _row(number, found, yaw, bout)
        | _of_walk(found, yaw, bout, video_extracts, size_px)
        | judged(_doubts(found, yaw, bout, needs) | _doubts_of_people(found, bout, people))
        for number, bout in enumerate(bouts(found, identity_jumps(found, people)), 1)
    )


def _row(number: int, found: Motion, yaw: Floats, bout: Bout) -> dict[str, object]:
    last = bout.end - 1
    middle, spread = circular_median_deg(yaw[bout.part])
    known = bool(np.isfinite(middle))
    return {
        "bout": number,
        "start_s": found.time_s[bout.start],
        "end_s": found.time_s[last],
        "start_frame": found.frame[bout.start],
        "end_frame": found.frame[last],
        "activity": bout.kind,
        "view": view_of(middle) if known else None,
        "yaw_deg": middle if known else None,
        "yaw_iqr_deg": spread if known else None,
        "method_version": METHOD_VERSION,
    }


def _of_walk(
    found: Motion,
    yaw: Floats,
    bout: Bout,
    video_extracts: pd.DataFrame,
    size_px: tuple[float, float],
) -> dict[str, object]:
    if not bout.is_walk:
        return {}
    middle, _ = circular_median_deg(yaw[bout.part])
    return {
        "direction": "forward" if bout.is_forward else "backward",
        "heading": _heading(middle, is_forward=bout.is_forward),
        "is_in_place": is_in_place(found, bout, video_extracts, size_px),
        "cadence_hint_hz": 1 / bout.step_s,
    }


def _heading(yaw: float, *, is_forward: bool) -> str:
    """Where a walk leads: somebody seen from the left side (-90) who walks forward goes left."""
    way = wrapped_deg(yaw if is_forward else yaw + 180.0)
    if folded_deg(yaw) > FRONTAL_DEG:
        return "left" if way < 0 else "right"
    return "towards" if abs(way) <= 90 else "away"


def _doubts(found: Motion, yaw: Floats, bout: Bout, needs: Needs) -> dict[str, str]:
    doubts = {}
    rate_hz = effective_rate_hz(found.between(*found.time_s[[bout.start, bout.end - 1]]))
    if rate_hz < needs.rate_hz:
        doubts["frame_rate_too_low"] = (
            f"At {rate_hz:.0f} frames per second steps cannot be told from other movements. "
            "Record with 30 frames per second."
        )
    _, spread = circular_median_deg(yaw[bout.part])
    if spread > needs.yaw_iqr_deg:
        doubts["turning"] = (
            f"You turn by more than {spread:.0f} degrees in this part. "
            "Walk straight on, one direction at a time."
        )
    hidden = 1 - float(found.seen(*LEGS)[bout.part].mean())
    if 1 - hidden < needs.legs_share:
        doubts["lower_body_not_visible"] = (
            f"Your legs are out of view in {hidden:.0%} of this part, so steps may be missed. "
            "Step back until head and feet fit with a hand's width to spare."
        )
    return doubts


def _doubts_of_people(found: Motion, bout: Bout, people: pd.DataFrame) -> dict[str, str]:
    start_s, end_s = found.time_s[[bout.start, bout.end - 1]]
    share = several_people(people, start_s=start_s, end_s=end_s)
    then = "and may have been taken for you. Film one person alone."
    told = somebody_else(share, then, of="this part")
    return {"several_people": told} if told else {}
