"""How a set of repetitions is moved: smoothness, evenness of the sides, range, tempo, tiring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import MOVING_TORSOS_PER_S, camera_moves, camera_speeds_px
from dancer_pipeline.analyses._carried import (
    CARRIED,
    MOST_FILLED,
    filled_share,
    peak_speeds,
    smoothnesses,
)
from dancer_pipeline.analyses._repetition import Repetition, repetitions_of
from dancer_pipeline.analyses._results import Problem, Results, Value, doubted, rows
from dancer_pipeline.analyses._steadiness import (
    as_angle,
    median,
    symmetry,
    tiring,
    too_few,
    variability,
)
from dancer_pipeline.metrics import metric_table
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import Floats

METHOD_VERSION = "3"

_UNITS = {
    "smoothness": "1",
    "range_variability": "percent",
    "tempo_variability": "percent",
    "velocity_loss": "percent",
    "fatigue_slope": "percent/repetition",
    "range_symmetry": "ratio",
    "range_symmetry_angle": "percent",
}

_OF_SPEED = ("smoothness", "velocity_loss", "fatigue_slope")

_UNKNOWN = (
    "not_applicable",
    "It is not known which exercise this is, so it is not known which part of the body should move "
    "smoothly. Name the exercise when you upload the video.",
)


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for these numbers."""

    repetitions: int = 3
    repetitions_of_tiring: int = 5
    phase_s: float = 0.3
    rate_hz: float = 12.0


USUAL = Requirements()


