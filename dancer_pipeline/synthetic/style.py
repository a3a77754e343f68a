"""How an exercise is done: its sets and rests, its tempo and depth, and the faults planted in it.

Everything is known beforehand, so that whatever is counted or found can be held against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SIDES_OF_REPETITIONS = ("both", "left", "right", "alternating")
ON_FEET = ("standing", "bent_over", "hands_on_hips", "shaking_out", "walking")
RESTS = (*ON_FEET, "in_position", "kneeling", "sitting")
APPROACHES = ("none", "ready", "walk")


@dataclass(frozen=True)
class Fault:
    """A fault that can be planted: the unit of its size and the sizes that a body can show."""

    unit: str
    least: float
    most: float
    meaning: str
    lasts: str = "turn"
    """Where it has its size: at the `turn`, `half_way`, all through a `repetition` or a `set`."""


FAULTS = {
    "too_shallow": Fault("share", 0.05, 0.6, "of the full depth that is missing at the turn"),
    "knees_in": Fault("m", 0.005, 0.10, "each knee is nearer to the middle than it should be"),
    "trunk_lean": Fault("deg", 3, 40, "the trunk leans further forward at the turn"),
    "hip_shift": Fault("m", -0.12, 0.12, "the pelvis moves to the left at the turn"),
    "step_too_short": Fault("share", 0.1, 0.6, "of the step that is missing", lasts="repetition"),
    "hip_sag": Fault(
        "deg", -30, 35, "the body short of straight at the hips, hips low", lasts="set"
    ),
    "incomplete_extension": Fault(
        "deg", 5, 60, "elbow flexion left where there is none", lasts="set"
    ),
    "trunk_swing": Fault("deg", 3, 30, "the trunk leans back on the way", lasts="half_way"),
    "path_drift": Fault("m", 0.02, 0.25, "the hands are ahead of their path", lasts="half_way"),
}
"""Every fault there is; `EXERCISES` says which exercise can show which."""


@dataclass(frozen=True)
class Style:
    """How repetitions are done; what is not said is as usual.

    Parameters
    ----------
    faults
        Size by name of `FAULTS`; exactly this size where `Fault.lasts` says, and as much less in a
        partial repetition as that is less deep.
    fault_repetitions
        Numbers (from 1) of the repetitions that show the faults; all when not given.
    depth, tempo
        Least and most share of the full depth, and of the usual speed; drawn per repetition.
    sets
        Repetitions of each set, such as (8, 8, 6); one set when not given.
    rest_s, rest
        Least and most seconds between sets, and how they are spent (one of `RESTS`; drawn when
        not given).
    partials, partial_depth
        How many repetitions are partial, and the share of the full depth that these reach.
    hold_s
        Seconds held at the turn.
    side
        One of `SIDES_OF_REPETITIONS`; usual for the exercise when not given.
    asymmetry
        Share by which the right side moves less than the left; negative: the left less.
    habits
        Whether the exercise is done in the performer's own way (stance, grip, lean, hands; drawn
        from the seed, all of it without fault) instead of that of a textbook.
    approach, departure
        How the performer comes and goes (one of `APPROACHES`): not at all, into and out of
        position, or also walking from the camera and back.
    """

    faults: Mapping[str, float] = field(default_factory=dict)
    fault_repetitions: tuple[int, ...] | None = None
    depth: tuple[float, float] | None = None
    tempo: tuple[float, float] = (1.0, 1.0)
    sets: tuple[int, ...] | None = None
    rest_s: tuple[float, float] = (8.0, 14.0)
    rest: str | None = None
    partials: int = 0
    partial_depth: tuple[float, float] = (0.35, 0.6)
    hold_s: float | None = None
    side: str | None = None
    asymmetry: float = 0.0
    habits: bool = False
    approach: str = "none"
    departure: str = "none"

    def __post_init__(self) -> None:
        object.__setattr__(self, "faults", MappingProxyType(dict(self.faults)))
        for name, size in self.faults.items():
            _check_fault(name, size)
        for name, least, most in (
            ("depth", 0.2, 1.03),
            ("tempo", 0.3, 3.0),
            ("rest_s", 2.0, 300.0),
        ):
            _check_range(name, getattr(self, name), least, most)
        _check_range("partial_depth", self.partial_depth, 0.1, 0.75)
        self._check_counts()
        for name, words in (
            ("rest", (None, *RESTS)),
            ("side", (None, *SIDES_OF_REPETITIONS)),
            ("approach", APPROACHES),
            ("departure", APPROACHES),
        ):
            if getattr(self, name) not in words:
                told = ", ".join(word for word in words if word)
                raise ValueError(f"{name} must be one of {told}, not {getattr(self, name)!r}")

    def _check_counts(self) -> None:
        if self.sets is not None and not (self.sets and min(self.sets) > 0):
            raise ValueError(f"sets must be numbers of repetitions above 0, not {self.sets}")
        if self.partials < 0:
            raise ValueError(f"partials must be 0 or more, not {self.partials}")
        if self.hold_s is not None and not 0 <= self.hold_s <= 600:
            raise ValueError(f"hold_s must be 0 to 600, not {self.hold_s}")
        if not -0.6 <= self.asymmetry <= 0.6:
            raise ValueError(f"asymmetry must be -0.6 to 0.6, not {self.asymmetry}")
        if self.fault_repetitions is not None and any(
            FAULTS[name].lasts == "set" for name in self.faults
        ):
            raise ValueError("a fault of the whole set cannot be limited by fault_repetitions")

    def faults_of(self, repetition: int) -> dict[str, float]:
        """Faults of the repetition of that number, counted from 1."""
        shown = self.fault_repetitions is None or repetition in self.fault_repetitions
        return dict(self.faults) if shown else {}


def _check_fault(name: str, size: float) -> None:
    if name not in FAULTS:
        raise ValueError(f"no fault {name!r}: choose among {', '.join(FAULTS)}")
    fault = FAULTS[name]
    if not fault.least <= size <= fault.most:
        told = f"{fault.least} to {fault.most} {fault.unit} ({fault.meaning})"
        raise ValueError(f"{name} must be {told}, not {size}")


def _check_range(name: str, limits: tuple[float, float] | None, least: float, most: float) -> None:
    if limits is not None and not least <= limits[0] <= limits[1] <= most:
        raise ValueError(f"{name} must be two numbers from {least} to {most}, not {limits}")
