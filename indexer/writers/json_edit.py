"""Changes to a JSON text that leave every other byte where it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from indexer.markup.json_text import JsonText, Member

_INDENT = re.compile(r"^([ \t]+)\S", re.MULTILINE)


def append(
    document: JsonText, container: Member, value: JsonValue, *, name: str | None = None
) -> str:
    """The text with a value behind the last one of an array, or a member behind the last one.

    Args:
        document: The text.
        container: An array, or an object when there is a `name`.
        value: What is to be added.
        name: The member's name; none for an array.
    """
    text, members = document.text, document.members(container)
    close = container.end - 1
    inline = bool(members) and "\n" not in text[container.value_start : container.end]
    last = members[-1].end if members else container.value_start + 1
    inside = text[last:close]
    kept = inside.rstrip()
    needs_comma = members and "," not in document.without_comments[last:close]
    if inline:
        lead, tail = " ", inside[len(kept) :]
        said = _written(value, name)
    else:
        newline, outer = _newline(text), _indent_at(text, close)
        indent = _indent_of(text, members) or _indent_at(text, container.start) + _unit(text)
        lead = newline + indent
        tail = inside[len(kept) :] if "\n" in inside[len(kept) :] else newline + outer
        said = _written(value, name, _unit(text)).replace("\n", newline + indent)
        if not members:
            tail = newline + _indent_at(text, container.start)
    comma = "," if needs_comma else ""
    return text[:last] + comma + kept + lead + said + tail + text[close:]


def replace_value(document: JsonText, member: Member, value: JsonValue) -> str:
    """The text with another value for a member."""
    text = document.text
    lead = _newline(text) + _indent_at(text, member.start)
    multi = "\n" in text[member.value_start : member.end] or _begins_line(text, member.start)
    said = json.dumps(value, ensure_ascii=False, indent=_unit(text) if multi else None)
    return text[: member.value_start] + said.replace("\n", lead) + text[member.end :]


def remove(document: JsonText, container: Member, member: Member) -> str:
    """The text without a member, and without the comma that it needed."""
    members = document.members(container)
    at = members.index(member)
    if at > 0:
        start, end = members[at - 1].end, member.end
    else:
        start, end = member.start, members[1].start if len(members) > 1 else member.end
    return document.text[:start] + document.text[end:]


def _written(value: JsonValue, name: str | None, indent: str | None = None) -> str:
    said = json.dumps(value, ensure_ascii=False, indent=indent)
    return said if name is None else f"{json.dumps(name, ensure_ascii=False)}: {said}"


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str) -> str:
    """One step of the text's indentation; two blanks where it has none."""
    found = _INDENT.search(text)
    return found[1] if found else "  "


def _indent_of(text: str, members: list[Member]) -> str:
    """The indentation of the first member that begins its line."""
    first = next((each for each in members if _begins_line(text, each.start)), None)
    return _indent_at(text, first.start) if first else ""


def _indent_at(text: str, offset: int) -> str:
    """The white space at the beginning of the line on which an offset stands."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset + 1]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _begins_line(text: str, offset: int) -> bool:
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip(" \t") and "\n" in text[:offset]
