"""Walking: forwards, backwards, limping, with pauses and turns, in place or across the room.

Feet follow exact contacts with the floor, the legs reach for them. Events are where the rhythm
says they are, so they are exact at any frame rate.
"""

from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.footfalls import Feet
from dancer_pipeline.synthetic.happenings import Spell
from dancer_pipeline.synthetic.movements import GaitEvent, Motion, ease
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.route import grid, route, turns
from dancer_pipeline.synthetic.skeleton import SIDES, Posture, Proportions
from dancer_pipeline.synthetic.strides import (
    Bout,
    Cycle,
    Rhythm,
    Roll,
    Strike,
    bouts,
    gait_events,
    stances,
    strikes,
)
from dancer_pipeline.synthetic.stroll import Manner, Stroll

STANCE = 0.62
"""Share of a stride that the foot is on the floor."""

_LIMP_STANCE, _SPARED_STANCE, _LIMP_ASYMMETRY_PERCENT, _LURCH_DEG = 0.56, 0.66, 14.0, 7.0
_USUAL_CADENCE_SPM = 107.0


@dataclass(frozen=True)
class Gait:
    """How somebody walks; what is None is drawn from the seed.

    Attributes
    ----------
    cadence_spm
        Steps per minute, of both feet; 100 to 115 when drawn, 85 to 100 backwards.
    step_m
        Mean step length; shorter at a low cadence when drawn.
    asymmetry_percent
        Left step time (right strike to left strike) minus right step time, in percent of their
        mean. None: 0, or 14 towards the sound leg of a limp.
    stance_share
        Share of a stride on the floor, of both feet; a limp has its own.
    variability_percent
        Coefficient of variation of single step times.
    limp
        Side that is spared: on the floor for less long, with the trunk lurching over it.
    treadmill, backward
        In place on a belt; walking backwards (the feet come down toe first).
    pauses_s
        Standing still, from and to: both feet are on the floor between these times.
    turn_after_m
        Walks so far, turns round, walks back, and so on; the first turn is to the left.
    start_m
        Where the walk is at time 0: ahead (x) and to the left (y) of the middle of the room.
    """

    cadence_spm: float | None = None
    step_m: float | None = None
    asymmetry_percent: float | None = None
    stance_share: float = STANCE
    variability_percent: float = 0.0
    limp: str | None = None
    treadmill: bool = True
    backward: bool = False
    pauses_s: tuple[tuple[float, float], ...] = ()
    turn_after_m: float | None = None
    start_m: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.limp not in (None, *SIDES):
            raise ValueError(f"limp must be left or right, not {self.limp!r}")
        if self.treadmill and (self.pauses_s or self.turn_after_m):
            raise ValueError("a treadmill runs on: pauses and turns need treadmill=False")
        if self.cadence_spm is not None and not 30 <= self.cadence_spm <= 240:
            raise ValueError(f"cadence_spm must be 30 to 240, not {self.cadence_spm}")
        if abs(self.asymmetry_percent or 0) > 40:
            raise ValueError(f"asymmetry_percent must be -40 to 40, not {self.asymmetry_percent}")


WALKING = Manner(
    roll=Roll(18.0, -52.0, 0.16, 0.63, 0.010, 0.03, 5.0),
    bob=0.012,
    sway=0.011,
    lean_deg=4.0,
    arm_swing_deg=21.0,
    elbow_deg=24.0,
)


def walk(body: Proportions, seed: int, duration_s: float | None, gait: Gait) -> Motion:
    """Walk as the gait says, for 8 s unless told."""
    draw = np.random.default_rng([seed, 2])
    usual = draw.uniform(85, 100) if gait.backward else draw.uniform(100, 115)
    cadence = gait.cadence_spm or float(usual)
    usual_step = float(draw.uniform(0.36, 0.40)) * (0.8 if gait.backward else 1.0)
    hurry = min(cadence / _USUAL_CADENCE_SPM, 1.2) ** 0.5
    step_m = gait.step_m or usual_step * body.stature_m * hurry
    shares, asymmetry = _limping(gait)
    rhythm = Rhythm(120 / cadence, asymmetry, shares, gait.variability_percent / 100, seed)
    lurch = tuple(_LURCH_DEG if side == gait.limp else 0.0 for side in SIDES)
    manner = replace(WALKING, lurch_deg=(lurch[0], lurch[1]))
    return progress(
        body, duration_s or 8.0, gait, rhythm, manner, step_m, float(draw.uniform(0, 1))
    )


def _limping(gait: Gait) -> tuple[tuple[float, float], float]:
    """Stance shares of left and right, and the asymmetry that goes with them."""
    sign = {"left": 1, "right": -1}.get(gait.limp or "", 0)
    shares = {0: (gait.stance_share,) * 2, 1: (_LIMP_STANCE, _SPARED_STANCE)}
    both = shares[abs(sign)][:: sign or 1]
    usual = sign * _LIMP_ASYMMETRY_PERCENT
    return (both[0], both[1]), usual if gait.asymmetry_percent is None else gait.asymmetry_percent


