"""Time in the zones of a court, and how much of it a player covers."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dancer_pipeline.metrics import Metric, judged
from dancer_pipeline.signals.tracks import Floats

_ZONES = ("front", "middle", "back", "left", "right")
_CHI_SQUARE_95 = 5.991
_UNCERTAIN_SHARE = 0.5
"""With less than this share of the time at sure places the zones are low confidence."""


def zones(court_positions: pd.DataFrame, exercise: str | None) -> Iterator[Metric]:
    """Shares of the time in the thirds of the player's half and on each side; and coverage.

    Front is next to the net, in squash next to the front wall (the far end of the picture); left
    and right are those of a player who faces it. Coverage is the area of the ellipse that holds
    95 % of the time, as far as places are spread like a bell.
    """
    names = [*((f"court_time_{zone}", "share") for zone in _ZONES), ("court_coverage", "m2")]
    on_court = court_positions[court_positions["status"] != "refused"]
    if on_court.empty:
        why = court_positions.iloc[0]
        for metric, unit in names:
            yield Metric(
                metric,
                unit,
                status="refused",
                reasons=tuple(why["reasons"]),
                advice=str(why["advice"]),
            )
        return
    values = [*_shares(on_court, is_squash=exercise == "squash"), _ellipse_m2(on_court)]
    doubts = _doubts(on_court)
    for (metric, unit), value in zip(names, values, strict=True):
        yield Metric(metric, unit, value, len(on_court), **judged(doubts))


def _shares(on_court: pd.DataFrame, *, is_squash: bool) -> Floats:
    x, y, seconds = on_court[["x_m", "y_m", "duration_s"]].to_numpy(float).T
    width, length = on_court[["court_width_m", "court_length_m"]].iloc[0]
    half = length if is_squash else length / 2
    is_far = np.zeros(len(y), bool) if is_squash else y > half
    to_front = np.clip(np.where(is_far, y - half, half - y) / half, 0, 1)
    is_left = np.where(is_far, x > width / 2, x <= width / 2)
    third = np.minimum((3 * to_front).astype(int), 2)
    parts = [third == 0, third == 1, third == 2, is_left, ~is_left]
    return np.asarray([seconds[part].sum() / seconds.sum() for part in parts], float)


def _ellipse_m2(on_court: pd.DataFrame) -> float:
    places = on_court[["x_m", "y_m"]].to_numpy(float)
    spread = np.cov(places.T, aweights=on_court["duration_s"], ddof=0)
    return float(np.pi * _CHI_SQUARE_95 * np.sqrt(max(np.linalg.det(spread), 0.0)))


def _doubts(on_court: pd.DataFrame) -> dict[str, str]:
    seconds = on_court["duration_s"].to_numpy(float)
    sure = seconds[(on_court["status"] == "ok").to_numpy()].sum() / seconds.sum()
    if sure >= _UNCERTAIN_SHARE:
        return {}
    doubted = on_court[on_court["status"] == "low_confidence"].iloc[0]
    reasons = [str(it) for it in doubted["reasons"]]
    return dict.fromkeys(reasons, "") | {reasons[0]: str(doubted["advice"])}
