"""How right the analyses are: each case has a truth, a result and a bar that it must meet.

A file of this folder holds the cases of the analysis of its name: functions `case_<name>(scale)`
that yield `Line`s. They are found by their names. `python -m benchmarks.accuracy` runs them all at
full scale and prints one table; the tests run the same functions at a smaller one.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Self

_FIRST_SEED = 50_000
"""Seeds of the table are kept apart from those that methods are developed on."""

_QUICK_SEEDS = 500_000

NOT_CASES = {"__main__", "material"}


@dataclass(frozen=True)
class Line:
    """One line of the table. Everything but `passed` is for people."""

    case: str
    truth: str
    result: str
    error: str
    bar: str
    passed: bool

    @classmethod
    def of_hits(cls, case: str, truth: str, hits: int, count: int, bar: float) -> Self:
        """Compare with a bar in how many of all tries the truth was told."""
        share = hits / count
        told, missed = f"{hits} of {count}", f"{1 - share:.0%} missed"
        return cls(case, truth, told, missed, f">= {bar:.0%}", passed=share >= bar)


@dataclass(frozen=True)
class Scale:
    """How much to run: everything, or what the tests can afford."""

    quick: bool = False

    def count(self, full: int, quick: int) -> int:
        """Choose how many to run."""
        return quick if self.quick else full

    def first_seed(self, full: int = _FIRST_SEED) -> int:
        """Choose the first seed: the tests never run those of the table."""
        return full + _QUICK_SEEDS if self.quick else full

    def seeds(self, count: int, *, first: int = _FIRST_SEED) -> range:
        """Choose so many seeds in a row."""
        start = self.first_seed(first)
        return range(start, start + count)


Case = Callable[[Scale], Iterable[Line]]


def cases(analyses: Collection[str] = ()) -> dict[str, Case]:
    """Find every case by `<analysis>.<name>`; those of some analyses where they are named."""
    found: dict[str, Case] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name in NOT_CASES or (analyses and info.name not in analyses):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("case_") and function.__module__ == module.__name__:
                found[f"{info.name}.{name.removeprefix('case_')}"] = function
    return found
