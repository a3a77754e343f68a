"""Time in a dance: its tempo, how even its beats are, and whether they fall on the music's."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dancer_pipeline.analyses import _dance_needs as needed
from dancer_pipeline.analyses._dance_needs import Requirements
from dancer_pipeline.analyses._music import LEAST_LOUDNESS, loudness, music
from dancer_pipeline.analyses._results import Problem, Results, Value
from dancer_pipeline.analyses._rhythm import (
    BEAT_RATE_HZ,
    LONGEST_S,
    SHORTEST_S,
    Rhythm,
    beats_s,
    evenness,
    joint_speed,
    pelvis_height,
    rhythm,
)
from dancer_pipeline.analyses._spread import spread_interval
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.periodicity import autocorrelation
from dancer_pipeline.signals.tracks import Floats

SIGMA_S = 0.05
"""A beat that is missed by so much scores 0.61, one missed by twice as much 0.14."""

MOTION_UNITS = {
    "tempo": "bpm",
    "tempo_alternative": "bpm",
    "beat_interval_variability": "percent",
    "beat_evenness": "1",
}
MUSIC_UNITS = {
    "music_tempo": "bpm",
    "beat_alignment": "1",
    "beat_alignment_by_chance": "1",
    "beat_offset": "s",
}


@dataclass(frozen=True)
class Pulse:
    """The rhythm of a dance, as the hips and as all joints show it."""

    time_s: Floats
    speed: Floats
    joints: Rhythm
    pelvis: Rhythm
    beats_s: Floats

    @property
    def best(self) -> Rhythm:
        """What the tempo is taken from: the joints, and the hips where those show none."""
        return self.joints if self.joints.is_regular or not self.pelvis.is_regular else self.pelvis


def pulse(moves: Motion, *, is_moving_camera: bool) -> Pulse:
    """Find the rhythm and the beats; under a moving camera only from movement against the hips."""
    time_s, speed = joint_speed(moves, is_relative=is_moving_camera)
    joints = rhythm(speed, BEAT_RATE_HZ)
    nothing = Rhythm(float("nan"), 0.0)
    pelvis = nothing if is_moving_camera else rhythm(pelvis_height(moves), moves.rate_hz)
    found = Pulse(time_s, speed, joints, pelvis, np.array([]))
    return Pulse(time_s, speed, joints, pelvis, beats_s(time_s, speed, found.best))


def of_motion(found: Pulse, moves: Motion, needs: Requirements) -> Results:
    """Measure tempo and evenness of the beats."""
    frames = _frames(moves, found.beats_s)
    results = dict(_of_beats(found.beats_s, found.best, frames, needs))
    if not found.best.is_regular:
        problem = needed.no_tempo(found.pelvis.strength, found.joints.strength)
        return {"tempo": problem, "tempo_alternative": problem, **results}
    doubts = _doubts_of_tempo(found, results["beat_interval_variability"], needs)
    bpm, count = found.best.bpm, len(found.beats_s)
    interval = _tempo_interval(found, needs)
    return {
        "tempo": Value(bpm, count, frames, doubts, interval),
        "tempo_alternative": Value(_alternative(found), count, frames, doubts),
        **results,
    }


def of_music(
    found: Pulse, video_extracts: pd.DataFrame, moves: Motion, needs: Requirements
) -> Results:
    """Measure the tempo of the music, and how the beats of the dance fall on its beats."""
    time_s, rms = loudness(video_extracts)
    inside = (time_s >= moves.time_s[0]) & (time_s <= moves.time_s[-1])
    loudest = float(rms[inside].max(initial=0.0))
    if loudest < LEAST_LOUDNESS:
        return dict.fromkeys(MUSIC_UNITS, needed.no_sound(loudest))
    heard = music(time_s[inside], rms[inside])
    if heard.strength < needs.music_strength or len(heard.beats_s) < needs.beats:
        return dict.fromkeys(MUSIC_UNITS, needed.no_music(heard.strength, needs))
    tempo = Value(60 / heard.period_s, len(heard.beats_s), _frames(moves, heard.beats_s))
    return {"music_tempo": tempo, **_aligned(found.beats_s, heard.beats_s, moves, needs)}


def alignment(beats: Floats, music_beats: Floats) -> Floats:
    """Score each beat of a dance by the nearest beat of the music: 1 on it, falling like a bell.

    `exp(-d^2 / (2 sigma^2))` with sigma 0.05 s (Li et al. 2021, AIST++, whose code counts sigma in
    frames). The direction is from the dance to the music: a dancer who marks every other beat
    scores as well as one who marks all.
    """
    return np.asarray(np.exp(-0.5 * (offsets_s(beats, music_beats) / SIGMA_S) ** 2))


def offsets_s(beats: Floats, music_beats: Floats) -> Floats:
    """How much later each beat is than the nearest of the music, in seconds."""
    gaps = beats[:, None] - music_beats[None, :]
    nearest = np.argmin(np.abs(gaps), axis=1)
    return np.asarray(gaps[np.arange(len(beats)), nearest])


def _aligned(beats: Floats, music_beats: Floats, moves: Motion, needs: Requirements) -> Results:
    names = ("beat_alignment", "beat_alignment_by_chance", "beat_offset")
    edge_s = float(np.median(np.diff(music_beats))) / 2
    heard = (beats >= music_beats[0] - edge_s) & (beats <= music_beats[-1] + edge_s)
    beats = beats[heard]
    if len(beats) < needs.beats:
        return dict.fromkeys(names, needed.too_few_beats(len(beats), needs))
    frames, scores = _frames(moves, beats), alignment(beats, music_beats)
    half = 1.96 * float(np.std(scores, ddof=1)) / np.sqrt(len(scores))
    mean = float(scores.mean())
    interval = max(0.0, mean - half), min(1.0, mean + half)
    late = float(np.median(offsets_s(beats, music_beats)))
    return {
        "beat_alignment": Value(mean, len(beats), frames, ci95=interval),
        "beat_alignment_by_chance": Value(_by_chance(beats, music_beats), len(beats)),
        "beat_offset": Value(late, len(beats), frames),
    }


def _by_chance(beats: Floats, music_beats: Floats) -> float:
    """Mean score of the same beats shifted by up to half a beat: what no listening would give."""
    beat_s = float(np.median(np.diff(music_beats)))
    shifts = np.linspace(-0.5, 0.5, 40, endpoint=False) * beat_s
    return float(np.mean([alignment(beats + shift, music_beats).mean() for shift in shifts]))


def _of_beats(
    beats: Floats, best: Rhythm, frames: tuple[int, ...], needs: Requirements
) -> dict[str, Value | Problem]:
    names = ("beat_interval_variability", "beat_evenness")
    if len(beats) < needs.beats:
        return dict.fromkeys(names, needed.too_few_beats(len(beats), needs))
    between = _between(beats, best)
    percent = 100 * float(np.std(between, ddof=1) / np.mean(between))
    beat_s = best.period_s if best.is_regular else float(np.median(between))
    return {
        names[0]: Value(percent, len(between), frames, ci95=spread_interval(percent, len(between))),
        names[1]: Value(evenness(beats, beat_s), len(beats), frames),
    }


def _between(beats: Floats, best: Rhythm) -> Floats:
    """Distances of the beats; over a beat that was not marked, the mean of both."""
    between = np.diff(beats)
    if not best.is_regular:
        return between
    return np.asarray(between / np.maximum(np.round(between / best.period_s), 1.0))


def _doubts_of_tempo(
    found: Pulse, variability: Value | Problem, needs: Requirements
) -> dict[str, str]:
    doubts: dict[str, str] = {}
    both = found.pelvis.is_regular and found.joints.is_regular
    if both and not _is_octave(found.pelvis.bpm / found.joints.bpm, needs.agreement):
        doubts |= needed.doubts_of_tempo(found.pelvis.bpm, found.joints.bpm)
    if isinstance(variability, Value) and variability.value > needs.irregular_percent:
        doubts |= needed.doubts_of_evenness(variability.value)
    return doubts


def _is_octave(ratio: float, agreement: float) -> bool:
    """Whether two tempi are the same, or one half of the other: dancers count either."""
    return any(abs(ratio / it - 1) <= agreement for it in (0.5, 1.0, 2.0))


def _alternative(found: Pulse) -> float:
    """Half or double the tempo: whichever of both the movement supports better."""
    period_s = found.best.period_s
    likeness = autocorrelation(found.speed, BEAT_RATE_HZ, longest_s=2 * LONGEST_S)
    support = {}
    for factor in (0.5, 2.0):
        lag = round(factor * period_s * BEAT_RATE_HZ)
        is_possible = SHORTEST_S <= factor * period_s <= LONGEST_S
        if is_possible and lag < len(likeness):
            support[factor] = likeness[lag]
    if not support:
        return found.best.bpm * (2 if period_s > (SHORTEST_S * LONGEST_S) ** 0.5 else 0.5)
    return found.best.bpm / max(support, key=lambda factor: support[factor])


def _tempo_interval(found: Pulse, needs: Requirements) -> tuple[float, float] | None:
    """Interval from the spread of the distances between beats, as if each were drawn anew."""
    if len(found.beats_s) < needs.beats:
        return None
    between = _between(found.beats_s, found.best)
    share = 1.96 * float(np.std(between, ddof=1) / np.mean(between)) / np.sqrt(len(between))
    return found.best.bpm / (1 + share), found.best.bpm / max(1 - share, 1e-3)


def _frames(moves: Motion, times_s: Floats) -> tuple[int, ...]:
    """Frames of the file nearest to these times; of many, a few spread over them."""
    if not len(times_s):
        return ()
    few = times_s[np.unique(np.linspace(0, len(times_s) - 1, 12).astype(int))]
    return tuple(int(moves.frame[np.argmin(np.abs(moves.time_s - it))]) for it in few)
