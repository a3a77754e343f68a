"""How much keypoints tremble: a sign of how sure the pose model was, not of the person."""

import numpy as np

from dancer_pipeline.signals.body_parts import TRUNK
from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.tracks import MIN_CONFIDENCE, Tracks


def jitter(points: Tracks) -> float:
    """Typical distance of a trunk keypoint from the middle of where it is a frame before and after.

    The median over frames and keypoints, as a share of the trunk's length in the picture: so the
    size of the person does not count, and a steady movement has none. NaN where the trunk is never
    seen in three frames in a row.
    """
    apart = [_from_the_middle(points, name) for name in TRUNK]
    shares = np.concatenate(apart) / _trunk_px(points)
    return float(np.median(shares)) if len(shares) else float("nan")


def _from_the_middle(points: Tracks, name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    place, seen = points.image_px[name], points.confidence[name] >= MIN_CONFIDENCE
    in_a_row = seen[:-2] & seen[1:-1] & seen[2:]
    middle = (place[:-2] + place[2:]) / 2
    return np.asarray(np.linalg.norm(place[1:-1] - middle, axis=-1)[in_a_row])


def _trunk_px(points: Tracks) -> float:
    lengths = torso_length(*(points.image_px[name] for name in TRUNK))
    known = lengths[np.isfinite(lengths)]
    return float(np.median(known)) if len(known) else float("nan")
