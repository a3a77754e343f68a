"""The exercises: squat, jumping jack, biceps curl and standing still, as functions of time.

A movement says where the body is at any time, so the truth does not depend on the frame rate.
Repetitions start and end at rest and follow minimum-jerk curves between.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.happenings import SingleLegStance, Spell, Swing
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, Posture, Proportions


@dataclass(frozen=True)
class Repetition:
    """One repetition: leaves rest at `start_s`, is deepest at `bottom_s`, is back at `end_s`."""

    start_s: float
    bottom_s: float
    end_s: float
    hold_s: float
    depth: float

    def level(self, times_s: Array) -> Array:
        """0 at rest, 1 at the bottom."""
        down = (times_s - self.start_s) / (self.bottom_s - self.hold_s / 2 - self.start_s)
        up = (self.end_s - times_s) / (self.end_s - self.bottom_s - self.hold_s / 2)
        return np.asarray(self.depth * ease(np.minimum(down, up)))


@dataclass(frozen=True)
class GaitEvent:
    """A foot meets the floor (`heel_strike`) or leaves it (`toe_off`)."""

    time_s: float
    side: str
    event: str


@dataclass(frozen=True)
class Motion:
    """A movement of one performer: its posture at any times, and what happens when."""

    posture: Callable[[Array], Posture]
    duration_s: float
    repetitions: tuple[Repetition, ...] = ()
    gait_events: tuple[GaitEvent, ...] = ()
    belt_speed_m_s: float = 0.0
    travels: bool = False
    spells: tuple[Spell, ...] = ()
    beats_s: tuple[float, ...] = ()
    swings: tuple[Swing, ...] = ()
    single_leg_stances: tuple[SingleLegStance, ...] = ()


@dataclass(frozen=True)
class Tempo:
    """Usual durations of the phases of a repetition."""

    down_s: float
    hold_s: float
    up_s: float
    rest_s: float


def ease(level: Array) -> Array:
    """Minimum-jerk curve from 0 to 1; what lies outside is clipped."""
    s = np.clip(level, 0.0, 1.0)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))


def schedule(
    tempo: Tempo, seed: int, repetitions: int | None, duration_s: float | None
) -> tuple[tuple[Repetition, ...], float]:
    """Lay out repetitions: the number asked for, or as many as fit; 5 when neither is said.

    Raises
    ------
    ValueError
        When the repetitions asked for do not fit into the duration asked for.
    """
    wanted = repetitions if repetitions is not None or duration_s else 5
    draw = np.random.default_rng([seed, 2])
    done: list[Repetition] = []
    now = lead = max(tempo.rest_s, 0.5)
    while wanted is None or len(done) < wanted:
        down, hold, up, rest, depth = draw.uniform(0.94, 1.06, 5)
        start, bottom = now, now + down * tempo.down_s + hold * tempo.hold_s / 2
        end = bottom + hold * tempo.hold_s / 2 + up * tempo.up_s
        if wanted is None and duration_s and end + lead > duration_s:
            break
        done.append(Repetition(start, bottom, end, hold * tempo.hold_s, (1 + depth) / 2))
        now = end + rest * tempo.rest_s
    needed = (done[-1].end_s if done else 0.0) + lead
    if duration_s and needed > duration_s:
        raise ValueError(f"{wanted} repetitions take {needed:.1f} s, more than {duration_s} s")
    return tuple(done), duration_s or needed


def squat(
    body: Proportions, seed: int, repetitions: int | None, duration_s: float | None
) -> Motion:
    """Squats to about 100 degrees of knee flexion: feet flat, hips back, arms forward."""
    reps, duration = schedule(Tempo(1.3, 0.25, 1.1, 0.5), seed, repetitions, duration_s)

    def posture(times_s: Array) -> Posture:
        level = _level(reps, times_s)
        knee_deg = 6 + 94 * level
        ankle = _ankles(body, times_s, 0.085 * body.stature_m)
        pelvis = _over_feet(body, ankle, knee_deg, shank_lean_deg=2 + 27 * level)
        lean = 2 + 36 * level
        return _stand(
            pelvis,
            ankle,
            lean_deg=lean,
            toe_out_deg=14,
            shoulder_flexion_deg=5 + level * 75 + 0.5 * lean,
            elbow_flexion_deg=8 + 4 * level,
        )

    return Motion(posture, duration, reps)


def jumping_jack(
    body: Proportions, seed: int, repetitions: int | None, duration_s: float | None
) -> Motion:
    """Jumping jacks: legs and arms open and close, with a hop on the way out and back."""
    reps, duration = schedule(Tempo(0.52, 0.08, 0.52, 0.12), seed, repetitions, duration_s)

    def posture(times_s: Array) -> Posture:
        level = _level(reps, times_s)
        hop = 0.055 * body.stature_m * (4 * level * (1 - level)) ** 2
        ankle = _ankles(body, times_s, body.stature_m * (0.05 + 0.135 * level))
        pelvis = _over_feet(body, ankle, 12 + 6 * level, shank_lean_deg=6 + 3 * level)
        ankle[..., 2] += hop[:, None]
        pelvis[:, 2] += hop
        return _stand(
            pelvis,
            ankle,
            lean_deg=np.full_like(level, 2.0),
            toe_out_deg=10,
            shoulder_flexion_deg=np.full_like(level, 6.0),
            shoulder_abduction_deg=10 + 148 * level,
            elbow_flexion_deg=14 + 6 * level,
        )

    return Motion(posture, duration, reps)


def biceps_curl(
    body: Proportions, seed: int, repetitions: int | None, duration_s: float | None
) -> Motion:
    """Both forearms curl to about 135 degrees of elbow flexion; the upper arms hang still."""
    reps, duration = schedule(Tempo(1.0, 0.2, 1.1, 0.35), seed, repetitions, duration_s)

    def posture(times_s: Array) -> Posture:
        level = _level(reps, times_s)
        ankle = _ankles(body, times_s, 0.065 * body.stature_m)
        return _stand(
            _over_feet(body, ankle, 5 + 0 * level, shank_lean_deg=2 + 0 * level),
            ankle,
            lean_deg=1 - 2 * level,
            shoulder_flexion_deg=3 + 9 * level,
            elbow_flexion_deg=8 + 127 * level,
        )

    return Motion(posture, duration, reps)


def standing(
    body: Proportions, seed: int, _repetitions: int | None, duration_s: float | None
) -> Motion:
    """Stand still, with the sway of a person who does."""
    phase = np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi, 2)

    def posture(times_s: Array) -> Posture:
        ankle = _ankles(body, times_s, 0.06 * body.stature_m)
        sway = np.sin(2 * np.pi * 0.31 * times_s + phase[0])
        pelvis = _over_feet(body, ankle, 4 + 0.5 * sway, shank_lean_deg=2 + 0.3 * sway)
        return _stand(
            pelvis,
            ankle,
            lean_deg=1 + 0.4 * np.sin(2 * np.pi * 0.23 * times_s + phase[1]),
            shoulder_flexion_deg=3 + 0.5 * sway,
            elbow_flexion_deg=12 + 0 * sway,
        )

    return Motion(posture, duration_s or 5.0)


def sides(value: Array | float, count: int) -> Array:
    """Give both sides the same values."""
    return np.repeat(np.broadcast_to(np.asarray(value, float), (count,))[:, None], 2, axis=1)


def _level(reps: tuple[Repetition, ...], times_s: Array) -> Array:
    return np.asarray(sum((rep.level(times_s) for rep in reps), np.zeros_like(times_s)))


def _ankles(body: Proportions, times_s: Array, half_width_m: Array | float) -> Array:
    ankle = np.zeros((len(times_s), 2, 3))
    ankle[..., 1] = np.broadcast_to(half_width_m, times_s.shape)[:, None] * OUTWARD
    ankle[..., 2] = body.ankle_height_m
    return ankle


def _over_feet(body: Proportions, ankle: Array, knee_deg: Array, shank_lean_deg: Array) -> Array:
    """Pelvis position that bends both knees by exactly `knee_deg`."""
    knee, lean = np.radians(knee_deg), np.radians(shank_lean_deg)
    reach_squared = (
        body.thigh_m**2 + body.shank_m**2 + 2 * body.thigh_m * body.shank_m * np.cos(knee)
    )
    back = body.shank_m * np.sin(lean) - body.thigh_m * np.sin(knee - lean)
    aside = ankle[:, 0, 1] - body.hip_half_width_m
    height = ankle[:, 0, 2] + np.sqrt(reach_squared - back**2 - aside**2)
    return np.stack([back, np.zeros_like(back), height], axis=-1)


def _stand(
    pelvis_m: Array,
    ankle_m: Array,
    *,
    lean_deg: Array,
    shoulder_flexion_deg: Array,
    elbow_flexion_deg: Array,
    shoulder_abduction_deg: Array | float = 9.0,
    toe_out_deg: float = 8.0,
) -> Posture:
    count = len(pelvis_m)
    foot = np.broadcast_to(about_z(toe_out_deg * OUTWARD), (count, 2, 3, 3))
    return Posture(
        pelvis_m=pelvis_m,
        pelvis_rotation=about_y(0.6 * lean_deg),
        trunk_rotation=about_y(lean_deg),
        head_rotation=about_y(0.35 * lean_deg),
        ankle_m=ankle_m,
        foot_rotation=foot,
        knee_direction=turn(foot, FORWARD),
        shoulder_flexion_deg=sides(shoulder_flexion_deg, count),
        shoulder_abduction_deg=sides(shoulder_abduction_deg, count),
        elbow_flexion_deg=sides(elbow_flexion_deg, count),
        forearm_turn_deg=sides(10.0, count),
    )
