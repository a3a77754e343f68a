"""The coach's measures: head, balance, front knee, hips and shoulders, elbows.

Raw values come first. A score is the raw value on a scale from 0 to 1 that coaches use; no study
says that more of it is better, so each is marked as a convention.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._coach_rows import GROUPS, Taken, refused, rows
from dancer_pipeline.analyses._coach_session import Session, session_of
from dancer_pipeline.analyses._one_person import one_person
from dancer_pipeline.analyses._stance_measures import (
    Measures,
    Missing,
    balance,
    head,
    hips_leave_their_place,
)
from dancer_pipeline.analyses._strokes import RACKET_SPORTS
from dancer_pipeline.analyses._swing_measures import front_knee, separation
from dancer_pipeline.analyses._swing_phases import Phases, longest_stance_s
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.body_parts import SIDES, Side
from dancer_pipeline.signals.motion import motion

METHOD_VERSION = "4"

_STANCE_SPORTS = ("batting", "bowling", "balance")
"""In these there is a stance to measure even where no swing was found."""

_LEAST_RATE_HZ = {
    "head": (11.5, 12), "balance": (11.5, 12), "elbow": (11.5, 12), "separation": (23.5, 24),
    "front_knee": (29.0, 30),
}  # fmt: skip
"""Least rate by group, and how people call it: 29.97 frames per second are 30."""

_UNTOLD_CONTACT = Missing(
    "timing_uncertain",
    "With a racket the upper arm moves so fast at contact, and in each kind of stroke another way, "
    "that what is told of it may be wrong by half of its scale. Look at the stance and the "
    "backlift.",
)

_OF_STANCE = ("head", "balance")


def coach_metrics(
    body_motion: pd.DataFrame,
    swings: pd.DataFrame,
    upload_options: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
) -> pd.DataFrame:
    """Head stability, balance, front knee, hip-shoulder timing and elbows of strokes or deliveries.

    Everything is measured in a phase of a swing: head and balance from half a second before the
    hands lift until contact, the front knee from the landing of its foot, the turn of hips and
    shoulders within half a second of the hand's peak, the elbows in the stance, at the top of the
    backlift and at contact. A value is the median over the swings. Where the uploader says batting,
    bowling or balance and no swing was found, head and balance come from the longest stance.

    Lengths are shares of the body's own, so frame rate, distance and the shape of the picture do
    not matter. The scores are conventions (clipped to 0 to 1); the raw values are what counts.

    Where the followed body becomes somebody else's, only the longest stretch of one player is
    measured, with low confidence.
    """
    one = one_person(motion(body_motion), people)
    body, exercise = one.of(motion(body_motion)), chosen(upload_options, "exercise")
    found = swings[swings["status"] != "refused"]
    stance_s = None
    if found.empty and exercise in _STANCE_SPORTS and np.isfinite(body.torso_px):
        stance_s = longest_stance_s(body, body.torso_px)
    if found.empty and stance_s is None:
        metrics = [row for name in GROUPS for row in _nothing(name, swings)]
    else:
        session = session_of(body, swings, video_extracts, stance_s)
        metrics = [row for name in GROUPS for row in _of_group(name, session, swings, exercise)]
    told = one.told(metrics)
    return metric_table("coach_metrics", told, method_version=METHOD_VERSION)


def _nothing(name: str, swings: pd.DataFrame) -> Iterator[Metric]:
    """Refuse what needs a swing, for the reason for which there is none."""
    why = swings.iloc[0]
    missing = Missing(str(why["reasons"][0]), str(why["advice"]))
    for side in _sides(name):
        yield from refused(name, missing, side)


def _sides(name: str) -> tuple[Side | None, ...]:
    return SIDES if name == "elbow" else (None,)


def _of_group(
    name: str, session: Session, swings: pd.DataFrame, exercise: str | None
) -> Iterator[Metric]:
    if slow := _too_slow(name, session.body.rate_hz):
        for side in _sides(name):
            yield from refused(name, slow, side)
    elif name in _OF_STANCE:
        taken = [_in_stance(name, session, window_s) for window_s in session.windows_s]
        yield from rows(name, taken, session.doubts | _of_view(taken, "between your feet"))
    elif not session.phases:
        yield from _nothing(name, swings)
    elif name == "elbow":
        without = {"contact": _UNTOLD_CONTACT} if exercise in RACKET_SPORTS else {}
        for side in SIDES:
            taken = [_elbow(session, phase, side) for phase in session.phases]
            yield from rows(name, taken, session.doubts, side, without)
    elif name == "front_knee":
        yield from _front_knee(session)
    else:
        yield from rows(name, [_separation(session, it) for it in session.phases], session.doubts)


def _too_slow(name: str, rate_hz: float) -> Missing | None:
    least_hz, called = _LEAST_RATE_HZ[name]
    if rate_hz >= least_hz:
        return None
    return Missing(
        "frame_rate_too_low",
        f"Recorded at {rate_hz:.0f} frames per second; this needs {called}. Record with 60.",
    )


def _in_stance(name: str, session: Session, window_s: tuple[float, float]) -> Taken:
    frame, torso_px = session.frame(window_s[1]), session.body.torso_px
    stance = session.slow.between(*window_s)
    restless = None if session.phases else hips_leave_their_place(stance, torso_px)
    if restless or name == "balance":
        return Taken(restless or balance(stance, torso_px), frame)
    return Taken(session.unsteady(*window_s) or head(stance, torso_px), frame)


def _of_view(taken: list[Taken], line: str) -> dict[str, str]:
    """Doubt a line that points out of the picture in most swings: a median rests on these."""
    turned = [it.outcome.get("doubt_deg", 0.0) for it in taken if isinstance(it.outcome, dict)]
    usual = float(np.median(turned)) if turned else 0.0
    if usual == 0:
        return {}
    return {
        "view_not_supported": (
            f"The line {line} points {usual:.0f} degrees out of the picture. Film at right "
            "angles to it."
        )
    }


def _front_knee(session: Session) -> Iterator[Metric]:
    """Rows of the front leg: of the side that was in front most often."""
    found: dict[Side, list[Taken]] = {"left": [], "right": []}
    missing = []
    for phase in session.phases:
        steady = session.unsteady(phase.contact_s - 1.0, phase.contact_s)
        outcome = steady or front_knee(session.slow, session.joints, session.body.torso_px, phase)
        if isinstance(outcome, Missing):
            missing.append(Taken(outcome, session.frame(phase.contact_s)))
        else:
            side, landed, measures = outcome
            found[side].append(Taken(measures, session.frame(landed.time_s)))
    side = max(SIDES, key=lambda it: len(found[it]))
    # The camera stands where it stands: what half of the swings show of it holds for the others.
    if sum(_is_turned(it) for it in missing) >= len(found[side]):
        yield from rows("front_knee", missing, session.doubts)
    else:
        doubts = session.doubts | _of_view(found[side], "of the front foot")
        yield from rows("front_knee", found[side], doubts, side)


def _is_turned(taken: Taken) -> bool:
    return isinstance(taken.outcome, Missing) and taken.outcome.reason == "view_not_supported"


def _separation(session: Session, phase: Phases) -> Taken:
    return Taken(separation(session.slow, phase), session.frame(phase.peak_s))


def _elbow(session: Session, phase: Phases, side: Side) -> Taken:
    moments = {"stance": phase.stance_s, "backlift": phase.top_s, "contact": phase.contact_s}
    drops: Measures = {name: session.elbow_drop(side, at_s) for name, at_s in moments.items()}
    frame = session.frame(phase.contact_s)
    if np.isfinite(list(drops.values())).all():
        return Taken(drops, frame)
    return Taken(
        Missing(
            "upper_body_not_visible",
            f"Your {side} arm is hidden in the stance, at the top of the backlift or at contact. "
            "Film so that this arm is towards the camera.",
        ),
        frame,
    )
