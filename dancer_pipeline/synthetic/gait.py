"""Walking: feet follow exact contacts with the floor, the legs reach for them.

One stride of a foot is described by the foot's pitch and by what it rolls on: the heel after heel
strike, the whole sole, the toe before toe off; in between it swings on a smooth curve. Events are
where the description says they are, so they are exact at any frame rate.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.movements import GaitEvent, Motion, sides
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_x, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, SIDES, Posture, Proportions

STANCE = 0.62
"""Share of a stride that the foot is on the floor."""

_FLAT, _HEEL_OFF = 0.10, 0.39
_PITCH_KNOTS = (0.0, _FLAT, _HEEL_OFF, STANCE, 0.69, 0.86, 0.95, 1.0)
_PITCH_DEG = (18.0, 0.0, 0.0, -52.0, -60.0, 4.0, 17.0, 18.0)
_PITCH_SLOPES = (-150.0, 0.0, 0.0, -330.0, 160.0, 330.0, 60.0, -40.0)
"""Toes up is positive; slopes are per stride. At heel strike the slope jumps as the heel stops."""

_LEAST_KNEE_DEG = 4.0
_CLEARANCE = 0.008
"""How much higher than the smoothest path the foot swings, as a share of stature."""


@dataclass(frozen=True)
class Walk:
    """One performer's gait. Positions are relative to a frame that moves at walking speed."""

    body: Proportions
    stride_s: float
    speed_m_s: float
    start_phase: float

    def phase(self, times_s: Array) -> Array:
        """Strides since the left heel strike that opened the count; the right is half behind."""
        left = times_s / self.stride_s + self.start_phase
        return np.stack([left, left - 0.5], axis=-1)

    def ankles(self, times_s: Array) -> tuple[Array, Array]:
        """Ankle position and foot pitch of both sides."""
        phase = self.phase(times_s)
        share = phase - np.floor(phase)
        pitch = hermite(share, _PITCH_KNOTS, _PITCH_DEG, _PITCH_SLOPES)
        along, height = self._path(share, pitch)
        aside = np.broadcast_to(0.03 * self.body.stature_m * OUTWARD, along.shape)
        return np.stack([along, aside, height], axis=-1), pitch

    def _path(self, share: Array, pitch_deg: Array) -> tuple[Array, Array]:
        on_floor = self._rolling(share, pitch_deg)
        swing = np.clip((share - STANCE) / (1 - STANCE), 0, 1)
        path = [
            np.where(share < STANCE, floor, _curve(swing, start, end))
            for floor, start, end in zip(
                on_floor, self._edge(STANCE, STANCE - 1e-7), self._edge(0.0, 1e-7), strict=True
            )
        ]
        lift = _CLEARANCE * self.body.stature_m * (4 * swing * (1 - swing)) ** 2
        return path[0], path[1] + lift

    def _rolling(self, share: Array, pitch_deg: Array) -> tuple[Array, Array]:
        """Ankle while the foot rolls on its heel or toe; the moving frame passes the contact."""
        on_toe = share > _HEEL_OFF
        lever = np.where(on_toe, self.body.toe_forward_m, -self.body.heel_back_m)
        pitch = np.radians(pitch_deg)
        up = self.body.ankle_height_m
        contact = lever + self._half_step_m - self.speed_m_s * self.stride_s * share
        along = contact - lever * np.cos(pitch) - up * np.sin(pitch)
        return along, up * np.cos(pitch) - lever * np.sin(pitch)

    def _edge(self, share: float, inside: float) -> list[tuple[float, float]]:
        """Ankle position and its slope over the swing, where the foot meets or leaves the floor."""
        at = np.array([share, inside])
        pitch = hermite(at, _PITCH_KNOTS, _PITCH_DEG, _PITCH_SLOPES)
        return [
            (float(way[0]), float(way[1] - way[0]) / (inside - share) * (1 - STANCE))
            for way in self._rolling(at, pitch)
        ]

    @property
    def _half_step_m(self) -> float:
        return 0.266 * self.speed_m_s * self.stride_s

    def pelvis(self, times_s: Array) -> tuple[Array, Array]:
        """Pelvis position and rotation: lowest in double support, swaying over the standing leg."""
        cycle = 2 * np.pi * self.phase(times_s)[:, 0]
        height = self._highest_pelvis_m() + self._bob(cycle)
        sway = 0.011 * self.body.stature_m * np.sin(cycle - 0.4)
        rotation = about_z(-5 * np.cos(cycle)) @ about_x(3 * np.sin(cycle - 0.3)) @ about_y(4.0)
        return np.stack([np.zeros_like(cycle), sway, height], axis=-1), rotation

    def _bob(self, cycle: Array) -> Array:
        return np.asarray(-0.012 * self.body.stature_m * np.cos(2 * (cycle - 0.35)))

    def _highest_pelvis_m(self) -> float:
        """Height at which the straightest moment of the stride still bends the knee a little."""
        times = np.linspace(0, self.stride_s, 401)
        ankle, _ = self.ankles(times)
        cycle = 2 * np.pi * self.phase(times)[:, 0]
        level = about_z(-5 * np.cos(cycle)) @ about_x(3 * np.sin(cycle - 0.3)) @ about_y(4.0)
        hip = turn(level, [0, self.body.hip_half_width_m, 0])[:, None] * OUTWARD[:, None]
        hip[..., 1] += 0.011 * self.body.stature_m * np.sin(cycle - 0.4)[:, None]
        knee = np.radians(_LEAST_KNEE_DEG)
        thigh, shank = self.body.thigh_m, self.body.shank_m
        reach_squared = thigh**2 + shank**2 + 2 * thigh * shank * np.cos(knee)
        gap = np.sum((ankle - hip)[..., :2] ** 2, axis=-1)
        height = ankle[..., 2] - hip[..., 2] + np.sqrt(reach_squared - gap)
        return float((height - self._bob(cycle)[:, None]).min())


