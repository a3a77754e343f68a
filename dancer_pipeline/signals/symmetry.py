"""How alike left and right are, without a side that the other one is measured against."""

import math


def symmetry_angle_percent(left: float, right: float) -> float:
    """Angle of the point (right, left) off the diagonal: 0 where both are equal, 50 without left.

    Zifchock et al., Gait & Posture 27 (2008) 622-627: (45 - arctan(left / right)) / 90 * 100 %.
    Exchanging the sides changes only the sign; minus means that the left is larger. Both values are
    at least 0; NaN where both are 0.
    """
    if left == right == 0:
        return math.nan
    return (45 - math.degrees(math.atan2(left, right))) / 90 * 100
