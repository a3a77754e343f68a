"""What is said where a person is rarely found, or somebody else is in the picture too."""

from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.signals.people import SEVERAL
from dancer_pipeline.signals.tracks import Flags


def rarely_found(
    is_person: Flags, least_share: float, *, of: str = "video", done: str = "measured"
) -> Problem | None:
    """Refuse where a person was found in too few of the moments."""
    share = float(is_person.mean()) if len(is_person) else 0.0
    if share >= least_share:
        return None
    return "no_person", (
        f"A person was found in only {share:.0%} of the {of}, so nothing was {done}. "
        "Keep one person in the picture all the time, head to feet."
    )


def somebody_else(share: float | None, then: str, *, of: str = "the looks at it") -> str | None:
    """Say how often there is a second person; None where that is rare, or not known."""
    if share is None or share < SEVERAL:
        return None
    return f"Somebody else is in the picture in {share:.0%} of {of}, {then}"
