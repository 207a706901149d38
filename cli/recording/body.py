"""The text of a record whose author gave fields only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.recording.fields import details_fields

if TYPE_CHECKING:
    from pydantic import BaseModel

    from memory.models.kinds import Kind


def render_body(kind: Kind, details: BaseModel) -> str:
    """Markdown with a paragraph for each field that says something, its name in bold before it."""
    said = details.model_dump(mode="json", exclude_defaults=True)
    return "\n\n".join(
        _paragraph(field.name.replace("_", " ").capitalize(), said[field.name])
        for field in details_fields(kind)
        if field.name in said and field.name != "status"
    )


def _paragraph(label: str, value: Any) -> str:
    if isinstance(value, list):
        return "\n".join([f"**{label}:**", "", *(f"- {_item(item)}" for item in value)])
    return f"**{label}:** {_text(value)}"


def _item(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    move = {"origin": "", "destination": "", **value}
    origin = f" from {move['origin']}" if move["origin"] else ""
    return f"{move['what']}{origin}" + (f" to {move['destination']}" if move["destination"] else "")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
