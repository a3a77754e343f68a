"""Other people in the picture, and whether the followed body became somebody else's.

Reads the stored table `people`: a look at everybody in the picture every second or two. Videos that
were analysed before there was such a table have an empty one: then nothing is known, which is not
the same as nobody else.
"""

from typing import Protocol

import numpy as np
import pandas as pd

from dancer_pipeline.signals.body_parts import TRUNK
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats

SEVERAL = 0.3
"""From this share of the looks on, a video (or a stretch of it) shows several people."""
LEAST_SIZE = 0.35
"""Somebody smaller than this share of the followed body stands far behind, and is not mistaken."""
JUMP_TORSOS = 0.4
"""Farther from where it would go on than noise and a wrong keypoint bring the trunk's middle."""
_TORSOS_PER_S2 = 30.0
"""Half of what a trunk of half a metre is accelerated by in a landing, 3 g."""
_LOST_TORSOS_PER_S = 2.0
"""So much, 1 m/s, a body that is lost from sight while another one is about may stray from both the
pace before and the pace after."""
_FASTEST_TORSOS_PER_S = 16.0
"""A sprinter at 8 m/s with a torso of half a metre."""
_PACE_S = 0.1
_ONE_JUMP_S = 0.25
"""Filled gaps make several steps of one jump."""


class Followed(Protocol):
    """The body that is followed through a video: `Motion` and `Tracks` are such."""

    @property
    def time_s(self) -> Floats:
        """When each frame is shown."""

    @property
    def image_px(self) -> dict[str, Floats]:
        """By keypoint: frames x 2."""


def several_people(
    people: pd.DataFrame, *, start_s: float = -np.inf, end_s: float = np.inf
) -> float | None:
    """Share of the looks at the picture in which there is a second person of comparable size.

    None where nothing is known: an empty table, or no look between `start_s` and `end_s` (a stretch
    of a few seconds may have none; then ask about the whole video). To be used like this::

        share = several_people(people, start_s=bout.start_s, end_s=bout.end_s)
        if share is not None and share >= SEVERAL:
            ...  # reason `several_people`, advice with f"{share:.0%}"

    It does not say that the wrong person was measured: `identity_jumps` tells where that may be.
    """
    looks = people[people["time_s"].between(start_s, end_s)]
    return float(_is_second_near(looks).mean()) if len(looks) else None


def identity_jumps(motion: Followed, people: pd.DataFrame) -> Floats:
    """Give the times (seconds) at which the followed body may have become another person's.

    Between two frames in which the trunk was seen, its middle comes to be farther from where its
    pace before and after would bring it than a body is accelerated, while a second person is about.
    Each time is that of the frame after the jump (the last one of several in a row); what lies
    before it and what lies after it must not be measured as one movement, and 0.2 s before it
    belong to neither.
    Empty where `people` is empty, for then nothing is known.

    `motion` is a `Motion` or the `Tracks` of shoulders and hips.
    """
    times = every_jump(motion, people)
    return times[np.diff(times, append=np.inf) > _ONE_JUMP_S]


def every_jump(motion: Followed, people: pd.DataFrame) -> Floats:
    """Give the same times, and also those of jumps that soon follow each other."""
    centre_px, torso_px = _trunk(motion)
    seen = np.flatnonzero(np.isfinite(centre_px).all(axis=1) & _is_not_filled(motion))
    if len(seen) < 2 or people.empty:
        return np.array([])
    time_s = motion.time_s[seen]
    strays = _strays(time_s, centre_px[seen] / torso_px)
    times = time_s[1:][strays > _farthest_torsos(np.diff(time_s))]
    return np.asarray(times[_is_second_at(people, times)], dtype=float)


def _is_not_filled(motion: Followed) -> Flags:
    """When a frame shows the trunk: over a gap that was filled in a jump looks like a movement."""
    if not isinstance(motion, Motion):
        return np.ones(len(motion.time_s), dtype=bool)
    return np.asarray(np.logical_and.reduce([motion.was_seen[name] for name in TRUNK]))


def _strays(time_s: Floats, centre: Floats) -> Floats:
    """How far each step leads from a stand, and from the pace before it and after it; the least."""
    steps_s, steps = np.diff(time_s), np.diff(centre, axis=0)
    usual_s = float(np.median(steps_s))
    size = max(1, round(_PACE_S / usual_s)) if usual_s > 0 else 1
    paces = (centre[size:] - centre[:-size]) / (time_s[size:] - time_s[:-size])[:, None]
    speeds = np.hypot(*paces.T)[:, None]
    paces = paces * np.minimum(1.0, _FASTEST_TORSOS_PER_S / np.maximum(speeds, 1e-9))
    still = np.zeros((size, 2))
    before = np.concatenate([still, paces])[: len(steps_s)]
    after = np.concatenate([paces, still])[-len(steps_s) :]
    ways = (np.zeros(2), before * steps_s[:, None], after * steps_s[:, None])
    return np.asarray(np.min([np.hypot(*(steps - way).T) for way in ways], axis=0))


def _farthest_torsos(steps_s: Floats) -> Floats:
    return JUMP_TORSOS + np.minimum(_TORSOS_PER_S2 * steps_s**2, _LOST_TORSOS_PER_S * steps_s)


def _trunk(motion: Followed) -> tuple[Floats, float]:
    """Middle of the trunk in each frame, and the length of the torso, both in pixels."""
    shoulders, hips = (
        (motion.image_px[f"left_{part}"] + motion.image_px[f"right_{part}"]) / 2
        for part in ("shoulder", "hip")
    )
    lengths = np.hypot(*(shoulders - hips).T)
    seen = np.isfinite(lengths)
    torso_px = float(np.median(lengths[seen])) if seen.any() else np.nan
    return (shoulders + hips) / 2, torso_px


def _is_second_near(people: pd.DataFrame) -> pd.Series:
    return (people["people"] >= 2) & (people["second_share"].fillna(0.0) >= LEAST_SIZE)


def _is_second_at(people: pd.DataFrame, times_s: Floats) -> Flags:
    """Whether somebody else was seen in one of the two looks before or after each time."""
    looks = people.sort_values("time_s")
    is_near = np.pad(_is_second_near(looks).to_numpy(bool), 2)
    after = np.searchsorted(looks["time_s"].to_numpy(float), times_s) + 2
    return np.asarray(np.logical_or.reduce([is_near[after + step] for step in range(-2, 2)]))
