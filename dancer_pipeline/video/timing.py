"""Frame times: seconds since the first frame, always rising, whatever the file's timestamps do."""

import math

JUMP_BACK_S = 0.5
"""A longer step back in time is a new recording appended, not a frame out of order."""
_SLACK = 0.1
"""Share of the sampling interval by which a frame may come early: timestamps are rounded."""


class Clock:
    """Turns presentation timestamps into rising seconds since the first frame.

    - No timestamp: the frame follows as its predecessor followed.
    - A step forward is kept as it is: nothing was recorded in between.
    - A step back of at most half a second: the frame was delivered out of order or twice, and has
      no place any more (None).
    - A longer step back: the recording was appended to another; time runs on from the last frame.
    """

    def __init__(self, nominal_interval_s: float) -> None:
        self._interval_s = nominal_interval_s
        self._start_s: float | None = None
        self._last_s: float | None = None

    def place(self, stamp_s: float | None) -> float | None:
        """Time of the next frame in seconds, or None where it must be left out."""
        if self._last_s is None:
            self._start_s = stamp_s
            self._last_s = 0.0
            return 0.0
        time_s = self._since_start(stamp_s, self._last_s)
        if time_s is not None:
            self._interval_s, self._last_s = time_s - self._last_s, time_s
        return time_s

    def _since_start(self, stamp_s: float | None, last_s: float) -> float | None:
        next_s = last_s + self._interval_s
        if stamp_s is None:
            return next_s
        if self._start_s is None or stamp_s - self._start_s < last_s - JUMP_BACK_S:
            self._start_s = stamp_s - next_s
        time_s = stamp_s - self._start_s
        return time_s if time_s > last_s else None


class Thinning:
    """Keeps frames by time so that no more than `rate_hz` remain.

    A recording up to a tenth faster keeps all frames, so that clocks a little off (60.3 Hz) and
    times rounded to milliseconds do not lose single frames; 240 Hz becomes an even 60 Hz.
    """

    def __init__(self, rate_hz: float) -> None:
        if not rate_hz > 0:
            raise ValueError(f"a sampling rate is above 0 Hz, not {rate_hz}")
        self._interval_s = 1 / rate_hz
        self._slack_s = _SLACK * self._interval_s
        self._due_s = 0.0
        self._seen_s = -math.inf

    def keeps(self, time_s: float) -> bool:
        """Whether the frame at this time is kept; times must be given in order."""
        early_s, pace_s = self._due_s - time_s, time_s - self._seen_s
        self._seen_s = time_s
        if early_s > min(self._slack_s, pace_s / 2):
            return False
        follows_own_pace = early_s > 0 and pace_s >= self._interval_s - self._slack_s
        is_after_gap = early_s < -self._interval_s
        start_s = time_s if follows_own_pace or is_after_gap else self._due_s
        self._due_s = start_s + self._interval_s
        return True


def sampled_rate_hz(
    frame_rate_hz: float | None, sample_hz: float | None, max_rate_hz: float
) -> float | None:
    """Rate that `Thinning` leaves of a steady rate; None where the rate is unknown."""
    limit_hz = min(sample_hz or max_rate_hz, max_rate_hz)
    if frame_rate_hz is None or frame_rate_hz * (1 - _SLACK) <= limit_hz:
        return frame_rate_hz
    return limit_hz
