"""How smooth a movement is: the spectral arc length of its speed."""

import math

import numpy as np

from dancer_pipeline.signals.tracks import Floats

MAX_HZ = 10.0
AMPLITUDE_THRESHOLD = 0.05
_PADDING = 4


def spectral_arc_length(
    speed: Floats, rate_hz: float, *, max_hz: float = MAX_HZ, threshold: float = AMPLITUDE_THRESHOLD
) -> float:
    """SPARC: the length of the speed's normalised spectrum, negative; the nearer to 0 the smoother.

    Both axes of the spectrum are normalised, so neither the size of the movement, its duration nor
    its unit counts. Frequencies above `max_hz` are left out, and those above the last one that
    reaches `threshold` of the highest amplitude. A single smooth reach has about -1.4, one of two
    parts -1.9. NaN where nothing moves.

    Source: Balasubramanian, Melendez-Calderon, Burdet 2012; Balasubramanian et al. 2015.
    """
    if len(speed) < 2 or not np.any(speed):
        return float("nan")
    size = 2 ** (math.ceil(math.log2(len(speed))) + _PADDING)
    spectrum = np.abs(np.fft.fft(speed, size))
    amplitude = spectrum / spectrum.max()
    frequency_hz = np.arange(size) * rate_hz / size
    within = frequency_hz <= min(max_hz, rate_hz / 2)
    amplitude, frequency_hz = amplitude[within], frequency_hz[within]
    loud = np.flatnonzero(amplitude >= threshold)
    chosen = slice(int(loud[0]), int(loud[-1]) + 1)
    amplitude, frequency_hz = amplitude[chosen], frequency_hz[chosen]
    if len(amplitude) < 2:
        return float("nan")
    steps = np.diff(frequency_hz) / (frequency_hz[-1] - frequency_hz[0])
    return -float(np.hypot(steps, np.diff(amplitude)).sum())