def movement_quality(
    body_motion: pd.DataFrame,
    repetitions: pd.DataFrame,
    video_extracts: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """How smooth, even and steady the exercise done most is, and whether it slows down.

    `smoothness` is the spectral arc length (SPARC) of the speed at which hips, shoulders or wrists
    (whichever the exercise carries) return from the turning point, the median over the repetitions;
    it is negative, the nearer to 0 the smoother. One smooth stroke has -1.4, of which the noise of
    the keypoints takes 0.1 to 0.3, so differences below 0.3 mean nothing; ways back
    of which over a tenth was filled in are left out. `range_variability` and `tempo_variability`
    are standard deviations of range and duration within sets, in percent of their means.
    `velocity_loss` is how much less than in the fastest repetition of a set that part's peak speed
    is in the last one, `fatigue_slope` the Theil-Sen slope of that speed in percent of its median
    per repetition: negative where the mover slows down. The fastest of several is fast by chance
    too: an even set seems to lose 8 %, so losses below 20 % mean nothing. Both are of low
    confidence where ways back were left out. `range_symmetry` is the median ratio of the
    left arm's height gained to the right one's, in exercises that both arms do together; a side
    view hides one side. `range_symmetry_angle` is the same as a symmetry angle: 0 where both go
    equally high, minus where the left goes higher, and as far from 0 whichever side leads.

    Sources: Balasubramanian et al. 2015 (SPARC); Zifchock et al. 2008 advise against indices whose
    reference may be either side: the symmetry angle is theirs.
    """
    table = _done_most(repetitions, needs.repetitions)
    moved, body = repetitions_of(table), motion(body_motion)
    results = _results(body, moved, table, video_extracts, needs)
    return metric_table("movement_quality", rows(results, _UNITS), method_version=METHOD_VERSION)


def _done_most(repetitions: pd.DataFrame, least: int) -> pd.DataFrame:
    """Take the repetitions of one exercise, of a known one where there are enough of it."""
    moved = repetitions[~repetitions["is_hold"].astype(bool)].sort_values("start_s")
    counts = moved["exercise"].astype(str).value_counts()
    known = counts.drop("unknown", errors="ignore")
    most = known if known.max() >= least else counts
    return moved[moved["exercise"] == most.idxmax()] if len(moved) else moved


def _results(
    body: Motion,
    moved: Sequence[Repetition],
    table: pd.DataFrame,
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> Results:
    if len(moved) < needs.repetitions:
        why = too_few(len(moved), needs.repetitions) if moved else _none_found(body)
        return dict.fromkeys(_UNITS, why)
    sets = table["set"].tolist()
    ranges_deg = table["range_deg"].to_numpy(float)
    lasts_s = np.array([it.end_s - it.start_s for it in moved])
    even = symmetry(body, moved, needs.repetitions)
    results: dict[str, Value | Problem] = {
        **_of_speed(body, moved, table, video_extracts, needs),
        "range_variability": variability(ranges_deg, sets, _no_angle(ranges_deg)),
        "tempo_variability": variability(lasts_s, sets, _no_tempo(lasts_s)),
        "range_symmetry": even,
        "range_symmetry_angle": as_angle(even),
    }
    frames = tuple(it.turn_frame for it in moved)
    shown = {
        name: replace(it, frames=frames) if isinstance(it, Value) else it
        for name, it in results.items()
    }
    codes = sorted({code for it in moved for code in it.reasons})
    doubts = dict.fromkeys(codes, "") | dict.fromkeys(
        codes[:1], "The repetitions themselves are counted with low confidence."
    )
    return doubted(shown, doubts)


def _of_speed(
    body: Motion,
    moved: Sequence[Repetition],
    table: pd.DataFrame,
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> Results:
    """Measure what rests on the speed of the part that the exercise carries."""
    part = CARRIED.get(moved[0].exercise)
    if part is None:
        return dict.fromkeys(_OF_SPEED, _UNKNOWN)
    problem = _problem_of_speed(body, moved, video_extracts, needs)
    if problem:
        return dict.fromkeys(_OF_SPEED, problem)
    filled = _filled(body, part, moved)
    found = median(smoothnesses(body, part, moved, needs.phase_s), needs.repetitions)
    if not isinstance(found, Value):
        found = _filled(body, part, moved, from_share=0.5) or found
    tires = tiring(peak_speeds(body, part, moved), table, needs.repetitions_of_tiring, filled)
    return dict(zip(_OF_SPEED, (found, *tires), strict=True))


def _problem_of_speed(
    body: Motion,
    moved: Sequence[Repetition],
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> Problem | None:
    if not body.rate_hz >= needs.rate_hz:
        return "frame_rate_too_low", (
            f"Recorded at {body.rate_hz:.0f} frames per second; this needs at least "
            f"{needs.rate_hz:.0f}. Record with 30."
        )
    first_s, last_s = moved[0].start_s, moved[-1].end_s
    if not camera_moves(video_extracts, body.torso_px, start_s=first_s, end_s=last_s):
        return None
    speeds = camera_speeds_px(video_extracts, start_s=first_s, end_s=last_s)
    speed = float(speeds.median()) / body.torso_px
    return "camera_moves", (
        f"The camera moves by {speed:.2f} torso lengths per second, so it cannot be told how "
        f"smoothly you do; up to {MOVING_TORSOS_PER_S:g} are fine. Put it on something firm."
    )


def _filled(
    body: Motion, part: str, moved: Sequence[Repetition], *, from_share: float = 0.0
) -> Problem | None:
    """Say in how many repetitions too much was filled in to be measured; None for none.

    None also where it is less than this share of them: then something else is wrong.
    """
    shares = [filled_share(body, part, one) for one in moved]
    over = [share for share in shares if share > MOST_FILLED]
    if not over or len(over) < from_share * len(moved):
        return None
    return "tracking_unstable", (
        f"In {len(over)} of {len(moved)} repetitions the {part}s were not seen for "
        f"{np.median(over):.0%} of the way back; up to {MOST_FILLED:.0%} may be filled in. "
        "Use more light, and keep them in the picture."
    )


def _none_found(body: Motion) -> Problem:
    seen_s = body.duration_s * float(body.is_person.mean()) if len(body.is_person) else 0.0
    return "not_periodic", (
        f"No repetitions of an exercise were found in {seen_s:.0f} s that show a person, so how "
        "they are moved was not measured. Film one exercise, at least three times in a row."
    )


def _no_angle(ranges_deg: Floats) -> Problem:
    known = int(np.isfinite(ranges_deg).sum())
    return "not_measured", (
        "The angle of the joint that this exercise bends could be measured in "
        f"{known} of {len(ranges_deg)} repetitions; it takes three in one set. Film from the side, "
        "with the whole body in the picture."
    )


def _no_tempo(lasts_s: Floats) -> Problem:
    return "too_short", (
        f"The {len(lasts_s)} repetitions are in sets of one or two; it takes three in one set."
    )
