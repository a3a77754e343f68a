"""The table of repetitions as the performer knows it, for analyses that read it."""

import numpy as np
import pandas as pd

from dancer_pipeline.analyses.repetitions import TABLE
from dancer_pipeline.synthetic.performance import Performance


def repetitions(performance: Performance, **more: object) -> pd.DataFrame:
    """Say exactly which repetitions a performance has."""
    rate = float(performance.view.rate)
    done = performance.motion.repetitions
    usual = float(np.median([one.depth for one in done])) if done else 1.0
    plain = {
        "set": 1, "exercise": performance.movement, "recognised_by": "uploader", "is_hold": False,
        "signal": "truth", "is_partial": False, "status": "ok", "reasons": [],
        "method_version": "1",
    }  # fmt: skip
    return TABLE.frame(
        plain
        | {
            "repetition": number,
            "start_s": one.start_s, "turn_s": one.bottom_s, "end_s": one.end_s,
            "start_frame": round(one.start_s * rate), "turn_frame": round(one.bottom_s * rate),
            "end_frame": round(one.end_s * rate),
            "range_deg": 100 * one.depth, "range_share": one.depth / usual,
            "eccentric_s": one.bottom_s - one.hold_s / 2 - one.start_s, "hold_s": one.hold_s,
            "concentric_s": one.end_s - one.bottom_s - one.hold_s / 2,
        }
        | more
        for number, one in enumerate(done, 1)
    )  # fmt: skip
