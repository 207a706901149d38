"""The text form of a result: quoted records, and around them a few words of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.quoting import fenced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.mcp.values import Item


def fence(item: Item, text: str) -> str:
    """A memory's text as a quoted record that says where it comes from and how it stands."""
    about = {
        "uid": item.uid,
        "kind": item.kind,
        "status": item.status,
        "in_force": "yes" if item.in_force else "no",
        "date": item.date,
        "trust": item.trust,
        "source": item.citation,
        "modules": ", ".join(item.modules),
        "replaced_by": "; ".join(item.replaced_by),
        "amended_by": "; ".join(item.amended_by),
        "stale": item.freshness,
        "premise_changed": "; ".join(item.premises),
        "confidence": item.confidence,
    }
    has_title = text.startswith(f"{item.title}\n")
    return fenced(text if has_title else f"{item.title}\n{text}".rstrip(), about)


def page(blocks: Iterable[str], *notes: str, next_page: str) -> str:
    """Blocks one below the other, notes that say something, and how to get more."""
    more = f'For more repeat the call with next="{next_page}".' if next_page else ""
    return "\n".join(part for part in (*blocks, *notes, more) if part)
