"""Amounts of money: integers in the minor unit, with their currency and exponent."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Money:
    amount: int
    currency: str
    exponent: int = 2

    def __add__(self, other: Money) -> Money:
        if (self.currency, self.exponent) != (other.currency, other.exponent):
            raise ValueError("amounts of different currency or exponent")
        return replace(self, amount=self.amount + other.amount)

    def decimal_string(self) -> str:
        """The only way from an amount to text (ADR 23)."""
        if self.exponent == 0:
            return str(self.amount)
        sign = "-" if self.amount < 0 else ""
        digits = str(abs(self.amount)).rjust(self.exponent + 1, "0")
        return f"{sign}{digits[: -self.exponent]}.{digits[-self.exponent :]}"


def allocate(total: Money, weights: list[int]) -> list[Money]:
    """Spread an amount over shares; remaining units go to the first ones."""
    whole = sum(weights)
    parts = [total.amount * weight // whole for weight in weights]
    for index in range(total.amount - sum(parts)):
        parts[index] += 1
    return [replace(total, amount=part) for part in parts]
