"""What the doctor says: one line each, and what to do where something is wrong."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "wrong", "open"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    level
        `open` where it could not be looked at, which says nothing about it.
    fix
        What somebody can do; empty where nothing is to be done.
    """

    level: Level
    words: str
    fix: str = ""


def good(words: str) -> Finding:
    """Say what was found."""
    return Finding("good", words)


def wrong(words: str, fix: str) -> Finding:
    """Say what is wrong, and what to do."""
    return Finding("wrong", words, fix)


def unseen(words: str, fix: str = "") -> Finding:
    """Say what could not be looked at."""
    return Finding("open", words, fix)
