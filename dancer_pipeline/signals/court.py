"""From a foot in the picture to a place on the court. Plain functions over arrays.

Places are in metres: x from the left side line to the right one, y from the near base line to the
far one, as seen from that base line, wherever the camera stands.
"""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.signals.body_parts import SIDES
from dancer_pipeline.signals.cleaning import clean
from dancer_pipeline.signals.motion import Motion
from dancer_pipeline.signals.tracks import Flags, Floats

CUTOFF_HZ = 1.5
AIRBORNE_TORSOS = 0.1
_JUMP_WINDOW_S, _LONGEST_STEP_S = 1.0, 0.6
_FOCAL_SHARES = (0.45, 0.8, 1.1)
"""Focal length as a share of the picture's longer side: of an action camera, a phone, at most."""
_CORNER_PX, _FOOT_PX, _PER_HEIGHT_PX = 2.0, 3.0, 1080.0
_NINETY_FIVE = 2.1
"""Times the larger half axis of an ellipse of one standard deviation: between 1.96 of an error in
one direction and 2.45 of one that is alike in all."""


@dataclass(frozen=True)
class Court:
    """A court as seen in a picture."""

    width_m: float
    length_m: float
    to_floor: Floats
    """Homography from pixels to metres, 3 x 3."""
    corners_px: Floats
    misfit: float
    """Factor by which length over width, as the picture shows it, is off at the likeliest focal
    length: 1 for a court of this shape."""


def court(corners_px: Floats, size_px: tuple[float, float], sides_m: tuple[float, float]) -> Court:
    """Lay a court of `sides_m` (width, length) under a picture of `size_px`.

    `corners_px` are lower left, lower right, upper right and upper left (4 x 2). Whether the lower
    line is a base line or a side line follows from the shape: perspective tells how long the court
    is against its width, once the focal length is found, or taken for that of a phone.
    """
    import cv2

    width_m, length_m = sides_m
    seen = _length_to_width(corners_px, size_px)
    misfits = [seen.misfit(length_m / width_m), seen.misfit(width_m / length_m)]
    is_lengthwise = seen.usual_misfit(length_m / width_m) <= seen.usual_misfit(width_m / length_m)
    w, d = width_m, length_m
    from_base_line = np.array([[0, 0], [w, 0], [w, d], [0, d]], float)
    from_the_side = np.array([[w, 0], [w, d], [0, d], [0, 0]], float)
    floor_m, misfit = (from_base_line, misfits[0]) if is_lengthwise else (from_the_side, misfits[1])
    to_floor, _ = cv2.findHomography(corners_px.astype(float), floor_m)
    return Court(width_m, length_m, np.asarray(to_floor, float), corners_px, misfit)


def mapped(homography: Floats, points: Floats) -> Floats:
    """Take points (n x 2) through a homography."""
    ahead = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return np.asarray(ahead[:, :2] / ahead[:, 2:])


def foot_point_px(motion: Motion) -> Floats:
    """Where the body touches the floor: the middle of the sole of the lower foot; NaN unseen.

    The ankle lies 8 cm above the floor, which would move far players back by half a metre.
    """
    soles = [
        (motion.image_px[f"{side}_heel"] + motion.image_px[f"{side}_foot_index"]) / 2
        for side in SIDES
    ]
    left, right = soles
    takes_left = np.isnan(right[:, 1]) | (left[:, 1] > right[:, 1])
    return np.where(takes_left[:, None], left, right)


def is_airborne(motion: Motion, torso_px: float) -> Flags:
    """When the pelvis is above where it usually is within a second, by a tenth of the torso."""
    import pandas as pd

    height = pd.Series(-motion.middle_px("hip")[:, 1])
    window = max(3, round(_JUMP_WINDOW_S * motion.rate_hz)) if len(height) > 1 else 3
    usual = height.rolling(window, min_periods=1, center=True).median()
    return np.asarray((height - usual) > AIRBORNE_TORSOS * torso_px)


