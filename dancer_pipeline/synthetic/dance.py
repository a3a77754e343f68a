"""Dancing to a beat: every move comes to rest on a beat, so that its beats are known.

A move leads from the figure of one beat to that of the next on minimum-jerk curves; the knees give
way on the beat. Dancing to no beat is there too.
"""

from dataclasses import dataclass, replace

import numpy as np

from dancer_pipeline.synthetic.figures import FIGURES, Figure, Pose
from dancer_pipeline.synthetic.footfalls import Feet
from dancer_pipeline.synthetic.footwork import Carriage, Footstep, Tread, carriage, planted
from dancer_pipeline.synthetic.movements import GaitEvent, Motion
from dancer_pipeline.synthetic.rotations import FORWARD, Array, about_x, about_y, about_z, turn
from dancer_pipeline.synthetic.skeleton import OUTWARD, SIDES, Posture, Proportions
from dancer_pipeline.synthetic.timeline import keyed

_FIRST_BEAT_S = 0.8
_STEP_SHARE = 0.62
"""Share of the time between beats that a foot is in the air."""


@dataclass(frozen=True)
class Dance:
    """How somebody dances; what is None is drawn from the seed.

    Attributes
    ----------
    figure
        One of `FIGURES`: bounce, step_touch, arm_groove, footwork, free. `free` follows no beat.
    bpm
        Beats per minute of the music; 80 to 140 when drawn.
    jitter_ms
        Standard deviation of the single beats of the body around those of the music.
    offset_ms
        How much later than the music the body is.
    irregular
        Whether the music itself keeps no time: intervals of 0.6 to 1.4 times the usual one.
    side
        `both`, or the one side that moves.
    """

    figure: str = "step_touch"
    bpm: float | None = None
    jitter_ms: float = 0.0
    offset_ms: float = 0.0
    irregular: bool = False
    side: str = "both"

    def __post_init__(self) -> None:
        if self.figure not in FIGURES:
            raise ValueError(f"no figure {self.figure!r}: choose one of {', '.join(FIGURES)}")
        if self.side not in ("both", *SIDES):
            raise ValueError(f"side must be both, left or right, not {self.side!r}")
        if self.bpm is not None and not 40 <= self.bpm <= 180:
            raise ValueError(f"bpm must be 40 to 180, not {self.bpm}")


@dataclass(frozen=True)
class Dancer:
    """One dancer: poses by beat, and the feet that bring them there."""

    body: Proportions
    beats_s: tuple[float, ...]
    poses: tuple[Pose, ...]
    feet: Feet
    give: float
    height: Carriage | None = None

    def along(self, times_s: Array, name: str) -> Array:
        """Follow one value of the poses from beat to beat."""
        values = [getattr(pose, name) for pose in self.poses]
        return keyed(times_s, list(zip(self.beats_s, values, strict=True)))

    def place(self, times_s: Array) -> Array:
        """Where the pelvis is above the floor."""
        aside = self.along(times_s, "aside") * self.body.stature_m
        return np.stack([0 * aside, aside], axis=-1)

    def rotation(self, times_s: Array) -> Array:
        """How the pelvis is turned."""
        return np.asarray(about_z(0.4 * self.along(times_s, "turn_deg")) @ about_y(3.0))

    def give_m(self, times_s: Array) -> Array:
        """How far the knees give way: most on each beat, not at all between."""
        inside = (times_s > self.beats_s[0]) & (times_s < self.beats_s[-1])
        phase = np.interp(times_s, self.beats_s, np.arange(len(self.beats_s)))
        wave = np.where(inside, 0.5 + 0.5 * np.cos(2 * np.pi * phase), 1.0)
        return np.asarray(self.body.stature_m * (0.008 + self.give * wave))

    def posture(self, times_s: Array) -> Posture:
        """Posture at any times."""
        assert self.height is not None  # noqa: S101 - for the type checker
        ankle, pitch, yaw = self.feet.at(times_s)
        high = (self.height.at(times_s) - self.give_m(times_s))[:, None]
        facing = about_z(self.along(times_s, "turn_deg"))
        return Posture(
            pelvis_m=np.concatenate([self.place(times_s), high], axis=-1),
            pelvis_rotation=self.rotation(times_s),
            trunk_rotation=facing @ about_x(self.along(times_s, "tilt_deg")) @ about_y(4.0),
            head_rotation=facing @ about_y(3.0),
            ankle_m=ankle,
            foot_rotation=about_z(yaw) @ about_y(-pitch),
            knee_direction=turn(about_z(yaw), FORWARD),
            shoulder_flexion_deg=self.along(times_s, "flexion_deg"),
            shoulder_abduction_deg=self.along(times_s, "abduction_deg"),
            elbow_flexion_deg=self.along(times_s, "elbow_deg"),
            forearm_turn_deg=np.full((len(times_s), 2), 20.0),
        )


