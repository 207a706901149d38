"""What an order comes to."""

from __future__ import annotations

from payments.money import Money

from .models import Order


def order_total(order: Order) -> Money:
    total = Money(0, order.currency)
    for line in order.lines:
        total += Money(line.amount, order.currency)
    return total
