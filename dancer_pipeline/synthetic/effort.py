"""How far a performer is into which repetition, at any times: what an exercise turns into postures.

An exercise knows nothing of sets, rests and tempo; it sees only this.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.habits import TEXTBOOK, Habit
from dancer_pipeline.synthetic.movements import Prop, Repetition, Tempo
from dancer_pipeline.synthetic.positions import Position, on_feet
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import SIDES, Posture, Proportions
from dancer_pipeline.synthetic.style import FAULTS, Style


@dataclass(frozen=True)
class Effort:
    """Everything per time asked for, and where there is a second axis per side.

    `shape` is 0 at rest and 1 at the turn; `level` is that times the repetition's depth; `working`
    is 1 for a side that takes part; `depth` is the current or last repetition's.
    """

    times_s: Array
    shape: Array
    depth: Array
    working: Array
    asymmetry: float
    faults: dict[str, Array]
    habit: Habit = TEXTBOOK

    @property
    def level(self) -> Array:
        """0 at rest, the repetition's depth at the turn."""
        return np.asarray(self.shape * self.depth)

    @property
    def sided(self) -> Array:
        """The level of each side: 0 for one that rests, less for the weaker one."""
        weaker = 1 - np.maximum([-self.asymmetry, self.asymmetry], 0.0)
        return np.asarray(self.level[:, None] * self.working * weaker)

    def fault(self, name: str) -> Array:
        """Size of the fault right now; 0 where it was not planted."""
        return self.faults.get(name, np.zeros_like(self.times_s))


def effort(
    repetitions: tuple[Repetition, ...], style: Style, times_s: Array, habit: Habit = TEXTBOOK
) -> Effort:
    """Find out where in its repetitions a performer is."""
    shape, depth = np.zeros_like(times_s), np.ones_like(times_s)
    working = np.ones((len(times_s), len(SIDES)))
    faults = {
        name: np.full_like(times_s, size if FAULTS[name].lasts == "set" else 0.0)
        for name, size in style.faults.items()
    }
    for one in repetitions:
        begun, now = times_s >= one.start_s, one.shape(times_s)
        shape += now
        depth[begun] = one.depth
        working[begun] = [one.side in (None, side) for side in SIDES]
        for name, size in one.faults.items():
            faults[name] += size * _share(FAULTS[name].lasts, now)
    if repetitions:
        working[times_s < repetitions[0].start_s] = [
            repetitions[0].side in (None, side) for side in SIDES
        ]
    return Effort(times_s, shape, depth, working, style.asymmetry, faults, habit)


def _share(lasts: str, shape: Array) -> Array:
    """How much of a fault there is at that much of a repetition."""
    if lasts == "turn":
        return shape
    if lasts == "half_way":
        return 4 * shape * (1 - shape)
    return np.asarray((shape > 0) * (lasts == "repetition"), float)


@dataclass(frozen=True)
class Exercise:
    """One exercise: its usual tempo, its posture at any effort, and what can be seen of it.

    Parameters
    ----------
    primary
        The angle by which repetitions are counted.
    faults
        Names of `FAULTS` that it can show.
    sides
        Words of `SIDES_OF_REPETITIONS` that make sense; the first is usual.
    is_by_side
        Whether one side can do less than the other.
    aim_height
        Where a camera looks, as a share of stature.
    props
        Things that it needs in the room.
    position
        How one gets into it, from its posture at rest.
    """

    tempo: Tempo
    posture: Callable[[Proportions, Effort], Posture]
    primary: str
    faults: tuple[str, ...] = ()
    sides: tuple[str, ...] = ("both",)
    is_by_side: bool = False
    aim_height: float = 0.55
    props: Callable[[Proportions], tuple[Prop, ...]] = lambda _body: ()
    position: Callable[[Proportions, Posture], Position] = on_feet

    def check(self, movement: str, style: Style) -> None:
        """Refuse a style that this exercise cannot have.

        Raises
        ------
        ValueError
            Naming the fault or the side, and what there is.
        """
        for name in style.faults:
            if name not in self.faults:
                told = ", ".join(self.faults) or "no fault"
                raise ValueError(f"{movement} cannot show {name}; it can show {told}")
        if style.side is not None and style.side not in self.sides:
            raise ValueError(f"{movement} is done with {', '.join(self.sides)}, not {style.side}")
        if style.asymmetry and not self.is_by_side:
            raise ValueError(f"{movement} cannot be done with asymmetry")