def walk(
    body: Proportions,
    seed: int,
    duration_s: float | None,
    *,
    cadence_spm: float | None = None,
    treadmill: bool = True,
) -> Motion:
    """Walk on a treadmill, or across the room, at a cadence of 100 to 115 steps a minute."""
    draw = np.random.default_rng([seed, 2])
    cadence = cadence_spm or float(draw.uniform(100, 115))
    step_m = float(draw.uniform(0.36, 0.40)) * body.stature_m
    gait = Walk(body, 120 / cadence, step_m * cadence / 60, float(draw.uniform(0, 1)))
    travel = 0.0 if treadmill else gait.speed_m_s
    duration = duration_s or 8.0
    return Motion(
        lambda times_s: _posture(gait, times_s, travel),
        duration,
        gait_events=events(gait, duration),
        belt_speed_m_s=gait.speed_m_s if treadmill else 0.0,
        travels=not treadmill,
    )


def events(gait: Walk, duration_s: float) -> tuple[GaitEvent, ...]:
    """Every heel strike and toe off within the duration, in order of time."""
    first, last = gait.phase(np.array([0.0, duration_s]))
    found = [
        GaitEvent((stride + share - start) * gait.stride_s, side, event)
        for side, start, end in zip(SIDES, first, last, strict=True)
        for event, share in (("heel_strike", 0.0), ("toe_off", STANCE))
        for stride in range(int(np.floor(start)) - 1, int(np.ceil(end)) + 1)
        if start <= stride + share <= end
    ]
    return tuple(sorted(found, key=lambda event: event.time_s))


def hermite(
    at: Array, knots: tuple[float, ...], values: tuple[float, ...], slopes: tuple[float, ...]
) -> Array:
    """Cubic curve through the knots with the given slopes."""
    x, y, m = np.array(knots), np.array(values), np.array(slopes)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    width = x[i + 1] - x[i]
    s = (at - x[i]) / width
    return np.asarray(
        y[i] * (1 + 2 * s) * (1 - s) ** 2
        + y[i + 1] * s**2 * (3 - 2 * s)
        + m[i] * width * s * (1 - s) ** 2
        + m[i + 1] * width * s**2 * (s - 1)
    )


def _curve(s: Array, start: tuple[float, float], end: tuple[float, float]) -> Array:
    return hermite(s, (0.0, 1.0), (start[0], end[0]), (start[1], end[1]))


def _posture(gait: Walk, times_s: Array, travel_m_s: float) -> Posture:
    cycle = 2 * np.pi * gait.phase(times_s)[:, 0]
    ankle, pitch = gait.ankles(times_s)
    pelvis, rotation = gait.pelvis(times_s)
    pelvis[:, 0] += travel_m_s * times_s
    ankle[..., 0] += travel_m_s * times_s[:, None]
    swing = 21 * np.cos(cycle - 0.25)[:, None] * -OUTWARD
    toe_out = np.broadcast_to(about_z(5 * OUTWARD), (len(times_s), 2, 3, 3))
    return Posture(
        pelvis_m=pelvis,
        pelvis_rotation=rotation,
        trunk_rotation=about_z(5 * np.cos(cycle)) @ about_y(4 + 0.8 * np.cos(2 * cycle)),
        head_rotation=about_y(2.0 + 0 * cycle),
        ankle_m=ankle,
        foot_rotation=about_y(-pitch),
        knee_direction=turn(toe_out, FORWARD),
        shoulder_flexion_deg=swing + 1,
        shoulder_abduction_deg=sides(7.0, len(times_s)),
        elbow_flexion_deg=24 + 0.55 * swing,
        forearm_turn_deg=sides(12.0, len(times_s)),
    )
