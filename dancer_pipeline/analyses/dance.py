"""Dance: tempo and beats, shape and symmetry, footwork and energy, and how it meets the music."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses import _dance_needs as needed
from dancer_pipeline.analyses import _dance_shape as shape
from dancer_pipeline.analyses._camera import MOVING_TORSOS_PER_S, camera_torsos_per_s
from dancer_pipeline.analyses._dance_needs import DANCE, USUAL, Requirements
from dancer_pipeline.analyses._dance_timing import (
    MOTION_UNITS,
    MUSIC_UNITS,
    of_motion,
    of_music,
    pulse,
)
from dancer_pipeline.analyses._one_person import OnePerson, one_person
from dancer_pipeline.analyses._results import Problem, Results, Value, doubted, rows
from dancer_pipeline.analyses._still import problem_of_stillness
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.body_parts import SIDES, Side
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.people import several_people
from dancer_pipeline.signals.tracks import Floats

METHOD_VERSION = "3"

_UNITS = {
    **MOTION_UNITS,
    **MUSIC_UNITS,
    "expansion": "1",
    "expansion_range": "1",
    "asymmetry": "deg",
    "asymmetry_lagged": "deg",
    "asymmetry_lag": "s",
    "footwork_rate": "1/min",
    "movement_energy": "W/kg",
}
_SIDED = {"arm_extension": "ratio", "leg_extension": "ratio"}
_SHAPE_CUTOFF_HZ, _ENERGY_CUTOFF_HZ = 5.0, 4.0
_LONGEST_LAG_S = 2.4


@dataclass(frozen=True)
class _Dancer:
    """What is read of a dancer once, for all metrics of shape and effort."""

    moves: Motion
    smooth: Motion
    view: str | None
    yaw_deg: float
    camera_torsos_per_s: float
    needs: Requirements


def dance(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    camera_view: pd.DataFrame,
    repetitions: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
    upload_options: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """How somebody dances, as a description: no number here says how well.

    It is for one dancer and at least 8 s, and for videos that the uploader calls a dance. Where
    nothing was said, a video is measured with low confidence if its movement has a beat and it is
    neither walking, running, standing nor a known exercise.

    Time. `tempo` is that of the mean speed of the joints (of the height of the hips where that
    shows none), 50 to 200 bpm, from an autocorrelation of at least 0.5; `tempo_alternative` is half
    or double of it, whichever the movement supports better, for feet and ears may count either.
    Where hips and joints disagree the confidence is low. Beats are the moments at which the joints
    are slowest; `beat_interval_variability` is the standard deviation of their distances over the
    mean, of which the keypoints make about 3 %, `beat_evenness` their resultant length on one grid
    (1 on it).

    Music, where the sound has a beat: `beat_alignment` is the mean over the beats of the dance of
    exp(-d^2 / (2 sigma^2)), d to the nearest beat of the music, sigma 0.05 s (Li et al. 2021):
    1 on the beat, 0.61 where every beat is missed by 0.05 s. `beat_alignment_by_chance` is what the
    same dance would score at a random shift, `beat_offset` its median delay behind the music.

    Shape. Extension is the distance from shoulder to wrist, or hip to ankle, as a share of the
    limb's length, the median; expansion the area of the box around the body over the square of the
    height, its median and its range (5th to 95th percentile). `asymmetry` is the root mean square
    difference of elbows, shoulders, hips and knees from those of the mirrored body, at the same
    moment and at the best lag of up to 2.4 s: small at a lag where the sides take turns. The noise
    of the keypoints alone makes 8 to 12 degrees.

    Effort. `footwork_rate` is how often a foot sets out, in a minute, both feet together.
    `movement_energy` is how fast kinetic energy is built up, per kilogram of the body, from segment
    masses after Winter (2009) and movement against the hips: an index of vigour to compare with the
    same dancer, not calories.

    Where the followed body becomes somebody else's, only the longest stretch of one dancer is
    measured, with low confidence.
    """
    one = one_person(motion(body_motion), people)
    moves, exercise = one.of(motion(body_motion)), chosen(upload_options, "exercise")
    shares = _shares_of_time(one.spans(activity), repetitions, moves.duration_s)
    problem = needed.problem_of_dance(moves, exercise, shares, several_people(people), needs)
    if problem := problem or problem_of_stillness(video_extracts):
        return _all_refused(one.why(problem))
    camera = camera_torsos_per_s(video_extracts, moves.torso_px)
    found = pulse(moves, is_moving_camera=camera > MOVING_TORSOS_PER_S)
    if not found.best.is_regular and (problem := needed.no_movement(shares, needs)):
        return _all_refused(problem)
    if exercise != DANCE and not found.best.is_regular:
        return _all_refused(needed.not_rhythmic(found.best.strength))
    dancer = _Dancer(moves, moves.smooth(_SHAPE_CUTOFF_HZ), *_view(camera_view), camera, needs)
    results = {
        **of_motion(found, moves, needs),
        **of_music(found, video_extracts, moves, needs),
        **_of_shape(dancer),
        **_of_effort(dancer),
    }
    return _told(results, {side: _of_limbs(dancer, side) for side in SIDES}, exercise, one)


def _shares_of_time(
    activity: pd.DataFrame, repetitions: pd.DataFrame, duration_s: float
) -> dict[str, float]:
    """Give the share of a video that each activity takes, and recognised exercises."""
    if not duration_s > 0:
        return {}
    spans = (activity["end_s"] - activity["start_s"]).groupby(activity["activity"].astype(str))
    shares = {str(kind): float(span) / duration_s for kind, span in spans.sum().items()}
    known = repetitions[repetitions["exercise"].astype(str) != "unknown"]
    counted_s = float((known["end_s"] - known["start_s"]).sum())
    return shares | {"exercise": counted_s / duration_s}


def _view(camera_view: pd.DataFrame) -> tuple[str | None, float]:
    """Read from which side the dancer is seen, and the yaw in degrees; None and NaN if unknown."""
    if camera_view.empty:
        return None, float("nan")
    seen = camera_view.iloc[0]
    view = None if pd.isna(seen["view"]) else str(seen["view"])
    return view, float(seen["yaw_deg"])


def _of_limbs(dancer: _Dancer, side: Side) -> Results:
    results: dict[str, Value | Problem] = {}
    for limb in shape.LIMBS:
        values = shape.extension(dancer.smooth, limb, side)
        results[f"{limb}_extension"] = _median(dancer, values, f"{side} {limb}")
    return results


def _median(dancer: _Dancer, values: Floats, part: str) -> Value | Problem:
    """Median, with the moment of the largest value as evidence."""
    seen = np.isfinite(values)
    if seen.mean() < dancer.needs.visible_share:
        return needed.hidden(part, float(seen.mean()))
    frame = int(dancer.moves.frame[np.nanargmax(values)])
    return Value(float(np.median(values[seen])), int(seen.sum()), (frame,))


def _of_shape(dancer: _Dancer) -> Results:
    area = shape.expansion(dancer.smooth)
    size = _median(dancer, area, "whole body")
    if not isinstance(size, Value):
        spread: Value | Problem = size
    else:
        low, high = np.nanpercentile(area, [5, 95])
        spread = Value(float(high - low), size.n, size.frames)
    return {"expansion": size, "expansion_range": spread, **_of_symmetry(dancer)}


def _of_symmetry(dancer: _Dancer) -> Results:
    names = ("asymmetry", "asymmetry_lagged", "asymmetry_lag")
    if dancer.view not in ("frontal", "back"):
        return dict.fromkeys(names, needed.turned_away(dancer.view, dancer.yaw_deg))
    found = shape.asymmetry(dancer.smooth, longest_s=_LONGEST_LAG_S)
    if found is None or found.seen < dancer.needs.visible_share:
        return dict.fromkeys(names, needed.hidden("arms and legs", found.seen if found else 0.0))
    values = found.at_once_deg, found.lagged_deg, found.lag_s
    frames = (int(dancer.moves.frame[found.place]),)
    return {name: Value(it, found.n, frames) for name, it in zip(names, values, strict=True)}


def _of_effort(dancer: _Dancer) -> Results:
    return {"footwork_rate": _footwork(dancer), "movement_energy": _energy(dancer)}


def _footwork(dancer: _Dancer) -> Value | Problem:
    if dancer.camera_torsos_per_s > MOVING_TORSOS_PER_S:
        return needed.moving_camera("the feet's movement", dancer.camera_torsos_per_s)
    if dancer.moves.rate_hz < dancer.needs.quick_rate_hz:
        return needed.slow_rate(dancer.moves.rate_hz, "footwork", dancer.needs)
    feet = [shape.foot_place(dancer.smooth, side) for side in SIDES]
    seen = np.isfinite(feet[0] + feet[1]).all(axis=1)
    if seen.mean() < dancer.needs.visible_share:
        return needed.hidden("feet", float(seen.mean()))
    starts = np.sort(np.concatenate([shape.step_starts(dancer.moves.time_s, it) for it in feet]))
    minutes = float(seen.sum()) / dancer.moves.rate_hz / 60
    frames = tuple(
        int(dancer.moves.frame[np.argmin(np.abs(dancer.moves.time_s - it))]) for it in starts[:12]
    )
    return Value(len(starts) / minutes, len(starts), frames)


def _energy(dancer: _Dancer) -> Value | Problem:
    if dancer.moves.rate_hz < dancer.needs.quick_rate_hz:
        return needed.slow_rate(dancer.moves.rate_hz, "energy", dancer.needs)
    kinetic = shape.kinetic_energy(dancer.moves.smooth(_ENERGY_CUTOFF_HZ))
    gained = np.maximum(np.diff(kinetic), 0.0) * dancer.moves.rate_hz
    seen = np.isfinite(gained)
    if seen.mean() < dancer.needs.visible_share:
        return needed.hidden("whole body", float(seen.mean()))
    power = float(np.mean(gained[seen]))
    least = dancer.needs.least_energy
    doubts = needed.doubts_of_energy(least) if power < least else {}
    frame = int(dancer.moves.frame[np.nanargmax(gained)])
    return Value(power, int(seen.sum()), (frame,), doubts)


def _told(
    results: Results, sided: dict[Side, Results], exercise: str | None, one: OnePerson
) -> pd.DataFrame:
    doubts = needed.doubts_of_dance(exercise) | one.doubts
    metrics = list(rows(doubted(results, doubts), _UNITS))
    for side, of_side in sided.items():
        metrics += rows(doubted(of_side, doubts), _SIDED, side)
    return _table(metrics)


def _all_refused(problem: Problem) -> pd.DataFrame:
    metrics = list(rows(dict.fromkeys(_UNITS, problem), _UNITS))
    for side in SIDES:
        metrics += rows(dict.fromkeys(_SIDED, problem), _SIDED, side)
    return _table(metrics)


def _table(metrics: list[Metric]) -> pd.DataFrame:
    return metric_table("dance", metrics, method_version=METHOD_VERSION)
