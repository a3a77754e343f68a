"""Performers as a pose model would see them, and what the analyses measure of them."""

from functools import lru_cache

import pandas as pd

from dancer_pipeline.analyses import discover
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.keypoints import observed_keypoints
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.contract import core, inputs, result

ANALYSES = discover()
SIDE = View(yaw_deg=90.0, width_px=performer.WIDTH_PX, height_px=performer.HEIGHT_PX)
"""Seen from the left side, walking to the left."""


STEADY = Gait(cadence_spm=100.0)


@lru_cache
def walk(plan: Gait = STEADY, view: View = SIDE, **more: object) -> Performance:
    return perform("walk", plan=plan, view=view, **({"duration_s": 6.0, "seed": 4} | more))


def seen(performance: Performance, **noise: float) -> dict[str, pd.DataFrame]:
    """Everything that is stored of the video of a performance."""
    view = performance.view
    keypoints = performer.typed(observed_keypoints(performance, seed=performance.seed, **noise))
    size = {"display_width_px": view.width_px, "display_height_px": view.height_px}
    facts = performer.source_video(view.frame_rate_hz, performance.motion.duration_s, **size)
    return core(keypoints, source_video=facts)


def stored(
    performance: Performance, *, said: str | None = None, **noise: float
) -> dict[str, pd.DataFrame]:
    """Store a video together with what its uploader calls it."""
    options = performer.upload_options(**({"exercise": said} if said else {}))
    return seen(performance, **noise) | {"upload_options": options}


_DONE: dict[object, tuple[Performance, pd.DataFrame]] = {}


def measured(analysis: str, performance: Performance, **more: object) -> pd.DataFrame:
    """Measure each performance once; it is kept with the result, so that its id stays its own."""
    key = (analysis, id(performance), *more.items())
    if key not in _DONE:
        _DONE[key] = performance, table(analysis, stored(performance, **more))
    return _DONE[key][1]


def metric(made: pd.DataFrame, name: str, side: str | None = None) -> pd.Series:
    """Take a metric's row; of one that has sides the left, where none is named."""
    rows = made[made["metric"] == name]
    return (rows if side is None else rows[rows["side"] == side]).iloc[0]


def reasons(made: pd.DataFrame) -> set[str]:
    return {code for row in made["reasons"] for code in row}


def table(name: str, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return result(name, ANALYSES, tables)


def behind(name: str, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Gather the tables that an analysis reads."""
    return inputs(name, ANALYSES, tables)


def strikes(performance: Performance) -> list[tuple[float, str]]:
    events = performance.motion.gait_events
    return [(event.time_s, event.side) for event in events if event.event == "heel_strike"]
