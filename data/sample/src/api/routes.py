"""What merchants may ask over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request

from orders.totals import order_total
from payments.checkout import confirm_checkout

from .access import Grant, require_grant
from .orders import list_orders
from .tenant import set_tenant

orders = APIRouter(prefix="/orders", dependencies=[Depends(require_grant)])
health = APIRouter()


@orders.get("")
def get_orders(request: Request, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    return list_orders(request.app.state.db, cursor, limit)


@orders.post("/{order_id}/checkout")
def post_checkout(request: Request, order_id: str, key: str, grant: Grant) -> dict[str, str]:
    state = request.app.state
    set_tenant(state.db, grant.tenant_id)
    order = state.db.find_order(order_id)
    payment = confirm_checkout(state.db, state.acquirer, order_id, order_total(order), key)
    return {"payment": payment}


@health.get("/health")
def get_health() -> dict[str, str]:
    return {"status": "up"}


app = FastAPI()
app.include_router(orders, prefix="/v1")
app.include_router(health)
