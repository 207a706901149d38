"""Confirm a checkout: capture at the acquirer, book the payment, announce it."""

from __future__ import annotations

from typing import Any, Protocol

from .money import Money
from .outbox import append_event


class PaymentsClient(Protocol):
    """What api may ask of payments, over the Unix socket (ADR 20)."""

    def confirm_checkout(self, order_id: str, amount: Money, key: str) -> str: ...


def confirm_checkout(db: Any, acquirer: Any, order_id: str, amount: Money, key: str) -> str:
    reference = f"tw-{key}"
    capture = acquirer.capture(reference, amount)
    with db.transaction() as tx:
        payment_id = tx.insert_payment(order_id, amount, capture.id)
        append_event(tx, "payment.captured", {"order": order_id, "payment": payment_id})
    return payment_id
