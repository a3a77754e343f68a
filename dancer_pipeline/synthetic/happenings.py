"""What happens when in a performance, besides repetitions and steps: spells, swings, stances."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spell:
    """What somebody does from when to when; the heading is that of the body, 0 along x."""

    start_s: float
    end_s: float
    activity: str
    direction: str | None
    heading_deg: float | None


@dataclass(frozen=True)
class Swing:
    """One swing of a bat or racket; what a stroke has not is null.

    `peak_s` is when the hitting wrist is fastest relative to the shoulders, `contact_s` when the
    ball would be met. The peaks of pelvis and thorax are those of their turning about the vertical.
    """

    start_s: float
    contact_s: float
    end_s: float
    peak_s: float
    side: str
    kind: str
    backlift_s: float | None = None
    front_foot_contact_s: float | None = None
    pelvis_peak_s: float | None = None
    thorax_peak_s: float | None = None
    front_knee_deg: float | None = None
    rally: int | None = None


@dataclass(frozen=True)
class SingleLegStance:
    """Standing on one leg: `side` stands from the other foot's lift-off to its touch-down."""

    start_s: float
    end_s: float
    side: str
