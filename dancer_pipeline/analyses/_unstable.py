"""Whether legs are followed steadily: a bone whose length changes was not where it was said to be.

Thigh and shank keep their length, so its coefficient of variation shows how far the keypoints
stray. At the usual noise of a pose model it is 3 to 8 %; noise also widens every joint range, for
a range is taken from the ends of an angle.
"""

from collections.abc import Iterable

import numpy as np

from dancer_pipeline.signals.tracks import Flags, Floats

Problem = tuple[str, str]

_BONES = {"thigh": ("hip", "knee"), "lower leg": ("knee", "ankle")}
_MOST_VARIATION = 0.15
_MOST_HIDDEN = 0.2
_FEWEST = 5


def unstable_legs(points: dict[str, Floats], during: Flags, sides: Iterable[str]) -> Problem | None:
    """Say what is unsteady about the legs of these sides at these moments; None where nothing is.

    A thigh or a lower leg is not seen in more than 20 % of the moments, or its length varies by
    more than 15 %. `points` are places in the picture where that shows legs in full length, from
    the side, and else from the estimated world. They must not be low-passed.
    """
    if not during.any():
        return None
    for side in sides:
        for name, (upper, lower) in _BONES.items():
            bone = (points[f"{side}_{upper}"] - points[f"{side}_{lower}"])[during]
            if told := _unstable(np.linalg.norm(bone, axis=1), f"{side} {name}"):
                return "tracking_unstable", told
    return None


def _unstable(lengths: Floats, name: str) -> str | None:
    known = lengths[np.isfinite(lengths)]
    hidden = 1 - len(known) / len(lengths)
    if hidden > _MOST_HIDDEN:
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
