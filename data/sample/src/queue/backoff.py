"""Delays between attempts."""

from __future__ import annotations

import random

CEILING = 6 * 3600.0


def full_jitter(attempt: int, base: float = 2.0) -> float:
    """Seconds to wait, anywhere between nothing and the exponential limit."""
    return random.uniform(0.0, min(CEILING, base * 2**attempt))
