"""The pairs of methods that are held against each other on every video, all in one list.

Each pair names a quantity and its two methods, A that of the analyses and B another one, and a
function that compares them: it gives statistics, or says why a video shows nothing of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dancer_pipeline.analyses._compared_video import (
    JOINTS,
    NothingToCompareError,
    Video,
    joint_angle,
)
from dancer_pipeline.analyses._other_methods import (
    contacts_by_fall,
    inward_deg,
    step_rate_hz,
    turns_by_component,
)
from dancer_pipeline.analyses._spread import median_known
from dancer_pipeline.comparison.matching import tolerance_s
from dancer_pipeline.comparison.statistics import (
    Statistic,
    of_courses,
    of_events,
    of_ranks,
    of_values,
    steadiness,
    variation,
)
from dancer_pipeline.signals.causal import one_euro
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

Statistics = Iterator[Statistic]

_STRETCH_S = 5.0
_TURN_TOLERANCE = 0.25
"""Of the usual repetition: so near two turning points are those of the same repetition."""
_BONES = (("hip", "knee"), ("knee", "ankle"))
_LIVE = {"min_cutoff_hz": 2.0, "beta": 2.0, "derivative_cutoff_hz": 1.0}
"""In torso lengths: so it lags by a frame and keeps 93 to 100 % of the amplitude."""


@dataclass(frozen=True)
class Pair:
    """A quantity, its two methods, and how they are compared."""

    quantity: str
    method_a: str
    method_b: str
    compare: Callable[[Video], Statistics]


def heel_strikes(video: Video) -> Statistics:
    """Heels farthest ahead of the hips, against heels that come down to the floor."""
    walks = video.walks_s
    if not walks:
        raise NothingToCompareError("Nobody walks in this video.")
    others = {side: _within(times, walks) for side, times in contacts_by_fall(video.motion).items()}
    yield from of_events(video.strikes_s, others, tolerance_s=tolerance_s(video.motion.rate_hz))


def cadence(video: Video) -> Statistics:
    """Cadence by heel strikes, against that of the bobbing of the hips, in stretches of 5 s."""
    stretches = [part for walk in video.walks_s for part in _stretches(*walk)]
    if not stretches:
        raise NothingToCompareError("Nobody walks in this video.")
    by_strikes = [_cadence_by_strikes(video, *part) for part in stretches]
    by_hips = [60 * step_rate_hz(video.motion.between(*part)) for part in stretches]
    yield from of_values(np.array(by_strikes), np.array(by_hips), "1/min")


def repetitions(video: Video) -> Statistics:
    """Repetitions of a known exercise, against excursions of all joint angles together."""
    walking = [video.during(*walk) for walk in video.walks_s]
    allowed = ~np.logical_or.reduce([*walking, np.zeros(len(video.motion.time_s), bool)])
    others = turns_by_component(video.motion, allowed)
    if others is None and video.whole.empty:
        raise NothingToCompareError("Neither method found anything that repeats itself.")
    usual_s = median_known((video.whole["end_s"] - video.whole["start_s"]).to_numpy(float))
    tolerance = np.nanmax([tolerance_s(video.motion.rate_hz), _TURN_TOLERANCE * usual_s])
    turns = {"": np.sort(video.whole["turn_s"].to_numpy(float))}
    others = np.array([]) if others is None else others
    yield from of_events(turns, {"": others}, tolerance_s=float(tolerance))


def angles_of(joint: str) -> Callable[[Video], Statistics]:
    """Compare a joint's angle in the picture with that from estimated depth."""

    def compare(video: Video) -> Statistics:
        _seen_from_the_side(video)
        picture, depth = (
            joint_angle(points, video.near_side, joint) for points in _both(video.smooth)
        )
        yield from of_values(video.ranges(picture), video.ranges(depth), "deg")
        raw = [joint_angle(points, video.near_side, joint) for points in _both(video.motion)]
        yield from of_courses(raw[0], raw[1], video.motion.rate_hz, "deg")

    return compare


