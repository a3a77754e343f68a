"""Performs an exercise: repetitions in sets, and what is done before, between and after them."""

from itertools import pairwise

import numpy as np

from dancer_pipeline.synthetic.blending import Piece, sequence
from dancer_pipeline.synthetic.effort import Exercise, effort
from dancer_pipeline.synthetic.errands import Errand, Place, errand
from dancer_pipeline.synthetic.habits import TEXTBOOK, habit
from dancer_pipeline.synthetic.movements import Episode, Motion, Repetition, Schedule
from dancer_pipeline.synthetic.poses import Pose, upright
from dancer_pipeline.synthetic.positions import ON_FEET_POSES, Position, there
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Posture, Proportions
from dancer_pipeline.synthetic.style import Style

_STANDS_S, _SETTLES_S = 1.2, 0.5
"""How long one stands before and after everything, and between two things."""

_AT_ONCE_S = 0.2


def exercise_motion(
    exercise: Exercise,
    body: Proportions,
    seed: int,
    repetitions: int | None,
    duration_s: float | None,
    style: Style,
    camera: Place,
) -> Motion:
    """Set a performer to an exercise, done as `style` says; who comes, comes from the camera.

    Raises
    ------
    ValueError
        When the repetitions do not fit into the duration, or a rest into its time.
    """
    own = habit(seed) if style.habits else TEXTBOOK
    ready = exercise.posture(body, effort((), style, np.zeros(1), own))
    scene = Scene(body, seed, style, exercise.position(body, ready), camera)
    schedule = Schedule(exercise.tempo, seed, style, side=exercise.sides[0])
    done, duration = schedule.lay_out(repetitions, duration_s, scene.comes_s, scene.goes_s)

    def at_work(times_s: Array) -> Posture:
        return exercise.posture(body, effort(done, style, times_s, own))

    posture, episodes = scene.play(done, at_work)
    return Motion(
        posture,
        duration,
        done,
        episodes=episodes,
        props=exercise.props(body),
        aim_height=exercise.aim_height,
    )


