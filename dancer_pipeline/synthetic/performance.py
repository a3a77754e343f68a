"""A performance: who moves how, for how long, seen from where; all of it known exactly."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.appearance import Appearance, appearance
from dancer_pipeline.synthetic.camera import Camera, aim
from dancer_pipeline.synthetic.errands import Place
from dancer_pipeline.synthetic.exercises import STANDING_EXERCISES
from dancer_pipeline.synthetic.exercises_floor import FLOOR_EXERCISES
from dancer_pipeline.synthetic.exercises_props import PROP_EXERCISES
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.idle import Idle, idle, standing
from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.plans import PLANS, planned
from dancer_pipeline.synthetic.rotations import FORWARD, Array
from dancer_pipeline.synthetic.sets import exercise_motion
from dancer_pipeline.synthetic.skeleton import SIDES, Proportions, Skeleton, assemble, proportions
from dancer_pipeline.synthetic.style import Style

EXERCISES = {**STANDING_EXERCISES, **FLOOR_EXERCISES, **PROP_EXERCISES}
MOVEMENTS = (*EXERCISES, "standing", "idle", *PLANS)

PRIMARY_ANGLES = {name: exercise.primary for name, exercise in EXERCISES.items()}
"""The angle by which an exercise's repetitions are counted."""


@dataclass(frozen=True)
class View:
    """Where the camera stands and what it records.

    A yaw of 0 shows the performer's front, 90 their left side, 180 their back.
    """

    yaw_deg: float = 0.0
    distance_m: float = 4.0
    camera_height_m: float = 1.1
    field_of_view_deg: float = 40.0
    width_px: int = 640
    height_px: int = 720
    frame_rate_hz: float = 30.0
    follows: bool = True

    def __post_init__(self) -> None:
        for name in ("width_px", "height_px"):
            if getattr(self, name) < 32 or getattr(self, name) % 2:
                raise ValueError(f"{name} must be even and at least 32, not {getattr(self, name)}")
        if not 1 <= self.frame_rate_hz <= 240:
            raise ValueError(f"frame_rate_hz must be 1 to 240, not {self.frame_rate_hz}")
        if self.distance_m < 1.5:
            raise ValueError(f"distance_m must be at least 1.5, not {self.distance_m}")
        if not 10 <= self.field_of_view_deg <= 100:
            raise ValueError(f"field_of_view_deg must be 10 to 100, not {self.field_of_view_deg}")

    @property
    def rate(self) -> Fraction:
        """Frame rate as video files state it: 29.97 is 30000/1001."""
        return Fraction(self.frame_rate_hz).limit_denominator(1001)


@dataclass(frozen=True)
class Bystander:
    """Somebody else in the picture."""

    body: Proportions
    look: Appearance
    skeleton: Skeleton


@dataclass(frozen=True)
class Performance:
    """Everything about a clip but its pixels."""

    movement: str
    seed: int
    view: View
    body: Proportions
    look: Appearance
    camera: Camera
    motion: Motion
    times_s: Array
    skeleton: Skeleton
    travel_m: Array
    companion: Bystander | None = None

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return len(self.times_s)

    def camera_at(self, frame: int) -> Camera:
        """Where the camera is in that frame: beside a walker it moves along."""
        return self.camera.moved(self.travel_m[frame] * FORWARD)

    def primary_angle_deg(self, times_s: Array) -> Array:
        """Angle by which repetitions are counted, at any times.

        The mean of both sides, or the side's own while a repetition of one side goes on.
        """
        skeleton = assemble(self.body, self.motion.posture(times_s))
        angles = joint_angles_deg(skeleton)[PRIMARY_ANGLES[self.movement]]
        found = np.asarray(angles.mean(axis=1))
        for one in self.motion.repetitions:
            if one.side is not None:
                during = (times_s >= one.start_s) & (times_s <= one.end_s)
                found[during] = angles[during, SIDES.index(one.side)]
        return found


