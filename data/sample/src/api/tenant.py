"""Bind a transaction to one tenant; row-level security does the rest (ADR 18)."""

from __future__ import annotations

from typing import Any


def set_tenant(tx: Any, tenant_id: str) -> None:
    tx.execute("SELECT set_config('app.tenant_id', %s, true)", (tenant_id,))
