"""How a set of repetitions is moved: smoothness, evenness of the sides, range, tempo, tiring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._camera import camera_moves
from dancer_pipeline.analyses._carried import (
    CARRIED,
    carried_speeds,
    peak_speeds,
    smoothness_of,
)
from dancer_pipeline.analyses._repetition import Repetition, repetitions_of
from dancer_pipeline.analyses._spread import median_interval, spread_interval
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.signals.heading import view_of, yaw_deg
from dancer_pipeline.signals.motion import SIDES, Motion, motion
from dancer_pipeline.signals.tracks import Floats

METHOD_VERSION = "1"

_UNITS = {
    "smoothness": "1",
    "range_variability": "percent",
    "tempo_variability": "percent",
    "velocity_loss": "percent",
    "fatigue_slope": "percent/repetition",
    "range_symmetry": "ratio",
}

_TIRING = ("velocity_loss", "fatigue_slope")

_NONE_FOUND = (
    "not_periodic",
    "No repetitions of an exercise were found, so how they are moved was not measured. "
    "Film one exercise, at least three times in a row.",
)
_UNKNOWN = (
    "not_applicable",
    "It is not known which exercise this is, so it is not known which part of the body should move "
    "smoothly. Name the exercise when you upload the video.",
)
_CAMERA_MOVES = (
    "camera_moves",
    "The camera moves, so it cannot be told how smoothly you do. Put it on something firm.",
)
_NO_ANGLE = (
    "not_measured",
    "The angle of the joint that this exercise bends could be measured in fewer than three "
    "repetitions. Film from the side, with the whole body in the picture.",
)
_ONE_SIDED = (
    "not_applicable",
    "Only exercises in which both arms move together show how evenly the sides move.",
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
    """How smooth, even and steady the repetitions of an exercise are, and whether they slow down.

    `smoothness` is the spectral arc length (SPARC) of the speed at which hips, shoulders or wrists
    (whichever the exercise carries) return from the turning point, the median over the repetitions;
    it is negative, the nearer to 0 the smoother. One smooth stroke has -1.4, of which the noise of
    the keypoints takes 0.1 to 0.3, so differences below 0.3 mean nothing. `range_variability` and
    `tempo_variability` are standard deviations of range and duration in percent of their means.
    `velocity_loss` is how much less than in the fastest repetition of a set that part's peak speed
    is in the last one, `fatigue_slope` the Theil-Sen slope of that speed in percent of its median
    per repetition: negative where the mover slows down. `range_symmetry` is the median ratio of the
    left arm's height gained to the right one's, in exercises that both arms do together; a side
    view hides one side.

    Sources: Balasubramanian et al. 2015 (SPARC); Zifchock et al. 2008 advise against indices whose
    reference may be either side, hence the plain ratio.
    """
    moved = [it for it in repetitions_of(repetitions) if not it.is_hold]
    if len(moved) < needs.repetitions:
        why = _too_few(len(moved), needs.repetitions) if moved else _NONE_FOUND
        return _table([_refused(name, why) for name in _UNITS])
    table = repetitions[~repetitions["is_hold"].astype(bool)].sort_values("start_s")
    lasts_s = np.array([it.end_s - it.start_s for it in moved])
    body = motion(body_motion)
    results = [
        *_of_speed(body, moved, table, video_extracts, needs),
        _Result("range_variability", *_variability(table["range_deg"].to_numpy(float))),
        _Result("tempo_variability", *_variability(lasts_s)),
        _Result("range_symmetry", *_symmetry(body, moved, needs)),
    ]
    frames = tuple(it.turn_frame for it in moved)
    doubts = tuple(sorted({code for it in moved for code in it.reasons}))
    return _table([one.metric(frames, doubts) for one in results])


@dataclass(frozen=True)
class _Result:
    """A number, or a problem (code and advice) in its place."""

    name: str
    value: float | None
    n: int = 0
    ci95: tuple[float, float] | None = None
    problem: tuple[str, str] | None = None

    def metric(self, frames: tuple[int, ...], doubts: tuple[str, ...]) -> Metric:
        if self.problem or self.value is None:
            return _refused(self.name, self.problem or _NO_ANGLE)
        return Metric(
            self.name,
            _UNITS[self.name],
            value=self.value,
            n=self.n,
            ci95=self.ci95,
            status="low_confidence" if doubts else "ok",
            reasons=doubts,
            advice="The repetitions themselves are counted with low confidence."
            if doubts
            else None,
            evidence_frames=frames,
        )


_Answer = tuple[float | None, int, tuple[float, float] | None, tuple[str, str] | None]


def _of_speed(
    body: Motion,
    moved: Sequence[Repetition],
    table: pd.DataFrame,
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> Iterator[_Result]:
    """Yield what rests on the speed of the part that the exercise carries."""
    part = CARRIED.get(moved[0].exercise)
    problem = _problem_of_speed(body, moved, part, video_extracts, needs)
    if problem or part is None:
        for name in ("smoothness", *_TIRING):
            yield _Result(name, *_no(problem or _UNKNOWN))
        return
    speeds = carried_speeds(body, part)
    smoothness = [smoothness_of(body, speeds, one, needs.phase_s) for one in moved]
    yield _Result("smoothness", *_median(np.array(smoothness), needs))
    yield from _tiring(peak_speeds(body, speeds, moved), table, needs)


def _problem_of_speed(
    body: Motion,
    moved: Sequence[Repetition],
    part: str | None,
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> tuple[str, str] | None:
    if part is None:
        return _UNKNOWN
    if not body.rate_hz >= needs.rate_hz:
        return "frame_rate_too_low", (
            f"Recorded at {body.rate_hz:.0f} frames per second; this needs at least "
            f"{needs.rate_hz:.0f}. Record with 30."
        )
    first_s, last_s = moved[0].start_s, moved[-1].end_s
    if camera_moves(video_extracts, body.torso_px, start_s=first_s, end_s=last_s):
        return _CAMERA_MOVES
    return None


def _variability(values: Floats) -> _Answer:
    known = values[np.isfinite(values)]
    if len(known) < 3:
        return _no(_NO_ANGLE)
    percent = 100 * float(np.std(known, ddof=1) / np.mean(known))
    return percent, len(known), spread_interval(percent, len(known)), None


def _tiring(peaks: Floats, table: pd.DataFrame, needs: Requirements) -> Iterator[_Result]:
    """Yield how the speed of the way back changes over the set with the most repetitions."""
    is_meant = (table["set"] == table["set"].mode().iloc[0]) & ~table["is_partial"].astype(bool)
    speed = peaks[is_meant.to_numpy(bool) & np.isfinite(peaks)]
    if len(speed) < needs.repetitions_of_tiring:
        problem = _too_few(len(speed), needs.repetitions_of_tiring)
        yield from (_Result(name, *_no(problem)) for name in _TIRING)
        return
    from scipy.stats import theilslopes

    percent = 100 * speed / np.median(speed)
    slope, _, low, high = (float(it) for it in theilslopes(percent, np.arange(len(speed))))
    yield _Result(_TIRING[0], 100 * float(1 - speed[-1] / speed.max()), len(speed))
    yield _Result(_TIRING[1], slope, len(speed), (low, high))


def _symmetry(body: Motion, moved: Sequence[Repetition], needs: Requirements) -> _Answer:
    if CARRIED.get(moved[0].exercise) != "wrist" or any(it.side for it in moved):
        return _no(_ONE_SIDED)
    during = np.logical_or.reduce([it.during(body.time_s) for it in moved])
    yaws = yaw_deg(body)[during]
    view = view_of(float(np.median(yaws[np.isfinite(yaws)]))) if np.isfinite(yaws).any() else ""
    if view not in ("frontal", "back"):
        return _no(
            (
                "view_not_supported",
                "This needs a view from the front or from behind; this video is filmed from "
                "elsewhere, where one arm may hide behind the body.",
            )
        )
    parts = [f"{side}_{part}" for side in SIDES for part in ("wrist", "shoulder")]
    smooth = body.smooth(6.0, parts).image_px
    heights = [(smooth[f"{side}_shoulder"] - smooth[f"{side}_wrist"])[:, 1] for side in SIDES]
    gained = np.array([[np.ptp(it[one.during(body.time_s)]) for it in heights] for one in moved])
    return _median(gained[:, 0] / gained[:, 1], needs)


def _median(values: Floats, needs: Requirements) -> _Answer:
    known = values[np.isfinite(values)]
    if len(known) < needs.repetitions:
        return _no(_too_few(len(known), needs.repetitions))
    return float(np.median(known)), len(known), median_interval(known), None


def _too_few(found: int, needed: int) -> tuple[str, str]:
    return "too_short", (
        f"Only {found} repetitions could be used; at least {needed} are needed. Film more of them "
        "in a row, with the moving limbs in full view."
    )


def _no(problem: tuple[str, str]) -> _Answer:
    return None, 0, None, problem


def _refused(name: str, problem: tuple[str, str]) -> Metric:
    reason, advice = problem
    return Metric(name, _UNITS[name], status="refused", reasons=(reason,), advice=advice)


def _table(metrics: Sequence[Metric]) -> pd.DataFrame:
    return metric_table("movement_quality", metrics, method_version=METHOD_VERSION)
