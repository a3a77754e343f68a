"""Whether a walk leads anywhere: across the picture, or away from the camera and towards it."""

import numpy as np
import pandas as pd

from dancer_pipeline.analyses._bouts import Bout, slope
from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Floats

_LEAST_SHARE = 0.25
"""Of the way that the steps would lead: below it a walk stays where it is."""

_FOCAL_SHARE = 1.0
"""Focal length over the longer side of the picture: 0.75 to 1.4 in phones, which is near enough."""


def is_in_place(
    motion: Motion, walk: Bout, video_extracts: pd.DataFrame, size_px: tuple[float, float]
) -> bool | None:
    """Tell whether a walk stays in place, as on a treadmill; None where that cannot be known.

    The way of the hips in the picture, less that of the background, and the way in depth, that the
    size of the body tells, against the way that so many steps of this length would lead. A body
    that stays in the middle of the picture may be followed by a camera: without a background to
    tell by, that is not known.
    """
    time_s, part = motion.time_s[walk.part], walk.part
    torso_px = _torso_px(motion)[part]
    hips_px = motion.middle_px("hip")[part, 0]
    usual_px = float(np.nanmedian(torso_px))
    background = _background_px_s(video_extracts, float(time_s[0]), float(time_s[-1]))
    aside = (slope(time_s, hips_px) - (background or 0.0)) / usual_px
    distance = _FOCAL_SHARE * max(size_px) / usual_px
    away = -slope(time_s, np.log(torso_px)) * distance
    way = np.hypot(aside, 0.0 if np.isnan(away) else away)
    if way >= _LEAST_SHARE * walk.speed:
        return False
    return None if background is None else True


def _background_px_s(extracts: pd.DataFrame, start_s: float, end_s: float) -> float | None:
    rows = extracts[extracts["measure"] == "camera_shift_x"].dropna(subset="value")
    inside = rows.loc[rows["time_s"].between(start_s, end_s), "value"]
    return float(inside.median()) if len(inside) else None


def _torso_px(motion: Motion) -> Floats:
    names = [f"{side}_{part}" for part in ("shoulder", "hip") for side in SIDES]
    lengths = torso_length(*(motion.image_px[name] for name in names))
    return np.where(lengths > 0, lengths, np.nan)