def places_m(motion: Motion, ground: Court) -> Floats:
    """Place on the court at each time (n x 2); NaN where the feet are unseen or off the floor."""
    foot_px = foot_point_px(motion)
    on_floor = np.isfinite(foot_px).all(axis=1) & ~is_airborne(motion, motion.torso_px)
    smooth_px = clean(
        motion.time_s, foot_px, on_floor, cutoff_hz=CUTOFF_HZ, max_gap_s=_LONGEST_STEP_S
    )
    return np.where(on_floor[:, None], mapped(ground.to_floor, smooth_px), np.nan)


def place_error_m(ground: Court, places: Floats, height_px: float) -> Floats:
    """Distance that 95 % of the errors at these places stay below, in metres.

    It follows from 3 px of error of the foot and 2 px of each corner in a picture of 1080 px
    height, and from how many metres a pixel is there.
    """
    scale = height_px / _PER_HEIGHT_PX
    foot_px = mapped(np.asarray(np.linalg.inv(ground.to_floor), float), places)
    covariance = np.zeros((len(places), 2, 2))
    for axis in range(2):
        step = np.eye(2)[axis] * 0.5
        slope = mapped(ground.to_floor, foot_px + step) - mapped(ground.to_floor, foot_px - step)
        covariance += _squared(slope * _FOOT_PX * scale)
    for shifted in _shifted_corners(ground, 0.5):
        slope = 2 * (mapped(shifted, foot_px) - places)
        covariance += _squared(slope * _CORNER_PX * scale)
    return np.asarray(_NINETY_FIVE * np.sqrt(np.linalg.eigvalsh(covariance)[:, -1]))


def _squared(errors: Floats) -> Floats:
    return np.asarray(errors[:, :, None] * errors[:, None, :])


def _shifted_corners(ground: Court, step_px: float) -> list[Floats]:
    """Homographies with one coordinate of one corner moved."""
    import cv2

    floor_m = mapped(ground.to_floor, ground.corners_px)
    moves = step_px * np.eye(8).reshape(8, 4, 2)
    return [cv2.findHomography(ground.corners_px + move, floor_m)[0] for move in moves]


@dataclass(frozen=True)
class _Shape:
    """Length over width of a rectangle as seen: least and most over the focal lengths there are."""

    least: float
    usual: float
    most: float

    def misfit(self, ratio: float) -> float:
        return max(self.least / ratio, ratio / self.most, 1.0)

    def usual_misfit(self, ratio: float) -> float:
        return max(self.usual / ratio, ratio / self.usual)


def _length_to_width(corners_px: Floats, size_px: tuple[float, float]) -> _Shape:
    """Length over width of the rectangle that looks like this; width is its lower line.

    The two directions of a rectangle are at right angles, which gives the focal length (Zhang
    2000); where a line lies level in the picture it does not, and it may be any of a phone's.
    """
    import cv2

    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    centred = corners_px - np.asarray(size_px) / 2
    columns, _ = cv2.findHomography(square, centred.astype(float))
    across, along = columns[:, 0], columns[:, 1]
    longest = max(size_px)
    product = across[2] * along[2]
    squared = -(across[0] * along[0] + across[1] * along[1]) / product if product else -1.0
    found = np.sqrt(squared) / longest if squared > 0 else 0.0
    is_found = _FOCAL_SHARES[0] <= found <= _FOCAL_SHARES[2]
    shares = (found,) * 3 if is_found else _FOCAL_SHARES
    ratios = sorted(_ratio(across, along, share * longest) for share in shares)
    return _Shape(*ratios)


def _ratio(across: Floats, along: Floats, focal_px: float) -> float:
    lengths = [np.linalg.norm(it / np.array([focal_px, focal_px, 1.0])) for it in (across, along)]
    return float(lengths[1] / lengths[0])
