"""Quantiles of the Beta distribution.

`scipy.special.betaincinv` gives the same to twelve digits, as the tests check, but importing it
takes 0.2 s, longer than answering a question does.
"""

from __future__ import annotations

import math
from functools import lru_cache

_STEPS = 60  # halvings of the unit interval: finer than a float can tell
_TERMS = 300  # of the continued fraction; O(√max(a, b)) of them are needed
_TINY = 1e-300  # instead of zero in a denominator
_ENOUGH = 1e-15  # relative change at which the fraction stands still


@lru_cache(maxsize=4096)
def beta_quantile(a: float, b: float, share: float) -> float:
    """The value below which this share of a Beta(a, b) distribution lies, 0 to 1.

    Args:
        a: More than 0.
        b: Likewise.
        share: 0 to 1.
    """
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if beta_share_below(a, b, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_share_below(a: float, b: float, x: float) -> float:
    """The share of a Beta(a, b) distribution that lies below x: the regularized I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly; DLMF 8.17.4
        return 1 - beta_share_below(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return front * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of DLMF 8.17.22, by Lentz's method."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            c = _nonzero(1 + term / c)
            d = 1 / _nonzero(1 + term * d)
            value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