def progress(
    body: Proportions,
    duration_s: float,
    gait: Gait,
    rhythm: Rhythm,
    manner: Manner,
    step_m: float,
    start_phase: float,
    activity: str = "walking",
) -> Motion:
    """Set feet and body on their way, at steps of `step_m`."""
    stride_s, speed = rhythm.stride_s, 2 * step_m / rhythm.stride_s
    times = grid(duration_s, 6 * stride_s)
    found, walking = _struck(rhythm, gait, duration_s, start_phase, times)
    turning = turns(times, speed * walking, gait.turn_after_m, 1.8 * stride_s, gait.pauses_s)
    way = route(times, speed * walking, turning, gait.start_m)
    lift = replace(manner.roll, lift_m=manner.roll.lift_m * body.stature_m,
                   half_width_m=manner.roll.half_width_m * body.stature_m)  # fmt: skip
    by_side = (stances(found, 0, rhythm, lift, way), stances(found, 1, rhythm, lift, way))
    stroll = Stroll(
        body, Feet(body, *by_side), way, Cycle(found), manner, walking, (times, times)
    ).risen(stride_s)
    motion = Motion(
        stroll.posture,
        duration_s,
        gait_events=gait_events(by_side, duration_s),
        travels=not gait.treadmill,
        spells=_spells(gait, turning, duration_s, activity),
    )
    motion = _reversed(motion) if gait.backward else motion
    return _on_belt(motion, -speed if gait.backward else speed) if gait.treadmill else motion


def _struck(
    rhythm: Rhythm, gait: Gait, duration_s: float, start_phase: float, times_s: Array
) -> tuple[list[Strike], Array]:
    """Strikes of all bouts, and how much of a walk there is at each time."""
    found: list[Strike] = []
    walking = np.zeros_like(times_s)
    for number, bout in enumerate(bouts(gait.pauses_s, duration_s)):
        first = -(4 + start_phase) * rhythm.stride_s
        made = strikes(rhythm, bout, number, first, duration_s + 4 * rhythm.stride_s)
        walking += _walks(bout, made, rhythm.stride_s, times_s)
        found += made
    return found, walking


def _walks(bout: Bout, made: list[Strike], stride_s: float, times_s: Array) -> Array:
    """1 within the bout, with a step to get under way and one to come to rest."""
    starts = stops = np.ones_like(times_s)
    if bout.start_s is not None:
        starts = ease((times_s - bout.start_s + 0.1) / (0.5 * stride_s))
    if bout.end_s is not None:
        last = made[-1].time_s + 0.1 * stride_s
        stops = ease((last - times_s) / (0.7 * stride_s))
    return np.asarray(starts * stops)


def _spells(
    gait: Gait, turning: tuple[tuple[float, float], ...], duration_s: float, activity: str
) -> tuple[Spell, ...]:
    """Tell what is done when, in order of time."""
    marks = [(start, end, "standing") for start, end in gait.pauses_s if start < duration_s]
    marks += [(start, end, "turning") for start, end in turning if start < duration_s]
    now, turned, found = 0.0, 0, []
    direction = "backward" if gait.backward else "forward"
    for start, end, kind in [*sorted(marks), (duration_s, duration_s, "")]:
        if start > now:
            found.append(Spell(now, start, activity, direction, 180.0 * (turned % 2)))
        if kind:
            found.append(Spell(start, min(end, duration_s), kind, None, None))
        turned += kind == "turning"
        now = end
    return tuple(found)


def _reversed(motion: Motion) -> Motion:
    """Walk backwards: a walk played backwards, from the same start."""
    end = motion.posture(np.array([0.0, motion.duration_s])).pelvis_m[:, 0]
    length = float(end[1] - end[0])
    other = {"heel_strike": "toe_off", "toe_off": "heel_strike"}
    events = [
        GaitEvent(motion.duration_s - event.time_s, event.side, other[event.event])
        for event in motion.gait_events
    ]
    return replace(
        motion,
        posture=lambda times_s: _moved(motion.posture(motion.duration_s - times_s), -length),
        gait_events=tuple(events[::-1]),
    )


def _on_belt(motion: Motion, speed_m_s: float) -> Motion:
    return replace(
        motion,
        posture=lambda times_s: _moved(motion.posture(times_s), -speed_m_s * times_s),
        belt_speed_m_s=speed_m_s,
    )


def _moved(posture: Posture, ahead_m: Array | float) -> Posture:
    offset = np.zeros_like(posture.pelvis_m)
    offset[:, 0] = ahead_m
    return replace(
        posture, pelvis_m=posture.pelvis_m + offset, ankle_m=posture.ankle_m + offset[:, None]
    )
