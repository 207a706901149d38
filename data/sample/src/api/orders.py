"""The order listing: one page, five batches, no lazy loading."""

from __future__ import annotations

from typing import Any

RELATIONS = ("line_items", "customers", "payments", "shipments", "tags")


def list_orders(db: Any, cursor: str | None, limit: int = 50) -> dict[str, Any]:
    orders, next_cursor = db.order_page(cursor, min(limit, 100))
    ids = [order["id"] for order in orders]
    related = {name: db.batch(name, order_ids=ids) for name in RELATIONS}
    return {"data": orders, "related": related, "next_cursor": next_cursor}
