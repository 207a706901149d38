"""What changed from one version of a memory to the next, field by field."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from memory.models.memory import Draft

_NOT_SAID = {"key", "lines", "uid"}  # where it stands, not what it says
_CONTEXT = 2  # unchanged lines around each change


class FieldChange(NamedTuple):
    """A field and what it said before and after; None where it said nothing."""

    field: str
    before: Any
    after: Any


def changes_between(before: Draft, after: Draft) -> list[FieldChange]:
    """The fields that differ, by name; `body` is among them."""
    old, new = _fields(before), _fields(after)
    return [
        FieldChange(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def diff_lines(before: str, after: str) -> list[str]:
    """A unified diff of two texts, without its head of file names."""
    diff = unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT, lineterm="")
    return list(diff)[2:]


def _fields(draft: Draft) -> dict[str, Any]:
    """All fields that say something, those of the details and of the source beside the others."""
    said = draft.model_dump(mode="json", exclude=_NOT_SAID, exclude_defaults=True)
    details, extra = said.pop("details"), said.pop("extra", {})
    return {**extra, **said, **details}