def legs(video: Video) -> Statistics:
    """How much thigh and shank change their length: in the picture, and from estimated depth."""
    _seen_from_the_side(video)
    picture, depth = (
        float(np.mean([variation(_length(points, video.near_side, *bone)) for bone in _BONES]))
        for points in _both(video.smooth)
    )
    if np.isfinite(picture) and np.isfinite(depth):
        yield from steadiness("bone_length_variation", picture, depth, "%", len(_BONES))
    swaps = int((np.diff(video.motion.legs_exchanged.astype(int)) > 0).sum())
    yield Statistic("leg_swaps", 60 * swaps / video.motion.duration_s, "1/min", swaps)


def low_passes(video: Video) -> Statistics:
    """Knee angle by a filter that sees the whole video, against one that works live."""
    side = video.near_side
    courses = [
        joint_angle(points, side, "knee")
        for points in (video.smooth.image_px, _live(video.motion, side))
    ]
    yield from of_values(video.ranges(courses[0]), video.ranges(courses[1]), "deg")
    yield from of_courses(courses[0], courses[1], video.motion.rate_hz, "deg")


def knees_in_squats(video: Video) -> Statistics:
    """Separation of the knees against their bend inward, at the turning points of squats."""
    squats = video.whole[video.whole["exercise"].isin(("squat", "sit_to_stand"))]
    if squats.empty or video.view not in ("frontal", "back"):
        raise NothingToCompareError("No squat is seen from the front or from behind.")
    image = video.smooth.image_px
    knees, ankles = (
        np.abs(image[f"left_{part}"] - image[f"right_{part}"])[:, 0] for part in ("knee", "ankle")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        separation = np.where(ankles > 0, knees / ankles, np.nan)
    yield from of_ranks(
        video.at_turns(separation, squats), video.at_turns(-inward_deg(video.smooth), squats)
    )


PAIRS = (
    Pair("heel_strike", "farthest_ahead", "heel_stops_falling", heel_strikes),
    Pair("cadence", "heel_strikes", "bobbing_hips", cadence),
    Pair("repetition", "known_exercise", "principal_component", repetitions),
    *(Pair(f"{joint}_range", "picture", "estimated_depth", angles_of(joint)) for joint in JOINTS),
    Pair("leg_length", "picture", "estimated_depth", legs),
    Pair("low_pass", "butterworth", "one_euro", low_passes),
    Pair("knees_apart", "knee_separation", "frontal_plane_angle", knees_in_squats),
)
"""Every pair: one more is one more line here."""


def _seen_from_the_side(video: Video) -> None:
    if video.view != "sagittal":
        raise NothingToCompareError("Only from the side does a picture show legs in full length.")


def _both(motion: Motion) -> tuple[dict[str, Floats], dict[str, Floats]]:
    return motion.image_px, motion.world_m


def _length(points: dict[str, Floats], side: str, start: str, end: str) -> Floats:
    apart = points[f"{side}_{end}"] - points[f"{side}_{start}"]
    return np.asarray(np.linalg.norm(apart, axis=-1))


def _live(motion: Motion, side: str) -> dict[str, Floats]:
    """Keypoints of a leg through the live filter, in torso lengths."""
    names = [f"{side}_{part}" for part in JOINTS["knee"]]
    together = np.concatenate([motion.image_px[name] for name in names], axis=1)
    filtered = one_euro(motion.time_s, together / motion.torso_px, **_LIVE)
    return dict(zip(names, np.split(filtered, len(names), axis=1), strict=True))


def _within(times_s: Floats, walks: list[tuple[float, float]]) -> Floats:
    inside = [(times_s >= start) & (times_s <= end) for start, end in walks]
    return np.asarray(times_s[np.logical_or.reduce(inside)])


def _stretches(start_s: float, end_s: float) -> Iterator[tuple[float, float]]:
    count = max(1, round((end_s - start_s) / _STRETCH_S))
    yield from pairwise(np.linspace(start_s, end_s, count + 1))


def _cadence_by_strikes(video: Video, start_s: float, end_s: float) -> float:
    strides = [
        np.diff(times[(times >= start_s) & (times <= end_s)]) for times in video.strikes_s.values()
    ]
    return 120 / median_known(np.concatenate(strides))
