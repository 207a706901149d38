"""Keeps what can be made again, where that can be had."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from memory.errors import StoreBusy, StoreNotWritable

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory.ledger.interface.database import Database, Ledger


def keep_derived(ledger: Ledger, write: Callable[[Database], None]) -> None:
    """Write it in one transaction; nothing happens where the store is damaged, busy or read-only.

    It is for what costs nothing but time to make again: whoever needs it next finds nothing kept.
    """
    if ledger.damage:
        return
    with suppress(StoreBusy, StoreNotWritable), ledger.writing() as db:
        write(db)
