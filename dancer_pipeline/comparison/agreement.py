"""How well two measurements of the same things agree: limits of agreement, ICC, smallest change.

Pairs must be independent (repetitions, strides), not frames of one movement: neighbouring frames
repeat one another, and the limits would come out too narrow.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NORMAL_95 = 1.96


@dataclass(frozen=True)
class Agreement:
    """Bland and Altman's summary of the differences second - first, in the unit of the values."""

    n: int
    bias: float
    mae: float
    spread: float
    """Standard deviation of the differences; NaN for fewer than two."""
    icc: float
    """ICC(2,1), absolute agreement of single measurements; NaN where nothing varies."""

    @property
    def limits(self) -> tuple[float, float]:
        """Between these lie 95 % of the differences."""
        return self.bias - _NORMAL_95 * self.spread, self.bias + _NORMAL_95 * self.spread


def agreement(first: Floats, second: Floats) -> Agreement:
    """Compare paired measurements; pairs of which one is missing (NaN) are left out.

    Raises
    ------
    ValueError
        Where no pair is complete.
    """
    pairs = np.column_stack([first, second]).astype(float)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    if not len(pairs):
        raise ValueError("there is no pair of measurements to compare")
    differences = pairs[:, 1] - pairs[:, 0]
    several = len(pairs) > 1
    return Agreement(
        n=len(pairs),
        bias=float(differences.mean()),
        mae=float(np.abs(differences).mean()),
        spread=float(differences.std(ddof=1)) if several else math.nan,
        icc=intraclass(pairs).two_1 if several else math.nan,
    )


@dataclass(frozen=True)
class Intraclass:
    """The six intraclass correlations of Shrout and Fleiss (1979), named as there."""

    one_1: float
    two_1: float
    three_1: float
    one_k: float
    two_k: float
    three_k: float


def intraclass(ratings: Floats) -> Intraclass:
    """Intraclass correlations of ratings (targets x raters) without gaps.

    Shrout and Fleiss, Psychological Bulletin 86 (1979) 420-428. One: every target has its own
    raters; two: raters stand for others like them; three: these raters only. `_1` is about a
    single rating, `_k` about the mean of all raters. NaN where nothing varies.
    """
    n, k = ratings.shape
    targets, raters = ratings.mean(axis=1), ratings.mean(axis=0)
    total = float(((ratings - ratings.mean()) ** 2).sum())
    between = k * float(((targets - ratings.mean()) ** 2).sum())
    of_raters = n * float(((raters - ratings.mean()) ** 2).sum())
    bms, jms = between / (n - 1), of_raters / (k - 1)
    wms = (total - between) / (n * (k - 1))
    ems = max(0.0, total - between - of_raters) / ((n - 1) * (k - 1))
    return Intraclass(
        one_1=_share(bms - wms, bms + (k - 1) * wms),
        two_1=_share(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        three_1=_share(bms - ems, bms + (k - 1) * ems),
        one_k=_share(bms - wms, bms),
        two_k=_share(bms - ems, bms + (jms - ems) / n),
        three_k=_share(bms - ems, bms),
    )


def detectable_change(sem: float, *, freedom: float = math.inf) -> float:
    """Smallest difference of two measurements that is more than their error: the MDC at 95 %.

    It is 1.96 * sqrt(2) * SEM. Where the standard error of measurement itself was estimated from
    few observations, Student's quantile for its degrees of freedom stands in place of 1.96.
    """
    from scipy.special import stdtrit

    quantile = _NORMAL_95 if math.isinf(freedom) else float(stdtrit(freedom, 0.975))
    return quantile * math.sqrt(2) * sem


def _share(part: float, whole: float) -> float:
    return part / whole if abs(whole) > np.finfo(float).tiny else math.nan
