"""Swings of a bat or racket, and deliveries: when each began, was fastest and ended."""

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._hands import Hands, faint_hands, hands
from dancer_pipeline.analyses._one_person import one_person
from dancer_pipeline.analyses._shots import KINDS, Kind, Shot, kinds, shot
from dancer_pipeline.analyses._strokes import RACKET_SPORTS, SWING_SPORTS, Stroke, lift_s, strokes
from dancer_pipeline.analyses._swing_needs import (
    USUAL,
    Requirements,
    doubts_of_hand,
    doubts_of_swings,
    hands_out_of_sight,
    no_swing,
    problem_of_swings,
)
from dancer_pipeline.metrics import judged, judgement, refusal
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.signals.people import several_people
from dancer_pipeline.signals.tracks import Floats
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

TABLE = Table(
    "swings",
    "One row per swing in order of time; one row, refused, where there is none.",
    (
        Column("swing", pa.int32(), "number of the swing, from 1", nullable=True),
        Column(
            "side",
            LABEL,
            "the hand that made it; in batting the side on which the bat is lifted",
            nullable=True,
        ),
        Column(
            "lift_s",
            pa.float64(),
            "the hand leaves the stance for the backswing: it was still for the last time",
            nullable=True,
        ),
        Column("start_s", pa.float64(), "the hand sets off, after the backswing", nullable=True),
        Column(
            "peak_s",
            pa.float64(),
            "the hand is fastest; of peaks of one swing that differ by less than a third the last",
            nullable=True,
        ),
        Column(
            "contact_s",
            pa.float64(),
            "when the ball may have been hit or released: the middle of the time in which the hand "
            "is fast; in batting its peak, in bowling its highest point; a candidate, for the ball "
            "is not seen",
            nullable=True,
        ),
        Column("end_s", pa.float64(), "the hand is slow again", nullable=True),
        Column("start_frame", pa.int32(), "frame nearest to the start", nullable=True),
        Column("peak_frame", pa.int32(), "frame nearest to the peak", nullable=True),
        Column("end_frame", pa.int32(), "frame nearest to the end", nullable=True),
        Column(
            "peak_speed_torsos_per_s",
            pa.float64(),
            "largest speed of the wrist against the shoulders in the picture, in torso lengths per "
            "second; depends on the frame rate and the view, so compare within a video only",
            nullable=True,
        ),
        Column(
            "peak_percentile",
            pa.float64(),
            "rank of the speed among the swings of the video, 0 to 100; null below 24 frames per "
            "second or 5 swings",
            nullable=True,
        ),
        Column(
            "contact_height_torsos",
            pa.float64(),
            "height of the wrist above the shoulders at the contact, in torso lengths",
            nullable=True,
        ),
        Column("kind", LABEL, f"a candidate: {', '.join(KINDS)}", nullable=True),
        Column(
            "label_confidence",
            pa.float64(),
            "how sure the kind is, 0 to 1: a convention, for the ball is not seen",
            nullable=True,
        ),
        Column("rally", pa.int32(), "number of the rally, from 1; racket sports", nullable=True),
        *judgement(),
    ),
)

_LONGEST_INTERVAL_S = 8.0
"""Between two strokes of one player in one rally, even of long rallies with high balls."""


def swings(
    body_motion: pd.DataFrame,
    pose_keypoints: pd.DataFrame,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
    people: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """Swings of a bat or racket, and deliveries: when, with which hand, how fast, of which kind.

    A swing is a burst of the wrist's speed against the shoulders: above 5 torso lengths per second
    and far above what this hand does otherwise, in one go, ending slow. Where the uploader names no
    sport with swings, it must also look like nothing else (one hand, or both on one handle, and no
    way back that is nearly as fast), and its confidence is low. Where a sport is named, hands are
    followed also while the model hardly sees them; a swing that is mostly such has low confidence.

    Speeds are in torso lengths per second, never in metres: one camera does not show how far away a
    hand is, and 30 frames per second cut the peak of a fast swing.

    Where the followed body becomes somebody else's, only the longest stretch of one player is
    searched, with low confidence.
    """
    one = one_person(motion(body_motion), people)
    body, exercise = one.of(motion(body_motion)), chosen(upload_options, "exercise")
    several = several_people(people)
    if problem := problem_of_swings(body, exercise, several, needs):
        return TABLE.frame([_refused(*one.why(problem))])
    faint = {}
    if exercise in SWING_SPORTS:
        faint = faint_hands(pose_keypoints, source_video, upload_options, body.time_s)
    followed = hands(body, faint)
    if problem := hands_out_of_sight(followed, needs):
        return TABLE.frame([_refused(*problem)])
    found = strokes(followed, exercise)
    if not found:
        return TABLE.frame([_refused(*one.why(no_swing(followed, exercise)))])
    doubts = doubts_of_swings(body.rate_hz, exercise, several, needs) | one.doubts
    rows = _rows(followed, found, exercise, needs)
    return TABLE.frame(
        row | judged(doubts | doubts_of_hand(body, stroke, needs))
        for row, stroke in zip(rows, found, strict=True)
    )


def _rows(
    followed: Hands, found: list[Stroke], exercise: str | None, needs: Requirements
) -> list[dict[str, object]]:
    compares_speeds = followed.motion.rate_hz >= needs.speed_rate_hz
    shots = [shot(followed, stroke) for stroke in found]
    labels = kinds(shots, exercise, compares_speeds=compares_speeds)
    ranks = _percentiles(shots) if compares_speeds and len(shots) >= needs.swings_to_rank else None
    rallies = rally_numbers(np.array([it.burst.peak_s for it in found]))
    return [
        _row(followed, stroke, shots[place], labels[place])
        | {
            "swing": place + 1,
            "peak_percentile": ranks[place] if ranks else None,
            "rally": int(rallies[place]) if exercise in RACKET_SPORTS else None,
        }
        for place, stroke in enumerate(found)
    ]


def _row(followed: Hands, stroke: Stroke, seen: Shot, label: Kind) -> dict[str, object]:
    burst, body, time_s = stroke.burst, followed.motion, followed.motion.time_s
    return {
        "side": stroke.side,
        "lift_s": lift_s(followed, stroke),
        "start_s": float(time_s[burst.start]),
        "peak_s": burst.peak_s,
        "contact_s": stroke.contact_s,
        "end_s": float(time_s[burst.end]),
        "start_frame": int(body.frame[burst.start]),
        "peak_frame": int(body.frame[burst.peak]),
        "end_frame": int(body.frame[burst.end]),
        "peak_speed_torsos_per_s": burst.peak_speed,
        "contact_height_torsos": seen.height,
        "kind": label.name,
        "label_confidence": label.confidence,
        "method_version": METHOD_VERSION,
    }


def _percentiles(shots: list[Shot]) -> list[float]:
    from scipy.stats import percentileofscore

    speeds = [it.peak_speed for it in shots]
    return [float(percentileofscore(speeds, one, "mean")) for one in speeds]


def rally_numbers(peak_s: Floats) -> Floats:
    """Give each swing the number of its rally; 4 s or 2.5 usual intervals without one end it.

    A player hits every second shot, and only this player is followed.
    """
    gaps_s = np.diff(peak_s)
    usual = gaps_s[gaps_s <= _LONGEST_INTERVAL_S]
    longest_s = max(4.0, 2.5 * float(np.median(usual))) if len(usual) else 4.0
    return np.concatenate([[1], 1 + np.cumsum(gaps_s > longest_s)])


def _refused(reason: str, advice: str) -> dict[str, object]:
    return {**refusal(reason, advice), "method_version": METHOD_VERSION}