class Scene:
    """What a performer does around the sets of an exercise."""

    def __init__(
        self, body: Proportions, seed: int, style: Style, position: Position, camera: Place
    ) -> None:
        self.body, self.seed, self.style, self.position = body, seed, style, position
        self._draw = np.random.default_rng([seed, 7])
        self._standing = there(upright(body), position.place)
        self._arrival = self._walk(camera, position.place, style.approach)
        self._exit = self._walk(position.place, camera, style.departure)
        self.pieces: list[Piece] = []
        self.episodes: list[Episode] = []

    def _walk(self, start: Place, end: Place, how: str) -> Errand | None:
        return errand(self.body, self.seed, start, end) if how == "walk" else None

    @property
    def comes_s(self) -> float:
        """Seconds before the performer is in position."""
        if self.style.approach == "none":
            return 0.0
        walk_s = self._arrival.duration_s + _SETTLES_S if self._arrival else 0.0
        return walk_s + _STANDS_S + self.position.way_s

    @property
    def goes_s(self) -> float:
        """Seconds from the end of the last set to the end of everything."""
        if self.style.departure == "none":
            return 0.0
        walk_s = self._exit.duration_s + _SETTLES_S if self._exit else 0.0
        return _AT_ONCE_S + self.position.way_s + _STANDS_S + walk_s

    def play(
        self, repetitions: tuple[Repetition, ...], at_work: Pose
    ) -> tuple[Pose, tuple[Episode, ...]]:
        """Put everything in order of time."""
        self._come(at_work)
        sets = _sets(repetitions)
        self.episodes += sets
        for one, following in pairwise(sets):
            self._rest(one.end_s, following.start_s, at_work)
        if sets and self.style.departure != "none":
            self._go(sets[-1].end_s + _AT_ONCE_S)
        ordered = tuple(sorted(self.episodes, key=lambda one: one.start_s))
        if len(self.pieces) == 1:
            return at_work, ordered
        return sequence(self.body, self.pieces), ordered

    def _come(self, at_work: Pose) -> None:
        if self.style.approach == "none":
            self.pieces.append(Piece(0.0, 0.0, at_work))
            return
        now = 0.0
        if self._arrival:
            now = self._walked(self._arrival, _SETTLES_S, blend_s=0.0)
        self.pieces.append(Piece(now, 0.4 if now else 0.0, self._standing))
        now += _STANDS_S
        self.pieces += self.position.into(at_work, now)
        self.episodes.append(Episode(now, now + self.position.way_s, "getting_ready"))

    def _go(self, start_s: float) -> None:
        self.pieces += self.position.out_of(self._standing, start_s)
        now = start_s + self.position.way_s
        self.episodes.append(Episode(start_s, now, "getting_up"))
        if self._exit:
            self._walked(self._exit, now + _STANDS_S, blend_s=0.4)

    def _walked(self, way: Errand, start_s: float, *, blend_s: float) -> float:
        """Walk a way from `start_s` on; return when that is done."""
        self.pieces.append(
            Piece(
                0.0 if not self.pieces else start_s,
                blend_s,
                lambda times_s: way.posture(times_s - start_s),
            )
        )
        self.episodes.append(Episode(start_s, start_s + way.duration_s, "walking"))
        return start_s + way.duration_s

    def _rest(self, start_s: float, end_s: float, at_work: Pose) -> None:
        """Spend the time between two sets.

        Raises
        ------
        ValueError
            When the rest that was asked for takes longer.
        """
        fitting = self.position.rests(end_s - start_s)
        name = self.style.rest or str(self._draw.choice(fitting))
        if name not in fitting:
            told = ", ".join(fitting)
            raise ValueError(f"{end_s - start_s:.1f} s are too short to rest {name}: {told}")
        self.episodes.append(Episode(start_s, end_s, f"rest_{name}"))
        begin, ready = start_s + _AT_ONCE_S, end_s - _AT_ONCE_S
        if name in self.position.short:
            pose, way_s = self.position.short[name]
            self.pieces.append(Piece(begin, way_s, pose))
            self.pieces.append(Piece(ready - way_s, way_s, at_work))
        elif name != "in_position":
            self._rest_on_feet(name, begin, ready - self.position.way_s, at_work)

    def _rest_on_feet(self, name: str, begin_s: float, back_s: float, at_work: Pose) -> None:
        pose = ON_FEET_POSES.get(name, upright)(self.body)
        self.pieces += self.position.out_of(there(pose, self.position.place), begin_s)
        if name == "walking":
            self._stroll(begin_s + self.position.way_s, back_s)
        self.pieces += self.position.into(at_work, back_s)

    def _stroll(self, start_s: float, end_s: float) -> None:
        """Walk away from the place and back to it, as far as time allows."""
        home = self.position.place
        direction = float(self._draw.uniform(0, 2 * np.pi))
        for far_m in (1.6, 1.2, 0.8, 0.5, 0.0):
            away = Place(
                home.x_m + far_m * np.cos(direction),
                home.y_m + far_m * np.sin(direction),
                float(np.degrees(direction)),
            )
            out, back = (errand(self.body, self.seed, *way) for way in ((home, away), (away, home)))
            if out.duration_s + back.duration_s + 0.4 < end_s - start_s or not far_m:
                break
        self._walked(out, start_s, blend_s=0.4)
        self._walked(back, end_s - back.duration_s, blend_s=0.3)


def _sets(repetitions: tuple[Repetition, ...]) -> list[Episode]:
    """Each set from its first repetition's start to its last one's end."""
    numbers = np.array([one.set_number for one in repetitions], int)
    spans = [np.flatnonzero(numbers == number) for number in np.unique(numbers)]
    return [
        Episode(repetitions[span[0]].start_s, repetitions[span[-1]].end_s, "set") for span in spans
    ]
