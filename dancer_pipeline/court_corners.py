"""Whether four points, x and y in turn, can be the corners of a court in a picture."""

_LEAST_AREA = 0.005
"""As a share of the picture: on a smaller one no place could be told."""


def is_court(corners: list[float]) -> bool:
    """Tell whether the corners go round a convex figure, lower left first, of some size."""
    x, y = corners[::2], corners[1::2]
    turns = [
        (x[b] - x[a]) * (y[c] - y[b]) - (y[b] - y[a]) * (x[c] - x[b])
        for a, b, c in ((0, 1, 2), (1, 2, 3), (2, 3, 0), (3, 0, 1))
    ]
    area = -sum(x[a] * y[(a + 1) % 4] - x[(a + 1) % 4] * y[a] for a in range(4)) / 2
    is_upright = x[0] + x[3] < x[1] + x[2] and y[0] + y[1] > y[2] + y[3]
    return all(turn < 0 for turn in turns) and area > _LEAST_AREA and is_upright
