"""Numbers as people write them: with the digits that they have, and without an exponent."""

from __future__ import annotations

from decimal import Decimal

DIGITS = 12  # that are shown: what a conversion between units is off by lies behind them
ALL = 15  # digits: any number that somebody wrote with so many comes out as it was written


def number(value: float, digits: int = DIGITS) -> str:
    """A number to be read, with a true minus sign."""
    return plain_number(value, digits).replace("-", "−")


def plain_number(value: float, digits: int = ALL) -> str:
    """A number that programs can read too."""
    return f"{Decimal(f'{value:.{digits}g}'):f}"
