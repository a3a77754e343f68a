"""Stances on one leg: when which foot is off the floor while the other carries the body."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import FOOT, SIDES, TRUNK, Side
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats

LIFTED, LOWERED = 0.20, 0.09
"""Height of one foot over the other, in torso lengths: surely off the floor; no longer.

A person with a torso of half a metre lifts the middle of a foot by 10 cm for the first; the second
is three times the noise of the keypoints. A heel that rises over toes on the floor stays below.
"""

HELD, HELD_S = 0.13, 1.0
"""A foot that is this high for this long is off the floor too: noise does not last.

Four times the noise; from behind a foot that is held in front of the body seems hardly higher.
"""

LEVEL = 0.12
"""Torso lengths: perspective makes feet that stand side by side differ by less."""

DOWN = 0.06
"""Torso lengths over its lowest place in the picture: twice the noise."""

BESIDE, ABOVE = 0.5, 0.9
"""Torso lengths: so near over the standing foot, and so high above it, are hips that it carries."""

LONGEST_TOUCH_S = 1.5
LEAST_DOWN_S = 0.2
MOST_CONFUSED = 0.35
LEAST_CARRIED = 0.6
BRIDGED_S = 0.5
_LONGEST_REACH_S = 0.15
_FAR_IN_DEPTH = 0.6
_FLOOR_PERCENTILE = 95
_CUTOFF_HZ = 4.0
FEET = tuple(f"{side}_{part}" for side in SIDES for part in FOOT)
STANCE_KEYPOINTS = (*FEET, *TRUNK)


@dataclass(frozen=True)
class Stance:
    """A stance on one leg, of whatever length."""

    side: Side
    """The standing leg."""
    start_s: float
    end_s: float
    confused_share: float
    """Of the time, how long the model took one foot for the other."""
    is_cut: bool = False
    """Whether a foot was hidden when it left the floor or came back: it lasted at least so long."""

    @property
    def duration_s(self) -> float:
        """From the moment the other foot leaves the floor until it is back."""
        return self.end_s - self.start_s


def stances(moves: Motion) -> list[Stance]:
    """Find the stances on one leg, in order of time.

    A foot is off the floor while its middle lies over that of the other, in the picture and in
    world coordinates at once: the one is fooled by a foot that stands farther away, the other by a
    camera that looks down. The hips must be over the other foot most of the time: in a lunge they
    are between both. The ends are where the lift, followed back along its slope, leaves the floor.
    """
    smooth = moves.smooth(_CUTOFF_HZ, STANCE_KEYPOINTS)
    height = _bridged(smooth.time_s, _left_over_right(smooth))
    carried = np.where(height > 0, _is_carried(smooth, "right"), _is_carried(smooth, "left"))
    found = []
    for start, end, lifted in _lifts(smooth.time_s, np.abs(height)):
        stance = _stance(smooth.time_s, height, start, end, lifted)
        if stance and carried[start : end + 1].mean() >= LEAST_CARRIED:
            found.append(stance)
    return found


def touch_downs(of_one_leg: Sequence[Stance], least_s: float) -> list[float]:
    """When the lifted foot came down for a moment (seconds), during attempts to stand on a leg.

    Lifts of one foot that follow each other within `LONGEST_TOUCH_S` are one attempt, if one of
    them lasts `least_s`.
    """
    found: list[float] = []
    attempt: list[Stance] = []
    for one in [*of_one_leg, None]:
        if attempt and (one is None or one.start_s - attempt[-1].end_s > LONGEST_TOUCH_S):
            if max(it.duration_s for it in attempt) >= least_s:
                found += [it.end_s for it in attempt[:-1]]
            attempt = []
        if one:
            attempt.append(one)
    return found


def foot_px(moves: Motion, side: Side) -> Floats:
    """Middle of ankle, heel and toes of one foot in the picture: times x 2."""
    return _mean([moves.image_px[f"{side}_{part}"] for part in FOOT])


def _left_over_right(moves: Motion) -> Floats:
    """Height of the left foot over the right, in torso lengths; NaN where one is not seen."""
    in_image = _middle(moves.image_px, "right") - _middle(moves.image_px, "left")
    in_world = _middle(moves.world_m, "right") - _middle(moves.world_m, "left")
    image, world = in_image / moves.torso_px, in_world / torso_m(moves)
    with np.errstate(invalid="ignore"):
        is_level = np.abs(image + world) / 2 < LEVEL
    on_floor = is_level & _is_down(moves, "left") & _is_down(moves, "right")
    is_level = on_floor if on_floor.any() else is_level
    if is_level.any():  # what is left of perspective while both feet are on the floor
        image, world = (it - np.median(it[is_level]) for it in (image, world))
    agree = np.sign(image) == np.sign(world)
    return np.where(np.isfinite(image + world), np.where(agree, (image + world) / 2, 0.0), np.nan)


def _is_down(moves: Motion, side: Side) -> Flags:
    """When a foot is about as low in the picture as it ever is; a low lift is no level ground."""
    y_px = _middle(moves.image_px, side)
    known = y_px[np.isfinite(y_px)]
    lowest_px = np.percentile(known, _FLOOR_PERCENTILE) if len(known) else np.nan
    with np.errstate(invalid="ignore"):
        return np.asarray(y_px >= lowest_px - DOWN * moves.torso_px)


def torso_m(moves: Motion) -> float:
    """Median length of the torso in world coordinates, or NaN."""
    points = [moves.world_m[name] for name in TRUNK]
    lengths = np.linalg.norm((points[0] + points[1] - points[2] - points[3]) / 2, axis=1)
    known = lengths[np.isfinite(lengths)]
    return float(np.median(known)) if len(known) else float("nan")


def _middle(points: dict[str, Floats], side: Side) -> Floats:
    """Height of the middle of a foot: y grows downwards."""
    return _mean([points[f"{side}_{part}"][:, 1] for part in ("heel", "foot_index")])


def _is_carried(moves: Motion, side: Side) -> Flags:
    """Whether the hips are over this foot and well above it."""
    foot_m = _mean([moves.world_m[f"{side}_{part}"] for part in FOOT]) / torso_m(moves)
    foot, hips = foot_px(moves, side), moves.middle_px("hip")
    with np.errstate(invalid="ignore"):
        beside = np.abs(foot - hips)[:, 0] / moves.torso_px < BESIDE
        near = np.hypot(foot_m[:, 0], foot_m[:, 2]) < _FAR_IN_DEPTH
        over = beside & near & (foot_m[:, 1] > ABOVE)
    unseen = ~np.isfinite(foot[:, 0] + hips[:, 0])
    return np.asarray(over | unseen)


def _lifts(time_s: Floats, height: Floats) -> Iterator[tuple[int, int, float]]:
    """First and last place of each time that a foot is up, and the height that tells so.

    What ends sooner than a foot can be put down and lifted again is no end: there the model took
    one foot for the other.
    """
    with np.errstate(invalid="ignore"):
        up = np.flatnonzero(height > LOWERED)
    if len(up) == 0:
        return
    for part in np.split(up, np.flatnonzero(np.diff(time_s[up]) > LEAST_DOWN_S) + 1):
        lifted = _threshold(time_s[part], height[part])
        if lifted is not None:
            yield int(part[0]), int(part[-1]), lifted


def _threshold(time_s: Floats, height: Floats) -> float | None:
    """Height that tells that this foot is off the floor; None where it does not reach it."""
    if np.nanmax(height) > LIFTED:
        return LIFTED
    is_held = time_s[-1] - time_s[0] >= HELD_S and np.nanmedian(height) > HELD
    return HELD if is_held else None


def _stance(time_s: Floats, height: Floats, start: int, end: int, lifted: float) -> Stance | None:
    """Tell which leg stands; None where the feet change places like those of a runner."""
    part = height[start : end + 1]
    confused = float(min((part > 0).mean(), (part < 0).mean()))
    if confused > MOST_CONFUSED:
        return None
    up = np.flatnonzero(np.abs(part) > lifted) + start
    began = _floor_s(time_s, np.abs(height), start, int(up[0]), -1, lifted)
    ended = _floor_s(time_s, np.abs(height), end, int(up[-1]), 1, lifted)
    is_cut = _is_cut(height, start, -1, lifted) or _is_cut(height, end, 1, lifted)
    side: Side = "right" if np.nanmedian(part) > 0 else "left"
    return Stance(side, began, ended, confused, is_cut)


def _is_cut(height: Floats, place: int, way: int, lifted: float) -> bool:
    """Whether a foot comes into sight, or is lost, while it is up."""
    is_inside = 0 <= place + way < len(height)
    return bool(is_inside and np.isnan(height[place + way]) and abs(height[place]) > lifted)


def _floor_s(time_s: Floats, height: Floats, low: int, high: int, way: int, lifted: float) -> float:
    """When a foot meets the floor: the slope between both thresholds, followed down to it."""
    if not 0 <= low + way < len(time_s) or not height[low + way] <= LOWERED:
        return float(time_s[low])  # not seen, or ended by something else than the floor
    lowered_s = _crossing_s(time_s, height, low, way, LOWERED)
    lifted_s = _crossing_s(time_s, height, high, way, lifted)
    reach_s = abs(lifted_s - lowered_s) * LOWERED / (lifted - LOWERED)
    return lowered_s + way * min(reach_s, _LONGEST_REACH_S)


def _crossing_s(time_s: Floats, height: Floats, place: int, way: int, level: float) -> float:
    """When the height passes a level between a place above it and the next one that way."""
    inside, outside = height[place], height[place + way]
    share = (inside - level) / (inside - outside) if inside > outside else 0.0
    return float(time_s[place] + share * (time_s[place + way] - time_s[place]))


def _bridged(time_s: Floats, values: Floats) -> Floats:
    """Fill what is not seen for so short that a foot can hardly have been put down and lifted."""
    seen = np.flatnonzero(np.isfinite(values))
    if len(seen) == 0:
        return values
    filled = np.interp(time_s, time_s[seen], values[seen], left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(seen, np.arange(len(values))), 1, max(1, len(seen) - 1))
    if len(seen) == 1:
        return values
    gap_s = time_s[seen[after]] - time_s[seen[after - 1]]
    return np.where(np.isfinite(values) | (gap_s <= BRIDGED_S), filled, np.nan)


def _mean(parts: list[Floats]) -> Floats:
    """Mean of what is seen of several points."""
    known = np.isfinite(parts)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, parts, 0.0).sum(axis=0) / known.sum(axis=0))
