"""A sound track whose onsets are known: clicks, or a plain drum pattern."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.rotations import Array

RATE_HZ = 44100
KINDS = ("click", "drum")
_HIT_S = 0.25


@dataclass(frozen=True)
class Sound:
    """A track with an onset on every beat.

    Attributes
    ----------
    beats_s
        When; None takes the music's beats of the performance.
    offset_ms
        How much later than its beats the track sounds.
    kind
        `click`, or `drum`: a kick on every beat, a snare on every other, soft hats between.
    noise
        Level of steady noise under it, 0 to 1.
    """

    beats_s: tuple[float, ...] | None = None
    offset_ms: float = 0.0
    kind: str = "drum"
    noise: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no sound {self.kind!r}: choose one of {', '.join(KINDS)}")


def samples(sound: Sound, beats_s: tuple[float, ...], duration_s: float) -> NDArray[np.float32]:
    """Mono samples at `RATE_HZ`, within -1 and 1."""
    track = sound.noise * np.random.default_rng(7).normal(0, 0.1, round(duration_s * RATE_HZ))
    beats = np.array(beats_s) + sound.offset_ms / 1000
    if sound.kind == "click":
        for at in beats:
            _mix(track, float(at), _click())
    else:
        for number, at in enumerate(beats):
            _mix(track, float(at), _kick() + (0.5 * _noise(0.05) if number % 2 else 0.0))
        for at in (beats[:-1] + beats[1:]) / 2:
            _mix(track, float(at), 0.06 * _noise(0.02))
    return np.clip(track, -0.98, 0.98).astype(np.float32)


def _mix(track: Array, at_s: float, hit: Array) -> None:
    start = round(at_s * RATE_HZ)
    first, last = max(start, 0), min(start + len(hit), len(track))
    if first < last:
        track[first:last] += hit[first - start : last - start]


def _time() -> Array:
    return np.arange(round(_HIT_S * RATE_HZ)) / RATE_HZ


def _click() -> Array:
    return np.asarray(0.8 * np.sin(2 * np.pi * 1500 * _time()) * np.exp(-_time() / 0.006))


def _kick() -> Array:
    sweep = 2 * np.pi * (55 * _time() + 2.4 * (1 - np.exp(-_time() / 0.03)))
    return np.asarray(0.8 * np.cos(sweep) * np.exp(-_time() / 0.07))


def _noise(decay_s: float) -> Array:
    wave = np.random.default_rng(3).normal(0, 0.5, len(_time()))
    return np.asarray(wave * np.exp(-_time() / decay_s))
