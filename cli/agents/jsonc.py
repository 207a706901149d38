"""Edits JSON that has comments and commas behind the last of its values, as editors' settings do.

Both are made blanks, place for place, so that what edits strict JSON can edit it; the change that
comes of it is then made in the text as it was. A text of nothing but blanks and comments is taken
for that of no file, and stays before what is put in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.agents import json_places
from cli.agents.json_places import LeftAlone, read_strictly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from cli.agents.plan import Edit
    from indexer.markup.json_text import JsonText, Member

_STRING = r'"(?:[^"\\\n]|\\.)*"'
_COMMENT = re.compile(rf"{_STRING}|(//[^\n]*|/\*.*?(?:\*/|\Z))", re.DOTALL)
_WAS_EMPTY = "\n\n"  # behind a document that was put into an empty file
_LAST_COMMA = re.compile(rf"{_STRING}|(,)(?=\s*[}}\]])")


def read(text: str | None) -> JsonText | None:
    """What a text says, everything in its place; None where it says nothing.

    Raises:
        LeftAlone: It is no JSON object even so.
    """
    strict = None if text is None else _strict(text)
    return None if strict is None or _is_blank(strict) else read_strictly(strict)


def put_member(text: str | None, path: Sequence[str], name: str, value: JsonValue) -> str:
    """As `json_places.put_member`."""
    return _edited(text, lambda strict: json_places.put_member(strict, path, name, value))


def put_item(text: str | None, path: Sequence[str], value: JsonValue) -> str:
    """As `json_places.put_item`."""
    return _edited(text, lambda strict: json_places.put_item(strict, path, value))


def replace_value(text: str, document: JsonText, member: Member, value: JsonValue) -> str:
    """The text with another value for a member of what was read of it."""
    return _moved(text, document.text, document.replace_value(member, value))


def take_out(text: str, document: JsonText, way: Sequence[Member]) -> str | None:
    """As `json_places.take_out`, of what was read of the text; None if nothing else was there."""
    changed = json_places.take_out(document, way)
    if changed is not None:
        return _moved(text, document.text, changed)
    before, behind = text[: document.start], text[document.end :]
    if before and behind in {"\n", "\r\n"}:
        return before.removesuffix(behind)
    if not before and behind == _WAS_EMPTY:
        return ""
    return before + behind if before + behind.strip() else None


def _edited(text: str | None, edit: Edit) -> str:
    strict = None if text is None else _strict(text)
    if text is None or strict is None or _is_blank(strict):
        made = edit(None) or ""
        return made if text is None else _put_behind(text, made)
    return _moved(text, strict, edit(strict) or "")


def _is_blank(strict: str) -> bool:
    return not strict.strip("\ufeff \t\r\n")


def _put_behind(text: str, made: str) -> str:
    """A document behind a text that has none; how it ends tells how the text did."""
    if not text:
        return made.rstrip("\n") + _WAS_EMPTY
    ends = "\r\n" if "\r\n" in text else "\n"
    made = made.rstrip("\n").replace("\n", ends)
    return text + made if text.endswith("\n") else text + ends + made + ends


def _strict(text: str) -> str:
    """The text with blanks for what JSON does not know, its lines as long as before."""
    without = _COMMENT.sub(lambda found: _blank(found[0]) if found[1] else found[0], text)

    def value(found: re.Match[str]) -> str:
        at = found.start() - 1
        while without[at : at + 1].isspace():
            at -= 1
        is_last = found[1] and without[at : at + 1] not in {"", "{", "[", ","}
        return " " if is_last else found[0]

    return _LAST_COMMA.sub(value, without)


def _blank(comment: str) -> str:
    return re.sub(r"[^\r\n]", " ", comment)


def _moved(text: str, strict: str, changed: str) -> str:
    """What became of one text in one place, done to another of the same length.

    Where more than one place would give the same strict text, one is taken that is in no comment
    and, if something goes, has none.

    Raises:
        LeftAlone: there is no such place.
    """
    if text == strict:
        return changed
    comments = [found.span() for found in _COMMENT.finditer(text) if found[1]]
    shorter = min(len(strict), len(changed))
    before, behind = _alike(strict, changed), _alike(strict[::-1], changed[::-1])
    gone = len(strict) - shorter
    places = [(at, at + gone) for at in range(shorter - behind, before + 1)]
    for start, end in places or [(before, len(strict) - behind)]:
        if not any(begins < end and start < ends for begins, ends in comments):
            new = changed[start : len(changed) - (len(strict) - end)]
            return text[:start] + new + text[end:]
    raise LeftAlone("a comment stands in what is to be changed")


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