def perform(
    movement: str,
    *,
    seed: int = 0,
    duration_s: float | None = None,
    repetitions: int | None = None,
    view: View | None = None,
    stature_m: float | None = None,
    cadence_spm: float | None = None,
    treadmill: bool = True,
    plan: object = None,
    style: Style | None = None,
) -> Performance:
    """Set a performer in motion, or raise ValueError for what cannot be performed.

    Parameters
    ----------
    movement
        One of `MOVEMENTS`.
    seed
        Draws proportions, clothes, room, light and tempo.
    duration_s, repetitions
        Neither: 5 repetitions, 8 s of walking, 5 s of standing, 20 s of
        being idle. Both: what is left is rest.
    view
        The camera; a front view from 4 m when not given.
    stature_m, cadence_spm
        Fixed instead of drawn.
    treadmill
        Whether a walker stays in place or crosses the room.
    plan
        How a movement of `PLANS` is done, such as `Gait` for a walk (instead of the two above), or
        the `Idle` acts of doing nothing.
    style
        How an exercise is done; as usual when not given.
    """
    view = view or View()
    body = proportions(seed, stature_m)
    check(movement, duration_s)
    if style is not None and movement not in EXERCISES:
        raise ValueError(f"{movement} has no style: only {', '.join(EXERCISES)} have")
    if movement in PLANS:
        usual = Gait(cadence_spm=cadence_spm, treadmill=treadmill) if movement == "walk" else None
        motion = planned(movement, body, seed, duration_s, plan or usual)
    elif movement in EXERCISES:
        exercise, manner = EXERCISES[movement], style or Style()
        exercise.check(movement, manner)
        motion = exercise_motion(
            exercise, body, seed, repetitions, duration_s, manner, _near_camera(view)
        )
    elif movement == "idle":
        acts = plan if isinstance(plan, Idle) else Idle()
        motion = idle(body, seed, duration_s, acts, _near_camera(view))
    else:
        motion = standing(body, seed, duration_s)
    return _filmed(movement, seed, view, body, motion)


def _near_camera(view: View) -> Place:
    """Where somebody stands who has just started the camera, or is about to stop it."""
    way = np.radians(view.yaw_deg)
    far = max(view.distance_m - 1.5, 0.5)
    return Place(far * float(np.cos(way)), far * float(np.sin(way)), view.yaw_deg)


def check(movement: str, duration_s: float | None) -> None:
    """Refuse what nobody can perform.

    Raises
    ------
    ValueError
        Naming the movement or the duration, and what is accepted.
    """
    if movement not in MOVEMENTS:
        raise ValueError(f"no movement {movement!r}: choose one of {', '.join(MOVEMENTS)}")
    if duration_s is not None and not 0 < duration_s <= 3600:
        raise ValueError(f"duration_s must be above 0 and at most 3600, not {duration_s}")


def _filmed(movement: str, seed: int, view: View, body: Proportions, motion: Motion) -> Performance:
    times = _frame_times(motion.duration_s, view.rate)
    posture = motion.posture(times)
    travels = view.follows and motion.travels
    return Performance(
        movement=movement,
        seed=seed,
        view=view,
        body=body,
        look=appearance(seed),
        camera=_camera(view, body, motion.aim_height),
        motion=motion,
        times_s=times,
        skeleton=assemble(body, posture),
        travel_m=posture.pelvis_m[:, 0] if travels else np.zeros(len(times)),
    )


def _frame_times(duration_s: float, rate: Fraction) -> Array:
    count = max(1, round(duration_s * float(rate)))
    return np.arange(count, dtype=float) * (rate.denominator / rate.numerator)


def _camera(view: View, body: Proportions, aim_height: float) -> Camera:
    return aim(
        yaw_deg=view.yaw_deg,
        distance_m=view.distance_m,
        camera_height_m=view.camera_height_m,
        target_height_m=aim_height * body.stature_m,
        width_px=view.width_px,
        height_px=view.height_px,
        field_of_view_deg=view.field_of_view_deg,
    )