def dance(body: Proportions, seed: int, duration_s: float | None, plan: Dance) -> Motion:
    """Dance as the plan says, for 12 s unless told."""
    draw = np.random.default_rng([seed, 2])
    duration, figure = duration_s or 12.0, FIGURES[plan.figure]
    bpm = plan.bpm or float(draw.uniform(80, 140))
    music = beats(60 / bpm, duration, draw, irregular=plan.irregular or not figure.on_beat)
    late = plan.offset_ms / 1000 + draw.normal(size=len(music)) * plan.jitter_ms / 1000
    body_beats = music + np.clip(late, -0.3 * 60 / bpm, 0.6 * 60 / bpm)
    poses = figure.poses(len(music), draw, plan.side)
    feet, events = _feet(body, body_beats, poses, figure)
    dancer = Dancer(body, tuple(float(at) for at in body_beats), poses, feet, figure.give)
    dancer = replace(dancer, height=carriage(body, feet, dancer.place, dancer.rotation, duration))
    motion = Motion(dancer.posture, duration, gait_events=events)
    if not figure.on_beat:
        return motion
    return replace(motion, beats_s=_during(body_beats, duration), music_s=_during(music, duration))


def beats(
    interval_s: float, duration_s: float, draw: np.random.Generator, *, irregular: bool
) -> Array:
    """Beats of the music, from the first to beyond the end of the clip."""
    count = int(np.ceil((duration_s - _FIRST_BEAT_S) / (0.6 * interval_s))) + 4
    size = draw.uniform(0.6, 1.4, count) if irregular else np.ones(count)
    found = _FIRST_BEAT_S + interval_s * np.concatenate([[0.0], np.cumsum(size)])
    return np.asarray(found[: int(np.argmax(found > duration_s)) + 2])


def _during(found: Array, duration_s: float) -> tuple[float, ...]:
    return tuple(float(at) for at in found if 0 <= at <= duration_s)


def _feet(
    body: Proportions, beats_s: Array, poses: tuple[Pose, ...], figure: Figure
) -> tuple[Feet, tuple[GaitEvent, ...]]:
    """Bring the feet to the places of each pose, so that they come down on its beat."""
    steps: list[Footstep] = []
    events: list[GaitEvent] = []
    for number in range(1, len(poses)):
        down_s = float(beats_s[number])
        up_s = down_s - _STEP_SHARE * float(beats_s[number] - beats_s[number - 1])
        for side in poses[number].steps:
            place = _place(body, poses[number], side)
            steps.append(Footstep(side, up_s, down_s, place))
            events.append(GaitEvent(up_s, SIDES[side], "toe_off"))
            events.append(GaitEvent(down_s, SIDES[side], "heel_strike"))
    starts = np.array([_place(body, poses[0], side) for side in range(2)])
    tread = Tread(toe_out_deg=10.0, lift_m=figure.lift * body.stature_m)
    return planted(body, starts, steps, tread), tuple(sorted(events, key=lambda e: e.time_s))


def _place(body: Proportions, pose: Pose, side: int) -> tuple[float, float]:
    return 0.0, float(body.stature_m * (pose.feet[side] + 0.055 * OUTWARD[side]))
