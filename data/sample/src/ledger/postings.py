"""Double-entry postings (ADR 19)."""

from __future__ import annotations

from typing import Any

Posting = tuple[str, str, int]  # account, currency, signed minor units


def post(tx: Any, event_id: str, postings: list[Posting]) -> None:
    sums: dict[str, int] = {}
    for _, currency, amount in postings:
        sums[currency] = sums.get(currency, 0) + amount
    if any(sums.values()):
        raise ValueError("postings do not add up to zero")
    tx.insert_postings(event_id, postings)


def csv_amount(amount: int) -> str:
    return f"{amount / 100:.2f}"  # wrong for KWD and JPY: flag F-036
