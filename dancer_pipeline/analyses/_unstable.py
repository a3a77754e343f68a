"""Whether legs are followed steadily: bones that change their length, and legs that are confused.

Thigh and shank keep their length, so its coefficient of variation shows how far the keypoints
stray. At the usual noise of a pose model it is 3 to 8 %; noise also widens every joint range, for
a range is taken from the ends of an angle. Legs that were confused keep the length of their bones,
but leaps give them away, and short ones are put right; where there are many, some were not found.
"""

from collections.abc import Collection, Iterable

import numpy as np

from dancer_pipeline.analyses._results import Problem
from dancer_pipeline.signals.tracks import Flags, Floats

BONES = {"thigh": ("hip", "knee"), "lower leg": ("knee", "ankle")}
_MOST_VARIATION = 0.15
_MOST_HIDDEN = 0.2
_FEWEST = 5
_CONFUSED, _DOUBTFUL = 0.1, 0.05
"""Of the frames with legs confused: left and right mean nothing; some more were hardly found."""


def unstable_legs(
    points: dict[str, Floats],
    during: Flags,
    sides: Iterable[str],
    *,
    bones: Collection[str] = tuple(BONES),
    most_hidden: float = _MOST_HIDDEN,
) -> Problem | None:
    """Say what is unsteady about the legs of these sides at these moments; None where nothing is.

    A thigh or a lower leg is not seen in more than 20 % of the moments, or its length varies by
    more than 15 %. `points` are places in the picture where that shows legs in full length, from
    the side, and else from the estimated world. They must not be low-passed.
    """
    if not during.any():
        return None
    for side in sides:
        for name in bones:
            upper, lower = (points[f"{side}_{part}"] for part in BONES[name])
            lengths = np.linalg.norm((upper - lower)[during], axis=1)
            if told := _unstable(lengths, f"{side} {name}", most_hidden):
                return "tracking_unstable", told
    return None


def confused_legs(exchanged: Flags) -> Problem | None:
    """Say in how many of these moments left and right leg were confused, where it is a tenth."""
    share = _share(exchanged)
    if share < _CONFUSED:
        return None
    return "tracking_unstable", (
        f"Left and right leg were confused in {share:.0%} of the frames. Wear trousers that stand "
        "out from the background, and film in good light."
    )


def confusion_doubt(exchanged: Flags) -> dict[str, str]:
    """Doubt what was measured in such moments, where legs were confused in a twentieth of them."""
    share = _share(exchanged)
    if share < _DOUBTFUL:
        return {}
    return {
        "tracking_unstable": (
            f"Left and right leg were confused in {share:.0%} of the frames. That was put right, "
            "but some of it may be left, which makes the sides look different. Wear trousers that "
            "stand out from the background."
        )
    }


def _share(exchanged: Flags) -> float:
    return float(exchanged.mean()) if len(exchanged) else 0.0


def _unstable(lengths: Floats, name: str, most_hidden: float) -> str | None:
    known = lengths[np.isfinite(lengths)]
    hidden = 1 - len(known) / len(lengths)
    if hidden > most_hidden:
        return (
            f"Your {name} could not be followed in {hidden:.0%} of the frames. Film in good light, "
            "with nothing between you and the camera."
        )
    if len(known) >= _FEWEST and known.std() > _MOST_VARIATION * known.mean():
        return (
            f"Your {name} seems to change its length by {known.std() / known.mean():.0%}, so it "
            "was not followed steadily. Film in good light, in clothes that stand out from the "
            "background."
        )
    return None
