"""What a movement is: where the body is at any time, and what happens when.

A movement says where the body is at any time, so the truth does not depend on the frame rate.
Repetitions start and end at rest and follow minimum-jerk curves between.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.happenings import SingleLegStance, Spell, Swing
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Posture
from dancer_pipeline.synthetic.style import Style


@dataclass(frozen=True)
class Repetition:
    """One repetition: leaves rest at `start_s`, is deepest at `bottom_s`, is back at `end_s`.

    `depth` is the share of the full movement that is reached; `side` is null where both sides
    work; `faults` holds sizes by name.
    """

    start_s: float
    bottom_s: float
    end_s: float
    hold_s: float
    depth: float
    set_number: int = 1
    side: str | None = None
    is_partial: bool = False
    faults: Mapping[str, float] = field(default_factory=dict)

    def shape(self, times_s: Array) -> Array:
        """0 at rest, 1 at the bottom, however deep that is."""
        down = (times_s - self.start_s) / (self.bottom_s - self.hold_s / 2 - self.start_s)
        up = (self.end_s - times_s) / (self.end_s - self.bottom_s - self.hold_s / 2)
        return ease(np.minimum(down, up))

    def level(self, times_s: Array) -> Array:
        """0 at rest, `depth` at the bottom."""
        return np.asarray(self.depth * self.shape(times_s))


@dataclass(frozen=True)
class GaitEvent:
    """A foot meets the floor (`heel_strike`) or leaves it (`toe_off`)."""

    time_s: float
    side: str
    event: str


@dataclass(frozen=True)
class Episode:
    """What a performer does from when to when: a `set`, a rest, an approach, an idle act."""

    start_s: float
    end_s: float
    what: str


@dataclass(frozen=True)
class Prop:
    """A thing in the room: a round bar or, flattened by `stretch`, a plank."""

    start_m: tuple[float, float, float]
    end_m: tuple[float, float, float]
    radius_m: float
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Motion:
    """A movement of one performer: its posture at any times, and what happens when.

    `aim_height` is where the camera looks, as a share of stature.
    """

    posture: Callable[[Array], Posture]
    duration_s: float
    repetitions: tuple[Repetition, ...] = ()
    gait_events: tuple[GaitEvent, ...] = ()
    belt_speed_m_s: float = 0.0
    travels: bool = False
    spells: tuple[Spell, ...] = ()
    beats_s: tuple[float, ...] = ()
    music_s: tuple[float, ...] = ()
    swings: tuple[Swing, ...] = ()
    single_leg_stances: tuple[SingleLegStance, ...] = ()
    episodes: tuple[Episode, ...] = ()
    props: tuple[Prop, ...] = ()
    aim_height: float = 0.55
    court: Court | None = None


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


def sides(value: Array | float, count: int) -> Array:
    """Give both sides the same values; values that differ by side are left alone."""
    given = np.asarray(value, float)
    if given.ndim == 2:
        return given
    return np.repeat(np.broadcast_to(given, (count,))[:, None], 2, axis=1)


class Schedule:
    """Lays out repetitions: the number asked for, or as many as fit; 5 when neither is said.

    `before_s` and `after_s` are kept free for coming and going.
    """

    def __init__(self, tempo: Tempo, seed: int, style: Style | None, *, side: str = "both") -> None:
        self.tempo, self.style = tempo, style or Style()
        self.side = self.style.side or side
        self._usual = np.random.default_rng([seed, 2])
        self._styled = np.random.default_rng([seed, 5])
        self._first_is_left = bool(np.random.default_rng([seed, 6]).random() < 0.5)

    def lay_out(
        self,
        repetitions: int | None,
        duration_s: float | None,
        before_s: float = 0.0,
        after_s: float = 0.0,
    ) -> tuple[tuple[Repetition, ...], float]:
        """Repetitions in order of time, and how long everything takes.

        Raises
        ------
        ValueError
            When the repetitions asked for do not fit into the duration asked for.
        """
        sets = self._sets(repetitions, duration_s)
        wanted = None if sets is None else sum(sets)
        lead = max(self.tempo.rest_s, 0.5)
        partial = self._partials(wanted)
        done: list[Repetition] = []
        now = before_s + lead
        while wanted is None or len(done) < wanted:
            set_number, is_last = _place(sets, len(done))
            one, rest_s = self._next(
                now, len(done) + 1, set_number, is_partial=len(done) in partial
            )
            if wanted is None and duration_s and one.end_s + lead + after_s > duration_s:
                break
            done.append(one)
            now = one.end_s + (self._rest_s() if is_last else rest_s)
        needed = (done[-1].end_s if done else before_s) + lead + after_s
        if duration_s and needed > duration_s:
            raise ValueError(f"{wanted} repetitions take {needed:.1f} s, more than {duration_s} s")
        return tuple(done), duration_s or needed

    def _sets(self, repetitions: int | None, duration_s: float | None) -> tuple[int, ...] | None:
        if self.style.sets is not None:
            if repetitions is not None:
                raise ValueError("say repetitions or sets, not both")
            return self.style.sets
        if repetitions is not None:
            return (repetitions,)
        return None if duration_s else (5,)

    def _partials(self, wanted: int | None) -> frozenset[int]:
        """Places of the partial repetitions; never the first, from which one judges."""
        if not self.style.partials:
            return frozenset()
        if wanted is None or self.style.partials >= wanted:
            raise ValueError("partials need a number of repetitions above their own")
        drawn = self._styled.choice(np.arange(1, wanted), self.style.partials, replace=False)
        return frozenset(int(place) for place in drawn)

    def _next(
        self, start_s: float, number: int, set_number: int, *, is_partial: bool
    ) -> tuple[Repetition, float]:
        style, tempo = self.style, self.tempo
        down, hold, up, rest, deep = self._usual.uniform(0.94, 1.06, 5)
        pace = 1 / self._styled.uniform(*style.tempo)
        depth = float(self._styled.uniform(*style.depth)) if style.depth else (1 + deep) / 2
        faults = style.faults_of(number)
        depth *= 1 - faults.get("too_shallow", 0.0)
        if is_partial:
            depth = float(self._styled.uniform(*style.partial_depth))
            pace *= 0.5 + 0.5 * depth
            faults = {name: size * depth for name, size in faults.items()}
        hold_s = hold * tempo.hold_s if style.hold_s is None else style.hold_s
        bottom = start_s + pace * down * tempo.down_s + hold_s / 2
        end = bottom + hold_s / 2 + pace * up * tempo.up_s
        side = self._side_of(number)
        one = Repetition(start_s, bottom, end, hold_s, depth, set_number, side, is_partial, faults)
        return one, rest * tempo.rest_s

    def _side_of(self, number: int) -> str | None:
        if self.side == "alternating":
            return "left" if (number % 2 == 1) == self._first_is_left else "right"
        return None if self.side == "both" else self.side

    def _rest_s(self) -> float:
        return float(self._styled.uniform(*self.style.rest_s))


def _place(sets: tuple[int, ...] | None, done: int) -> tuple[int, bool]:
    """Set (from 1) of the next repetition, and whether it is the set's last."""
    if sets is None:
        return 1, False
    ends = np.cumsum(sets)
    return int(np.searchsorted(ends, done, side="right")) + 1, done + 1 in ends
